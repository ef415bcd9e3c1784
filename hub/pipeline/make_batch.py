"""Make a batch: prepared records become one message, parts that are frozen, and rows, all of which one transaction commits.

Good records are numbered first, from 1; those that were refused follow, so that they are known by a number too. What was sent
before in the same version has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from hub.contract.batch import Framing, Head, Period
from hub.contract.errors import TRANSLATION_INVALID, FlowError, HubError
from hub.contract.message import Document, Message, show_hub_id
from hub.contract.xml import Element, canonical_form, encode, plain, reparse
from hub.pipeline.acceptance import acceptance
from hub.pipeline.batch_line import Line, own_header
from hub.pipeline.machine import Machine
from hub.pipeline.prepare_records import Prepared, Refused, prepare_records
from hub.ports.records import NewDelivery
from hub.ports.sending import NewBatchSent, NewRecord, ScheduleRun


def make_batch(
    machine: Machine, way: Line, period: Period, documents: Iterable[Element | None], run: ScheduleRun
) -> NewBatchSent | None:
    """The batch of canonical records (None: one that the flow's rule could not make), or None when there is nothing to send.

    Raises FlowError ``Flow.TranslationInvalid`` when a part does not satisfy the partner's schema.
    """
    good: list[Prepared] = []
    refused: list[Refused] = []
    for one in prepare_records(machine, way, documents):
        match one:
            case Prepared():
                good.append(one)
            case Refused():
                machine.tap.event("record.refused", batch=way.batch.name, code=one.code, path=one.path)
                refused.append(one)
    if not good and not refused:
        return None
    batch_id = machine.store.new_id()
    deliveries = tuple(_parts(machine, way, period, show_hub_id(batch_id), good))
    records = [
        NewRecord(number, deliveries[(number - 1) // way.batch.part].id, one.key_hash, one.case)
        for number, one in enumerate(good, 1)
    ]
    records += [NewRecord(number, 0, one.key_hash, None, one.code) for number, one in enumerate(refused, len(good) + 1)]
    message = _wrapper(machine, way, period, batch_id, len(good), run)
    return NewBatchSent(acceptance(machine, way.wrapper, message, canonical_form(message.body.root), hub_id=batch_id),
                        way.batch.name, period.name, deliveries, tuple(records), run)  # fmt: skip


def _parts(machine: Machine, way: Line, period: Period, batch_no: str, records: Sequence[Prepared]) -> Iterator[NewDelivery]:
    size, operation = way.batch.part, way.operation
    framing = way.adapter.translator
    assert isinstance(framing, Framing)
    parts = -(-len(records) // size)
    for part in range(parts):
        held = [reparse(one.own) for one in records[part * size : (part + 1) * size]]
        head = Head(batch_no, period, part + 1, parts, len(records), part * size + 1)
        document = framing.frame(way.channel.name, head, held)
        try:
            machine.schemas.validate(operation.schema, document)
        except HubError as fault:
            raise FlowError(TRANSLATION_INVALID, path=fault.path) from fault
        delivery = machine.store.new_id()
        yield NewDelivery(
            id=delivery, route=way.route.name, recipient=f"system:{way.adapter.name}", outlet=f"system:{way.adapter.name}",
            operation=operation.name, op_class=operation.kind.value, reason=period.name,
            body=machine.keyring.seal(way.channel.retention, f"delivery_body|body|{delivery}", encode(document, way.adapter.encoding)),
            schema=operation.schema, schema_digest=machine.schemas.digest(operation.schema),
            translator=way.adapter.translator.version, part=part + 1,
        )  # fmt: skip


def _wrapper(machine: Machine, way: Line, period: Period, batch_id: int, count: int, run: ScheduleRun) -> Message:
    document = plain(way.batch.describe(show_hub_id(batch_id), period, count))
    machine.schemas.validate(way.wrapper.schema, document)
    return Message(0, own_header(way.wrapper, f"{run.name}/{run.period}/{run.no}"), Document(document), datetime.now(UTC))
