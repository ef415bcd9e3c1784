"""A query, in order: the caller's thread answers it, within its budget. Read beside `order`; no step is in both lists.

    authorise → validate → seat → translate → record ‖ look → read reply → project

Authentication comes before the list. Nobody looks before ``record`` is on disk; without a seat nothing is recorded, because
nobody looks. How it ended is put on record afterwards, and the answer does not wait for that.
"""

from __future__ import annotations

import time

from hub.contract.errors import INTERNAL, QUERY_BUSY, ClientError, HubError, ServerError
from hub.contract.xml import Element
from hub.pipeline.authorise import authorise_query
from hub.pipeline.look import look, take_seat
from hub.pipeline.machine import Machine
from hub.pipeline.questioning import Questioning, Step
from hub.pipeline.record import note_end, put_on_record
from hub.pipeline.reply import project_reply, read_reply
from hub.pipeline.translate import translate_question
from hub.pipeline.validate import validate_question
from hub.ports.meter import QueryOutcome

ASK: tuple[tuple[str, Step], ...] = (
    ("authorise query", authorise_query),
    ("validate question", validate_question),
    ("seat", take_seat),
    ("translate question", translate_question),
    ("record", put_on_record),
    ("look", look),
    ("read reply", read_reply),
    ("project reply", project_reply),
)


def ask(machine: Machine, work: Questioning) -> Element:
    """The asker's view of the answer. Raises HubError; nothing in it holds a value of question or answer."""
    fault: HubError | None = None
    try:
        for name, step in ASK:
            _take(machine, work, name, step)
    except HubError as known:
        fault = known
        raise
    except BaseException:
        fault = ServerError(INTERNAL)
        raise
    finally:
        if work.seat is not None:
            work.seat.leave()
        note_end(machine, work, fault)
        machine.meter.asked(work.query.name, _outcome(work, fault), time.monotonic() - work.began)
    assert work.reply is not None
    return work.reply


def _outcome(work: Questioning, fault: HubError | None) -> QueryOutcome:
    if fault is None:
        return "answered" if work.rows else "missed"
    if fault.code == QUERY_BUSY.code:
        return "shed"
    return "refused" if isinstance(fault, ClientError) else "failed"


def _take(machine: Machine, work: Questioning, name: str, step: Step) -> None:
    began, outcome = time.perf_counter(), "ok"
    try:
        step(machine, work)
    except HubError as fault:
        outcome = fault.code
        raise
    finally:
        machine.tap.step(work.correlation_id, name, outcome, time.perf_counter() - began)
