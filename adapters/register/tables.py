"""The two tables (or views) that lookups read: a person, and the sides of the register on which the person is kept."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, MetaData, String, Table, Text

METADATA: Final = MetaData()
PERSON: Final = Table(
    "register_person", METADATA,
    Column("person_id", String(20), primary_key=True), Column("name_key", String(100), nullable=False),
    Column("number_key", String(40)), Column("hukou_div", String(12), nullable=False), Column("residence_div", String(12)),
    Column("digest", String(64), nullable=False), Column("entry", Text, nullable=False),
    Index("ix_register_person_number", "number_key"),
)  # fmt: skip
"""``name_key`` and ``number_key`` as `keys` makes them; ``entry`` is the whole register entry as JSON, ``digest`` its SHA-256."""
ROLE: Final = Table(
    "register_role", METADATA,
    Column("person_id", String(20), ForeignKey("register_person.person_id"), primary_key=True),
    Column("side", String(1), primary_key=True), Column("managed_type", String(1), nullable=False),
    Column("managed_div", String(12), nullable=False), Column("record_status", String(1), nullable=False),
    Column("update_time", String(40), nullable=False),
)  # fmt: skip
"""``side`` 1 is 常口, 2 is 流口; codes are CL_MANAGED and CL_RECSTAT, ``update_time`` an xs:dateTime in +08:00."""
