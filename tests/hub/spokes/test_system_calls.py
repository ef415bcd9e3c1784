"""What external systems call at the hub: their own vocabulary, the grants of any caller, and nobody speaks for another."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from hub.contract.adapter import Adapter
from hub.contract.errors import ClientError
from hub.contract.message import ChannelName, read_hub_id
from hub.contract.service import Answered, Push, Service
from hub.contract.xml import Element, parse, serialise
from hub.contract.xml_text import element, leaf
from hub.ports.records import Sealed
from hub.ports.spoke_registry import NewSpoke, Place
from hub.spokes.doorkeeper import Doorkeeper
from hub.spokes.submission import Submission
from hub.spokes.system_calls import SystemCalls
from hub.transports.soap_call import SoapCall
from tests.flows.enquiry.documents import ELSEWHERE, request
from tests.hub.pipeline.rig import SIMING, Rig

REQUEST = ChannelName("enquiry.request")
OWN = "padis/1.0/xc01.xsd"


def _answer(_own: Element, answered: Answered) -> Element:
    return element(["<r>", leaf("id", answered.hub_id), leaf("again", str(answered.duplicate)), "</r>"])


PUSH = Push(REQUEST, OWN, OWN, lambda own: own.findtext("XCH"), _answer)


@pytest.fixture
def calls(rig: Rig) -> SystemCalls:
    """The platform may call ``padis-in``, and is registered as a caller that speaks its vocabulary."""

    def serving(adapter: Adapter) -> Adapter:
        return replace(adapter, services=(Service("padis-in", "", {"Push": PUSH}),)) if adapter.name == "padis" else adapter

    rig.with_adapter(serving)
    return SystemCalls(rig.machine, Doorkeeper(rig.machine))


def _registered(rig: Rig, name: str = "platform", speaks: str | None = "padis", sends: tuple[str, ...] = (REQUEST,)) -> str:
    from hub.backends.sql.registry import SpokeRegistrySql

    secret = SpokeRegistrySql(rig.store.engine, rig.clock).add(
        NewSpoke(name, name, "PADIS", sends, (), (Place("36"),), speaks=speaks)
    )
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def _own(rig: Rig, no: str) -> Element:
    translator = rig.machine.catalogue.adapter["padis"].translator
    return translator.from_canonical(REQUEST, parse(request(no, applicant=ELSEWHERE)))


def _call(payload: Element, authorization: str, service: str = "padis-in", operation: str = "Push") -> SoapCall:
    return SoapCall(service, operation, payload, (), "1.1", serialise(payload), None, authorization, "", "c-1")


def test_a_document_in_its_own_vocabulary_is_accepted_and_answered_in_it(rig: Rig, calls: SystemCalls) -> None:
    """It is validated, translated and on disk; the sender is the caller, the system is that of its credential."""
    who = _registered(rig)
    answer = calls(_call(_own(rig, "P-1"), who))
    hub_id = read_hub_id(answer.findtext("id", ""))
    assert answer.findtext("again") == "False"
    assert hub_id is not None
    assert rig.rows("select sender, from_system, channel from message where id = ?", hub_id) == [("platform", "PADIS", REQUEST)]
    assert calls(_call(_own(rig, "P-1"), who)).findtext("again") == "True"
    assert rig.rows("select count(*) from message") == [(1,)]


@pytest.mark.parametrize(("speaks", "sends", "operation", "code"), [
    (None, (REQUEST,), "Push", "Client.Forbidden"),
    ("register", (REQUEST,), "Push", "Client.Forbidden"),
    ("padis", (), "Push", "Client.Forbidden"),
    ("padis", (REQUEST,), "Pull", "Client.UnknownOperation"),
])  # fmt: skip
def test_who_may_not_is_refused(rig: Rig, calls: SystemCalls, speaks: Any, sends: Any, operation: str, code: str) -> None:
    """Another vocabulary, no grant, no such operation: refused, nothing stored."""
    who = _registered(rig, speaks=speaks, sends=sends)
    with pytest.raises(ClientError) as fault:
        calls(_call(_own(rig, "P-1"), who, operation=operation))
    assert fault.value.code == code
    assert rig.rows("select count(*) from message") == [(0,)]


def test_a_document_that_its_schema_refuses_is_kept_as_evidence(rig: Rig, calls: SystemCalls) -> None:
    """The fault speaks of the system's own schema."""
    own = _own(rig, "P-1")
    own.remove(next(iter(own.iterchildren("DCDX"))))
    with pytest.raises(ClientError) as fault:
        calls(_call(own, _registered(rig)))
    assert fault.value.code.startswith("Client.Schema")
    assert rig.rows("select count(*) from invalid_message") == [(1,)]


