"""Accept: keys, digests, sealing, then TX1. The receipt goes out only after the store's log is on disk."""

from __future__ import annotations

from hub.contract.errors import BUSY, CONFLICT, ID_CONFLICT, UNAVAILABLE, ClientError, HubError, ServerError
from hub.contract.message import show_hub_id
from hub.pipeline.acceptance import acceptance
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine
from hub.ports.records import Accepted, Conflicting, Refusal


def accept(machine: Machine, work: Inbound) -> None:
    """Queue TX1; ``work.answer`` is its future."""
    work.answer = machine.store.accept(acceptance(machine, work.channel, work.message(), work.received, work.feed))


def answer_of(machine: Machine, work: Inbound) -> Accepted:
    """Wait for TX1 and give its answer.

    Raises ClientError ``Client.IdConflict`` or ``Client.Conflict``, ServerError ``Server.Busy`` (not known yet: repeat
    with the same MessageID) or ``Server.Unavailable`` (not stored).
    """
    if work.answer is None:
        raise ServerError(UNAVAILABLE)
    try:
        answer = work.answer.result(timeout=machine.answer_timeout)
    except TimeoutError:
        raise ServerError(BUSY) from None
    except HubError:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever the store raised, nothing is acknowledged
        machine.tap.event("accept.failed", correlation=work.correlation_id, kind=type(fault).__name__)
        raise ServerError(UNAVAILABLE) from None
    if isinstance(answer, Conflicting):
        shown = show_hub_id(answer.first)
        raise ClientError(ID_CONFLICT if answer.same_id else CONFLICT, ref=shown, first=shown)
    return answer


def keep_refused(machine: Machine, work: Inbound, fault: HubError) -> None:
    """Keep an authenticated message that was refused for its content as encrypted evidence."""
    hub_id = machine.store.new_id()
    raw = machine.keyring.seal("refused", f"invalid_message|raw|{hub_id}", work.received)
    refusal = Refusal(hub_id, work.sender, work.channel.name, fault.code, fault.path, fault.line, raw, work.feed)
    kept = machine.store.refuse(refusal)
    kept.result(timeout=machine.answer_timeout)
