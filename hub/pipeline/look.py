"""Look: in the hub's own cases, or at a partner. Whoever is not served at once is told so at once."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final

from lxml import etree

from hub.contract.channel import key_values
from hub.contract.errors import QUERY_BUSY, QUERY_FAILED, QUERY_LATE, QUERY_REFUSED, ServerError
from hub.contract.message import Document, show_hub_id
from hub.contract.outcome import Rejected
from hub.contract.query import CaseSeen, FromCases, FromPartner
from hub.pipeline.machine import Machine
from hub.pipeline.questioning import Questioning
from hub.ports.query_store import CaseFound, CaseWanted
from hub.reference.calendar import CHINA

_LEVELS: Final = (2, 4, 6, 9, 12)
_AT_THE_END: Final = 0.05
"""Seconds: an adapter whose time ran out a little before the caller's was late, whatever it calls that."""


def take_seat(machine: Machine, work: Questioning) -> None:
    """Raises ServerError ``Server.Busy.Query`` when the partner is full or slow: nothing was asked, nothing is on record."""
    if not isinstance(work.query.source, FromPartner):
        return
    operation = work.adapter(machine).query_for(work.query.name)
    seat = machine.desk.sit(work.query.source.system, operation) if machine.desk and operation else None
    if seat is None:
        busy = ServerError(QUERY_BUSY)
        busy.retry_after = machine.desk.retry_after(work.query.source.system) if machine.desk else None
        raise busy
    work.seat, work.operation = seat, operation


def look(machine: Machine, work: Questioning) -> None:
    """Fill ``work.answered`` (own vocabulary) or ``work.reply`` (canonical).

    Raises ServerError ``Server.Busy.Late``, ``Server.PartnerFailed`` or ``Server.PartnerRefused``.
    """
    if isinstance(work.query.source, FromCases):
        work.reply = _from_cases(machine, work, work.query.source)
        return
    assert work.seat is not None
    try:
        answer = work.seat.ask(work.own, work.left)
    except TimeoutError:
        raise ServerError(QUERY_LATE) from None
    except OSError:
        raise ServerError(QUERY_FAILED if work.left > _AT_THE_END else QUERY_LATE) from None
    if isinstance(answer, Rejected):
        raise ServerError(QUERY_REFUSED)
    work.answered = answer


def _from_cases(machine: Machine, work: Questioning, source: FromCases) -> etree._Element:
    """A reply with a row for each of the asking unit's cases; what is not its own is not there."""
    form, limit = work.query.reply, work.caps(machine).rows
    found = _own(machine, work, source, limit + 1)
    reply = etree.Element(f"{{{form.namespace}}}{form.root}", nsmap={None: form.namespace})  # type: ignore[dict-item]
    etree.SubElement(reply, f"{{{form.namespace}}}more").text = "true" if len(found) > limit else "false"
    for case in found[:limit]:
        row = etree.SubElement(reply, f"{{{form.namespace}}}{work.query.row}")
        for name, value in source.row(_seen(case)).items():
            etree.SubElement(row, f"{{{form.namespace}}}{name}").text = value
    return reply


def _own(machine: Machine, work: Questioning, source: FromCases, limit: int) -> list[CaseFound]:
    flow, question, today = machine.catalogue.flow_of_query[work.query.name], Document(work.document), _today(machine)
    values, system = key_values(source.key, work.message()), work.spoke.system
    assert flow.case is not None
    if values is not None:
        keys = machine.keyring.indexes(f"case:{flow.case.name}", *values)
        found = _read(machine, CaseWanted(flow.case.name, system, (), limit, keys))
        mine = _short(work.from_div or "")
        return [
            c for c in found if machine.directory.inside(work.spoke, c.division, today.isoformat()) and c.division.startswith(mine)
        ]
    places = (_short(work.from_div),) if work.from_div else tuple(
        p.prefix for p in work.spoke.places if p.valid_from <= today.isoformat() <= (p.valid_to or "9999-99-99")
    )  # fmt: skip
    if not places:
        return []
    since, until = (_start(date.fromisoformat(question.text(path) or "")) for path in (source.since, source.until))
    wanted = CaseWanted(
        flow.case.name, system, places, limit, since=since, until=until + 86_400_000, state=question.text(source.state)
    )
    return _read(machine, wanted)


def _read(machine: Machine, wanted: CaseWanted) -> list[CaseFound]:
    """The store is read where it holds up no submission."""
    found: list[CaseFound] = machine.elsewhere(lambda: list(machine.queries.cases(wanted)))
    return found


def _seen(case: CaseFound) -> CaseSeen:
    due = datetime.fromtimestamp(case.due_at / 1000, CHINA) if case.due_at is not None else None
    opened = datetime.fromtimestamp(case.opened_at / 1000, CHINA)
    return CaseSeen(show_hub_id(case.message), case.state, opened, case.data, due, case.owed_by)


def _today(machine: Machine) -> date:
    return datetime.fromtimestamp(machine.clock.now() / 1000, CHINA).date()


def _start(day: date) -> int:
    """The first millisecond of a day in +08:00, UTC ms."""
    return int(datetime.combine(day, time(), CHINA).timestamp() * 1000)


def _short(division: str) -> str:
    """A division without the zeros that fill it: ``350203001000`` → ``350203001``."""
    kept = len(division.rstrip("0"))
    return division[: next(level for level in (0, *_LEVELS) if level >= kept)]
