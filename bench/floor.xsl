<?xml version="1.0" encoding="UTF-8"?>
<!-- The floor's translation: enquiryRequest to XCQQ, the elements of the load test's message, with plain tables for codes. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:q="urn:pophub:enquiry.request:1.0" exclude-result-prefixes="q">
  <xsl:output method="xml" encoding="UTF-8" indent="no" omit-xml-declaration="yes"/>
  <xsl:template match="/"><xsl:apply-templates select="q:enquiryRequest"/></xsl:template>

  <xsl:template match="q:enquiryRequest">
    <XCQQ>
      <FQXT>FJFPIS</FQXT>
      <XCH><xsl:value-of select="q:enquiryNo"/></XCH>
      <XCLX><xsl:value-of select="substring(substring-after('|1LR|2LC|3HQ|4YH', concat('|', q:enquiryType)), 1, 2)"/></XCLX>
      <LY><xsl:choose><xsl:when test="q:origin='1'">LRDJ</xsl:when><xsl:when test="q:origin='2'">LCDJ</xsl:when><xsl:when test="q:origin='3'">ZSCY</xsl:when><xsl:otherwise>QT</xsl:otherwise></xsl:choose></LY>
      <JJCD><xsl:value-of select="translate(q:urgency, '123', 'ABC')"/></JJCD>
      <xsl:if test="q:keySubject"><ZDDX><xsl:apply-templates select="q:keySubject" mode="joined"/></ZDDX></xsl:if>
      <xsl:apply-templates select="q:subject|q:flow"/>
      <DJDQH><xsl:apply-templates select="q:statedToDiv" mode="division"/></DJDQH>
      <XCXM><xsl:apply-templates select="q:item" mode="joined"/></XCXM>
      <xsl:if test="q:question"><WTSM><xsl:value-of select="q:question"/></WTSM></xsl:if>
      <FQDQH><xsl:apply-templates select="q:applicantDiv" mode="division"/></FQDQH>
      <FQYH><xsl:value-of select="q:applicantUser"/></FQYH>
      <LXR><xsl:value-of select="normalize-space(q:contactName)"/></LXR>
      <LXDH><xsl:value-of select="q:contactPhone"/></LXDH>
      <TJSJ><xsl:value-of select="translate(substring-before(q:submitTime, '+'), '-T:.', '')"/></TJSJ>
    </XCQQ>
  </xsl:template>

  <xsl:template match="q:subject">
    <DCDX>
      <XM><xsl:value-of select="normalize-space(q:name)"/></XM>
      <ZJLX><xsl:value-of select="substring(substring-after('|01A|02B|03C|04D|05E|06F|07G|11H|12J|99Z', concat('|', q:certType)), 1, 1)"/></ZJLX>
      <xsl:if test="q:idNo"><ZJHM><xsl:value-of select="normalize-space(q:idNo)"/></ZJHM></xsl:if>
      <XB><xsl:value-of select="q:sex"/></XB>
      <CSRQ><xsl:value-of select="translate(q:birthDate, '-', '')"/></CSRQ>
      <xsl:if test="q:maritalStatus"><HYZK><xsl:value-of select="substring(substring-after('|101|202|213|224|235|306|407|909', concat('|', q:maritalStatus)), 1, 1)"/></HYZK></xsl:if>
      <HJDQH><xsl:apply-templates select="q:hukouDiv" mode="division"/></HJDQH>
      <xsl:if test="q:residenceDiv"><XZDQH><xsl:apply-templates select="q:residenceDiv" mode="division"/></XZDQH></xsl:if>
      <xsl:if test="q:mobile"><SJHM><xsl:value-of select="q:mobile"/></SJHM></xsl:if>
    </DCDX>
  </xsl:template>

  <xsl:template match="q:flow">
    <LDXX>
      <LDLX><xsl:value-of select="concat('0', q:flowType)"/></LDLX>
      <xsl:if test="q:flowReason"><LDYY><xsl:value-of select="q:flowReason"/></LDYY></xsl:if>
      <xsl:if test="q:inDate"><LRRQ><xsl:value-of select="translate(q:inDate, '-', '')"/></LRRQ></xsl:if>
    </LDXX>
  </xsl:template>

  <xsl:template match="*" mode="joined"><xsl:if test="position() &gt; 1">,</xsl:if><xsl:value-of select="."/></xsl:template>

  <xsl:template match="*" mode="division">
    <xsl:choose>
      <xsl:when test="substring(., 10) != '000'"><xsl:value-of select="."/></xsl:when>
      <xsl:when test="substring(., 7, 3) != '000'"><xsl:value-of select="substring(., 1, 9)"/></xsl:when>
      <xsl:when test="substring(., 5, 2) != '00'"><xsl:value-of select="substring(., 1, 6)"/></xsl:when>
      <xsl:when test="substring(., 3, 2) != '00'"><xsl:value-of select="substring(., 1, 4)"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="substring(., 1, 2)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
