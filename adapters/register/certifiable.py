"""The extract of women for whom a certificate (电子婚育证) may be made as of a day: 4.9 E1, from the entries kept whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from adapters.register.loader.entries import roles
from adapters.register.tables import FLOATING, PERSON
from hub.contract.extract import Extract, ExtractPage
from hub.contract.lookup import Fact

_SAME: Final = ("personId", "name", "certType", "idNo", "sex", "birthDate", "ethnicity", "hukouDiv", "residenceDiv", "maritalStatus",
                "marriageDate", "childrenCount")  # fmt: skip
_CHILD: Final = ("birthDate", "sex", "birthOrder", "alive")
CERTIFIABLE: Final = Extract(
    "people.certifiable", "某日符合电子婚育证发放条件的流出育龄妇女", ("asOf",),
    (*_SAME, "spouseName", "spouseCertType", "spouseIdNo", "children", "permitNo", "permitKind", "permitIssueDate", "flowType", "outDate",
     "issueDiv", "version"),
)  # fmt: skip
"""``children`` is JSON: a list of objects of birthDate, sex, birthOrder, alive. ``version`` counts microseconds of the last change."""
_YOUNGEST, _TOO_OLD = 18, 50
_URBAN: Final = frozenset(f"{digits:02d}" for digits in range(1, 21))
"""Last two digits of a 市辖区."""
_MAY: Final = (
    select(PERSON.c.person_id, PERSON.c.number_key, PERSON.c.entry)
    .where(
        PERSON.c.person_id > bindparam("after"), PERSON.c.sex == "2", PERSON.c.verified == "1",
        PERSON.c.birth_date <= bindparam("youngest"), PERSON.c.birth_date > bindparam("too_old"), PERSON.c.out_date <= bindparam("day"),
    )
    .order_by(PERSON.c.person_id)
)  # fmt: skip


def certifiable(connection: Connection, given: Mapping[str, str], after: str, limit: int) -> ExtractPage:
    """The next page; rules that a database cannot be asked are looked at here, so that a page may hold fewer than there are rows."""
    day = date.fromisoformat(given["asOf"])
    bounds = {
        "youngest": _years_before(day, _YOUNGEST),
        "too_old": _years_before(day, _TOO_OLD),
        "day": day.isoformat(),
        "after": after,
    }
    rows = connection.execute(_MAY.limit(limit), bounds).all()
    found = [(row.number_key, json.loads(row.entry)) for row in rows]
    records = tuple(_record(number, entry, given["asOf"]) for number, entry in found if flowed_out(entry, given["asOf"]))
    return ExtractPage(records, rows[-1].person_id if len(rows) == limit else "")


def flowed_out(entry: Mapping[str, Any], day: str) -> bool:
    """Whether somebody kept at a hukou side was 正常 and out on a day (xs:date), by a flow that counts.

    Types 3 and 4 do; 2 unless both counties are urban districts; 1 does not. Whoever came back or was cancelled after the day was out.
    """
    flow, home = entry.get("flow", {}), _home(entry)
    if not home or flow.get("outDate", "9") > day or not _counts(flow.get("flowType"), entry["hukouDiv"], _residence(entry, day)):
        return False
    return entry.get("cancelDate", "") > day or (home["recordStatus"], home["managedType"]) == ("1", "4")


def _home(entry: Mapping[str, Any]) -> Mapping[str, str] | None:
    return next((role for role in roles(dict(entry)) if role["side"] != FLOATING), None)


def _residence(entry: Mapping[str, Any], day: str) -> str:
    """Where the person lived on the day: of somebody who came back since, the last stay elsewhere."""
    stays = entry.get("inflow", ()) if entry.get("cancelDate", "") > day else ()
    return str([entry, *stays][-1].get("residenceDiv", ""))


def _counts(kind: str | None, *places: str) -> bool:
    return kind in ("3", "4") or (kind == "2" and not all(place[4:6] in _URBAN for place in places))


def _record(number: str, entry: Mapping[str, Any], day: str) -> Fact:
    spouse, permit = entry.get("spouse", {}), (entry.get("permit") or [{}])[-1]
    children = [{name: child[name] for name in _CHILD if name in child} for child in entry.get("child", ())]
    changes = [entry["updateTime"], *(role["updateTime"] for role in entry.get("role", ()))]
    values = {
        **{name: entry.get(name) for name in _SAME}, "idNo": number, "residenceDiv": _residence(entry, day), "spouseName": spouse.get("name"),
        "spouseCertType": spouse.get("certType"), "spouseIdNo": spouse.get("idNo"), "children": json.dumps(children) if children else "",
        "permitNo": permit.get("permitNo"), "permitKind": permit.get("kind"), "permitIssueDate": permit.get("issueDate"),
        "flowType": entry["flow"]["flowType"], "outDate": entry["flow"]["outDate"], "issueDiv": (_home(entry) or {}).get("managedDiv"),
        "version": str(max(int(datetime.fromisoformat(time).timestamp() * 1_000_000) for time in changes)),
    }  # fmt: skip
    return {name: values[name] for name in CERTIFIABLE.gives if values[name]}


def _years_before(day: date, years: int) -> str:
    """As text, so that 29 February needs no rule of its own: whoever was born on it comes of age on 1 March."""
    return f"{day.year - years:04d}{day.isoformat()[4:]}"
