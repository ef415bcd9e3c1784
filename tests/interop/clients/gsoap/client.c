/* 协查服务的 C 客户端（gSOAP）。 A client of the enquiry service in C: submits an enquiry, or asks how it stands.
 *
 *   wsdl2h -c -s -t typemap.dat -o hub.h http://127.0.0.1:8080/soap/enquiry?wsdl
 *   soapcpp2 -1 -c -C -x -L -w hub.h          (-2 for SOAP 1.2; without either the two ports become one of SOAP 1.2)
 *   cc -o client client.c soapC.c soapClient.c -lgsoap
 *   HUB_URL=http://127.0.0.1:8080 HUB_NAME=fjfpis HUB_SECRET=... ./client 1.1 submit XC-1 359901199005100022 0591-5081234
 *   HUB_URL=http://127.0.0.1:8080 HUB_NAME=fjfpis HUB_SECRET=... ./client 1.1 status XC-1
 *
 * The version is settled when the program is built; the first word is there to be like the other clients.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soapH.h"
#include "EnquirySoap11.nsmap"

static char endpoint[512];

/* Set the headers and the credential (HTTP Basic) of the next call; a query has no MessageID. */
static void prepare(struct soap *soap, char *message_id) {
    soap->userid = getenv("HUB_NAME");
    soap->passwd = getenv("HUB_SECRET");
    soap->header = soap_malloc(soap, sizeof(struct SOAP_ENV__Header));
    soap_default_SOAP_ENV__Header(soap, soap->header);
    soap->header->h__Header = soap_malloc(soap, sizeof(struct h__HeaderType));
    soap_default_h__HeaderType(soap, soap->header->h__Header);
    soap->header->h__Header->fromDiv = "350102001000";
    soap->header->h__Header->fromUser = "350102001L001";
    if (message_id) {
        soap->header->wsa__MessageID = soap_malloc(soap, sizeof(struct wsa__MessageIdType));
        soap_default_wsa__MessageIdType(soap, soap->header->wsa__MessageID);
        soap->header->wsa__MessageID->__item = message_id;
    }
}

static int submit(struct soap *soap, char *enquiry_no, char *id_no, char *phone) {
    enum c__CL_USCOREENQITEM items[] = {c__CL_USCOREENQITEM__01, c__CL_USCOREENQITEM__02};
    struct rq__PersonCore subject;
    struct rq__EnquiryRequest enquiry;
    struct s__SubmitResponse receipt;
    char message_id[160], birth_date[11];

    snprintf(birth_date, sizeof birth_date, "%.4s-%.2s-%.2s", id_no + 6, id_no + 10, id_no + 12);
    soap_default_rq__PersonCore(soap, &subject);
    subject.name = "陈小红";
    subject.certType = c__CL_USCORECERT__01;
    subject.__union_PersonCore = SOAP_UNION__rq__union_PersonCore_idNo; /* idNo or noIdReason */
    subject.union_PersonCore.idNo = id_no;
    subject.sex = c__CL_USCORESEX__2;
    subject.birthDate = birth_date;
    subject.hukouDiv = "350203001001";

    soap_default_rq__EnquiryRequest(soap, &enquiry);
    enquiry.enquiryNo = enquiry_no;
    enquiry.enquiryType = c__CL_USCOREENQ__1;
    enquiry.origin = c__CL_USCOREENQORIGIN__1;
    enquiry.urgency = c__CL_USCOREURG__3;
    enquiry.subject = &subject;
    enquiry.statedToDiv = "350203001001";
    enquiry.__sizeitem = 2;
    enquiry.item = items;
    enquiry.applicantDiv = "350102001000";
    enquiry.applicantUser = "350102001L001";
    enquiry.contactName = "林志强";
    enquiry.contactPhone = phone;
    enquiry.submitTime = "2026-11-20T09:15:30+08:00";

    /* The same MessageID whenever this enquiry is sent again: the hub then gives the first receipt. */
    snprintf(message_id, sizeof message_id, "urn:example:%s", enquiry_no);
    prepare(soap, message_id);
    if (soap_call___enq__SubmitEnquiryRequest(soap, endpoint, NULL, &enquiry, &receipt)) return soap->error;
    printf("{\"hubId\": \"%s\", \"duplicate\": %s, \"receipt\": \"%s\"}\n", receipt.hubId,
           receipt.duplicate == xsd__boolean__true_ ? "true" : "false", receipt.receipt);
    return SOAP_OK;
}

static int status(struct soap *soap, char *enquiry_no) {
    struct st__EnquiryStatus asked;
    struct sr__EnquiryStatusReply reply;
    int i;

    soap_default_st__EnquiryStatus(soap, &asked);
    asked.enquiryNo = enquiry_no;
    prepare(soap, NULL);
    if (soap_call___enq__QueryEnquiryStatus(soap, endpoint, NULL, &asked, &reply)) return soap->error;
    printf("{\"enquiries\": [");
    for (i = 0; i < reply.__sizeenquiry; i++)
        printf("%s{\"hubId\": \"%s\", \"state\": \"%s\"}", i ? ", " : "", reply.enquiry[i].hubId,
               soap_c__CL_USCOREENQSTATE2s(soap, reply.enquiry[i].state));
    printf("]}\n");
    return SOAP_OK;
}

/* Tell the hub's typed fault. It stands in `detail` (SOAP 1.1) or in `SOAP_ENV__Detail` (SOAP 1.2). */
static int tell_fault(struct soap *soap) {
    struct SOAP_ENV__Detail *detail = NULL;
    struct s__HubFault *said;

    if (soap->fault) detail = soap->fault->detail ? soap->fault->detail : soap->fault->SOAP_ENV__Detail;
    if (!detail || !detail->s__hubFault) {
        soap_print_fault(soap, stderr); /* not from the hub: the network, or a proxy */
        return 1;
    }
    said = detail->s__hubFault;
    printf("{\"fault\": {\"code\": \"%s\", \"path\": \"%s\", \"blame\": \"%s\"}}\n", said->code, said->path ? said->path : "",
           soap_s__Blame2s(soap, said->blame));
    return 0;
}

int main(int argc, char **argv) {
    struct soap *soap = soap_new1(SOAP_C_UTFSTRING);
    int failed = argc < 4 || (!strcmp(argv[2], "submit") && (argc < 6 || strlen(argv[4]) != 18));

    if (!failed) {
        snprintf(endpoint, sizeof endpoint, "%s/soap/enquiry", getenv("HUB_URL"));
        soap->connect_timeout = soap->send_timeout = soap->recv_timeout = 30;
        failed = strcmp(argv[2], "status") ? submit(soap, argv[3], argv[4], argv[5]) : status(soap, argv[3]);
        if (failed) failed = tell_fault(soap);
    }
    soap_destroy(soap);
    soap_end(soap);
    soap_free(soap);
    return failed;
}
