"""Deliveries and facts of the register, written out: what the compare of births is tried on. Everybody is made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from hub.contract.lookup import Fact
from hub.contract.message import ChannelName, Document, Header, Message
from hub.contract.xml import Element, parse

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2024, 6, 3, 9, 0, tzinfo=CHINA)
LIN, CHEN = "359901199005100022", "359902198903150042"
HUSBAND, OTHER = "359902198808070017", "359903198502030015"
HOSPITAL, TOWN_A, TOWN_B = "350203001000", "350702001000", "350203002000"
NEEDS = ("byNumber", "byHusband", "byName", "ofMother", "ofFather", "ofName")


def person(name: str = "林小芳", number: str | None = LIN, **more: str) -> str:
    """The parts of a PersonRef, in the order of the schema."""
    parts = {"name": name, "certType": "01", "idNo": number or "", **more}
    order = ("name", "certType", "idNo", "sex", "birthDate", "hukouDiv", "residenceDiv", "mobile")
    return "".join(f"<{part}>{parts[part]}</{part}>" for part in order if parts.get(part))


def newborn(order: int = 1, sex: str = "1", at: str = "2024-03-05T10:00:00+08:00", cert: str = "", *, alive: bool = True) -> str:
    """One newborn."""
    live, number = str(alive).lower(), f"<birthCertNo>{cert}</birthCertNo>" if cert else ""
    return f"<newborn><birthOrder>{order}</birthOrder><liveFlag>{live}</liveFlag><sex>{sex}</sex><birthTime>{at}</birthTime>{number}</newborn>"


def delivery(
    newborns: Sequence[str] = (),
    mother: str | None = None,
    father: str = "",
    record: str = "D1",
    time: str = "2024-03-06T08:00:00+08:00",
    place: str = HOSPITAL,
    at: str = "",
) -> bytes:
    """A canonical delivery; its time is that of the first newborn unless ``at`` says another."""
    born = list(newborns) or [newborn()]
    at = at or born[0].partition("<birthTime>")[2].partition("<")[0]
    return (
        f'<healthDelivery xmlns="urn:pophub:health.delivery:1.0"><recordNo>{record}</recordNo><orgCode>426600010</orgCode>'
        f"<orgName>思明区妇幼保健院</orgName><orgDiv>{place}</orgDiv><mother>{mother or person()}</mother>"
        f"{f'<father>{father}</father>' if father else ''}<deliveryTime>{at}</deliveryTime><birthCount>{len(born)}</birthCount>"
        f"<liveBirthCount>{sum('true' in b for b in born)}</liveBirthCount>{''.join(born)}<recordTime>{time}</recordTime></healthDelivery>"
    ).encode()


def message(document: bytes, channel: str = "health.delivery", hub_id: int = 10234) -> Message:
    """The message of a canonical document."""
    header = Header("P20240306001", ChannelName(channel), "1.0", "phc", "PHC")
    return Message(hub_id, header, Document(parse(document)), NOW)


def woman(
    person_id: str = "W1",
    name: str = "林小芳",
    number: str = LIN,
    side: str = "1",
    unit: str = TOWN_A,
    status: str = "1",
    **more: str,
) -> dict[str, str]:
    """A fact of a mother: one of her sides."""
    told = {"personId": person_id, "name": name, "idNo": number, "side": side, "managedDiv": unit, "recordStatus": status, **more}
    return {field: value for field, value in told.items() if value}


def floating(inflows: str = "", unit: str = TOWN_B, **more: str) -> dict[str, str]:
    """A fact of a mother on the floating side; ``inflows`` as the register gives them: ``from/to from/``."""
    return woman(side="2", unit=unit, inflows=inflows, **more)


def child(
    child_id: str = "C1", born: str = "2024-03-05", sex: str = "1", order: str = "1", mother: str = "W1", **more: str
) -> dict[str, str]:
    """A fact of a child of hers."""
    return {"motherId": mother, "childId": child_id, "birthDate": born, "sex": sex, "birthOrder": order, "alive": "true", **more}


def facts(*mothers: Fact, children: Sequence[Fact] = (), **more: Sequence[Fact]) -> Mapping[str, tuple[Fact, ...]]:
    """Facts of a delivery: ``mothers`` were found by the number, ``children`` are theirs."""
    given = {"byNumber": mothers, "ofMother": children, **more}
    return {need: tuple(given.get(need, ())) for need in NEEDS}


def texts(document: Element) -> dict[str, Any]:
    """The flat parts of a document by local name; the first of each."""
    found: dict[str, Any] = {}
    for part in document.iter():
        found.setdefault(str(part.tag).rpartition("}")[2], part.text)
    return found
