"""spyne behind the door: dispatch, concurrency, silence; and reading what a WSDL offers."""

from __future__ import annotations

import gc
import io
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hub.contract import xml
from hub.contract.errors import ID_CONFLICT, OUTCOME_UNKNOWN, ClientError, FlowError
from hub.contract.xml import Element
from hub.transports import spyne_shim
from hub.transports.soap_call import SoapCall
from hub.transports.soap_engine import SoapEngine
from hub.transports.soap_fault import fault, http_status
from hub.transports.soap_wsdl import SoapOperation, read_wsdl
from tests.soap_door import CANARY, ENV, SAY, SCHEMAS, SHOUT, VOICE, Door, envelope, read_fault, say

WSDL = VOICE / "services/voice-1.0.wsdl"


def test_a_wsdl_tells_its_operations_for_both_versions() -> None:
    """Operation, input element, action and Chinese title are read from both bindings."""
    contract = read_wsdl(WSDL)
    assert (contract.namespace, contract.title) == ("urn:pophub:voice:1.0", "门禁测试服务")
    assert contract.bindings["1.1"] == contract.bindings["1.2"] == {
        f"{{{SAY}}}say": SoapOperation("Say", f"{{{SAY}}}say", "urn:pophub:voice:Say", "说"),
        f"{{{SHOUT}}}say": SoapOperation("Shout", f"{{{SHOUT}}}say", "urn:pophub:voice:Shout", "喊"),
    }  # fmt: skip


@pytest.mark.parametrize("path", sorted((SCHEMAS / "services").glob("*.wsdl")), ids=lambda path: path.name)
def test_our_own_wsdls_can_be_served(path: Path) -> None:
    """Every WSDL we publish offers the same operations in SOAP 1.1 and 1.2."""
    bindings = read_wsdl(path).bindings
    assert bindings["1.1"] == bindings["1.2"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('use="literal"', 'use="encoded"'), ('style="document"', 'style="rpc"'), ('soapAction="urn:pophub:voice:Say"', ""),
        ('element="say:say"', 'type="xs:string"'), ('element="say:say"', 'element="shout:say"'), ('name="SayInput"', 'name="Other"'),
        ('element="say:say"', 'element="nobody:say"'), ('type="tns:VoicePortType"', 'type="tns:Other"'), ("wsdl/soap", "wsdl/suds"),
    ],
    ids=range(9),
)  # fmt: skip
def test_a_wsdl_that_cannot_be_served_is_refused_at_the_start(tmp_path: Path, old: str, new: str) -> None:
    """rpc, encoded, no action, types for elements, doubled elements, dangling names: a ValueError naming the file."""
    path = tmp_path / "bad.wsdl"
    path.write_text(WSDL.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.wsdl"):
        read_wsdl(path)


def test_spyne_dispatches_by_the_payload() -> None:
    """The engine itself finds the operation by the payload's name, and answers a fault when there is none."""
    performed: list[Any] = []
    operations = read_wsdl(WSDL).bindings["1.1"].values()

    def handler(call: SoapCall) -> Element:
        performed.append(call)
        return xml.parse(say("a").encode())

    engine = SoapEngine("voice", "urn:pophub:voice:1.0", "1.1", operations, handler)
    descriptors = engine.app.interface.service_method_map
    assert {name: found[0].operation_name for name, found in descriptors.items()} == {
        f"{{{SAY}}}say": "Say",
        f"{{{SHOUT}}}say": "Shout",
    }
    unknown = SoapCall("voice", "", xml.parse(b"<x/>"), (), "1.1", b"", None, None, "", "id")
    status, _, data = engine.answer(unknown)
    assert (status, b"Server.Internal" in data, performed) == (500, True, [])


def test_concurrent_calls_do_not_mix() -> None:
    """800 calls from 8 threads in both versions each get the answer, or the fault, to their own message."""
    door = Door()

    def handler(call: SoapCall) -> Element:
        text = call.payload.findtext(f"{{{SAY}}}text") or ""
        if text.endswith("5"):
            raise ClientError(ID_CONFLICT, first=text)
        return xml.parse(say(text).encode())

    door.handler = handler

    def call(i: int) -> None:
        version = "1.1" if i % 2 else "1.2"
        reply = door.post(envelope(say(str(i)), version=version), version)
        if i % 10 == 5:
            assert f"{i}）" in read_fault(reply, version).detail["messageZh"]
        else:
            assert reply.root.findtext(f".//{{{SAY}}}text") == str(i)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(800)))


def test_a_call_leaves_nothing_for_the_collector() -> None:
    """Neither an answer nor a fault leaves reference cycles: a message is freed when its answer has been sent."""
    door = Door()

    def refuse(call: SoapCall) -> Element:
        raise ClientError(ID_CONFLICT, first="1-1")

    gc.disable()
    try:
        for handler in (door.handler, refuse):
            door.handler = handler
            for _ in range(2):
                gc.collect()
                for version in ("1.1", "1.2"):
                    door.post(envelope(version=version), version)
            assert gc.collect() == 0
    finally:
        gc.enable()


def test_spynes_loggers_are_mute(monkeypatch: pytest.MonkeyPatch) -> None:
    """No logger of spyne reaches the log, at any level, even where somebody turned one of them up."""
    told = io.StringIO()
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.StreamHandler(told)])
    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("spyne.protocol.xml"), "level", logging.DEBUG)
    logging.getLogger("else").critical("heard")
    for name in ("spyne", "spyne.protocol.soap.soap11.invalid", "spyne.application.server", "spyne.protocol.xml"):
        logging.getLogger(name).critical(CANARY)
    assert told.getvalue() == "heard\n"
    assert spyne_shim.Application.__module__ == "spyne.application"


@pytest.mark.parametrize(("version", "code"), [("1.1", "soap:Server.Flow.OutcomeUnknown"), ("1.2", "soap:Receiver")])
def test_an_error_of_a_flow_is_not_the_senders(version: Any, code: str) -> None:
    """A Flow error told to a caller is a Server fault in SOAP terms."""
    error = FlowError(OUTCOME_UNKNOWN, path="x" * 900, line=0)
    made = fault(error, version, "id")
    assert next(made.iter("faultcode", f"{{{ENV[version]}}}Value")).text == code
    assert http_status(error, version) == 500
    assert made.findtext(".//{*}line") is None
    assert len(made.findtext(".//{*}path") or "") == 500
