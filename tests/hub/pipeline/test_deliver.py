"""DELIVER: what follows each outcome, by the operation's class; nothing is called twice that may not be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.contract.case import Case
from hub.contract.decision import Decision, Move, Settlement
from hub.contract.operation import Operation, OperationClass
from hub.contract.outcome import Delivered, Outcome, Pending, Rejected, Released, Unknown
from hub.pipeline.machine import Retry
from hub.pipeline.settle import backoff
from hub.ports.records import Conflict
from tests.flows.enquiry.documents import ELSEWHERE, feedback, request
from tests.hub.pipeline.rig import SIMING, Rig, Script

A, B, C = OperationClass.IDEMPOTENT, OperationClass.ASKABLE, OperationClass.NEITHER
DAY = 86_400.0
LOST = Unknown("cut")


@pytest.fixture
def sent(rig: Rig) -> int:
    """An enquiry on its way to the national platform; its hub id."""
    message = rig.submit(SIMING, request("XC1", stated=ELSEWHERE)).id
    rig.plan()
    return message


def _until(rig: Rig, partner: Script, ends: float = 3600.0, step: float = 1.0) -> int:
    """Attempt every second until something other than released came, at most so many seconds; attempts made."""
    made = 0
    for _ in range(int(ends / step)):
        outcomes = rig.attempt(partner)
        made += len(outcomes)
        if any(not isinstance(o, Released | Unknown) for o in outcomes):
            return made
        rig.clock.advance(step)
    return made


def test_same_key_and_bytes_on_every_attempt(rig: Rig, sent: int) -> None:
    """The partner gets the hub's own key, the same bytes and nothing of the sender's, every time."""
    rig.with_operations(kind=A)
    partner = Script([LOST, Released("away"), Delivered()])
    _until(rig, partner)
    assert len(partner.called) == 3
    assert {key for _, key in partner.called} == {"FJ-10001-0"}
    assert len(set(partner.called)) == 1


def test_class_a_repeats(rig: Rig, sent: int) -> None:
    """An idempotent operation is repeated after an outcome in doubt and never asked about."""
    rig.with_operations(kind=A)
    partner = Script([LOST, TimeoutError(), Delivered()])
    _until(rig, partner)
    assert (len(partner.called), partner.asked) == (3, [])
    assert rig.states(sent) == ("planned", "delivered")


@pytest.mark.parametrize(("answer", "calls", "state"), [
    (Delivered(), 1, "delivered"), (Rejected("1001"), 1, "rejected"), (Released("nothing there"), 2, "delivered"),
])  # fmt: skip
def test_class_b_asks_first(rig: Rig, sent: int, answer: Outcome, calls: int, state: str) -> None:
    """After an outcome in doubt the partner is asked; it is called again only when it says that it has nothing."""
    partner = Script([LOST, Delivered()], [answer])
    _until(rig, partner, 120)
    assert partner.asked == ["FJ-10001-0"]
    assert len(partner.called) == calls
    assert rig.states(sent) == ("planned", state)


@pytest.mark.parametrize("answers", [[LOST, LOST, Delivered()], [OSError(), Delivered()]])
def test_class_b_without_an_answer_waits(rig: Rig, sent: int, answers: list[Any]) -> None:
    """While the partner cannot tell, nothing is called; it is asked again until it can."""
    partner = Script([LOST], answers)
    _until(rig, partner)
    assert (len(partner.called), len(partner.asked)) == (1, len(answers))
    assert rig.states(sent) == ("planned", "delivered")


def test_ask_after(rig: Rig, sent: int) -> None:
    """The partner is not asked before its answer can be trusted, and is asked soon after: ``ask_after`` counts from the call,
    however often the hub looked in between.
    """
    rig.with_operations(ask_after=60.0)
    asked_at: list[int] = []

    class Watched(Script):
        def ask(self, operation: Operation, key: str) -> Outcome:
            asked_at.append(rig.clock.now())
            return super().ask(operation, key)

    began = rig.clock.now()
    rig.claim(lease_ms=20_000)  # the call begins, and the caller dies
    rig.clock.advance(21)
    partner = Watched([Delivered()], [Delivered()])
    _until(rig, partner, 600, step=0.5)
    assert partner.called == []
    assert 60.0 <= (asked_at[0] - began) / 1000 <= 61.0


def test_ask_after_counts_from_the_last_call(rig: Rig, sent: int) -> None:
    """After 'nothing there' and a second call in doubt, the wait begins anew with the second call."""
    rig.with_operations(ask_after=60.0)
    moments: list[tuple[str, float]] = []

    class Watched(Script):
        def deliver(self, operation: Operation, document: bytes, key: str) -> Outcome:
            moments.append(("call", rig.clock.now() / 1000))
            return super().deliver(operation, document, key)

        def ask(self, operation: Operation, key: str) -> Outcome:
            moments.append(("ask", rig.clock.now() / 1000))
            return super().ask(operation, key)

    _until(rig, Watched([LOST, LOST, Delivered()], [Released("nothing"), Delivered()]), 600, step=0.5)
    assert [what for what, _ in moments] == ["call", "ask", "call", "ask"]
    assert moments[3][1] - moments[2][1] >= 60.0


def test_class_c_is_never_repeated(rig: Rig, sent: int) -> None:
    """Neither idempotent nor askable: in doubt it is unknown, for a person to decide; it is neither asked nor called again."""
    rig.with_operations(kind=C)
    partner = Script([LOST, Delivered()], [Delivered()])
    _until(rig, partner, 2 * DAY, step=3600)
    assert (len(partner.called), partner.asked) == (1, [])
    found = rig.status(sent).deliveries[0]
    assert (found.state, found.code) == ("unknown", "Flow.OutcomeUnknown")
    assert rig.case(sent).state == "7"


def test_class_c_after_a_death(rig: Rig, sent: int) -> None:
    """When the process died after the intent, nobody knows whether the call was made: unknown, not called."""
    rig.with_operations(kind=C)
    rig.claim(lease_ms=1000)
    rig.clock.advance(2)
    partner = Script()
    rig.attempt(partner)
    assert partner.called == [] and rig.states(sent) == ("planned", "unknown")


@pytest.mark.parametrize("kind", [A, B, C])
def test_released_is_repeated_in_every_class(rig: Rig, sent: int, kind: OperationClass) -> None:
    """What certainly was not applied is repeated without a question, whatever the class."""
    rig.with_operations(kind=kind)
    partner = Script([Released("away"), Released("away"), Delivered()])
    _until(rig, partner)
    assert (len(partner.called), partner.asked) == (3, [])


def test_retry_after_is_respected(rig: Rig, sent: int) -> None:
    """A partner that names a time is not called before it, and then at once."""
    partner = Script([Released("busy", retry_after=120), Delivered()])
    rig.attempt(partner)
    rig.clock.advance(119.9)
    assert rig.attempt(partner) == []
    rig.clock.advance(0.2)
    assert len(rig.attempt(partner)) == 1


def test_backoff_is_bounded_and_jittered() -> None:
    """Anything from nothing to first x 2^(n-1), never more than the cap, for any number of attempts."""
    retry = Retry(1.0, 900.0)
    for n in (1, 2, 5, 11, 40, 10_000):
        drawn = [backoff(retry, n) for _ in range(200)]
        bound = min(900.0, 2.0 ** (min(n, 20) - 1))
        assert min(drawn) >= 0 and max(drawn) <= bound
        assert max(drawn) > 0.8 * bound and len(set(drawn)) > 100


@pytest.mark.parametrize("kind", [A, B, C])
def test_expiry_is_by_age(rig: Rig, sent: int, kind: OperationClass) -> None:
    """A delivery that never got through is dead when it is older than the operation allows, not after a count; the lane stays held."""
    rig.with_operations(kind=kind, max_age=3 * DAY)
    later = rig.submit("padis", feedback("XC1", unit=ELSEWHERE)).id
    partner = Script([Released("away", retry_after=3600)])
    _until(rig, partner, 2.9 * DAY, step=3600)
    assert rig.states(sent) == ("planned", "released")
    assert len(partner.called) > 60
    _until(rig, partner, 0.3 * DAY, step=3600)
    assert rig.status(sent).deliveries[0].code == "Flow.Expired"
    assert rig.states(sent) == ("planned", "dead")
    assert rig.states(later) == ("accepted",)


@pytest.mark.parametrize("kind", [A, B])
def test_doubt_does_not_last_for_ever(rig: Rig, sent: int, kind: OperationClass) -> None:
    """Whoever never learns what became of a call stops asking when the delivery is too old: unknown, for a person to settle."""
    rig.with_operations(kind=kind, max_age=3 * DAY)
    partner = Script([Unknown("no answer")], [Unknown("no answer")])
    _until(rig, partner, 3.2 * DAY, step=3600)
    assert rig.states(sent) == ("planned", "unknown")
    assert rig.status(sent).deliveries[0].code == "Flow.OutcomeUnknown"
    called = len(partner.called) + len(partner.asked)
    _until(rig, partner, DAY, step=3600)
    assert len(partner.called) + len(partner.asked) == called


@pytest.mark.parametrize("broken", [ValueError("a bug"), None, "0000"])
def test_adapter_that_raises(rig: Rig, sent: int, broken: Any) -> None:
    """Whatever escapes an adapter, or is no outcome at all, leaves the effect in doubt: the partner is asked, not called."""
    partner = Script([broken], [broken, Delivered()])
    _until(rig, partner, 60)
    assert (len(partner.called), len(partner.asked)) == (1, 2)


def test_rejected_ends_with_the_partners_code(rig: Rig, sent: int) -> None:
    """A refusal is an end with the partner's code; it frees the lane and closes the case."""
    rig.attempt(Script([Rejected("1001")]))
    found = rig.status(sent).deliveries[0]
    assert (found.state, found.code) == ("rejected", "Flow.PartnerRejected:1001")
    assert rig.case(sent).state == "6"


