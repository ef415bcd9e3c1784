"""Deliver: one attempt. Asks first where an earlier attempt may have been applied; never repeats a class C call in doubt."""

from __future__ import annotations

from hub.contract.adapter import Collecting, Partner
from hub.contract.message import show_hub_id
from hub.contract.operation import Operation, OperationClass
from hub.contract.outcome import Outcome, Released, Unknown
from hub.pipeline.machine import Machine
from hub.ports.records import Claimed

ASK_LATER = "ask later"


def partner_key(claimed: Claimed) -> str:
    """The idempotency key that a partner sees: ours, the same on every attempt, without anything of the sender's."""
    return f"FJ-{show_hub_id(claimed.message)}" + (f"-{claimed.part}" if claimed.part is not None else "")


def attempt(machine: Machine, partner: Partner, operation: Operation, claimed: Claimed) -> tuple[Outcome, bool]:
    """Ask where needed, then call; the outcome, and whether a call was made. With a ticket the partner is only asked about it.

    Whatever escapes an adapter after the call may have begun is Unknown.
    """
    key = partner_key(claimed)
    if claimed.ticket is not None:
        return _collect(machine, partner, operation, claimed, claimed.ticket), False
    if claimed.doubt and operation.kind is not OperationClass.IDEMPOTENT:
        if operation.kind is OperationClass.NEITHER:
            return Unknown("earlier attempt"), False
        answer = _ask(machine, partner, operation, claimed, key)
        if not isinstance(answer, Released) or answer.reason == ASK_LATER:
            return answer, False
    body = machine.keyring.open(f"delivery_body|body|{claimed.id}", claimed.body)
    try:
        return _kept(partner.deliver(operation, body, key)), True
    except Exception as fault:  # noqa: BLE001 - an adapter that raises has broken its promise; the effect is in doubt
        machine.tap.event("adapter.raised", recipient=claimed.recipient, kind=type(fault).__name__)
        return Unknown("adapter raised"), True


def _collect(machine: Machine, partner: Partner, operation: Operation, claimed: Claimed, ticket: str) -> Outcome:
    """What became of the ticket. Nothing is in doubt: asking again changes nothing."""
    if not isinstance(partner, Collecting):
        return Released("tickets are not collected")
    try:
        return _kept(partner.collect(operation, ticket))
    except Exception as fault:  # noqa: BLE001 - as above
        machine.tap.event("adapter.raised", recipient=claimed.recipient, kind=type(fault).__name__)
        return Released("collect raised")


def _kept(answer: object) -> Outcome:
    """The adapter's answer when it is an outcome. Raises TypeError for anything else."""
    if isinstance(answer, Outcome):
        return answer
    raise TypeError("not an outcome")


def _ask(machine: Machine, partner: Partner, operation: Operation, claimed: Claimed, key: str) -> Outcome:
    """What became of the earlier attempt; ``Released`` means the partner has nothing under the key."""
    ready = (claimed.previous_at or 0) + operation.ask_after * 1000
    wait = ready - machine.clock.now()
    if wait > 0:
        return Released(ASK_LATER, retry_after=wait / 1000)
    try:
        return _kept(partner.ask(operation, key))
    except Exception as fault:  # noqa: BLE001 - as above
        machine.tap.event("adapter.raised", recipient=claimed.recipient, kind=type(fault).__name__)
        return Unknown("ask raised")