@pytest.mark.parametrize("spoiled", [False, True])
def test_what_may_never_be_kept_is_not(rig: Rig, spoiled: bool) -> None:
    """An element that the service drops is seen by the translator and stands in nothing stored, accepted or refused."""

    def serving(adapter: Adapter) -> Adapter:
        push = replace(PUSH, drops=frozenset({"LXR"}))
        return replace(adapter, services=(Service("padis-in", "", {"Push": push}),)) if adapter.name == "padis" else adapter

    rig.with_adapter(serving)
    own, calls = _own(rig, "P-1"), SystemCalls(rig.machine, Doorkeeper(rig.machine))
    assert own.findtext("LXR")
    if spoiled:
        own.remove(next(iter(own.iterchildren("DCDX"))))
        with pytest.raises(ClientError):
            calls(_call(own, _registered(rig)))
        ((number, key, raw),) = rig.rows("select id, raw_key, raw from invalid_message")
        kept = rig.machine.keyring.open(f"invalid_message|raw|{number}", Sealed(key, raw))
    else:
        number = read_hub_id(calls(_call(own, _registered(rig))).findtext("id", ""))
        ((key, raw),) = rig.rows("select received_key, received from message_body where message_id = ?", number)
        kept = rig.machine.keyring.open(f"message_body|received|{number}", Sealed(key, raw))
    assert b"<XCH>P-1</XCH>" in kept and b"LXR" not in kept


@pytest.mark.parametrize("given", [None, "", "a b", "x" * 129, "a\tb"])
def test_without_a_message_id_nothing_is_taken(rig: Rig, calls: SystemCalls, given: str | None) -> None:
    """The idempotency key is the sender's duty."""

    def serving(adapter: Adapter) -> Adapter:
        push = replace(PUSH, message_id=lambda _: given)
        return replace(adapter, services=(Service("padis-in", "", {"Push": push}),)) if adapter.name == "padis" else adapter

    rig.with_adapter(serving)
    with pytest.raises(ClientError) as fault:
        SystemCalls(rig.machine, Doorkeeper(rig.machine))(_call(_own(rig, "P-1"), _registered(rig)))
    assert fault.value.code == "Client.MessageId"


def test_nobody_writes_in_anothers_tongue(rig: Rig, calls: SystemCalls) -> None:
    """A caller that speaks a vocabulary may not hand over canonical documents, nor a spoke use a system's service."""
    who = _registered(rig)
    canonical = parse(request("P-1", applicant=ELSEWHERE))
    with pytest.raises(ClientError) as fault:
        Submission(rig.machine, Doorkeeper(rig.machine))(replace(_call(canonical, who, service="enquiry"), headers=_headers()))
    assert fault.value.code == "Client.Forbidden"
    spoke = "Basic " + base64.b64encode(f"{SIMING}:{rig.secret(SIMING)}".encode()).decode()
    with pytest.raises(ClientError) as fault:
        calls(_call(_own(rig, "P-1"), spoke))
    assert fault.value.code == "Client.Forbidden"


def _headers() -> tuple[Element, ...]:
    return (parse(b'<MessageID xmlns="http://www.w3.org/2005/08/addressing">m-1</MessageID>'),)


BATCH = ChannelName("enquiry.requests")
_WRAPPER = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="PL"><xs:complexType><xs:sequence>'
    '<xs:element name="BH" type="xs:string"/></xs:sequence></xs:complexType></xs:element></xs:schema>'
)
_QUESTION = _WRAPPER.replace('"PL"', '"CX"')


