"""Record: a query is counted and audited, on disk, before anybody looks; how it ended follows, and nobody waits for that."""

from __future__ import annotations

from datetime import datetime

from hub.contract.errors import BUSY, QUERY_CAP, UNAVAILABLE, ClientError, HubError, ServerError
from hub.contract.message import Document
from hub.contract.query import Caps
from hub.pipeline.machine import Machine
from hub.pipeline.questioning import Questioning
from hub.ports.promise import Promise
from hub.ports.query_store import Asked, Counter, Ended
from hub.reference.calendar import CHINA

CAPS = {
    "user": "每用户每日 a user and day",
    "spoke": "每接入方每日 a spoke and day",
    "subject": "每人每日 a person and day",
}  # fmt: skip


def put_on_record(machine: Machine, work: Questioning) -> None:
    """Commit that it is asked; a look without this never happens.

    Raises ClientError ``Client.QueryCap``, ServerError ``Server.Busy`` (not in time) or ``Server.Unavailable`` (not stored).
    """
    query, keyring = work.query, machine.keyring
    values = tuple(v for part in query.subject if (v := part.of(work.message())))
    subject = keyring.index("query-subject", *values) if values else None
    asked = Asked(
        id=machine.store.new_id(), name=query.name, spoke=work.spoke.name, from_div=work.from_div, from_user=work.from_user,
        purpose=Document(work.document).text(query.purpose) if query.purpose else None, subject=subject,
        counters=_counters(machine, work, subject),
    )  # fmt: skip
    written = machine.queries.ask(asked)
    try:
        over = written.result(timeout=work.left)
    except TimeoutError:
        raise ServerError(BUSY) from None
    except Exception as fault:  # noqa: BLE001 - whatever the store raised, nobody looks
        machine.tap.event("query.unrecorded", correlation=work.correlation_id, kind=type(fault).__name__)
        raise ServerError(UNAVAILABLE) from None
    if over is not None:
        used_up = ClientError(QUERY_CAP, cap=CAPS[over])
        used_up.retry_after = 3600
        raise used_up
    work.asked = asked


def _counters(machine: Machine, work: Questioning, subject: bytes | None) -> tuple[Counter, ...]:
    caps: Caps = work.caps(machine)
    day = datetime.fromtimestamp(machine.clock.now() / 1000, CHINA).date().isoformat()
    counted = [("spoke", caps.spoke_day, ""), ("user", caps.user_day, work.from_user or "")]
    if subject is not None:
        counted.append(("subject", caps.subject_day, subject.hex()))
    where = {"spoke": (work.spoke.name,), "user": (work.spoke.name,), "subject": ()}
    return tuple(
        Counter(machine.keyring.index("query-count", work.query.name, kind, day, *where[kind], what), kind, cap, day)
        for kind, cap, what in counted
    )


def note_end(machine: Machine, work: Questioning, fault: HubError | None) -> None:
    """Queue how it ended: answered, missed, or failed with a code."""
    if work.asked is None:
        return
    state, rows = ("failed", 0) if fault else ("answered" if work.rows else "missed", work.rows)
    written = machine.queries.end(Ended(work.asked, state, rows, fault.code if fault else None))  # type: ignore[arg-type] # literals

    def done(promise: Promise[None]) -> None:
        if promise.exception() is not None:
            machine.tap.event("query.end_unrecorded", correlation=work.correlation_id)

    written.add_done_callback(done)
