"""A year of monthly batches on paper: the schedule's own rules, the key of a record's version, the case of each certificate."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.contract.batch import BatchOut, Period
from hub.contract.case import Case
from hub.contract.channel import key_values
from hub.contract.decision import Decision
from hub.contract.message import Document, Header, Message
from hub.contract.outcome import RecordResult
from hub.discovery import schema_roots
from routes.ehycert import FLOW

SCHEMAS = LxmlSchemaRegistry(schema_roots(()))
(SCHEDULE,) = FLOW.schedules
(BATCH,) = (b for b in FLOW.batches if isinstance(b, BatchOut))
CASE = FLOW.case
assert CASE is not None
RECORD = FLOW.channel("ecert.record")
assert RECORD is not None
Fact = Mapping[str, str]


def woman(number: str, born: str, out: str, **other: str) -> dict[str, str]:
    """What the register gives of a woman of 鼓楼 who lives in another province; ``other`` says what differs."""
    return {
        "personId": "D000000901", "name": "林测试", "idNo": number, "sex": "2", "birthDate": born, "maritalStatus": "10",
        "hukouDiv": "350102001000", "residenceDiv": "440106001000", "recordStatus": "1", "flowType": "4", "outDate": out, **other,
    }  # fmt: skip


def month(name: str) -> Period:
    """``2025-03`` as a period."""
    year, number = map(int, name.split("-"))
    return Period(f"{year}{number:02d}", date(year, number, monthrange(year, number)[1]))


def months(first: str, last: str) -> list[str]:
    """Every month from the first to the last."""
    (year, number), end, names = map(int, first.split("-")), last, []
    while not names or names[-1] != end:
        names.append(f"{year}-{number:02d}")
        year, number = (year, number + 1) if number < 12 else (year + 1, 1)
    return names


@dataclass
class Paper:
    """What was sent in which month, and how each certificate stands, by person. ``said`` is the national database."""

    said: Callable[[Document], str] = lambda _record: "0"
    sent: dict[str, list[str]] = field(default_factory=dict)
    states: dict[str, Case] = field(default_factory=dict)
    accepted: set[tuple[str, ...]] = field(default_factory=set)

    def run(self, name: str, *people: Fact) -> None:
        """The batch of one month: what is eligible and not accepted in its version, sent and judged."""
        period = month(name)
        for person in people:
            made = SCHEDULE.make(person, period)
            if made is None:
                continue
            SCHEMAS.validate(RECORD.schema, made)
            record = Document(made)
            key = key_values(BATCH.key, Message(0, Header("", BATCH.record, "1.0", "", ""), record, datetime.now(UTC)))
            assert key is not None
            if key in self.accepted:
                continue
            self.sent.setdefault(name, []).append(record.text("holder/idNo") or "")
            self._judge(record, key)

    def _judge(self, record: Document, key: tuple[str, ...]) -> None:
        who = record.text("holder/personId") or ""
        case = self.states.get(who)
        decision = BATCH.made(record, case)
        self._move(who, case or Case(1, CASE.initial, datetime.now(UTC), {}), decision)
        code = self.said(record)
        good = code in ("0", "1")
        result = RecordResult(1, "accepted" if good else "rejected", code)
        self._move(who, self.states[who], BATCH.settled(result, self.states[who]))
        if good:
            self.accepted.add(key)

    def _move(self, who: str, case: Case, decision: Decision) -> None:
        state = case.state
        for move in decision.moves:
            assert (state, move.to) in CASE.moves
            state = move.to
        self.states[who] = Case(case.id, state, case.opened_at, {**case.data, **decision.data})

    def title(self, who: str = "D000000901") -> str | None:
        """The state of a person's certificate in words."""
        return CASE.states[self.states[who].state] if who in self.states else None
