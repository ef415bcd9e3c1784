"""What an operator may read of messages: index rows by indexed keys, bounded; never a body, never a value of a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, select

from hub.backends.sql.read_kin import Kin, kin
from hub.backends.sql.tables import ATTEMPT, CASE, DELIVERY, INVALID_MESSAGE, MESSAGE, OBLIGATION, SEARCH_KEY

LOOK_BACK = 20_000
"""How many of the newest rows one question looks at when its key does not bound it by itself."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to look for. ``keys`` maps a search key's name to the hashes of the value under every live index key.

    ``since`` in UTC ms. ``limit`` bounds the answer.
    """

    since: int
    limit: int
    keys: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    channel: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as a list shows it; ``deliveries`` are (recipient, state). A refused one has its code and no deliveries."""

    id: int
    channel: str
    sender: str
    state: str
    code: str | None
    at: int
    test: bool = False
    deliveries: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """``more``: the limit cut the list. ``cut``: older messages within the time asked for were not looked at."""

    found: tuple[Seen, ...]
    more: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """One message with everything that hangs on it, as rows of its tables; None where it has none."""

    message: Mapping[str, Any]
    deliveries: tuple[Mapping[str, Any], ...]
    attempts: tuple[Mapping[str, Any], ...]
    case: Mapping[str, Any] | None
    obligations: tuple[Mapping[str, Any], ...]
    kin: Kin = Kin()  # noqa: RUF009 - a frozen literal


def find(engine: Engine, question: Question) -> Answer:
    """The newest messages that answer the question, newest first."""
    if question.state == "refused":
        return _refused(engine, question)
    newest = _newest(question).limit(LOOK_BACK).subquery()
    query = select(MESSAGE).join(newest, newest.c.id == MESSAGE.c.id).where(MESSAGE.c.accepted_at >= question.since)
    if question.channel:
        query = query.where(MESSAGE.c.channel == question.channel)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(MESSAGE.c.id.desc()).limit(question.limit + 1)).fetchall()
        sent = _states(connection, [row.id for row in rows])
        looked = connection.execute(
            select(func.count(), func.min(MESSAGE.c.accepted_at)).join(newest, newest.c.id == MESSAGE.c.id)
        ).one()
    found = tuple(
        Seen(r.id, r.channel, r.sender, r.state, r.code, r.accepted_at, bool(r.test), tuple(sent.get(r.id, ())))
        for r in rows[: question.limit]
    )
    more = len(rows) > question.limit
    return Answer(found, more, cut=not more and looked[0] == LOOK_BACK and looked[1] >= question.since)


def _newest(question: Question) -> Select[Any]:
    """The ids to look at, newest first: by one search key, by state, or simply the newest."""
    query = select(MESSAGE.c.id)
    for name, hashes in question.keys.items():
        key = SEARCH_KEY.alias()
        query = query.join(key, key.c.message_id == MESSAGE.c.id).where(key.c.name == name, key.c.hash.in_(hashes))
    if question.state:
        query = query.where(MESSAGE.c.state == question.state)
    return query.group_by(MESSAGE.c.id).order_by(MESSAGE.c.id.desc()) if question.keys else query.order_by(MESSAGE.c.id.desc())


def _states(connection: Connection, ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    query = (
        select(DELIVERY.c.message_id, DELIVERY.c.recipient, DELIVERY.c.state)
        .where(DELIVERY.c.message_id.in_(ids))
        .order_by(DELIVERY.c.id)
    )
    for message, recipient, state in connection.execute(query) if ids else ():
        found.setdefault(message, []).append((recipient, state))
    return found


def _refused(engine: Engine, question: Question) -> Answer:
    """Messages refused for their content; they have no search keys, so a question with one finds none."""
    if question.keys:
        return Answer((), more=False, cut=False)
    query = select(INVALID_MESSAGE).where(INVALID_MESSAGE.c.at >= question.since)
    if question.channel:
        query = query.where(INVALID_MESSAGE.c.channel == question.channel)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(INVALID_MESSAGE.c.at.desc()).limit(question.limit + 1)).fetchall()
    return Answer(tuple(_as_refused(r) for r in rows[: question.limit]), more=len(rows) > question.limit, cut=False)


def _as_refused(row: Row[Any]) -> Seen:
    return Seen(row.id, row.channel, row.sender, "refused", row.code, row.at)


def refused(engine: Engine, hub_id: int) -> Mapping[str, Any] | None:
    """A refused message without its bytes: when, who, which channel, code, path and line."""
    columns = [INVALID_MESSAGE.c[name] for name in ("id", "at", "sender", "channel", "code", "path", "line")]
    with engine.connect() as connection:
        row = connection.execute(select(*columns).where(INVALID_MESSAGE.c.id == hub_id)).first()
    return dict(row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's public name for it


def whole(engine: Engine, hub_id: int) -> Whole | None:
    """An accepted message with deliveries, attempts, case, obligations and kin; None for an unknown id."""
    with engine.connect() as connection:
        found = _rows(connection, select(MESSAGE).where(MESSAGE.c.id == hub_id))
        if not found:
            return None
        message = found[0]
        deliveries = _rows(connection, select(DELIVERY).where(DELIVERY.c.message_id == hub_id).order_by(DELIVERY.c.id))
        ids = [d["id"] for d in deliveries]
        attempts = _rows(
            connection, select(ATTEMPT).where(ATTEMPT.c.delivery_id.in_(ids)).order_by(ATTEMPT.c.delivery_id, ATTEMPT.c.n)
        )
        case_id = message["case_id"]
        case = _rows(connection, select(CASE).where(CASE.c.id == case_id)) if case_id is not None else ()
        owed = select(OBLIGATION).where(OBLIGATION.c.case_id == case_id).order_by(OBLIGATION.c.id)
        obligations = _rows(connection, owed) if case_id is not None else ()
        related = kin(connection, hub_id, message["sender"], message["accepted_at"])
    return Whole(message, deliveries, attempts, case[0] if case else None, obligations, related)


def _rows(connection: Connection, query: Select[Any]) -> tuple[Mapping[str, Any], ...]:
    return tuple(dict(row._mapping) for row in connection.execute(query))  # noqa: SLF001 - SQLAlchemy's public name for it
