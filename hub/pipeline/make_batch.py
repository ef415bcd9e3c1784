"""Make a batch: records become one message, parts that are frozen, and rows, all of which one transaction commits.

A record that cannot be prepared is refused alone, by its number; what waits for the partner's word or was accepted in the
same version is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hub.cases.transitions import change
from hub.contract.adapter import Adapter
from hub.contract.batch import BatchOut, Framing, Head, Period
from hub.contract.channel import Channel, key_values
from hub.contract.decision import HUB, HUB_SENDER
from hub.contract.errors import RULE_FAILED, TRANSLATION, TRANSLATION_INVALID, VIEW_INVALID, FlowError, HubError
from hub.contract.flow import Flow, Route, SystemRecipient
from hub.contract.message import Document, Header, Message, show_hub_id
from hub.contract.operation import Operation
from hub.contract.xml import Element, canonical_form, encode, plain, reparse, serialise
from hub.pipeline.acceptance import acceptance
from hub.pipeline.machine import Machine
from hub.pipeline.planning import as_case
from hub.ports.records import CaseChange, CaseRow, NewCase, NewDelivery
from hub.ports.sending import NewBatchSent, NewRecord, ScheduleRun

GROUP: Final = 200
"""Records looked up at a time."""


@dataclass(frozen=True, slots=True)
class Line:
    """Where a kind of batch goes: everything that its declaration names, found."""

    batch: BatchOut
    flow: Flow
    route: Route
    adapter: Adapter
    operation: Operation
    channel: Channel
    wrapper: Channel


def line(machine: Machine, batch: BatchOut) -> Line:
    """The way of a batch. Raises LookupError when its declaration does not hold (which `pophub check` reports)."""
    catalogue = machine.catalogue
    flow = catalogue.flow_of_batch[batch.name]
    route = flow.route(batch.route)
    adapter = catalogue.adapter.get(route.to.name) if route and isinstance(route.to, SystemRecipient) else None
    operation = adapter.operation_for(batch.record) if adapter else None
    if route is None or adapter is None or operation is None or not isinstance(adapter.translator, Framing):
        raise LookupError(batch.name)
    return Line(batch, flow, route, adapter, operation, catalogue.channels[batch.record], catalogue.channels[batch.wrapper])


@dataclass(frozen=True, slots=True)
class _Prepared:
    own: bytes
    key_hash: bytes
    case: CaseChange | None


def make_batch(
    machine: Machine, way: Line, period: Period, documents: Iterable[Element | None], run: ScheduleRun
) -> NewBatchSent | None:
    """The batch of canonical records (None: one that the flow's rule could not make), or None when there is nothing to send.

    Raises FlowError ``Flow.TranslationInvalid`` when a part does not satisfy the partner's schema.
    """
    good: list[_Prepared] = []
    refused: list[tuple[bytes, str]] = []
    for one in _prepared(machine, way, documents):
        if isinstance(one, _Prepared):
            good.append(one)
        else:
            refused.append(one)
    if not good and not refused:
        return None
    batch_id = machine.store.new_id()
    deliveries = tuple(_parts(machine, way, period, show_hub_id(batch_id), good))
    records = [
        NewRecord(number, deliveries[(number - 1) // way.batch.part].id, one.key_hash, one.case)
        for number, one in enumerate(good, 1)
    ]
    records += [NewRecord(number, 0, hash_, None, code) for number, (hash_, code) in enumerate(refused, len(good) + 1)]
    message = _wrapper(machine, way, period, batch_id, len(good), run)
    return NewBatchSent(acceptance(machine, way.wrapper, message, canonical_form(message.body.root), hub_id=batch_id),
                        way.batch.name, period.name, deliveries, tuple(records), run)  # fmt: skip


def _prepared(machine: Machine, way: Line, documents: Iterable[Element | None]) -> Iterator[_Prepared | tuple[bytes, str]]:
    """In their order, each record key and each case at most once."""
    seen: set[bytes] = set()
    for group in _grouped(documents):
        keyed = [(document, *_keys(machine, way, document)) for document in group]
        taken = machine.sending.taken({key for _, key, _ in keyed})
        cases = machine.store.cases([case for _, _, case in keyed if case])
        for document, key, case in keyed:
            marks = {key, case} if case else {key}
            if key in taken or marks & seen:
                continue
            seen |= marks
            try:
                yield _prepare(machine, way, document, key, case, cases.get(case) if case else None)
            except HubError as fault:
                machine.tap.event("record.refused", batch=way.batch.name, code=fault.code, path=fault.path)
                yield key, fault.code


def _grouped(documents: Iterable[Element | None]) -> Iterator[list[Element | None]]:
    group: list[Element | None] = []
    for document in documents:
        group.append(document)
        if len(group) == GROUP:
            yield group
            group = []
    if group:
        yield group


def _keys(machine: Machine, way: Line, document: Element | None) -> tuple[bytes, bytes | None]:
    """The keyed hashes of the record's version and of its case. A record without all parts of its key is like no other."""
    unlike = machine.keyring.index(f"record:{way.batch.name}", "", str(machine.store.new_id()))
    if document is None:
        return unlike, None
    message = Message(0, _header(way.channel, ""), Document(document), datetime.now(UTC))
    values = key_values(way.batch.key, message)
    parts = way.flow.case.keys.get(way.channel.name) if way.flow.case else None
    named = key_values(parts, message) if parts else None
    case = machine.keyring.index(f"case:{way.flow.case.name}", *named) if way.flow.case and named else None
    return machine.keyring.index(f"record:{way.batch.name}", *values) if values else unlike, case


def _prepare(
    machine: Machine, way: Line, document: Element | None, key: bytes, case_key: bytes | None, row: CaseRow | None
) -> _Prepared:
    if document is None:
        raise FlowError(RULE_FAILED)
    machine.schemas.validate(way.channel.schema, document)
    document = plain(document)
    own = _own(machine, way, document)
    return _Prepared(serialise(own), key, _case(machine, way, document, case_key, row))


def _own(machine: Machine, way: Line, document: Element) -> Element:
    view_schema = way.channel.view_schema(way.route.view)
    basis = machine.basis.get(way.flow.name)
    allowed = frozenset(basis.fields) if basis else frozenset(way.flow.basis.fields if machine.synthetic_only else ())
    view = machine.schemas.project(view_schema, document, fill={}, basis=allowed)
    try:
        machine.schemas.validate(view_schema, view)
    except HubError as fault:
        raise FlowError(VIEW_INVALID, path=fault.path) from fault
    try:
        return way.adapter.translator.from_canonical(way.channel.name, view)
    except HubError:
        raise
    except Exception as fault:
        raise FlowError(TRANSLATION) from fault


def _case(machine: Machine, way: Line, document: Element, key: bytes | None, row: CaseRow | None) -> CaseChange | None:
    if way.flow.case is None or key is None:
        return None
    try:
        decision = way.batch.made(Document(document), as_case(row))
    except Exception as fault:
        raise FlowError(RULE_FAILED) from fault
    owner = way.flow.case.owner
    owned = (decision.data.get(owner.system, ""), decision.data.get(owner.division, "")) if owner else ("", "")
    new = NewCase(machine.store.new_id(), way.flow.case.name, key, owned) if row is None else None
    return change(way.flow.case, row, new, decision)


def _parts(machine: Machine, way: Line, period: Period, batch_no: str, records: Sequence[_Prepared]) -> Iterator[NewDelivery]:
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
    return Message(0, _header(way.wrapper, f"{run.name}/{run.period}/{run.no}"), Document(document), datetime.now(UTC))


def _header(channel: Channel, message_id: str) -> Header:
    return Header(message_id, channel.name, channel.version, HUB_SENDER, HUB)
