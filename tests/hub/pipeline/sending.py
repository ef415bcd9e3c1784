"""A kind of batch for the tests: enquiries to the national platform in parts, over the real store, schemas and translator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from lxml import etree

from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.catalogue import Catalogue
from hub.contract.batch import BatchOut, Head, Period
from hub.contract.case import Case
from hub.contract.channel import Channel, Part
from hub.contract.decision import Decision, Move
from hub.contract.message import ChannelName, Document
from hub.contract.operation import Operation, OperationClass
from hub.contract.outcome import Outcome, RecordResult
from hub.contract.xml import Element, parse
from hub.contract.xml_text import element, leaf
from hub.pipeline.batch_line import Line, line
from hub.pipeline.make_batch import make_batch
from hub.ports.sending import NewBatchSent, ScheduleRun
from tests.flows.enquiry.documents import ELSEWHERE, request
from tests.hub.pipeline.rig import Rig, Script

SCHEMAS = Path(__file__).parents[3] / "schemas"
REQUEST, PACK = ChannelName("enquiry.request"), ChannelName("enquiry.pack")
MAY = Period("202605", date(2026, 5, 31))
_XS = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" {}>{}</xs:schema>'
_PACK = _XS.format(
    'targetNamespace="urn:pophub:enquiry.pack:1.0" elementFormDefault="qualified"',
    '<xs:element name="enquiryPack"><xs:complexType><xs:sequence><xs:element name="batchNo" type="xs:string"/>'
    '<xs:element name="period" type="xs:string"/><xs:element name="count" type="xs:int"/></xs:sequence></xs:complexType></xs:element>',
)
_PART = _XS.format("", (
    '<xs:element name="PC"><xs:complexType><xs:sequence><xs:element name="BH" type="xs:string"/>'
    '<xs:any processContents="skip" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>'
))  # fmt: skip


def describe(batch_no: str, period: Period, count: int) -> Element:
    return element(['<enquiryPack xmlns="urn:pophub:enquiry.pack:1.0">', leaf("batchNo", batch_no), leaf("period", period.name),
                    leaf("count", str(count)), "</enquiryPack>"])  # fmt: skip


def made(record: Document, _case: Case | None) -> Decision:
    return Decision(data={"type": record.text("enquiryType") or ""})


def settled(result: RecordResult, _case: Case) -> Decision:
    return Decision(moves=(Move("2" if result.state == "accepted" else "6", result.code or "ok"),))


class Framed:
    """The platform's translator, which can also write a part."""

    def __init__(self, inner: Any) -> None:
        self._inner, self.version = inner, "framed"
        self.to_canonical, self.from_canonical = inner.to_canonical, inner.from_canonical

    def frame(self, _channel: ChannelName, head: Head, records: Sequence[Element]) -> Element:
        part = etree.Element("PC")
        etree.SubElement(part, "BH").text = f"{head.batch_no}/{head.part}/{head.parts}/{head.first}/{head.count}"
        part.extend(records)
        return part


def sending(rig: Rig, folder: Path, part: int = 2) -> Line:
    """Give the rig the batch; its way."""
    (folder / "canonical/1.0").mkdir(parents=True)
    (folder / "made").mkdir()
    (folder / "canonical/1.0/enquiry.pack.xsd").write_text(_PACK, encoding="utf-8")
    (folder / "made/part.xsd").write_text(_PART, encoding="utf-8")
    batch = BatchOut(
        PACK,
        "协查批次",
        PACK,
        REQUEST,
        "request-to-padis",
        describe,
        (Part("enquiryNo"), Part("urgency")),
        made,
        settled,
        part=part,
    )
    old = rig.machine.catalogue
    flow = next(f for f in old.flows if f.name == "enquiry")
    pack = Channel(PACK, "协查批次", "same", ())
    padis = old.adapter["padis"]
    upload = Operation("upload", REQUEST, OperationClass.IDEMPOTENT, "made/part.xsd")
    adapters = tuple(
        replace(padis, translator=Framed(padis.translator), operations=(upload, *padis.operations)) if a is padis else a
        for a in old.adapters
    )
    flows = (replace(flow, channels=(*flow.channels, pack), batches=(batch,)), *(f for f in old.flows if f is not flow))
    rig.machine = replace(rig.machine, catalogue=Catalogue(adapters, flows), schemas=LxmlSchemaRegistry((folder, SCHEMAS)))
    return line(rig.machine, batch)


def records(*numbers: str, **more: Any) -> list[Element | None]:
    return [parse(request(no, applicant="350203001000", stated=ELSEWHERE, **more)) for no in numbers]


def make(rig: Rig, way: Line, documents: Sequence[Element | None], no: int = 1) -> NewBatchSent | None:
    """Make and commit a batch."""
    batch = make_batch(rig.machine, way, MAY, documents, ScheduleRun("enquiry.monthly", MAY.name, no, "", done=True))
    if batch:
        rig.machine.sending.send(batch).result(5)
    return batch


@dataclass
class Collected(Script):
    """A partner that gives tickets and answers about them by script."""

    results: Sequence[Outcome | Exception] = ()
    collected: list[str] = field(default_factory=list)

    def collect(self, _operation: Operation, ticket: str) -> Outcome:
        self.collected.append(ticket)
        given = self.results[min(len(self.collected), len(self.results)) - 1]
        if isinstance(given, Exception):
            raise given
        return given


Attempt = Callable[[Any], list[Outcome]]
