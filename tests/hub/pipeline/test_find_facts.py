"""Lookups in PLAN: asked once for a group, kept sealed with the decision; while the system is away messages wait and lose nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from adapters.register import ADAPTER
from hub.backends.meter_prometheus import MeterPrometheus
from hub.contract.lookup import Fact, Lookup, Question
from hub.pipeline.find_facts import waiting_channels
from hub.pipeline.order import plan
from hub.processes.sources import FIRST_PAUSE, LONGEST_PAUSE, Sources
from tests.flows.enquiry.documents import JIANYANG_UNIT, feedback, request
from tests.hub.pipeline.rig import JIANYANG, SIMING, YANPING, Rig

PLACE = {
    "side": "1",
    "managedType": "4",
    "managedDiv": JIANYANG_UNIT,
    "recordStatus": "1",
    "updateTime": "2026-01-01T00:00:00+08:00",
}


class Scripted:
    """A register by script: whoever is called 某人 is managed at Jianyang. ``fault`` is raised instead of an answer."""

    def __init__(self) -> None:
        self.asked: list[list[Question]] = []
        self.fault: Exception | None = None

    def look_up(self, _lookup: Lookup, questions: Sequence[Question]) -> Mapping[Question, tuple[Fact, ...]]:
        self.asked.append(list(questions))
        if self.fault:
            raise self.fault
        return {q: (PLACE,) for q in questions if q[0] == "某人"}


class Seconds:
    """A monotonic clock that is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Tap:
    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    def event(self, what: str, **more: Any) -> None:
        self.events.append((what, more))

    def step(self, *_: Any) -> None:
        """Not of interest."""


@pytest.fixture
def register(rig: Rig) -> tuple[Scripted, Seconds, Tap]:
    """The rig with a scripted register."""
    source, seconds, tap = Scripted(), Seconds(), Tap()
    rig.machine = replace(rig.machine, sources=Sources([(ADAPTER, source)], tap, seconds))  # type: ignore[list-item,arg-type]
    return source, seconds, tap


Register = tuple[Scripted, Seconds, Tap]


def _round(rig: Rig) -> int:
    """One round as the planner makes it."""
    stored = list(rig.store.unplanned(64, waiting_channels(rig.machine)))
    plans = plan(rig.machine, stored)
    for one in plans:
        rig.store.plan(one).result(5)
    return len(plans)


def test_one_question_for_the_group(rig: Rig, register: Register) -> None:
    """Twenty enquiries are one call; who is asked about twice is in it once; feedback asks nothing."""
    source, _, _ = register
    for n in range(20):
        rig.submit(SIMING, request(f"XC{n}", name="某人", id_no="359901199005100022", born=f"1990-05-{n + 1:02d}",
                                   stated=f"350702{n + 1:03d}001"))  # fmt: skip
    assert _round(rig) == 20
    assert source.asked == [[("某人", "359901199005100022")]]
    rig.submit(YANPING, feedback("XC1"))
    _round(rig)
    assert len(source.asked) == 1


def test_the_register_decides(rig: Rig, register: Register) -> None:
    """Who is known goes to the managing unit, who is not to the stated place; both reasons are told to the operator."""
    known = rig.submit(SIMING, request("XC1", name="某人")).id
    unknown = rig.submit(SIMING, request("XC2", name="别人")).id
    _round(rig)
    told = [(d["recipient"], d["reason"]) for m in (known, unknown) for d in rig.whole(m).deliveries]
    assert told == [("spoke:jianyang", "register"), ("spoke:yanping", "stated.unknown")]


def test_facts_are_kept_sealed_with_the_decision(rig: Rig, register: Register) -> None:
    """What was found stands with the message, encrypted for that message alone; without a find nothing is kept; never a name."""
    known = rig.submit(SIMING, request("XC1", name="某人")).id
    rig.submit(SIMING, request("XC2", name="别人"))
    _round(rig)
    ((message, key, sealed),) = rig.rows("SELECT message_id, facts_key, facts FROM message_facts")
    assert message == known and JIANYANG_UNIT.encode() not in sealed
    from hub.ports.records import Sealed

    opened = rig.machine.keyring.open(f"message_facts|facts|{known}", Sealed(key, sealed))
    assert json.loads(opened) == {"managed": [PLACE]} and "某人" not in opened.decode()


