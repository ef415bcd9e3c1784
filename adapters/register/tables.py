"""The tables (or views) that lookups and extracts read: people, the sides on which they are kept, and their families."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

METADATA: Final = MetaData()
PERSON: Final = Table(
    "register_person", METADATA,
    Column("person_id", String(20), primary_key=True), Column("name_key", String(100), nullable=False),
    Column("number_key", String(40)), Column("hukou_div", String(12), nullable=False), Column("residence_div", String(12)),
    Column("digest", String(64), nullable=False), Column("entry", Text, nullable=False),
    Column("sex", String(1)), Column("birth_date", String(10)), Column("mobile", String(11)), Column("verified", String(1)),
    Column("spouse_name", String(100)), Column("spouse_number", String(40)), Column("out_date", String(10)),
    Index("ix_register_person_number", "number_key"), Index("ix_register_person_name", "name_key", "birth_date"),
)  # fmt: skip
"""``name_key``, ``number_key`` and the spouse's as `keys` makes them; ``entry`` is the whole register entry as JSON, ``digest``
tells one entry from another. ``verified`` is 1 when number, sex and birth date agree (CL_IDCHECK 0, 6 or 9). Days are xs:date.
"""
ROLE: Final = Table(
    "register_role", METADATA,
    Column("person_id", String(20), ForeignKey("register_person.person_id"), primary_key=True),
    Column("side", String(1), primary_key=True), Column("managed_type", String(1), nullable=False),
    Column("managed_div", String(12), nullable=False), Column("record_status", String(1), nullable=False),
    Column("update_time", String(40), nullable=False),
)  # fmt: skip
"""``side`` 1 is 常口, 2 is 流口; codes are CL_MANAGED and CL_RECSTAT, ``update_time`` an xs:dateTime in +08:00."""
MARRIAGE: Final = Table(
    "register_marriage", METADATA,
    Column("person_id", String(20), ForeignKey("register_person.person_id"), primary_key=True),
    Column("seq", Integer, primary_key=True), Column("spouse_number", String(40)),
    Column("from_day", String(10)), Column("to_day", String(10)),
    Index("ix_register_marriage_spouse", "spouse_number"),
)  # fmt: skip
"""Every marriage of a person; without ``to_day`` it goes on."""
INFLOW: Final = Table(
    "register_inflow", METADATA,
    Column("person_id", String(20), ForeignKey("register_person.person_id"), primary_key=True),
    Column("seq", Integer, primary_key=True), Column("in_date", String(10)), Column("end_date", String(10)),
)  # fmt: skip
"""Every stay of a person on the floating side; without ``end_date`` it is open."""
CHILD: Final = Table(
    "register_child", METADATA,
    Column("parent_id", String(20), ForeignKey("register_person.person_id"), primary_key=True),
    Column("seq", Integer, primary_key=True), Column("child_id", String(20)), Column("name_key", String(100)),
    Column("number_key", String(40)), Column("cert_no", String(10)), Column("birth_date", String(10)), Column("sex", String(1)),
    Column("birth_order", String(2)), Column("alive", String(5)), Column("birth_act", String(1)),
    Index("ix_register_child_number", "number_key"), Index("ix_register_child_cert", "cert_no"),
)  # fmt: skip
"""A child as it stands in a parent's entry; who has an entry of its own is ``register_person.person_id`` = ``child_id``."""
KIN: Final = ((CHILD, CHILD.c.parent_id), (INFLOW, INFLOW.c.person_id), (MARRIAGE, MARRIAGE.c.person_id), (ROLE, ROLE.c.person_id))
"""What hangs on a person, with the column that says on whom."""
SIDE: Final = {"side": "side", "managedType": "managed_type", "managedDiv": "managed_div", "recordStatus": "record_status",
               "updateTime": "update_time"}  # fmt: skip
"""The elements of a side and their columns."""
FLOATING, MAN, ACTIVE = "2", "1", "1"
"""Codes of side, sex and CL_RECSTAT."""
