"""Project: for each send find the recipient, cut to its view, translate, validate. The bytes made here are what is sent, always."""

from __future__ import annotations

from dataclasses import dataclass

from hub.contract.adapter import Adapter
from hub.contract.channel import Channel
from hub.contract.decision import Owe, Send, ToPlace, ToSpoke, ToSystem
from hub.contract.errors import (
    TRANSLATION,
    TRANSLATION_INVALID,
    UNREADABLE,
    UNROUTABLE,
    VIEW_INVALID,
    ErrorKind,
    FlowError,
    HubError,
)
from hub.contract.flow import Route
from hub.contract.operation import Operation, OperationClass
from hub.contract.xml import Element, encode, reparse, serialise
from hub.pipeline.machine import Machine
from hub.pipeline.planning import Planning
from hub.ports.keyring import Undecryptable
from hub.ports.obligations import NewObligation
from hub.ports.records import NewDelivery, NewMessage
from hub.ports.spoke_registry import Spoke


@dataclass(frozen=True, slots=True)
class _Target:
    recipient: str
    outlet: str
    operation: Operation
    adapter: Adapter | None = None


@dataclass(frozen=True, slots=True)
class _Sent:
    """The document a send carries: this message's own, or the one that opened the case (then ``of`` is its new message)."""

    channel: Channel
    root: Element
    of: int | None = None


def project(machine: Machine, work: Planning) -> None:
    """Fill ``work.deliveries``. What cannot be prepared becomes a dead delivery with its reason; nothing is dropped."""
    made = []
    for send in work.decision.sends:
        route = work.flow.route(send.route)
        assert route is not None
        target = _find(machine, work, send, route)
        _remember(machine, work, send, target)
        if target is None:
            work.unresolved += 1
            made.append(_dead(machine, send, "place:unserved", UNROUTABLE))
        else:
            made.append(_prepare(machine, work, send, route, target))
    work.deliveries = tuple(made)


def _find(machine: Machine, work: Planning, send: Send, route: Route) -> _Target | None:
    channel = machine.catalogue.channels[route.channel]
    match send.to:
        case ToSystem(name):
            adapter = machine.catalogue.adapter.get(name)
            operation = adapter.operation_for(channel.name) if adapter else None
            if adapter is None or operation is None:
                return None
            return _Target(f"system:{name}", f"system:{name}", operation, adapter)
        case ToPlace(division, system):
            day = work.message.accepted_at.date().isoformat()
            spoke = machine.directory.serving(channel.name, division, day, system)
        case ToSpoke(name):
            spoke = machine.directory.named(name)
    return _to_spoke(channel, spoke, route) if spoke else None


def _remember(machine: Machine, work: Planning, send: Send, target: _Target | None) -> None:
    """What later rules of the case must know: who was really addressed, and the place that stands for the one stated."""
    if send.known_as:
        work.known[send.known_as] = target.recipient if target else ""
        if isinstance(send.to, ToPlace):
            work.known[f"{send.known_as}Div"] = machine.directory.standing(send.to.division)


def _to_spoke(channel: Channel, spoke: Spoke, route: Route) -> _Target:
    outlet = f"push:{spoke.name}" if spoke.push_url else "mailbox"
    operation = Operation("push" if spoke.push_url else "mailbox", channel.name, OperationClass.IDEMPOTENT,
                          channel.view_schema(route.view))  # fmt: skip
    return _Target(f"spoke:{spoke.name}", outlet, operation)


def _prepare(machine: Machine, work: Planning, send: Send, route: Route, target: _Target) -> NewDelivery:
    try:
        sent = _opening(machine, work, route) if send.opening else _Sent(work.channel, work.message.body.root)
        document, data = _document(machine, work, send, route, target, sent)
    except HubError as fault:
        machine.tap.event("prepare.failed", route=route.name, code=fault.code, path=fault.path)
        return _dead(machine, send, target.recipient, fault.kind, target)
    delivery = machine.store.new_id()
    return NewDelivery(
        id=delivery, route=route.name, recipient=target.recipient, outlet=target.outlet, operation=target.operation.name,
        op_class=target.operation.kind.value, reason=send.reason,
        body=machine.keyring.seal(sent.channel.retention, f"delivery_body|body|{delivery}", data),
        schema=document, schema_digest=machine.schemas.digest(document),
        translator=target.adapter.translator.version if target.adapter else "",
        owes=_obligation(machine, work, send.owes) if send.owes else None,
        of=sent.of,
    )  # fmt: skip


def _obligation(machine: Machine, work: Planning, owes: Owe) -> NewObligation:
    before = [owed.due_at for owed in work.owed if owed.kind == owes.at_least and owed.due_at is not None]
    limit = owes.limit
    floor = max(before, default=None)
    return NewObligation(machine.store.new_id(), owes.kind, limit.rule, limit.days, limit.unit, owes.by, floor)


def _opening(machine: Machine, work: Planning, route: Route) -> _Sent:
    """The document that opened the case, as a new message caused by this one. Raises FlowError ``Flow.Unreadable``."""
    like = machine.store.opening(work.case_row.id) if work.case_row else None
    if like is None or like.channel != route.channel:
        raise FlowError(UNREADABLE)
    try:
        body = machine.keyring.open(f"message_body|canonical|{like.id}", like.canonical)
    except Undecryptable:
        raise FlowError(UNREADABLE) from None
    made = next((d for d in work.derived if d.like.id == like.id), None)
    channel = machine.catalogue.channels[route.channel]
    if made is None:
        new = machine.store.new_id()
        received, canonical = (
            machine.keyring.seal(channel.retention, f"message_body|{column}|{new}", body) for column in ("received", "canonical")
        )
        made = NewMessage(new, like, work.stored, received, canonical)
        work.derived = (*work.derived, made)
    return _Sent(channel, reparse(body), made.id)


def _document(machine: Machine, work: Planning, send: Send, route: Route, target: _Target, sent: _Sent) -> tuple[str, bytes]:
    """The schema's name and the bytes for the recipient."""
    view_schema = sent.channel.view_schema(route.view)
    basis = machine.basis.get(work.flow.name)
    allowed = frozenset(basis.fields) if basis else frozenset(work.flow.basis.fields if machine.synthetic_only else ())
    view = machine.schemas.project(view_schema, sent.root, fill=send.fill, basis=allowed)
    try:
        machine.schemas.validate(view_schema, view)
    except HubError as fault:
        raise FlowError(VIEW_INVALID, path=fault.path) from fault
    if target.adapter is None:
        return view_schema, serialise(view)
    try:
        own = target.adapter.translator.from_canonical(sent.channel.name, view)
    except HubError:
        raise
    except Exception as fault:
        raise FlowError(TRANSLATION) from fault
    try:
        machine.schemas.validate(target.operation.schema, own)
    except HubError as fault:
        raise FlowError(TRANSLATION_INVALID, path=fault.path) from fault
    except TypeError as fault:
        raise FlowError(TRANSLATION) from fault
    return target.operation.schema, encode(own, target.adapter.encoding)


def _dead(machine: Machine, send: Send, recipient: str, kind: ErrorKind, target: _Target | None = None) -> NewDelivery:
    return NewDelivery(
        id=machine.store.new_id(), route=send.route, recipient=recipient, outlet=target.outlet if target else "none",
        operation=target.operation.name if target else "none", op_class=target.operation.kind.value if target else "C",
        reason=send.reason, body=None, schema="", schema_digest="", translator="", dead_code=kind.code,
    )  # fmt: skip
