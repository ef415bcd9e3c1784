"""TX1: message, MessageID, duplicate keys, lane number, search keys, receipt, audit - or the answer given before.

Reads are set-based inside the write transaction; the unique keys of ``message_identity`` and ``duplicate_key`` are what
makes the answer true when another node was faster (the group is rolled back and decided again).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, select, update

from hub.backends.sql.feeds import move_cursor
from hub.backends.sql.lanes import Lanes
from hub.backends.sql.prepared import SelectIn
from hub.backends.sql.tables import (
    DERIVED,
    DUPLICATE_KEY,
    INVALID_MESSAGE,
    MESSAGE,
    MESSAGE_BODY,
    MESSAGE_ID,
    RECEIPT,
    SEARCH_KEY,
)
from hub.backends.sql.writer import Transaction
from hub.contract.message import show_hub_id
from hub.ports.records import Acceptance, Accepted, Conflicting, Refusal

_SUPERSEDE = (
    update(DUPLICATE_KEY)
    .where(DUPLICATE_KEY.c.hash == bindparam("key"))
    .values(message_id=bindparam("mine"), content_digest=bindparam("digest"))
)


def _identities(hashes: list[Any]) -> Select[Any]:
    table = MESSAGE_ID.c
    return select(table.hash, table.message_id, table.content_digest).where(table.hash.in_(hashes))


def _keys(hashes: list[Any]) -> Select[Any]:
    table = DUPLICATE_KEY.c
    return select(table.hash, table.message_id, table.content_digest).where(table.hash.in_(hashes))


def _first(ids: list[Any]) -> Select[Any]:
    columns = select(MESSAGE.c.id, MESSAGE.c.lane_no, MESSAGE.c.accepted_at, RECEIPT.c.jws)
    return columns.join(RECEIPT, RECEIPT.c.message_id == MESSAGE.c.id).where(MESSAGE.c.id.in_(ids))


@dataclass(frozen=True, slots=True)
class _Seen:
    message: int
    digest: bytes


def accept(tx: Transaction, items: Sequence[Acceptance]) -> Sequence[Accepted | Conflicting]:
    """Apply TX1 to a group; one answer per item, in order."""
    identities = _seen(tx, _identities, {i.message_id_hash for i in items})
    keys = _seen(tx, _keys, {k.hash for i in items for k in i.keys})
    lanes = Lanes(tx, {i.lane for i in items if i.lane})
    fresh: dict[int, Accepted] = {}
    answers: list[Accepted | Conflicting | int] = []
    for item in items:
        known = _known(item, identities, keys)
        if known is None:
            fresh[item.id] = _write(tx, item, lanes, keys)
            identities[item.message_id_hash] = _Seen(item.id, item.content_digest)
        elif isinstance(known, Conflicting):
            tx.audit(item.sender, "conflict", show_hub_id(known.first), "refused")
        elif item.message_id_hash not in identities:
            tx.insert(MESSAGE_ID, {"hash": item.message_id_hash, "message_id": known, "content_digest": item.content_digest})
            tx.audit(item.sender, "duplicate", show_hub_id(known), "same")
            identities[item.message_id_hash] = _Seen(known, item.content_digest)
        if item.feed:
            move_cursor(tx, item.feed)
        answers.append(fresh[item.id] if known is None else known)
    lanes.write()
    before = _first_answers(tx, {a for a in answers if isinstance(a, int)} - fresh.keys())
    return [_again(fresh.get(a) or before[a]) if isinstance(a, int) else a for a in answers]


def _seen(tx: Transaction, query: SelectIn, hashes: set[bytes]) -> dict[bytes, _Seen]:
    rows = tx.select_in(query, hashes)
    return {bytes(hash_): _Seen(message, bytes(digest)) for hash_, message, digest in rows}


def _known(item: Acceptance, identities: dict[bytes, _Seen], keys: dict[bytes, _Seen]) -> Conflicting | int | None:
    """The hub id answered before, a conflict, or None for something new."""
    same = identities.get(item.message_id_hash)
    if same:
        return same.message if same.digest == item.content_digest else Conflicting(same.message, same_id=True)
    for key in item.keys:
        hit = keys.get(key.hash)
        if hit is None:
            continue
        if hit.digest == item.content_digest or item.policy == "same":
            return hit.message
        if item.policy == "conflict":
            return Conflicting(hit.message, same_id=False)
    return None


def _write(tx: Transaction, item: Acceptance, lanes: Lanes, keys: dict[bytes, _Seen]) -> Accepted:
    lane_id, lane_no = lanes.next(item.lane, item.id) if item.lane else (None, None)
    tx.insert(MESSAGE, {
        "id": item.id, "channel": item.channel, "version": item.version, "sender": item.sender, "from_system": item.from_system,
        "from_div": item.from_div, "from_user": item.from_user, "test": int(item.test), "lane_id": lane_id, "lane_no": lane_no,
        "accepted_at": tx.now, "state": "accepted", "code": None, "case_id": None, "correlation_hash": item.correlation_hash,
        "content_digest": item.content_digest, "received_digest": item.received_digest,
    })  # fmt: skip
    tx.insert(MESSAGE_BODY, {
        "message_id": item.id, "received_key": item.received.key_id, "received": item.received.data,
        "canonical_key": item.canonical.key_id, "canonical": item.canonical.data,
    })  # fmt: skip
    tx.insert(MESSAGE_ID, {"hash": item.message_id_hash, "message_id": item.id, "content_digest": item.content_digest})
    for key in item.keys:
        if key.hash in keys:
            tx.update("supersede", _SUPERSEDE, {"key": key.hash, "mine": item.id, "digest": item.content_digest}, exact=False)
        else:
            tx.insert(DUPLICATE_KEY, {"hash": key.hash, "message_id": item.id, "content_digest": item.content_digest,
                                      "open_only": int(key.open_only)})  # fmt: skip
        keys[key.hash] = _Seen(item.id, item.content_digest)
    if item.cause is not None:
        tx.insert(DERIVED, {"message_id": item.id, "cause_id": item.cause})
    for name, hash_ in item.search:
        tx.insert(SEARCH_KEY, {"name": name, "hash": hash_, "message_id": item.id})
    shown = show_hub_id(item.id)
    receipt = tx.chain.receipt(item.id, shown, item.message_id_hash, item.content_digest, lane_no, tx.now)
    tx.insert(RECEIPT, receipt)
    tx.audit(item.sender, "accept", shown, item.channel)
    return Accepted(item.id, lane_no, tx.now, str(receipt["jws"]))


def _first_answers(tx: Transaction, ids: set[int]) -> dict[int, Accepted]:
    return {row[0]: Accepted(*row) for row in tx.select_in(_first, ids)}


def _again(first: Accepted) -> Accepted:
    return Accepted(first.id, first.lane_no, first.accepted_at, first.receipt, duplicate=True)


def refuse(tx: Transaction, items: Sequence[Refusal]) -> Sequence[None]:
    """Keep refused messages as encrypted evidence (invalid message channel)."""
    for item in items:
        tx.insert(INVALID_MESSAGE, {
            "id": item.id, "at": tx.now, "sender": item.sender, "channel": item.channel, "code": item.code,
            "path": item.path, "line": item.line, "raw_key": item.raw.key_id, "raw": item.raw.data,
        })  # fmt: skip
        tx.audit(item.sender, "refuse", show_hub_id(item.id), item.code)
        if item.feed:
            move_cursor(tx, item.feed)
    return [None] * len(items)