@pytest.mark.parametrize("given", [None, datetime(2026, 3, 2, 8, 0, tzinfo=UTC)])
def test_effective_starts_the_clock(rig: Rig, sent: int, given: datetime | None) -> None:
    """The obligation counts from the moment the partner names, or from the settlement when it names none; its timer is dated too."""
    rig.clock.advance(60)
    rig.attempt(Script([Delivered(effective_at=given)]))
    base = int(given.timestamp() * 1000) if given else rig.clock.now()
    (owed,) = rig.whole(sent).obligations
    due = rig.machine.due(base, 30, "C")
    assert (owed["rule"], owed["base"], owed["due_at"], owed["answered_at"]) == ("L4", base, due, None)
    assert rig.rows("SELECT name, at, fired_at FROM timer") == [("feedback due", due, None)]
    assert rig.case(sent).state == "2"


@pytest.mark.parametrize("outcome", [Unknown("cut"), Released("away"), Rejected("1001")])
def test_no_base_without_effect(rig: Rig, sent: int, outcome: Outcome) -> None:
    """An outcome without effect, or in doubt, has no base and is never overdue."""
    rig.with_operations(kind=C)
    rig.attempt(Script([outcome]))
    (owed,) = rig.whole(sent).obligations
    assert (owed["base"], owed["due_at"]) == (None, None)
    assert rig.store.due_timers(rig.clock.now() + 10**12, 10) == []


