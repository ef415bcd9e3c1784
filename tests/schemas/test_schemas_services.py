"""The service contracts load offline in a SOAP client, name no host, and say what the schemas say."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from zeep import Client

SCHEMAS = Path(__file__).parents[2] / "schemas"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = ("{http://schemas.xmlsoap.org/wsdl/soap/}", "{http://schemas.xmlsoap.org/wsdl/soap12/}")
OPERATIONS = {
    "enquiry": (
        "SubmitEnquiryRequest", "SubmitEnquiryFeedback", "SubmitEnquiryReturn", "SubmitEnquiryWithdraw", "SubmitEnquiryWithdrawn",
        "QueryEnquiryStatus", "QueryEnquiryCase",
    ),
    "ehycert": ("QueryEcertVerify",),
    "notice": ("SubmitNoticeContraception", "SubmitNoticeContraceptionReceipt", "QueryNoticeStatus"),
    "notice-delivery": ("DeliverNoticeContraception", "DeliverNoticeContraceptionReceipt"),
    "health_comparison": ("SubmitHealthHandling",),
    "health_comparison-delivery": ("DeliverHealthComparison", "DeliverHealthHandling"),
    "police_share": ("SubmitPoliceHandling", "QueryPoliceCase"),
    "police_share-delivery": ("DeliverPoliceRecord",),
    "enquiry-delivery": ("DeliverEnquiryRequest", "DeliverEnquiryFeedback", "DeliverEnquiryWithdraw", "DeliverEnquiryWithdrawn"),
}  # fmt: skip
SERVICES = {
    "ehycert": "Ehycert", "enquiry": "Enquiry", "enquiry-delivery": "EnquiryDelivery", "notice": "Notice", "notice-delivery": "NoticeDelivery",
    "health_comparison": "HealthComparison", "health_comparison-delivery": "HealthComparisonDelivery",
    "police_share": "PoliceShare", "police_share-delivery": "PoliceShareDelivery",
}  # fmt: skip
SUBJECT = {
    "name": "阿依古丽·买买提",
    "certType": "01",
    "idNo": "359901199005100022",
    "sex": "2",
    "birthDate": "1990-05-10",
    "hukouDiv": "350702001001",
}
REQUEST = {
    "enquiryNo": "XC1", "enquiryType": "1", "origin": "1", "urgency": "3", "subject": SUBJECT, "statedToDiv": "350702001001", "item": ["01"],
    "applicantDiv": "350203001000", "applicantUser": "350203001L001", "contactName": "林志强", "contactPhone": "0592-5081234",
    "submitTime": datetime(2026, 11, 20, 9, 15, 30, tzinfo=timezone(timedelta(hours=8))),
}  # fmt: skip
Compiled = Callable[[Path], etree.XMLSchema]


@pytest.fixture(scope="module")
def clients() -> dict[str, Client]:
    """A zeep client for each contract, from its file."""
    return {name: Client(str(SCHEMAS / "services" / f"{name}-1.0.wsdl")) for name in OPERATIONS}  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("contract", list(OPERATIONS))
def test_a_client_finds_every_operation_on_both_ports(contract: str, clients: dict[str, Client]) -> None:
    """A client loads the contract from disk: one service, a SOAP 1.1 and a 1.2 port, each operation with its soapAction and fault."""
    (service,) = clients[contract].wsdl.services.values()
    assert list(service.ports) == [f"{SERVICES[contract]}Soap11", f"{SERVICES[contract]}Soap12"]
    for port in service.ports.values():
        operations = port.binding._operations
        assert set(operations) == set(OPERATIONS[contract])
        for name, operation in operations.items():
            assert operation.soapaction == f"urn:pophub:{contract}:{name}"
            assert list(operation.faults) == ["HubFault"]


@pytest.mark.parametrize("contract", list(OPERATIONS))
def test_the_address_is_a_placeholder(contract: str) -> None:
    """No contract names a host that could exist, and both ports say the same."""
    tree = etree.parse(str(SCHEMAS / "services" / f"{contract}-1.0.wsdl"))
    found = [a.get("location") for ns in SOAP for a in tree.iter(f"{ns}address")]
    assert found == [f"http://hub.invalid/soap/{contract}"] * 2


@pytest.mark.parametrize("contract", list(OPERATIONS))
def test_every_header_stands_in_every_binding(contract: str) -> None:
    """Each operation of each binding declares all parts of its headers message; that of a query knows no MessageID."""
    tree = etree.parse(str(SCHEMAS / "services" / f"{contract}-1.0.wsdl"))
    parts = {m.get("name"): [p.get("name") for p in m] for m in tree.iter(f"{WSDL}message")}
    operations = [o for b in tree.iter(f"{WSDL}binding") for o in b.iter(f"{WSDL}operation")]
    assert len(operations) == 2 * len(OPERATIONS[contract])
    for operation in operations:
        query = str(operation.get("name")).startswith("Query")
        expected = parts["QueryHeaders" if query else "Headers"]
        assert [h.get("part") for ns in SOAP for h in operation.iter(f"{ns}header")] == expected
        assert ("messageId" in expected) is not query


@pytest.mark.parametrize("port", ["EnquirySoap11", "EnquirySoap12"])
@pytest.mark.parametrize(
    "headers", [{"messageId": "m-1"}, {"messageId": "m-1", "relatesTo": "m-0", "header": {"fromUser": "u", "testFlag": True}}]
)
def test_what_a_client_builds_is_valid(port: str, headers: dict[str, Any], clients: dict[str, Client], compiled: Compiled) -> None:
    """The body and headers a client makes from the contract, with and without the optional headers, satisfy the schemas."""
    client = clients["enquiry"]
    made = client.create_message(client.bind("EnquiryService", port), "SubmitEnquiryRequest", _soapheaders=headers, **REQUEST)  # type: ignore[no-untyped-call]
    envelope = etree.fromstring(etree.tostring(made))
    head, body = envelope
    compiled(SCHEMAS / "canonical/1.0/enquiry.request.xsd").assertValid(etree.ElementTree(body[0]))
    assert len(head) == len(headers)
    for element in head:
        file = "header-1.0.xsd" if etree.QName(element).namespace == "urn:pophub:header:1.0" else "ws-addressing-1.0.xsd"
        compiled(SCHEMAS / "services" / file).assertValid(etree.ElementTree(element))


ANSWERS = {
    "submitResponse": "<hubId>10234-7</hubId><acceptedAt>2026-11-20T09:15:31+08:00</acceptedAt><duplicate>false</duplicate><laneNo>1</laneNo><receipt>a-_.b.c</receipt>",
    "deliverResponse": "<taken>true</taken>",
    "hubFault": "<code>Client.Schema</code><messageZh>缺少必填项</messageZh><messageEn>a required element is missing</messageEn><path>/enquiryRequest/subject</path>"
    "<line>7</line><advice>补齐后重报</advice><blame>caller</blame><correlationId>c-1</correlationId>",
}  # fmt: skip


@pytest.mark.parametrize("name", list(ANSWERS))
def test_answers_hold(name: str, compiled: Compiled) -> None:
    """A receipt, a delivery answer and a fault in full are valid, and each element of them is needed or known to be optional."""
    schema = compiled(SCHEMAS / "services/services-1.0.xsd")
    whole = etree.fromstring(f'<{name} xmlns="urn:pophub:services:1.0">{ANSWERS[name]}</{name}>')
    schema.assertValid(etree.ElementTree(whole))
    for child in list(whole):
        fewer = etree.fromstring(etree.tostring(whole))
        fewer.remove(fewer[whole.index(child)])
        assert schema.validate(etree.ElementTree(fewer)) == (etree.QName(child).localname in {"path", "line"})


@pytest.mark.parametrize("blame", ["caller", "hub", "partner", "network", "operator"])
def test_a_fault_blames_one_of_five(blame: str, compiled: Compiled) -> None:
    """A fault names whose fault it is, out of five, and nobody else."""
    schema = compiled(SCHEMAS / "services/services-1.0.xsd")
    text = f'<hubFault xmlns="urn:pophub:services:1.0">{ANSWERS["hubFault"]}</hubFault>'
    assert schema.validate(etree.ElementTree(etree.fromstring(text.replace("caller", blame))))
    assert not schema.validate(etree.ElementTree(etree.fromstring(text.replace("caller", f"{blame}s"))))


def test_the_delivery_header_holds(compiled: Compiled) -> None:
    """The header of a push is valid without fromDiv and dueAt and with them."""
    schema = compiled(SCHEMAS / "services/header-1.0.xsd")
    text = (
        '<h:Delivery xmlns:h="urn:pophub:header:1.0"><h:hubId>10234-7</h:hubId><h:channel>enquiry.request</h:channel><h:version>1.0</h:version>'
        "<h:fromSystem>FJFPIS</h:fromSystem>{}<h:laneNo>1</h:laneNo><h:effectiveTime>2026-11-20T09:15:31+08:00</h:effectiveTime>{}</h:Delivery>"
    )
    due = "<h:dueAt>2026-12-21T23:59:59+08:00</h:dueAt>"
    for made in (text.format("", ""), text.format("<h:fromDiv>350203001000</h:fromDiv>", due)):
        schema.assertValid(etree.ElementTree(etree.fromstring(made)))


def test_a_message_id_has_a_size(compiled: Compiled) -> None:
    """A MessageID has 1 to 128 characters and no blank."""
    schema = compiled(SCHEMAS / "services/ws-addressing-1.0.xsd")
    for value, verdict in (("a", True), ("x" * 128, True), ("x" * 129, False), ("", False), ("a b", False)):
        element = etree.Element("{http://www.w3.org/2005/08/addressing}MessageID")
        element.text = value
        assert schema.validate(etree.ElementTree(element)) is verdict, value
