"""Batches that come in: their records are a channel, a system's way of writing them is whole, and its samples go all the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hub.backends.schema_files import SchemaFault
from hub.batches.manifest import Kind, kind_of_catalogue
from hub.contract.adapter import Adapter
from hub.contract.batch import MOST_RECORDS, BatchIn, OwnBatch
from hub.contract.flow import Flow
from hub.contract.xml import Records, reparse
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.samples import guarded
from hub.control_bus.check.schemas import missing
from hub.control_bus.check.subject import Subject


def batches_have_records(subject: Subject) -> Iterator[Fault]:
    """Each batch has a name of its own, records of a channel of its flow, and a sensible limit."""
    for flow, batch in incoming(subject):
        place = batch_place(flow, batch)
        if batch.name in subject.catalogue.channels or sum(b.name == batch.name for _, b in incoming(subject)) > 1:
            yield Fault(place, "batch.name", "名称已被占用。", "the name is taken.", "授权按名称给出。 Grants go by name.")
        if flow.channel(batch.record) is None:
            hint = did_you_mean(batch.record, (c.name for c in flow.channels))
            yield Fault(place, "batch.record", f"记录的报文类型 {batch.record} 不在该流程中。", f"channel {batch.record} of its records is not in this flow.", hint)  # fmt: skip
        if not 1 <= batch.most <= MOST_RECORDS:
            yield Fault(
                place, "batch.most", f"记录上限须在 1 至 {MOST_RECORDS} 之间。", f"the most records must be 1 to {MOST_RECORDS}."
            )


def own_batches_are_whole(subject: Subject) -> Iterator[Fault]:
    """What a system says of its batches: the batch exists, both schemas load, and the record's element is a root of its schema."""
    for adapter, name, own in _own(subject):
        place = f"adapters/{adapter.name} · batch {name}"
        if name not in subject.catalogue.batches_in:
            hint = did_you_mean(name, subject.catalogue.batches_in)
            yield Fault(place, "batch.unknown", f"没有批次种类 {name}。", f"there is no kind of batch {name}.", hint)
        for schema in (own.schema, own.record_schema):
            if not subject.schemas.exists(schema):
                yield missing(subject, place, schema)
        yield from _element(subject, place, own)


def _element(subject: Subject, place: str, own: OwnBatch) -> Iterator[Fault]:
    try:
        roots = subject.schemas.root_of(own.record_schema)[1]
    except SchemaFault:
        return
    if own.record_element not in roots:
        yield Fault(
            place, "batch.element", f"{own.record_schema} 未定义元素 {own.record_element}。",
            f"{own.record_schema} declares no element {own.record_element}.", did_you_mean(own.record_element, roots),
        )  # fmt: skip


def batch_samples_hold(subject: Subject) -> Iterator[Fault]:
    """Each sample of a batch in ``adapters/<system>/samples/<batch>/``: its wrapper holds, and each record translates to a valid document."""
    for adapter, name, _ in _own(subject):
        folder = subject.folders.get(f"adapters.{adapter.name}")
        kind = kind_of_catalogue(subject.catalogue, name, adapter)
        for file in sorted((folder / "samples" / name).glob("*.xml")) if folder and kind else ():
            assert kind is not None
            yield from guarded(f"adapters/{adapter.name}/samples/{name}/{file.name}", _whole(subject, adapter, kind, file))


def _whole(subject: Subject, adapter: Adapter, kind: Kind, file: Path) -> Iterator[str]:
    yield f"schemas/{kind.wrapper}"
    records, found = Records([file.read_bytes()], kind.tag), list[bytes]()
    found.extend(records)
    assert records.wrapper is not None
    subject.schemas.validate(kind.wrapper, records.wrapper)
    for data in found:
        yield f"schemas/{kind.own_schema}"
        own = reparse(data)
        subject.schemas.validate(kind.own_schema or "", own)
        yield f"{adapter.name} → {kind.channel.name}"
        canonical = adapter.translator.to_canonical(kind.channel.name, own)
        yield f"schemas/{kind.channel.schema}"
        subject.schemas.validate(kind.channel.schema, canonical)


def unsent(subject: Subject) -> Iterator[tuple[str, str]]:
    """Notes on batches that nobody may send."""
    for _, batch in incoming(subject):
        if subject.spokes and not subject.senders(batch.name):
            yield f"没有接入方可报送批次 {batch.name}。", f"no spoke may send batch {batch.name}."


def incoming(subject: Subject) -> Iterator[tuple[Flow, BatchIn]]:
    """Every kind of batch that comes in, with its flow."""
    return ((flow, batch) for flow in subject.catalogue.flows for batch in flow.batches if isinstance(batch, BatchIn))


def batch_place(flow: Flow, batch: BatchIn) -> str:
    """How a fault names a batch."""
    return f"routes/{flow.name} · batch {batch.name}"


def _own(subject: Subject) -> Iterator[tuple[Adapter, str, OwnBatch]]:
    return ((a, name, own) for a in subject.catalogue.adapters for name, own in (a.batches or {}).items())
