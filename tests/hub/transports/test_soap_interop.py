"""A real client against the real server: zeep loads ?wsdl over HTTP and calls both SOAP versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import zeep

from tests.soap_door_server import serving

PORTS = pytest.mark.parametrize("port_name", ["VoiceSoap11", "VoiceSoap12"])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running door."""
    with serving(tmp_path_factory.mktemp("door") / "server.log") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[zeep.Client]:
    """A client that knows nothing but the published WSDL."""
    client = zeep.Client(f"{url}/soap/voice?wsdl", settings=zeep.Settings(forbid_dtd=True))
    yield client
    client.transport.session.close()


@PORTS
def test_zeep_calls_every_operation(client: zeep.Client, port_name: str) -> None:
    """Typed calls by the published WSDL succeed in both SOAP versions."""
    service: Any = client.bind("VoiceService", port_name)
    assert [service.Say(text="你好"), service.Shout(text="喂")] == ["Say", "Shout"]


@PORTS
def test_zeep_reads_the_typed_fault(client: zeep.Client, port_name: str) -> None:
    """A refusal arrives as a fault whose detail deserialises to the declared hubFault."""
    service: Any = client.bind("VoiceService", port_name)
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service.Say(text="refuse")
    fault: Any = caught.value
    if port_name == "VoiceSoap11":
        assert fault.code == "soap:Client.Schema.Pattern"
    else:
        assert fault.code == "soap:Sender"
        assert [q.text for q in fault.subcodes] == ["{urn:pophub:services:1.0}Client.Schema.Pattern"]
    [element] = fault.detail
    detail = client.get_element(element.tag).parse(element, client.wsdl.types)
    assert (
        fault.message == f"{detail.messageZh} {detail.messageEn}" == "文本：格式不符合要求。 文本: does not have the required form."
    )
    assert [detail.code, detail.path, detail.line, detail.blame] == ["Client.Schema.Pattern", "say/text", 3, "caller"]
    assert len(detail.correlationId) == 20


@PORTS
def test_zeep_with_ws_addressing_is_understood(url: str, port_name: str) -> None:
    """The Action, To and MessageID headers that zeep's WS-Addressing plugin adds agree with the door."""
    client = zeep.Client(f"{url}/soap/voice?wsdl", plugins=[zeep.wsa.WsAddressingPlugin()])
    service: Any = client.bind("VoiceService", port_name)
    assert service.Say(text="你好") == "Say"
    client.transport.session.close()


@pytest.mark.parametrize("port_name", ["EnquirySoap11", "EnquirySoap12"])
def test_the_enquiry_contract_loads_whole(url: str, port_name: str) -> None:
    """A client that follows every import through /contracts/ finds the typed operations of the enquiry WSDL, too."""
    client = zeep.Client(f"{url}/contracts/services/enquiry-1.0.wsdl")
    operation = client.wsdl.services["EnquiryService"].ports[port_name].binding.get("SubmitEnquiryRequest")
    assert operation.input.body.qname.text == "{urn:pophub:enquiry.request:1.0}enquiryRequest"
    assert "subject" in dict(operation.input.body.type.elements)
    client.transport.session.close()