def test_facts_reach_no_recipient(rig: Rig, register: Register) -> None:
    """The delivered document says where it was resolved to and by which rule, and nothing else that the register knows."""
    rig.submit(SIMING, request("XC1", name="某人"))
    _round(rig)
    rig.fill_mailboxes()
    (item,) = rig.store.mailbox(JIANYANG, 5, 1).result(5)
    delivery = rig.rows("SELECT id FROM delivery")[0][0]
    document = rig.machine.keyring.open(f"delivery_body|body|{delivery}", item.body).decode()
    assert f"<resolvedToDiv>{JIANYANG_UNIT}</resolvedToDiv><resolvedBy>1</resolvedBy>" in document
    assert PLACE["updateTime"] not in document and "managedType" not in document and "recordStatus" not in document


@pytest.mark.parametrize("fault", [OSError("away"), ValueError("a broken adapter")])
def test_while_the_register_is_away_enquiries_wait(rig: Rig, register: Register, fault: Exception) -> None:
    """Nothing is planned, guessed or lost; what needs no lookup goes on; it is asked again after its pause, then all is planned."""
    source, seconds, tap = register
    answered = rig.submit(SIMING, request("XC0", name="某人")).id
    _round(rig)
    source.fault = fault
    waiting = [rig.submit(SIMING, request(f"XC{n}", name="某人", born=f"1990-05-0{n}")).id for n in (1, 2)]
    rig.submit(JIANYANG, feedback("XC0", unit=JIANYANG_UNIT))
    assert _round(rig) == 1
    assert rig.case(answered).state == "3" and [rig.states(m) for m in waiting] == [("accepted",)] * 2
    assert [what for what, _ in tap.events] == ["lookup.away"] and "某人" not in str(tap.events)
    assert (_round(rig), len(source.asked)) == (0, 2)
    source.fault = None
    seconds.now += FIRST_PAUSE
    assert _round(rig) == 2
    assert {d["recipient"] for m in waiting for d in rig.whole(m).deliveries} == {"spoke:jianyang"}


def test_a_long_queue_of_waiting_ones_stops_nobody(rig: Rig, register: Register) -> None:
    """More enquiries wait than one round takes, and a message behind them that needs no lookup is planned all the same."""
    source, _, _ = register
    rig.submit(SIMING, request("XC0"))
    _round(rig)
    source.fault = OSError("away")
    for n in range(1, 71):
        rig.submit(SIMING, request(f"XC{n}"))
    behind = rig.submit(YANPING, feedback("XC0")).id
    _round(rig)
    assert _round(rig) == 1 and rig.states(behind)[0] == "planned"


def test_pauses_grow_to_half_a_minute(register: Register) -> None:
    """A system that stays away is asked after 1, 2, 4 … at most 30 seconds, and at once after it answered."""
    source, seconds, tap = register
    meter = MeterPrometheus([], [])
    sources = Sources([(ADAPTER, source)], tap, seconds, meter)  # type: ignore[list-item,arg-type]
    source.fault = OSError("away")
    pauses = []
    for _ in range(7):
        assert sources.ask("people.managed", [("某人", "1")]) is None
        began = seconds.now
        while "people.managed" in sources.away():
            seconds.now += 0.5
        pauses.append(seconds.now - began)
    assert pauses == [1, 2, 4, 8, 16, 30, LONGEST_PAUSE]
    told = partial(meter.registry.get_sample_value, "pophub_lookup_away", {"lookup": "people.managed"})
    assert told() == 1, "away, though its pause is over"
    source.fault = None
    assert sources.ask("people.managed", [("某人", "1")]) and not sources.away()
    assert told() == 0


def test_without_a_configured_register_nothing_is_asked(rig: Rig) -> None:
    """No system configured: the enquiry goes to the stated place, and no facts are kept."""
    message = rig.submit(SIMING, request("XC1", name="某人")).id
    assert _round(rig) == 1
    assert [(d["recipient"], d["reason"]) for d in rig.whole(message).deliveries] == [("spoke:yanping", "stated")]
    assert rig.rows("SELECT count(*) FROM message_facts") == [(0,)]
