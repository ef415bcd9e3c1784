"""One synthetic person, with the element names of the canonical vocabulary (PersonCore, FlowInfo, register entry)."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeAlias

from hub.reference.division_code import div2

if TYPE_CHECKING:
    from hub.reference.divisions import FlowType

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
    """A marriage as the register keeps it: the other person's id and number, and its first day."""

    spouse_id: str
    spouse_id_no: str
    from_: str


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
    record_status: str
    update_time: str
    flow: Flow | None
    marriage: tuple[Marriage, ...]
    role: tuple[Role, ...]

    @property
    def cross_province(self) -> bool:
        """True when hukou and residence lie in different provinces."""
        return div2(self.hukou_div) != div2(self.residence_div)

    def elements(self, *names: str) -> Elements:
        """The entry under its element names, in schema order; only the attributes ``names`` when any are given."""
        return _elements(self, names)

    def to_json(self) -> str:
        """The entry as one line of JSON, for the register's JSON Lines."""
        return json.dumps(self.elements(), ensure_ascii=False, separators=(",", ":"))


def _elements(value: Person | PersonRef | Flow | Role | Marriage | ChildRef, only: tuple[str, ...] = ()) -> Elements:
    found: Elements = {}
    for field in fields(value):
        content = getattr(value, field.name)
        if content is None or content == () or (only and field.name not in only):
            continue
        if isinstance(content, tuple):
            found[_element_name(field.name)] = [_elements(part) for part in content]
        else:
            found[_element_name(field.name)] = _elements(content) if isinstance(content, (PersonRef, Flow)) else content
    return found


def _element_name(attribute: str) -> str:
    first, *rest = attribute.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)
