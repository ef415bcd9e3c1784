"""The dictionary between the canonical vocabulary and PADIS's [assumed]: one entry per element, in the order both schemas have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from adapters.padis.values import DATE, DIVISION, FLAG, NAME, NUMBER, TEXT, TIME, Form, codes


class Leaf(NamedTuple):
    """One value. ``joined``: repeated here, one element with commas there."""

    canonical: str
    own: str
    form: Form = TEXT
    joined: bool = False


@dataclass(frozen=True)
class Group:
    """One structure with parts."""

    canonical: str
    own: str
    parts: tuple[Leaf | Group, ...]

    @cached_property
    def words(self) -> tuple[Mapping[str, Leaf | Group], Mapping[str, Leaf | Group]]:
        """The parts by PADIS's name, and by their canonical name."""
        return {part.own: part for part in self.parts}, {part.canonical: part for part in self.parts}


CERT = codes({"01": "A", "02": "B", "03": "C", "04": "D", "05": "E", "06": "F", "07": "G", "11": "H", "12": "J", "99": "Z"})
MARITAL = codes({"10": "1", "20": "2", "21": "3", "22": "4", "23": "5", "30": "6", "40": "7", "90": "9"})
FLOW_TYPE = codes({"1": "01", "2": "02", "3": "03", "4": "04"})
RETURNED = codes({"1": "QX", "2": "QH", "3": "CW", "4": "XX", "9": "QT"})
# fmt: off
NAMED, NUMBERED, BORN, SEX = Leaf("name", "XM", NAME), Leaf("idNo", "ZJHM", NUMBER), Leaf("birthDate", "CSRQ", DATE), Leaf("sex", "XB")
IDENTITY = (NAMED, Leaf("certType", "ZJLX", CERT), NUMBERED)
LIVING = (Leaf("hukouDiv", "HJDQH", DIVISION), Leaf("residenceDiv", "XZDQH", DIVISION), Leaf("mobile", "SJHM"))
UNIT = (Leaf("managedType", "GLLX", codes({"1": "CZ", "2": "KS", "3": "SN", "4": "LC"})), Leaf("managedDiv", "GLDQH", DIVISION))
MARRIED = Leaf("maritalStatus", "HYZK", MARITAL)
CONTRACEPTION = (Leaf("contraception", "BYCS"), Leaf("contraceptionDate", "BYRQ", DATE))
ATTACHMENT = (Leaf("attId", "FJBH"), Leaf("kind", "FJLX", codes({"photo": "1", "scan": "2", "doc": "3", "other": "9"})), Leaf("mediaType", "MTLX"),
              Leaf("sizeBytes", "ZJS"), Leaf("digest", "ZY"), Leaf("base64", "NR"))
RELATIVE = (*IDENTITY, SEX, BORN, *LIVING)
SPOUSE = Group("spouse", "PO", RELATIVE)
CHILD = Group("child", "ZN", (NAMED, NUMBERED, BORN, SEX, Leaf("birthOrder", "HC"), Leaf("alive", "SFCH", FLAG), Leaf("birthAct", "CSQK")))
PERSON = (*IDENTITY, Leaf("noIdReason", "WZJYY"), SEX, BORN, MARRIED, Leaf("marriageDate", "HYRQ", DATE), *LIVING, *UNIT,
          SPOUSE, CHILD, Leaf("childrenCount", "ZNS"))
FLOW = Group("flow", "LDXX", (
    Leaf("flowType", "LDLX", FLOW_TYPE), Leaf("flowReason", "LDYY"), Leaf("outDate", "LCRQ", DATE), Leaf("inDate", "LRRQ", DATE),
    Leaf("familyMoveType", "JTLD"), Leaf("spouseTogether", "POTX", FLAG), Leaf("ecertStatus", "DZZZT"), Leaf("expectedStay", "YJJZ"),
))
IMPORTABLE = Group("importable", "KYY", (Group("person", "RY", (*IDENTITY, SEX, BORN, MARRIED, *LIVING, *UNIT)), FLOW))

