"""The tables. Integer keys, integer times (UTC ms), hashes as raw bytes; bodies stand apart from the index rows.

Names follow the product's words. Every change here goes with a migration (``hub/backends/sql/migrations``).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                       "fk": "fk_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
)  # fmt: skip
ID = BigInteger().with_variant(Integer, "sqlite")
TIME = BigInteger()
HASH = LargeBinary(32)
COMPACT: Any = {"sqlite_with_rowid": False}
"""Tables that are found by their key alone hold one tree, not two, on SQLite."""


def _key(name: str = "id") -> Column[int]:
    return Column(name, ID, primary_key=True, autoincrement=False)


def _message() -> Column[int]:
    return Column("message_id", ID, ForeignKey("message.id"), nullable=False)


META = Table("meta", METADATA, Column("name", String(40), primary_key=True), Column("value", String(200), nullable=False))
ID_BLOCK = Table("id_block", METADATA, Column("name", String(40), primary_key=True), Column("next", ID, nullable=False))

MESSAGE = Table(
    "message", METADATA, _key(),
    Column("channel", String(60), nullable=False), Column("version", String(10), nullable=False),
    Column("sender", String(60), nullable=False), Column("from_system", String(20), nullable=False),
    Column("from_div", String(12)), Column("from_user", String(30)), Column("test", SmallInteger, nullable=False),
    Column("lane_id", ID), Column("lane_no", ID), Column("accepted_at", TIME, nullable=False),
    Column("state", String(12), nullable=False), Column("code", String(60)), Column("case_id", ID),
    Column("correlation_hash", HASH), Column("content_digest", HASH, nullable=False),
    Column("received_digest", HASH, nullable=False),
    Index(None, "state", "id"), Index(None, "lane_id", "lane_no"),
)  # fmt: skip
MESSAGE_BODY = Table(
    "message_body", METADATA, Column("message_id", ID, ForeignKey("message.id"), primary_key=True),
    Column("received_key", ID, nullable=False), Column("received", LargeBinary, nullable=False),
    Column("canonical_key", ID, nullable=False), Column("canonical", LargeBinary, nullable=False), **COMPACT,
)  # fmt: skip
MESSAGE_ID = Table(
    "message_identity", METADATA, Column("hash", HASH, primary_key=True), _message(),
    Column("content_digest", HASH, nullable=False), **COMPACT,
)  # fmt: skip
DUPLICATE_KEY = Table(
    "duplicate_key", METADATA, Column("hash", HASH, primary_key=True), _message(),
    Column("content_digest", HASH, nullable=False), Column("open_only", SmallInteger, nullable=False),
    Index(None, "message_id"), **COMPACT,
)  # fmt: skip
RECEIPT = Table(
    "receipt", METADATA, Column("message_id", ID, ForeignKey("message.id"), primary_key=True),
    Column("segment", ID, nullable=False), Column("no", ID, nullable=False), Column("jws", Text, nullable=False), **COMPACT,
)  # fmt: skip
SEARCH_KEY = Table(
    "search_key", METADATA, Column("name", String(40), primary_key=True), Column("hash", HASH, primary_key=True),
    Column("message_id", ID, ForeignKey("message.id"), primary_key=True), **COMPACT,
)  # fmt: skip
LANE = Table(
    "lane", METADATA, _key(), Column("domain", String(20), nullable=False), Column("key_hash", HASH, nullable=False),
    Column("next_no", ID, nullable=False), UniqueConstraint("key_hash"),
)  # fmt: skip
INVALID_MESSAGE = Table(
    "invalid_message", METADATA, _key(), Column("at", TIME, nullable=False), Column("sender", String(60), nullable=False),
    Column("channel", String(60), nullable=False), Column("code", String(60), nullable=False), Column("path", String(400)),
    Column("line", Integer), Column("raw_key", ID, nullable=False), Column("raw", LargeBinary, nullable=False),
    Index(None, "at"),
)  # fmt: skip

DERIVED = Table(
    "derived_message", METADATA, Column("message_id", ID, ForeignKey("message.id"), primary_key=True),
    Column("cause_id", ID, ForeignKey("message.id"), nullable=False), Index(None, "cause_id"), **COMPACT,
)  # fmt: skip
FACTS = Table(
    "message_facts", METADATA, Column("message_id", ID, ForeignKey("message.id"), primary_key=True),
    Column("facts_key", ID, nullable=False), Column("facts", LargeBinary, nullable=False), **COMPACT,
)  # fmt: skip

DELIVERY = Table(
    "delivery", METADATA, _key(), _message(),
    Column("route", String(60), nullable=False), Column("recipient", String(60), nullable=False),
    Column("outlet", String(80), nullable=False), Column("operation", String(60), nullable=False),
    Column("op_class", String(1), nullable=False), Column("reason", String(60), nullable=False),
    Column("lane_id", ID), Column("lane_no", ID), Column("state", String(12), nullable=False), Column("code", String(60)),
    Column("case_id", ID), Column("created_at", TIME, nullable=False), Column("not_before", TIME, nullable=False),
    Column("attempts", Integer, nullable=False), Column("attempted_at", TIME), Column("doubt", SmallInteger, nullable=False),
    Column("owner", String(40)), Column("fence", ID, nullable=False), Column("lease_until", TIME, nullable=False),
    Column("effective_at", TIME), Column("settled_at", TIME), Column("part", Integer), Column("ticket", String(200)),
    Index(None, "outlet", "state", "not_before", "id"), Index(None, "lane_id", "recipient", "lane_no"),
    Index(None, "message_id"), Index(None, "recipient", "state"),
)  # fmt: skip
DELIVERY_BODY = Table(
    "delivery_body", METADATA, Column("delivery_id", ID, ForeignKey("delivery.id"), primary_key=True),
    Column("body_key", ID, nullable=False), Column("body", LargeBinary, nullable=False),
    Column("schema_name", String(120), nullable=False), Column("schema_digest", String(64), nullable=False),
    Column("translator", String(40), nullable=False), **COMPACT,
)  # fmt: skip
ATTEMPT = Table(
    "attempt", METADATA, Column("delivery_id", ID, ForeignKey("delivery.id"), primary_key=True),
    Column("n", Integer, primary_key=True), Column("fence", ID, nullable=False), Column("started_at", TIME, nullable=False),
    Column("ended_at", TIME), Column("outcome", String(12)), Column("code", String(60)), **COMPACT,
)  # fmt: skip

BATCH_SENT = Table(
    "batch_sent", METADATA, Column("message_id", ID, ForeignKey("message.id"), primary_key=True),
    Column("name", String(60), nullable=False), Column("period", String(8), nullable=False), Column("count", Integer, nullable=False),
    Column("parts", Integer, nullable=False), Index(None, "name", "period"),
)  # fmt: skip
RECORD_SENT = Table(
    "record_sent", METADATA, Column("batch_id", ID, ForeignKey("batch_sent.message_id"), primary_key=True),
    Column("number", Integer, primary_key=True), Column("delivery_id", ID, nullable=False),
    Column("key_hash", HASH, nullable=False), Column("case_id", ID), Column("state", String(10), nullable=False),
    Column("code", String(40)), Column("settled_at", TIME), Index(None, "key_hash"), Index(None, "delivery_id"), **COMPACT,
)  # fmt: skip
SCHEDULE_RUN = Table(
    "schedule_run", METADATA, Column("name", String(60), primary_key=True), Column("period", String(8), primary_key=True),
    Column("no", Integer, primary_key=True), Column("at", TIME, nullable=False), Column("after", String(200), nullable=False),
    Column("done", SmallInteger, nullable=False), Column("batch_id", ID),
)  # fmt: skip

CASE = Table(
    "case_file", METADATA, _key(), Column("type", String(40), nullable=False), Column("key_hash", HASH, nullable=False),
    Column("state", String(20), nullable=False), Column("opened_at", TIME, nullable=False), Column("closed_at", TIME),
    Column("version", Integer, nullable=False), Column("data", Text, nullable=False), Column("opened_by", ID),
    Column("owner_system", String(20), nullable=False), Column("owner_div", String(12), nullable=False),
    UniqueConstraint("key_hash"),
    Index(None, "type", "owner_div", "opened_at"),
)  # fmt: skip
CASE_NAME = Table(
    "case_name", METADATA, Column("hash", HASH, primary_key=True),
    Column("case_id", ID, ForeignKey("case_file.id"), nullable=False), Index(None, "case_id"), **COMPACT,
)  # fmt: skip
"""Further keys of cases (`CaseType.also`), as keyed hashes."""
CASE_HISTORY = Table(
    "case_history", METADATA, Column("case_id", ID, ForeignKey("case_file.id"), primary_key=True),
    Column("no", Integer, primary_key=True), Column("at", TIME, nullable=False), Column("from_state", String(20), nullable=False),
    Column("to_state", String(20), nullable=False), Column("why", String(80), nullable=False), Column("message_id", ID), **COMPACT,
)  # fmt: skip
OBLIGATION = Table(
    "obligation", METADATA, _key(), Column("case_id", ID, ForeignKey("case_file.id"), nullable=False),
    Column("delivery_id", ID, nullable=False), Column("kind", String(20), nullable=False), Column("rule", String(10), nullable=False),
    Column("days", Integer, nullable=False), Column("unit", String(1), nullable=False), Column("owed_by", String(12), nullable=False),
    Column("base", TIME), Column("due_at", TIME), Column("answered_at", TIME), Column("answered_by", ID),
    Column("floor", TIME), Column("ended_as", String(12)),
    Index(None, "case_id"), Index(None, "delivery_id"), Index(None, "due_at"),
)  # fmt: skip
TIMER = Table(
    "timer", METADATA, _key(), Column("case_id", ID, ForeignKey("case_file.id"), nullable=False),
    Column("name", String(40), nullable=False), Column("at", TIME), Column("due_of", String(20)), Column("fired_at", TIME),
    Index(None, "fired_at", "at"), Index(None, "case_id"),
)  # fmt: skip

QUERY = Table(
    "query", METADATA, _key(), Column("at", TIME, nullable=False), Column("name", String(60), nullable=False),
    Column("spoke", String(60), nullable=False), Column("from_div", String(12)), Column("from_user", String(64)),
    Column("purpose", String(4)), Column("subject_hash", HASH), Column("state", String(12), nullable=False),
    Column("code", String(60)), Column("rows", Integer), Column("ended_at", TIME),
    Index(None, "subject_hash", "at"), Index(None, "spoke", "at"),
)  # fmt: skip
QUERY_COUNT = Table(
    "query_count", METADATA, Column("hash", HASH, primary_key=True), Column("day", String(10), nullable=False),
    Column("n", Integer, nullable=False), Index(None, "day"), **COMPACT,
)  # fmt: skip

SPOKE = Table(
    "spoke", METADATA, _key(), Column("name", String(60), nullable=False), Column("title", String(100), nullable=False),
    Column("system", String(20), nullable=False), Column("secret_hash", HASH, nullable=False),
    Column("enabled", SmallInteger, nullable=False), Column("push_url", String(300)), Column("created_at", TIME, nullable=False),
    Column("speaks", String(40)), UniqueConstraint("name"),
)  # fmt: skip
SPOKE_GRANT = Table(
    "spoke_grant", METADATA, Column("spoke_id", ID, ForeignKey("spoke.id"), primary_key=True),
    Column("channel", String(60), primary_key=True), Column("direction", String(7), primary_key=True),
)  # fmt: skip
SPOKE_PLACE = Table(
    "spoke_place", METADATA, Column("spoke_id", ID, ForeignKey("spoke.id"), primary_key=True),
    Column("prefix", String(12), primary_key=True), Column("valid_from", String(10), primary_key=True),
    Column("valid_to", String(10)),
)  # fmt: skip

SPOKE_KEY = Table(
    "spoke_key", METADATA, Column("spoke_id", ID, ForeignKey("spoke.id"), primary_key=True), Column("no", Integer, primary_key=True),
    Column("hash", HASH, nullable=False), Column("note", String(100), nullable=False), Column("created_at", TIME, nullable=False),
    Column("revoked_at", TIME), UniqueConstraint("hash"),
)  # fmt: skip

KEYRING = Table(
    "keyring", METADATA, _key(), Column("retention_class", String(20), nullable=False), Column("month", String(6), nullable=False),
    Column("version", Integer, nullable=False), Column("state", String(10), nullable=False),
    Column("wrapped_dek", LargeBinary, nullable=False), UniqueConstraint("retention_class", "month", "version"),
)  # fmt: skip
SEGMENT = Table(
    "chain_segment", METADATA, _key(), Column("role", String(20), nullable=False), Column("opened_at", TIME, nullable=False),
)  # fmt: skip
RESULT_LENGTH = 60
"""Characters of the result of an audit record; longer ones are cut."""
AUDIT = Table(
    "audit", METADATA, Column("segment", ID, ForeignKey("chain_segment.id"), primary_key=True), _key("no"),
    Column("at", TIME, nullable=False), Column("who", String(60), nullable=False), Column("action", String(30), nullable=False),
    Column("object", String(60), nullable=False), Column("result", String(RESULT_LENGTH), nullable=False),
    Column("prev_hash", HASH, nullable=False), Column("hash", HASH, nullable=False), Index(None, "object"), **COMPACT,
)  # fmt: skip
FEED_CURSOR = Table(
    "feed_cursor", METADATA, Column("adapter", String(40), primary_key=True), Column("feed", String(40), primary_key=True),
    Column("cursor", String(200), nullable=False), Column("at", TIME, nullable=False),
)  # fmt: skip

BATCH = Table(
    "batch", METADATA, _key(), Column("name", String(60), nullable=False), Column("sender", String(60), nullable=False),
    Column("adapter", String(40)), Column("identity_hash", HASH, nullable=False), Column("digest", HASH, nullable=False),
    Column("state", String(10), nullable=False), Column("code", String(60)), Column("stated", Integer), Column("total", Integer),
    Column("taken", Integer, nullable=False), Column("accepted", Integer, nullable=False), Column("duplicate", Integer, nullable=False),
    Column("refused", Integer, nullable=False), Column("created_at", TIME, nullable=False), Column("accepted_at", TIME),
    Column("ended_at", TIME), Column("attempts", Integer, nullable=False), Column("not_before", TIME, nullable=False),
    Column("owner", String(40)), Column("fence", ID, nullable=False), Column("lease_until", TIME, nullable=False),
    Column("cancel_asked_by", String(60)),
    UniqueConstraint("identity_hash"), Index(None, "state", "id"), Index(None, "sender", "state"),
)  # fmt: skip
BATCH_RECORD = Table(
    "batch_record", METADATA, Column("batch_id", ID, ForeignKey("batch.id"), primary_key=True),
    Column("no", Integer, primary_key=True), Column("state", String(9), nullable=False), Column("code", String(60)),
    Column("path", String(400)), Column("outcome", String(20)), Column("message_id", ID), **COMPACT,
)  # fmt: skip
BATCH_RECEIPT = Table(
    "batch_receipt", METADATA, Column("batch_id", ID, ForeignKey("batch.id"), primary_key=True),
    Column("segment", ID, nullable=False), Column("no", ID, nullable=False), Column("jws", Text, nullable=False), **COMPACT,
)  # fmt: skip
