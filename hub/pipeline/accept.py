"""Accept: keys, digests, sealing, then TX1. The receipt goes out only after the store's log is on disk."""

from __future__ import annotations

import hashlib

from hub.contract.channel import Channel, key_values
from hub.contract.errors import BUSY, CONFLICT, ID_CONFLICT, UNAVAILABLE, ClientError, HubError, ServerError
from hub.contract.message import Message, show_hub_id
from hub.contract.xml import canonical_form
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine
from hub.ports.records import Acceptance, Accepted, BusinessKey, Conflicting, Refusal


def accept(machine: Machine, work: Inbound) -> None:
    """Queue TX1; ``work.answer`` is its future."""
    work.answer = machine.store.accept(acceptance(machine, work))


def acceptance(machine: Machine, work: Inbound) -> Acceptance:
    """What TX1 is to commit."""
    keyring, channel = machine.keyring, work.channel
    message = work.message()
    _drop_hub_filled(channel, message)
    hub_id = machine.store.new_id()
    canonical = canonical_form(work.document)
    return Acceptance(
        id=hub_id, channel=channel.name, version=channel.version, sender=work.sender, from_system=work.from_system,
        from_div=work.from_div, from_user=work.from_user, test=work.test,
        message_id_hash=keyring.index("message-id", work.sender, channel.name, work.message_id),
        correlation_hash=keyring.index("correlation", work.relates_to) if work.relates_to else None,
        content_digest=hashlib.sha256(canonical).digest(),
        received_digest=hashlib.sha256(work.received).digest(),
        received=keyring.seal(channel.retention, f"message_body|received|{hub_id}", work.received),
        canonical=keyring.seal(channel.retention, f"message_body|canonical|{hub_id}", canonical),
        policy=channel.policy, keys=_keys(machine, channel, message), lane=_lane(machine, channel, message),
        search=tuple(_search(machine, channel, message)), feed=work.feed,
    )  # fmt: skip


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


def _drop_hub_filled(channel: Channel, message: Message) -> None:
    """What the hub fills is ignored when sent: it is neither kept nor part of the digest."""
    for path in channel.hub_filled:
        for element in message.body.elements(path):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)


def _keys(machine: Machine, channel: Channel, message: Message) -> tuple[BusinessKey, ...]:
    made = []
    for key in channel.duplicate_keys:
        values = key_values(key.parts, message)
        if values is not None:
            made.append(BusinessKey(machine.keyring.index(f"key:{channel.name}:{key.name}", *values), key.scope == "open"))
    return tuple(made)


def _lane(machine: Machine, channel: Channel, message: Message) -> tuple[str, bytes] | None:
    values = key_values(channel.order.parts, message) if channel.order else None
    if channel.order is None or values is None:
        return None
    return channel.order.domain, machine.keyring.index(f"lane:{channel.order.domain}", *values)


def _search(machine: Machine, channel: Channel, message: Message) -> list[tuple[str, bytes]]:
    found = {(key.name, value) for key in channel.search_keys for value in message.body.texts(key.path) if value}
    return [(name, machine.keyring.index(f"search:{name}", value)) for name, value in sorted(found)]
