"""协查服务的 Python 客户端（suds）。 A client of the enquiry service in Python with suds: submits an enquiry, or asks how it stands.

suds speaks SOAP 1.1 only.

HUB_URL=http://127.0.0.1:8080 HUB_NAME=fjfpis HUB_SECRET=... python client.py 1.1 submit XC-1 359901199005100022 0591-5081234
HUB_URL=http://127.0.0.1:8080 HUB_NAME=fjfpis HUB_SECRET=... python client.py 1.1 status XC-1
"""

import json
import os
import sys

from suds import WebFault
from suds.client import Client
from suds.wsse import Security, UsernameToken


def connect():
    """The hub's enquiry service, with a WS-Security UsernameToken: PasswordText, with the Nonce and Created the hub asks for."""
    client = Client(f"{os.environ['HUB_URL']}/soap/enquiry?wsdl", cache=None, timeout=30)
    client.set_options(port="EnquirySoap11")
    return client


def prepare(client, message_id=None):
    """Set the headers of the next call; a token is good for one."""
    token = UsernameToken(os.environ["HUB_NAME"], os.environ["HUB_SECRET"])
    token.setnonce()
    token.setcreated()
    security = Security()
    security.tokens.append(token)
    headers = {"Header": {"fromDiv": "350102001000", "fromUser": "350102001L001"}}
    if message_id:
        headers["MessageID"] = message_id
    client.set_options(wsse=security, soapheaders=headers)


def submit(client, enquiry_no, id_no, phone):
    """Send an enquiry. The same MessageID whenever it is sent again: the hub then gives the first receipt."""
    prepare(client, f"urn:example:{enquiry_no}")
    receipt = client.service.SubmitEnquiryRequest(
        enquiryNo=enquiry_no, enquiryType="1", origin="1", urgency="3",
        subject={
            "name": "陈小红", "certType": "01", "idNo": id_no, "sex": "2", "birthDate": f"{id_no[6:10]}-{id_no[10:12]}-{id_no[12:14]}",
            "hukouDiv": "350203001001", "childrenCount": 1,
        },
        statedToDiv="350203001001", item=["01", "02"],
        applicantDiv="350102001000", applicantUser="350102001L001",
        contactName="林志强", contactPhone=phone, submitTime="2026-11-20T09:15:30+08:00",
    )  # fmt: skip
    return {"hubId": receipt.hubId, "duplicate": receipt.duplicate, "receipt": receipt.receipt}


def status(client, enquiry_no):
    """Ask how an enquiry stands."""
    prepare(client)
    reply = client.service.QueryEnquiryStatus(enquiryNo=enquiry_no)
    return {"enquiries": [{"hubId": e.hubId, "state": e.state} for e in getattr(reply, "enquiry", [])]}


def main(version, operation, *arguments):
    """Do what the command line says, and tell what the hub said."""
    if version != "1.1":
        sys.exit("suds speaks SOAP 1.1 only")
    try:
        return {"submit": submit, "status": status}[operation](connect(), *arguments)
    except WebFault as fault:
        said = fault.fault.detail.hubFault
        return {"fault": {"code": said.code, "path": getattr(said, "path", None), "blame": said.blame}}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