ENQUIRY_REQUEST: Final = Group("enquiryRequest", "XCQQ", (
    Leaf("originSystem", "FQXT"), Leaf("enquiryNo", "XCH"),
    Leaf("enquiryType", "XCLX", codes({"1": "LR", "2": "LC", "3": "HQ", "4": "YH"})),
    Leaf("origin", "LY", codes({"1": "LRDJ", "2": "LCDJ", "3": "ZSCY", "9": "QT"})),
    Leaf("urgency", "JJCD", codes({"1": "A", "2": "B", "3": "C"})), Leaf("keySubject", "ZDDX", joined=True),
    Group("subject", "DCDX", PERSON), FLOW,
    Leaf("statedToDiv", "DJDQH", DIVISION), Leaf("resolvedToDiv", "PFDQH", DIVISION), Leaf("resolvedBy", "PFYJ"),
    Leaf("item", "XCXM", joined=True), Leaf("question", "WTSM"),
    Leaf("applicantDiv", "FQDQH", DIVISION), Leaf("applicantUser", "FQYH"), Leaf("contactName", "LXR", NAME), Leaf("contactPhone", "LXDH"),
    IMPORTABLE,
    Leaf("submitTime", "TJSJ", TIME), Leaf("effectiveTime", "SXSJ", TIME), Leaf("dueAt", "JZSJ", TIME),
    Leaf("fromHukouDiv", "QCDQH", DIVISION), Leaf("toHukouDiv", "QRDQH", DIVISION), Leaf("moveDate", "QYRQ", DATE), Leaf("moveReason", "QYYY"),
    Group("wife", "NVF", RELATIVE), Group("husband", "NANF", RELATIVE), Leaf("marriageDate", "JHRQ", DATE),
    Leaf("pregnant", "SFHY", FLAG), Leaf("expectedDate", "YCQ", DATE),
    Group("material", "CL", ATTACHMENT),
))
ENQUIRY_FEEDBACK: Final = Group("enquiryFeedback", "XCFK", (
    Leaf("originSystem", "FQXT"), Leaf("enquiryNo", "XCH"), Leaf("feedbackSeq", "FKXH"),
    Leaf("result", "FKJG", codes({"1": "SS", "2": "GZ", "3": "CW", "4": "LX", "5": "QC"})),
    Group("verifiedSubject", "HSDX", (*PERSON, *CONTRACEPTION)), SPOUSE, CHILD,
    Group("pregnancy", "RS", (Leaf("pregnant", "SFHY", FLAG), Leaf("lmp", "MCYJ", DATE), Leaf("edd", "YCQ", DATE))),
    Group("contraceptionBlock", "BY", CONTRACEPTION),
    Group("ecert", "HYZM", (Leaf("certNo", "ZH"), Leaf("status", "ZT"))),
    Group("permit", "SYZ", (Leaf("permitNo", "BH"), Leaf("kind", "LB", codes({"1": "DJ", "2": "ZS"})), Leaf("issueDate", "FFRQ", DATE))),
    Group("itemAnswer", "XMDF", (Leaf("item", "XM"), Leaf("answer", "DF"), Leaf("remark", "BZ"))),
    Leaf("importedFrom", "DRLY", codes({"1": "CK", "2": "LC", "3": "LR"})), IMPORTABLE, Leaf("reason", "YY"), Leaf("newDiv", "XDQH", DIVISION),
    Leaf("feedbackDiv", "FKDQH", DIVISION), Leaf("feedbackUser", "FKYH"), Leaf("feedbackTime", "FKSJ", TIME),
))
_CASE = (Leaf("originSystem", "FQXT"), Leaf("enquiryNo", "XCH"))
ENQUIRY_RETURN: Final = Group("enquiryReturn", "XCTH", (
    *_CASE, Leaf("returnSeq", "THXH"), Leaf("returnReason", "THYY", RETURNED),
    Leaf("suggestedDiv", "JYDQH", DIVISION), Leaf("returnDiv", "THDQH", DIVISION), Leaf("returnUser", "THYH"), Leaf("returnTime", "THSJ", TIME),
))
ENQUIRY_WITHDRAW: Final = Group("enquiryWithdraw", "XCCH", (
    *_CASE, Leaf("reason", "CHYY", codes({"1": "LR", "2": "CF", "3": "LK", "9": "QT"})), Leaf("byUser", "CHYH"), Leaf("time", "CHSJ", TIME),
))
ENQUIRY_WITHDRAWN: Final = Group("enquiryWithdrawn", "XCCQ", (
    *_CASE, Leaf("removed", "SFCX", FLAG), Leaf("byUser", "QRYH"), Leaf("time", "QRSJ", TIME),
))
NOTED = (*IDENTITY, SEX, BORN, *LIVING[:2], *UNIT, *CONTRACEPTION)
FINGERPRINT = (Leaf("fingerprintVerified", "ZWYZ", FLAG), Leaf("fingerprintVerifiedAt", "ZWSJ", TIME))
NOTICE_CONTRACEPTION: Final = Group("noticeContraception", "BYTB", (
    Leaf("originSystem", "FQXT"), Leaf("noticeNo", "TBH"), Group("subject", "DX", NOTED),
    Leaf("residenceDiv", "XZDQH", DIVISION), Leaf("inDate", "LRRQ", DATE), Leaf("hukouDiv", "HJDQH", DIVISION),
    Leaf("resolvedToDiv", "PFDQH", DIVISION), Leaf("resolvedBy", "PFYJ"),
    Leaf("checkKind", "JCLB", codes({"1": "Y", "2": "H", "3": "YH"})), Leaf("checkDate", "JCRQ", DATE),
    Leaf("pregnancyResult", "YQJG", codes({"0": "WY", "1": "YY", "2": "KY", "9": "WC"})), Leaf("expectedDate", "YCQ", DATE),
    Leaf("iudResult", "HQJG", codes({"0": "WH", "1": "ZC", "2": "XY", "3": "TL", "4": "QD", "9": "WC"})), *CONTRACEPTION,
    Leaf("checkOrgCode", "JGDM"), Leaf("checkOrgName", "JGMC"),
    Leaf("checkOrgType", "JGLB", codes({"1": "JS", "2": "YY", "3": "FB", "4": "JC", "9": "QT"})),
    Leaf("source", "TBLY", codes({"1": "SG", "2": "YC", "3": "ZR", "4": "SS", "5": "FW", "6": "PT"})), Leaf("sourceRef", "LYBH"), IMPORTABLE,
    Leaf("noticeDiv", "TBDQH", DIVISION), Leaf("noticeUser", "TBYH"), Leaf("noticeTime", "TBSJ", TIME),
    Leaf("effectiveTime", "SXSJ", TIME), Leaf("dueAt", "JZSJ", TIME), Group("photo", "ZP", ATTACHMENT), *FINGERPRINT,
))
NOTICE_RECEIPT: Final = Group("noticeContraceptionReceipt", "TBQR", (
    Leaf("originSystem", "FQXT"), Leaf("noticeNo", "TBH"), Leaf("noticeType", "TBLX", codes({"8": "BY"})),
    Leaf("role", "SF", codes({"1": "BR", "2": "NF", "3": "NA", "4": "SF"})),
    Leaf("result", "QRJG", codes({"1": "JS", "2": "TH", "3": "CW", "4": "GX"})),
    Leaf("receiveDiv", "JSDQH", DIVISION), Leaf("receiveUser", "JSYH"), Leaf("receiveTime", "JSSJ", TIME),
    Leaf("registeredFrom", "DJLY", codes({"0": "WD", "1": "XC", "2": "TB", "3": "LD"})), Leaf("registerUpdated", "SFGX", FLAG),
    Leaf("reasonCode", "THYY", RETURNED), Leaf("correctDiv", "ZQDQH", DIVISION), Leaf("photoCompared", "ZPBD", FLAG), *FINGERPRINT,
    Leaf("proofPrinted", "SFDY", FLAG),
))
PURPOSE = Leaf("purpose", "CXMD", codes({"1": "ZL", "2": "LR", "3": "XC", "4": "ZS", "5": "SY", "6": "CF", "7": "BR", "8": "QY"}))
ENQUIRY_CASE: Final = Group("enquiryCase", "GACX", (NAMED, NUMBERED, PURPOSE))
ENQUIRY_CASE_REPLY: Final = Group("enquiryCaseReply", "GAJG", (Leaf("found", "SFCZ", FLAG), Leaf("more", "SFYG", FLAG),
    Group("person", "RY", (NAMED, SEX, BORN, *LIVING[:2], MARRIED, Leaf("ecertStatus", "DZZZT")))))
# fmt: on
