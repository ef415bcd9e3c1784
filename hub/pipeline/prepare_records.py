"""Prepare the records of a batch: left out when their version was sent, validated, cut to the view, in the partner's vocabulary.

A record that cannot be prepared is refused alone. Nothing is written here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hub.cases.transitions import change
from hub.contract.channel import key_values
from hub.contract.errors import RULE_FAILED, TRANSLATION, VIEW_INVALID, FlowError, HubError
from hub.contract.message import Document, Message
from hub.contract.xml import Element, plain, serialise
from hub.pipeline.batch_line import Line, own_header
from hub.pipeline.machine import Machine
from hub.pipeline.planning import as_case
from hub.ports.records import CaseChange, CaseRow, NewCase

GROUP: Final = 200
"""Records looked up at a time."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A good record: its own-vocabulary bytes, the keyed hash of its version, and what its case becomes."""

    own: bytes
    key_hash: bytes
    case: CaseChange | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that is not sent, with a stable code of ours; ``path`` is of local names."""

    key_hash: bytes
    code: str
    path: str | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A record whose version, or whose case, stands in this batch already, waits for the partner's word or was accepted."""


def prepare_records(machine: Machine, way: Line, documents: Iterable[Element | None]) -> Iterator[Prepared | Refused | Taken]:
    """What becomes of each canonical record, in their order; each record key and each case is prepared at most once.

    None stands for a record that the flow's rule could not make.
    """
    seen: set[bytes] = set()
    for group in _grouped(documents):
        keyed = [(document, *_keys(machine, way, document)) for document in group]
        taken = machine.sending.taken({key for _, key, _ in keyed})
        cases = machine.store.cases([case for _, _, case in keyed if case])
        for document, key, case in keyed:
            marks = {key, case} if case else {key}
            if key in taken or marks & seen:
                yield Taken()
                continue
            seen |= marks
            try:
                yield _prepare(machine, way, document, key, case, cases.get(case) if case else None)
            except HubError as fault:
                yield Refused(key, fault.code, fault.path)


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
    unlike = machine.keyring.index(f"record:{way.batch.name}", "", uuid.uuid4().hex)
    if document is None:
        return unlike, None
    message = Message(0, own_header(way.channel, ""), Document(document), datetime.now(UTC))
    values = key_values(way.batch.key, message)
    parts = way.flow.case.keys.get(way.channel.name) if way.flow.case else None
    named = key_values(parts, message) if parts else None
    case = machine.keyring.index(f"case:{way.flow.case.name}", *named) if way.flow.case and named else None
    return machine.keyring.index(f"record:{way.batch.name}", *values) if values else unlike, case


def _prepare(
    machine: Machine, way: Line, document: Element | None, key: bytes, case_key: bytes | None, row: CaseRow | None
) -> Prepared:
    if document is None:
        raise FlowError(RULE_FAILED)
    machine.schemas.validate(way.channel.schema, document)
    document = plain(document)
    own = _own(machine, way, document)
    return Prepared(serialise(own), key, _case(machine, way, document, case_key, row))


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
