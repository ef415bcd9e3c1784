"""协查服务的 Python 客户端（zeep）。 A client of the enquiry service in Python with zeep: submits an enquiry, or asks how it stands.

HUB_URL=http://127.0.0.1:8080 HUB_NAME=fjfpis HUB_SECRET=... python client.py 1.1 submit XC-1 359901199005100022 0591-5081234
HUB_URL=http://127.0.0.1:8080 HUB_NAME=fjfpis HUB_SECRET=... python client.py 1.1 status XC-1
"""

import json
import os
import sys

import requests
import zeep

HEADER = {"fromDiv": "350102001000", "fromUser": "350102001L001"}


def connect(version):
    """The hub's enquiry service, by SOAP 1.1 or 1.2, with HTTP Basic."""
    session = requests.Session()
    session.auth = (os.environ["HUB_NAME"], os.environ["HUB_SECRET"])
    transport = zeep.Transport(session=session, timeout=30, operation_timeout=30)
    client = zeep.Client(f"{os.environ['HUB_URL']}/soap/enquiry?wsdl", transport=transport)
    return client, client.bind("EnquiryService", "EnquirySoap12" if version == "1.2" else "EnquirySoap11")


def submit(hub, enquiry_no, id_no, phone):
    """Send an enquiry. The same MessageID whenever it is sent again: the hub then gives the first receipt."""
    receipt = hub.SubmitEnquiryRequest(
        enquiryNo=enquiry_no, enquiryType="1", origin="1", urgency="3",
        subject={
            "name": "陈小红", "certType": "01", "idNo": id_no, "sex": "2", "birthDate": f"{id_no[6:10]}-{id_no[10:12]}-{id_no[12:14]}",
            "hukouDiv": "350203001001", "childrenCount": 1,
        },
        statedToDiv="350203001001", item=["01", "02"],
        applicantDiv="350102001000", applicantUser="350102001L001",
        contactName="林志强", contactPhone=phone, submitTime="2026-11-20T09:15:30+08:00",
        _soapheaders={"messageId": f"urn:example:{enquiry_no}", "header": HEADER},
    )  # fmt: skip
    return {"hubId": receipt.hubId, "duplicate": receipt.duplicate, "receipt": receipt.receipt}


def status(hub, enquiry_no):
    """Ask how an enquiry stands."""
    reply = hub.QueryEnquiryStatus(enquiryNo=enquiry_no, _soapheaders={"header": HEADER})
    return {"enquiries": [{"hubId": e.hubId, "state": e.state} for e in reply.enquiry]}


def main(version, operation, *arguments):
    """Do what the command line says, and tell what the hub said."""
    client, hub = connect(version)
    try:
        return {"submit": submit, "status": status}[operation](hub, *arguments)
    except zeep.exceptions.Fault as fault:
        if fault.detail is None or not len(fault.detail):
            raise  # not from the hub: a proxy
        said = client.get_element("{urn:pophub:services:1.0}hubFault").parse(fault.detail[0], client.wsdl.types)
        return {"fault": {"code": said.code, "path": said.path, "blame": said.blame}}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