@pytest.fixture
def many(rig: Rig, calls: SystemCalls, tmp_path: Any) -> SystemCalls:
    """The platform may hand over enquiries by the hundred, and ask how they stand."""
    from pathlib import Path

    from hub.backends.schema_registry import LxmlSchemaRegistry
    from hub.contract.batch import BatchIn, OwnBatch
    from hub.contract.service import Ask, BatchSeen

    (tmp_path / "made").mkdir()
    (tmp_path / "made/pl.xsd").write_text(_WRAPPER, encoding="utf-8")
    (tmp_path / "made/cx.xsd").write_text(_QUESTION, encoding="utf-8")

    def told(_own: Element, seen: BatchSeen | None) -> Element:
        rows = [leaf("row", f"{r.number} {r.state} {r.code or ''}".strip()) for r in seen.records] if seen else []
        return element([f"<r><state>{seen.state if seen else 'none'}</state>", *rows, "</r>"])

    push = replace(PUSH, channel=BATCH, message_id=lambda own: own.findtext("BH"), batch=True,
                   answer=lambda _, a: element(["<r>", leaf("records", str(a.records)), leaf("again", str(a.duplicate)), "</r>"]))  # fmt: skip
    ask = Ask(BATCH, "made/cx.xsd", "", lambda own: own.findtext("BH"), lambda _: (1, 10), told)

    def serving(adapter: Adapter) -> Adapter:
        service = Service("padis-in", "", {"PushMany": push, "AskMany": ask})
        batches = {BATCH: OwnBatch("made/pl.xsd", OWN, "XCQQ")}
        return replace(adapter, services=(service,), batches=batches) if adapter.name == "padis" else adapter

    rig.with_adapter(serving)
    rig.with_flow(lambda f: replace(f, batches=(BatchIn(BATCH, "成批协查", REQUEST),)) if f.name == "enquiry" else f)
    roots = (tmp_path, Path(__file__).parents[3] / "schemas")
    rig.machine = replace(rig.machine, schemas=LxmlSchemaRegistry(roots))
    return SystemCalls(rig.machine, Doorkeeper(rig.machine))


def _many(rig: Rig, *numbers: str) -> Element:
    document = parse(b"<PL><BH>B-1</BH></PL>")
    document.extend(_own(rig, no) for no in numbers)
    return document


def test_a_batch_in_one_call_is_taken_whole_and_its_outcomes_are_asked_for(rig: Rig, many: SystemCalls) -> None:
    """Three records, one of them bad: taken, split, told by number; asked by its own caller alone."""
    from hub.batches.splitter import Splitter

    who, other = _registered(rig, sends=(BATCH,)), _registered(rig, "other", sends=(BATCH,))
    document = _many(rig, "P-1", "P-2", "P-3")
    document[2].remove(document[2].find("DCDX"))
    answer = many(_call(document, who, operation="PushMany"))
    assert (answer.findtext("records"), answer.findtext("again")) == ("3", "False")
    assert many(_call(document, who, operation="PushMany")).findtext("again") == "True"
    question = parse(b"<CX><BH>B-1</BH></CX>")
    assert many(_call(question, who, operation="AskMany")).findtext("state") == "accepted"
    while Splitter(rig.machine, "one").once():
        pass
    seen = many(_call(question, who, operation="AskMany"))
    assert seen.findtext("state") == "done"
    assert [r.text for r in seen.iter("row")] == ["1 accepted", "2 refused Client.Schema.Missing", "3 accepted"]
    assert many(_call(question, other, operation="AskMany")).findtext("state") == "none"
    assert rig.rows("select count(*), min(sender), min(from_system) from message") == [(2, "platform", "PADIS")]


def test_a_batch_that_is_not_granted_or_not_whole_is_not_taken(rig: Rig, many: SystemCalls) -> None:
    """No grant; a wrapper that its schema refuses: nothing is stored."""
    nobody, granted = _registered(rig), _registered(rig, "second", sends=(BATCH,))
    with pytest.raises(ClientError) as fault:
        many(_call(_many(rig, "P-1"), nobody, operation="PushMany"))
    assert fault.value.code == "Client.Forbidden"
    bad = _many(rig, "P-1")
    bad.append(parse(b"<YY/>"))
    with pytest.raises(ClientError) as fault:
        many(_call(bad, granted, operation="PushMany"))
    assert fault.value.code.startswith("Client.Schema")
    assert rig.rows("select count(*) from message") == [(0,)]
