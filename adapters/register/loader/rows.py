"""The rows of an entry, one function a table. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, Final

from adapters.register.keys import check_character, name_key, number_key
from adapters.register.loader.entries import Entry, roles
from adapters.register.tables import CHILD, INFLOW, MARRIAGE, ROLE

Row = Mapping[str, Any]
_CITIZEN: Final = re.compile(r"[1-9][0-9]{5}(18|19|20)[0-9]{9}[0-9X]")
FORM: Final = "2:"
"""Begins the digest of an entry whose rows are as this module makes them; rows of another form are made anew by a load."""


def person(entry: Entry) -> Row:
    """The row of ``register_person``."""
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    number, spouse = entry.get("idNo"), entry.get("spouse", {})
    return {
        "person_id": entry["personId"], "name_key": name_key(entry["name"]), "number_key": _number(number),
        "hukou_div": entry["hukouDiv"], "residence_div": entry.get("residenceDiv"),
        "digest": FORM + hashlib.blake2b(text.encode(), digest_size=30).hexdigest(), "entry": text,
        "sex": entry["sex"], "birth_date": entry["birthDate"], "mobile": entry.get("mobile"),
        "verified": "1" if _verified(number or "", entry["sex"], entry["birthDate"]) else "0",
        "spouse_name": _name(spouse.get("name")), "spouse_number": _number(spouse.get("idNo")),
        "out_date": entry.get("flow", {}).get("outDate"),
    }  # fmt: skip


def sides(entry: Entry) -> Iterator[Row]:
    """Rows of ``register_role``."""
    for role in roles(entry):
        yield {
            "person_id": entry["personId"], "side": role["side"], "managed_type": role["managedType"],
            "managed_div": role["managedDiv"], "record_status": role["recordStatus"], "update_time": role["updateTime"],
        }  # fmt: skip


def marriages(entry: Entry) -> Iterator[Row]:
    """Rows of ``register_marriage``: those listed; without a list the present one, to the spouse."""
    spouse = entry.get("spouse")
    present = [{"spouseIdNo": spouse.get("idNo"), "from": entry.get("marriageDate")}] if spouse else []
    for seq, one in enumerate(entry.get("marriage") or present, 1):
        yield {
            "person_id": entry["personId"], "seq": seq, "spouse_number": _number(one.get("spouseIdNo")), "from_day": one.get("from"),
            "to_day": one.get("to"),
        }  # fmt: skip


def inflows(entry: Entry) -> Iterator[Row]:
    """Rows of ``register_inflow``: those listed; without a list the flow's, for whoever is kept on the floating side."""
    flow = entry.get("flow", {})
    floats = any(role["side"] == "2" for role in roles(entry))
    for seq, one in enumerate(entry.get("inflow") or ([flow] if floats and "inDate" in flow else []), 1):
        yield {"person_id": entry["personId"], "seq": seq, "in_date": one.get("inDate"), "end_date": one.get("endDate")}


def children(entry: Entry) -> Iterator[Row]:
    """Rows of ``register_child``."""
    for seq, one in enumerate(entry.get("child", ()), 1):
        yield {
            "parent_id": entry["personId"], "seq": seq, "child_id": one.get("childId"), "name_key": _name(one.get("name")),
            "number_key": _number(one.get("idNo")), "cert_no": one.get("birthCertNo"), "birth_date": one.get("birthDate"),
            "sex": one.get("sex"), "birth_order": one.get("birthOrder"), "alive": one.get("alive"), "birth_act": one.get("birthAct"),
        }  # fmt: skip


KIN_ROWS: Final = ((ROLE, sides), (MARRIAGE, marriages), (INFLOW, inflows), (CHILD, children))
"""Each table that hangs on a person, and what fills it."""


def _number(number: str | None) -> str | None:
    return number_key(number) if number else None


def _name(name: str | None) -> str | None:
    return name_key(name) if name else None


def _verified(number: str, sex: str, birth_date: str) -> bool:
    """Whether a citizen number holds: form, day, check character, and sex and birth date (which may be partial) as stated.

    None of CL_IDCHECK 1 to 5, 7 and 8; an address code that is not known (6) is not looked at.
    """
    number = number_key(number)
    if not _CITIZEN.fullmatch(number) or check_character(number) != number[17]:
        return False
    stated = str(2 - int(number[16]) % 2)
    with suppress(ValueError):
        return sex in {stated, "0", "9"} and date.fromisoformat(number[6:14]).isoformat().startswith(birth_date)
    return False
