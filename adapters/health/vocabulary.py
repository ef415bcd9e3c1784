"""The dictionary between the health systems' flat records and the canonical documents [assumed], in the order of the canonical schemas.

An element of the records that stands nowhere here is dropped at the door: findings that no recipient has a purpose for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from adapters.health import values


class Leaf(NamedTuple):
    """One value: its canonical name, where it stands in the record, how it is written."""

    canonical: str
    own: str
    form: Callable[[str], str] = str


class Group(NamedTuple):
    """A person, gathered from elements that begin with ``prefix``: there when ``<prefix>Name`` is."""

    canonical: str
    prefix: str
    parts: tuple[Leaf, ...]


class Many(NamedTuple):
    """A structure that repeats."""

    canonical: str
    own: str
    parts: tuple[Leaf, ...]


Part = Leaf | Group | Many

# fmt: off
_IDENTITY = (Leaf("name", "Name", values.name), Leaf("certType", "CardType"), Leaf("idNo", "CardNo", values.number))
_PARENT = (
    *_IDENTITY, Leaf("sex", "SexCode"), Leaf("birthDate", "BirthDate", values.day), Leaf("hukouDiv", "HukouArea", values.area),
    Leaf("hukouAddr", "HukouAddress"), Leaf("residenceDiv", "ResidenceArea", values.area), Leaf("residenceAddr", "ResidenceAddress"),
    Leaf("mobile", "Mobile"),
)
_HEAD = (Leaf("recordNo", "RecordNo"), Leaf("orgCode", "OrgCode"), Leaf("orgName", "OrgName", values.name), Leaf("orgDiv", "OrgArea", values.area))
_VERSION = Leaf("recordTime", "UpdateTime", values.moment)
_CERTIFICATE = Leaf("birthCertNo", "BirthCertNo", values.capitals)

DELIVERY: Final[tuple[Part, ...]] = (
    *_HEAD, Leaf("birthPlaceKind", "BirthPlaceCode"), Group("mother", "Mother", _PARENT), Group("father", "Father", _PARENT),
    Leaf("parity", "Parity", lambda text: str(int(text))), Leaf("deliveryTime", "DeliveryTime", values.moment),
    Leaf("birthCount", "BirthCount"), Leaf("liveBirthCount", "LiveBirthCount", lambda text: str(int(text))),
    Many("newborn", "Newborn", (
        Leaf("birthOrder", "Order"), Leaf("liveFlag", "LiveFlag", values.flag), Leaf("sex", "SexCode"),
        Leaf("birthTime", "BirthTime", values.moment), Leaf("name", "Name", values.name), _CERTIFICATE,
    )),
    _VERSION,
)
VACCINATION: Final[tuple[Part, ...]] = (
    *_HEAD, Leaf("rowAction", "OpType"), Leaf("vaccCardNo", "VaccCardNo", values.capitals), Group("subject", "Child", _PARENT), _CERTIFICATE,
    Group("mother", "Mother", _PARENT), Group("father", "Father", _PARENT), Leaf("vaccineCode", "VaccineCode"), Leaf("doseNo", "DoseNo"),
    Leaf("vaccDate", "VaccDate", values.day), Leaf("unitName", "UnitName", values.name), _VERSION,
)
# fmt: on
