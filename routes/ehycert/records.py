"""The canonical documents of a monthly batch: the wrapper, and a certificate from what the register gives of a woman."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from hub.contract.batch import Period
from hub.contract.lookup import Fact
from hub.contract.xml import Element
from hub.contract.xml_text import element, leaf
from routes.ehycert import states
from routes.ehycert.eligibility import number_of

KIND: Final = "MONTH"
CITIZEN_NUMBER: Final = "01"
_CHILD: Final = ("birthDate", "sex", "birthOrder", "alive")
_PERMIT: Final = {"permitNo": "permitNo", "kind": "permitKind", "issueDate": "permitIssueDate"}


def ask(period: Period) -> Mapping[str, str]:
    """What the register is asked: who may come into question at the end of the period."""
    return {"asOf": period.last.isoformat()}


def make(person: Fact, period: Period) -> Element | None:
    """The certificate of a woman to whom one is issued in this period, else None."""
    number = number_of(person, period.last)
    if number is None:
        return None
    parts = [
        '<ecertRecord xmlns="urn:pophub:ecert.record:1.0">',
        *_given(person, "certNo"),
        "<holder>",
        *_given(person, "personId"),
    ]
    parts += (leaf("name", person["name"]), leaf("certType", CITIZEN_NUMBER), leaf("idNo", number))
    parts += (*_given(person, "sex", "birthDate", "hukouDiv"), "</holder>")
    parts += (*_given(person, "maritalStatus", "marriageDate"), *_spouse(person))
    parts += (leaf("childrenCount", person.get("childrenCount", "0")), *_children(person), *_given(person, "contraception"))
    parts += (
        *_permit(person),
        *_given(person, "outDate", "residenceDiv"),
        leaf("issueDiv", person.get("issueDiv", person["hukouDiv"])),
    )
    parts += (leaf("issueDate", period.last.isoformat()), leaf("status", states.UPLOADED), leaf("version", version(person)))
    return element([*parts, "</ecertRecord>"])


def version(person: Fact) -> str:
    """Which going-out it is about: its day as a number [assumed]. Somebody who goes on to a third place has a later one.

    Not the register's last change: marriage and children are changes of a certificate, never a new one.
    """
    return person["outDate"].replace("-", "")


def describe(batch_no: str, period: Period, count: int) -> Element:
    """The wrapper of a batch; no personal data."""
    fields = {
        "batchNo": batch_no, "batchKind": KIND, "period": period.name[:6], "batchDate": period.last.isoformat(), "count": str(count),
    }  # fmt: skip
    inside = [leaf(name, text) for name, text in fields.items()]
    return element(['<ecertBatch xmlns="urn:pophub:ecert.batch:1.0">', *inside, "</ecertBatch>"])


def _given(person: Fact, *names: str) -> list[str]:
    return [leaf(name, person[name]) for name in names if person.get(name)]


def _children(person: Fact) -> list[str]:
    """Those of whom everything is known that a certificate says."""
    known = [child for child in json.loads(person.get("children", "[]")) if child.keys() >= set(_CHILD)]
    return [f"<child>{''.join(leaf(name, str(child[name])) for name in _CHILD)}</child>" for child in known]


def _permit(person: Fact) -> list[str]:
    values = {name: person.get(given, "") for name, given in _PERMIT.items()}
    inside = [leaf(name, text) for name, text in values.items()]
    return ["<permitInfo>", *inside, "</permitInfo>"] if all(values.values()) else []


def _spouse(person: Fact) -> list[str]:
    if not person.get("spouseName"):
        return []
    number = person.get("spouseIdNo")
    kind = leaf("certType", person.get("spouseCertType", CITIZEN_NUMBER))
    return ["<spouse>", leaf("name", person["spouseName"]), kind, *([leaf("idNo", number)] if number else []), "</spouse>"]
