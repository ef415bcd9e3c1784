"""What a line of a register file may hold: the elements of a register entry (PersonCore, FlowInfo, sides) and their forms.

Reasons and paths speak of the schema alone: a line that is refused is never shown, nor any value of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hub.contract.lookup import BadLine

Entry = dict[str, Any]
_DIV: Final = "[1-9][0-9]{11}"
_DAY: Final = "[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_PARTIAL: Final = f"[12][0-9]{{3}}(-(0[1-9]|1[0-2]))?|{_DAY}"
_TIME: Final = rf"{_DAY}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{{1,6}})?\+08:00"
_NAME: Final = r"[^\t\n\r]{1,50}"
_NUMBER: Final = r"[^\s]{1,40}"
_TEXT: Final = r"[^\t\n\r]{0,200}"
_ID: Final = r"[^\s]{1,20}"
_FLAG: Final = "true|false"
_REF: Final = {
    "name": _NAME, "certType": "[0-9]{2}", "idNo": _NUMBER, "sex": "[0129]", "birthDate": _PARTIAL, "ethnicity": "[0-9]{2}",
    "nationality": "[A-Z]{3}", "hukouDiv": _DIV, "hukouAddr": _TEXT, "residenceDiv": _DIV, "residenceAddr": _TEXT,
    "mobile": "1[3-9][0-9]{9}",
}  # fmt: skip
_ENTRY: Final = {
    **_REF, "personId": _ID, "noIdReason": _TEXT, "idNoCheck": "[0-9]", "nameRareFlag": _FLAG, "education": "[0-9]{2}",
    "maritalStatus": "[0-9]{2}", "marriageDate": _DAY, "hukouType": "[0-9]{1,2}", "hukouNature": "[0-9]", "householdNo": _ID,
    "relationToHead": "[0-9]{2}", "phone": r"[0-9+(][0-9() \-]{3,18}[0-9]", "workUnit": _TEXT, "managedType": "[1-4]",
    "managedDiv": _DIV, "childrenCount": "[0-9]|1[0-9]|20", "contraception": "[0-9]{2}", "contraceptionDate": _DAY,
    "recordStatus": "[1-3]", "cancelDate": _DAY, "cancelReason": "[0-9]", "updateTime": _TIME, "healthRecordFlag": _FLAG,
}  # fmt: skip
_ONE: Final = {
    "spouse": _REF,
    "flow": {"flowType": "[1-4]", "flowReason": "[0-9]{2}", "outDate": _DAY, "inDate": _DAY, "familyMoveType": "[0-9]",
             "spouseTogether": _FLAG, "landlordOrEmployer": _TEXT, "ecertStatus": "[0-9]", "expectedStay": "[0-9]{1,3}"},
}  # fmt: skip
_MANY: Final = {
    "child": {"childId": _ID, "name": _NAME, "idNo": _NUMBER, "birthDate": _PARTIAL, "sex": "[0129]", "birthOrder": "[1-9][0-9]?",
              "birthCertNo": "[A-Z][0-9]{9}", "alive": _FLAG, "birthAct": "[1-4]"},
    "role": {"side": "[12]", "managedType": "[1-4]", "managedDiv": _DIV, "recordStatus": "[1-3]", "updateTime": _TIME},
    "marriage": {"spouseId": _ID, "spouseIdNo": _NUMBER, "from": _DAY, "to": _DAY},
    "inflow": {"inDate": _DAY, "endDate": _DAY, "residenceDiv": _DIV, "managedDiv": _DIV},
    "pregnancy": {"registerDate": _DAY, "lmp": _DAY, "edd": _DAY, "endDate": _DAY},
    "operation": {"operationCode": "[0-9A-Z]{1,4}", "operationDate": _DAY},
    "keySubject": {"code": "[1-4]", "since": _DAY},
    "permit": {"permitNo": _NUMBER, "kind": "[12]", "issueDate": _DAY},
}  # fmt: skip
_NEEDED: Final = (
    "personId", "name", "certType", "sex", "birthDate", "maritalStatus", "hukouType", "hukouDiv", "managedType", "managedDiv",
    "recordStatus", "updateTime",
)  # fmt: skip
_ROLE_NEEDED: Final = tuple(_MANY["role"])
_COMPILED: Final = {form: re.compile(form) for group in (_ENTRY, *_ONE.values(), *_MANY.values()) for form in group.values()}


def read(number: int, line: bytes) -> Entry | BadLine:
    """The entry of a line, or why it is none: not-json, not-an-object, missing, unknown or form, and where."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return BadLine(number, "not-json")
    if not isinstance(entry, dict):
        return BadLine(number, "not-an-object")
    reason, path = next(_faults(entry), ("", ""))
    return BadLine(number, reason, path) if reason else _texts(entry)


def roles(entry: Entry) -> list[Mapping[str, str]]:
    """The sides of an entry; without any of its own it has the one that its type says: 1 and 4 常口, 2 and 3 流口."""
    own = {name: entry[name] for name in _ROLE_NEEDED if name != "side"}
    return entry.get("role") or [{"side": "1" if entry["managedType"] in ("1", "4") else "2", **own}]


def _faults(entry: Entry) -> Iterator[tuple[str, str]]:
    """(reason, path) of everything wrong."""
    yield from (("missing", name) for name in _NEEDED if name not in entry)
    if "idNo" not in entry and "noIdReason" not in entry:
        yield "missing", "idNo"
    for name, value in entry.items():
        if name in _ENTRY:
            yield from _text(name, value, _ENTRY[name])
        elif name in _ONE:
            yield from _group(name, value, _ONE[name])
        elif name in _MANY:
            yield from _groups(name, value)
        else:
            yield "unknown", ""


def _groups(name: str, value: object) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list):
        yield "form", name
        return
    for part in value:
        yield from _group(name, part, _MANY[name])
        if name == "role":
            yield from (("missing", f"role/{field}") for field in _ROLE_NEEDED if field not in part)
    if name == "role" and len({part.get("side") for part in value if isinstance(part, dict)}) != len(value):
        yield "form", "role/side"


def _group(name: str, value: object, forms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict):
        yield "form", name
        return
    for part, text in value.items():
        yield from _text(f"{name}/{part}", text, forms[part]) if part in forms else (("unknown", name),)


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _texts(part) for name, part in value.items()}
    return [_texts(part) for part in value] if isinstance(value, list) else _plain(value)


def _plain(value: str | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(path: str, value: object, form: str) -> Iterator[tuple[str, str]]:
    """JSON's own numbers and truth values are taken as the text that they are in XML."""
    if not isinstance(value, str | int) or not _COMPILED[form].fullmatch(_plain(value)):
        yield "form", path