def test_pending_holds_the_lane(rig: Rig, sent: int) -> None:
    """Taken by the receiver but not yet done: effective, and the lane waits."""
    rig.attempt(Script([Pending("ticket")]))
    assert rig.states(sent) == ("planned", "pending")
    assert rig.case(sent).state == "2"


def test_settlement_survives_a_moved_case(rig: Rig, sent: int) -> None:
    """When the answer came before the settlement, the settlement conflicts as 'case', is decided again and stands."""
    (claimed,) = rig.claim()
    answer = rig.submit("padis", feedback("XC1", unit=ELSEWHERE)).id
    rig.plan()
    with pytest.raises(Conflict) as moved:
        rig.settle(claimed, Delivered())
    assert moved.value.args == ("case",)
    rig.settle(replace(claimed, case=rig.case(sent)), Delivered())
    assert rig.states(sent) == ("planned", "delivered")
    assert rig.case(sent).state == "3"
    (owed,) = rig.whole(sent).obligations
    assert owed["answered_by"] == answer and owed["base"] == rig.clock.now()


@pytest.mark.parametrize("settled", [lambda *_: 1 / 0, lambda *_: Decision(moves=(Move("9", "x"),)), lambda *_: None])
def test_outcome_is_kept_when_its_rule_fails(rig: Rig, sent: int, settled: Any) -> None:
    """A rule that fails on a settlement costs the case its move, never the outcome: the partner is not called again for it."""
    rig.with_flow(lambda f: replace(f, settled=settled))
    partner = Script([Delivered()])
    _until(rig, partner, 120, step=40)
    assert len(partner.called) == 1
    assert rig.states(sent) == ("planned", "delivered")


def test_feedback_goes_out_like_any_message(rig: Rig) -> None:
    """The end of a feedback's delivery closes the case: a rule sees the route and the state of what ended."""
    seen: list[tuple[str, str]] = []

    def settled(settlement: Settlement, _case: Case) -> Decision:
        seen.append((settlement.route, settlement.state))
        return Decision()

    rig.with_flow(lambda f: replace(f, settled=settled))
    rig.submit(SIMING, request("XC1"))
    rig.submit("yanping", feedback("XC1"))
    rig.plan()
    rig.fill_mailboxes()
    assert sorted(seen) == [("feedback-to-unit", "pending"), ("request-to-unit", "pending")]
