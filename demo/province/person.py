"""One synthetic person, with the element names of the canonical vocabulary (PersonCore, FlowInfo, register entry)."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, TypeAlias

from hub.reference.division_code import FlowType, div2

Elements: TypeAlias = "dict[str, str | Elements | list[str] | list[Elements]]"


@dataclass(frozen=True, slots=True)
class Flow:
    """FlowInfo (流动信息): type after requirements, data checks; dates as xs:date."""

    flow_type: FlowType
    flow_reason: str
    out_date: str
    in_date: str


@dataclass(frozen=True, slots=True)
class Role:
    """One side of the register on which the person is kept: side 1 resident (常口) or 2 floating (流口)."""

    side: str
    managed_type: str
    managed_div: str
    record_status: str
    update_time: str


@dataclass(frozen=True, slots=True)
class Marriage:
    """A marriage as the register keeps it: the other person's id and number, its first day and, when it ended, its last."""

    spouse_id: str
    spouse_id_no: str
    from_: str
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Inflow:
    """A stay on the floating side (流入): open without ``end_date``."""

    in_date: str
    end_date: str | None
    residence_div: str
    managed_div: str


@dataclass(frozen=True, slots=True)
class Pregnancy:
    """A registered pregnancy (妊娠登记): open without ``end_date``."""

    register_date: str
    lmp: str
    edd: str
    end_date: str | None


@dataclass(frozen=True, slots=True)
class Operation:
    """A registered operation, code of CL_OP."""

    operation_code: str
    operation_date: str


@dataclass(frozen=True, slots=True)
class KeySubject:
    """Why somebody is looked after first (重点对象), code of CL_KEYSUBJ."""

    code: str
    since: str


@dataclass(frozen=True, slots=True)
class Permit:
    """A registration of a birth to come, kind of CL_PERMIT: 1 first child."""

    permit_no: str
    kind: str
    issue_date: str


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person inside another person's entry (配偶)."""

    name: str
    cert_type: str
    id_no: str
    sex: str
    birth_date: str
    hukou_div: str
    residence_div: str
    mobile: str


@dataclass(frozen=True, slots=True)
class ChildRef:
    """A child in a parent's entry (子女); the child has an entry of its own under ``child_id``."""

    child_id: str
    name: str
    id_no: str
    birth_date: str
    sex: str
    birth_order: str
    birth_cert_no: str
    alive: str
    birth_act: str


@dataclass(frozen=True, slots=True)
class Person:
    """A register entry. Division codes have 12 digits, dates are xs:date, codes those of the canonical lists.

    Attribute names are the element names in snake case; the order of the attributes is the order of the schema.
    """

    person_id: str
    name: str
    cert_type: str
    id_no: str
    sex: str
    birth_date: str
    ethnicity: str
    nationality: str
    education: str | None
    marital_status: str
    marriage_date: str | None
    hukou_type: str
    hukou_div: str
    hukou_addr: str
    residence_div: str
    residence_addr: str
    mobile: str
    managed_type: str
    managed_div: str
    spouse: PersonRef | None
    child: tuple[ChildRef, ...]
    children_count: str
    contraception: str | None
    contraception_date: str | None
    record_status: str
    cancel_date: str | None
    cancel_reason: str | None
    update_time: str
    flow: Flow | None
    marriage: tuple[Marriage, ...]
    inflow: tuple[Inflow, ...]
    pregnancy: tuple[Pregnancy, ...]
    operation: tuple[Operation, ...]
    key_subject: tuple[KeySubject, ...]
    permit: tuple[Permit, ...]
    role: tuple[Role, ...]
    past_flow: Flow | None
    """The flow of somebody who came back; the register keeps it, with ``cancel_date`` as its end."""

    @property
    def kept(self) -> Role:
        """The side that counts when the person is compared: the active resident one, else the active floating one."""
        return next(role for role in self.role if role.record_status == "1")

    @property
    def cross_province(self) -> bool:
        """True when hukou and residence lie in different provinces."""
        return div2(self.hukou_div) != div2(self.residence_div)

    def elements(self, *names: str) -> Elements:
        """The entry under its element names, in schema order; only the attributes ``names`` when any are given."""
        return _elements(self, names)

    def to_json(self) -> str:
        """The entry as one line of JSON, for the register's JSON Lines."""
        entry = self.elements()
        if past := entry.pop("pastFlow", None):
            entry["flow"] = past
        return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


def _elements(value: Any, only: tuple[str, ...] = ()) -> Elements:
    found: Elements = {}
    for name, element in _names(type(value)):
        content = getattr(value, name)
        if content is None or content == () or (only and name not in only):
            continue
        if isinstance(content, tuple):
            found[element] = [_elements(part) for part in content]
        else:
            found[element] = content if isinstance(content, str) else _elements(content)
    return found


@cache
def _names(of: type[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((field.name, _element_name(field.name)) for field in fields(of))


def _element_name(attribute: str) -> str:
    first, *rest = attribute.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)
