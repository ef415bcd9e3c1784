"""What TX1 commits for a message: keys, lane, search keys and digests, with the documents sealed. Bottom of the room."""

from __future__ import annotations

import hashlib

from hub.contract.channel import Channel, key_values
from hub.contract.message import Message
from hub.contract.xml import canonical_form
from hub.pipeline.machine import Machine
from hub.ports.records import Acceptance, BusinessKey, FeedMark


def acceptance(
    machine: Machine, channel: Channel, message: Message, received: bytes, feed: FeedMark | None = None, hub_id: int | None = None
) -> Acceptance:
    """The acceptance of a canonical message under a new hub id, or the one given. What the hub fills is taken out of its document.

    ``received`` are the bytes that are kept as evidence.
    """
    keyring, header = machine.keyring, message.header
    _drop_hub_filled(channel, message)
    hub_id = machine.store.new_id() if hub_id is None else hub_id
    canonical = canonical_form(message.body.root)
    return Acceptance(
        id=hub_id, channel=channel.name, version=channel.version, sender=header.sender, from_system=header.from_system,
        from_div=header.from_div, from_user=header.from_user, test=header.test,
        message_id_hash=keyring.index("message-id", header.sender, channel.name, header.message_id),
        correlation_hash=keyring.index("correlation", header.correlation_id) if header.correlation_id else None,
        content_digest=hashlib.sha256(canonical).digest(),
        received_digest=hashlib.sha256(received).digest(),
        received=keyring.seal(channel.retention, f"message_body|received|{hub_id}", received),
        canonical=keyring.seal(channel.retention, f"message_body|canonical|{hub_id}", canonical),
        policy=channel.policy, keys=_keys(machine, channel, message), lane=_lane(machine, channel, message),
        search=tuple(_search(machine, channel, message)), feed=feed,
    )  # fmt: skip


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
