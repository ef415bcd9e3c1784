// 协查服务的 Java 客户端（JAX-WS）。 A client of the enquiry service in Java: submits an enquiry, or asks how it stands.
//
//   wsimport -extension -XadditionalHeaders -encoding UTF-8 -s src http://127.0.0.1:8080/soap/enquiry?wsdl
//   HUB_URL=http://127.0.0.1:8080 HUB_NAME=fjfpis HUB_SECRET=... java Client 1.1 submit XC-1 359901199005100022 0591-5081234
//   HUB_URL=http://127.0.0.1:8080 HUB_NAME=fjfpis HUB_SECRET=... java Client 1.1 status XC-1
//
// -XadditionalHeaders makes the SOAP headers parameters of the methods, -extension allows the SOAP 1.2 port beside the other.

import java.net.URL;
import java.util.Arrays;
import java.util.Map;
import java.util.StringJoiner;
import javax.xml.datatype.DatatypeFactory;
import javax.xml.datatype.XMLGregorianCalendar;
import javax.xml.ws.BindingProvider;
import org.w3._2005._08.addressing.MessageIdType;
import pophub.enquiry._1.EnquiryPortType;
import pophub.enquiry._1.EnquiryService;
import pophub.enquiry._1.HubFault;
import pophub.enquiry_request._1.EnquiryRequest;
import pophub.enquiry_request._1.PersonCore;
import pophub.enquiry_status._1.EnquiryStatus;
import pophub.enquiry_status_reply._1.Enquiry;
import pophub.header._1.HeaderType;

public final class Client {
    public static void main(String[] args) throws Exception {
        EnquiryPortType hub = connect(args[0]);
        try {
            System.out.println(args[1].equals("status") ? status(hub, args[2]) : submit(hub, args[2], args[3], args[4]));
        } catch (HubFault fault) {
            var said = fault.getFaultInfo();
            System.out.printf("{\"fault\": {\"code\": \"%s\", \"path\": \"%s\", \"blame\": \"%s\"}}%n",
                said.getCode(), said.getPath(), said.getBlame().value());
        }
    }

    /** The service by SOAP 1.1 or 1.2, with HTTP Basic. */
    private static EnquiryPortType connect(String version) throws Exception {
        EnquiryService service = new EnquiryService(new URL(System.getenv("HUB_URL") + "/soap/enquiry?wsdl"));
        EnquiryPortType hub = version.equals("1.2") ? service.getEnquirySoap12() : service.getEnquirySoap11();
        Map<String, Object> context = ((BindingProvider) hub).getRequestContext();
        context.put(BindingProvider.USERNAME_PROPERTY, System.getenv("HUB_NAME"));
        context.put(BindingProvider.PASSWORD_PROPERTY, System.getenv("HUB_SECRET"));
        return hub;
    }

    private static HeaderType header() {
        HeaderType header = new HeaderType();
        header.setFromDiv("350102001000");
        header.setFromUser("350102001L001");
        return header;
    }

    private static String submit(EnquiryPortType hub, String enquiryNo, String idNo, String phone) throws Exception {
        PersonCore subject = new PersonCore();
        subject.setName("陈小红");
        subject.setCertType("01");
        subject.setIdNo(idNo);
        subject.setSex("2");
        subject.setBirthDate(moment(idNo.substring(6, 10) + "-" + idNo.substring(10, 12) + "-" + idNo.substring(12, 14)));
        subject.setHukouDiv("350203001001");
        EnquiryRequest enquiry = new EnquiryRequest();
        enquiry.setEnquiryNo(enquiryNo);
        enquiry.setEnquiryType("1");
        enquiry.setOrigin("1");
        enquiry.setUrgency("3");
        enquiry.setSubject(subject);
        enquiry.setStatedToDiv("350203001001");
        enquiry.getItem().addAll(Arrays.asList("01", "02"));
        enquiry.setApplicantDiv("350102001000");
        enquiry.setApplicantUser("350102001L001");
        enquiry.setContactName("林志强");
        enquiry.setContactPhone(phone);
        enquiry.setSubmitTime(moment("2026-11-20T09:15:30+08:00"));
        // The same MessageID whenever this enquiry is sent again: the hub then gives the first receipt.
        MessageIdType messageId = new MessageIdType();
        messageId.setValue("urn:example:" + enquiryNo);
        var receipt = hub.submitEnquiryRequest(enquiry, messageId, null, header());
        return String.format("{\"hubId\": \"%s\", \"duplicate\": %s, \"receipt\": \"%s\"}",
            receipt.getHubId(), receipt.isDuplicate(), receipt.getReceipt());
    }

    private static String status(EnquiryPortType hub, String enquiryNo) throws Exception {
        EnquiryStatus asked = new EnquiryStatus();
        asked.setEnquiryNo(enquiryNo);
        StringJoiner told = new StringJoiner(", ", "{\"enquiries\": [", "]}");
        for (Enquiry enquiry : hub.queryEnquiryStatus(asked, header()).getEnquiry()) {
            told.add(String.format("{\"hubId\": \"%s\", \"state\": \"%s\"}", enquiry.getHubId(), enquiry.getState()));
        }
        return told.toString();
    }

    private static XMLGregorianCalendar moment(String text) throws Exception {
        return DatatypeFactory.newInstance().newXMLGregorianCalendar(text);
    }
}
