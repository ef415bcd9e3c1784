/* 国家平台数据交换接口的 C 服务端。 The exchange contract served by gSOAP: ./program 8101
 *
 * What it answers is in the argument: "fault" a SOAP fault, "slow" after seconds, else its receipt. /broken: half a reply.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "soapH.h"
#include "ExchangeSoap11.nsmap"

int __x__exchange(struct soap *soap, struct _x__exchange *request, struct _x__exchangeResponse *answer) {
    size_t size = strlen(request->xml) + 16;

    if (!strcmp(soap->path, "/broken")) {
        soap_response(soap, SOAP_HTML); /* a page, where an envelope is due */
        soap_send(soap, "<html><body>half");
        soap_end_send(soap);
        return SOAP_STOP;
    }
    if (!strcmp(request->xml, "fault")) {
        int failed = soap_receiver_fault(soap, "平台忙", NULL);
        *soap_faultcode(soap) = "SOAP-ENV:Server.Busy";
        return failed;
    }
    if (!strcmp(request->xml, "slow")) sleep(4);
    answer->return_ = soap_malloc(soap, size);
    snprintf(answer->return_, size, "回执 %s", request->xml);
    return SOAP_OK;
}

int main(int argc, char **argv) {
    struct soap *soap = soap_new1(SOAP_C_UTFSTRING);

    if (argc < 2 || !soap_valid_socket(soap_bind(soap, "127.0.0.1", atoi(argv[1]), 100))) return 1;
    while (soap_valid_socket(soap_accept(soap))) {
        soap_serve(soap);
        soap_destroy(soap);
        soap_end(soap);
    }
    return 1;
}
