"""How canonical documents are written: UTF-8 with an XML declaration, one default namespace, no blank between elements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from lxml import etree

from demo.province.person import Elements
from hub.reference.calendar import CHINA
from hub.reference.division_code import div9


def as_document(channel: str, body: Elements) -> bytes:
    """The document of a channel; its root is the channel's name in camel case."""
    namespace = f"urn:pophub:{channel}:1.0"
    first, *rest = channel.replace("_", ".").split(".")
    root = first + "".join(word.capitalize() for word in rest)
    element = etree.Element(f"{{{namespace}}}{root}", nsmap={None: namespace})  # type: ignore[dict-item]
    _fill(element, namespace, body)
    return etree.tostring(element, encoding="UTF-8", xml_declaration=True)


def user_of(div: str) -> str:
    """A user of the unit of a division."""
    return div9(div) + "L001"


def as_day(moment: datetime) -> str:
    """A moment's day in China."""
    day: date = moment.astimezone(CHINA).date()
    return day.isoformat()


def as_stamp(moment: datetime) -> str:
    """A moment as the vocabulary writes it."""
    return moment.astimezone(CHINA).isoformat(timespec="seconds")


def _fill(parent: etree._Element, namespace: str, body: Elements) -> None:
    for name, value in body.items():
        for one in value if isinstance(value, list) else [value]:
            child = etree.SubElement(parent, f"{{{namespace}}}{name}")
            if isinstance(one, Mapping):
                _fill(child, namespace, one)
            else:
                child.text = one
