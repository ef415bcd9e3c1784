"""The health systems' records → canonical, canonical results → their receipts. Pure; reads the dictionary in `vocabulary`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from adapters.health import values
from adapters.health.vocabulary import DELIVERY, VACCINATION, Group, Leaf, Many, Part
from hub.contract.errors import TRANSLATION, FlowError
from hub.contract.message import ChannelName
from hub.contract.xml import Element, local_name
from hub.contract.xml_text import element, leaf

DELIVERED: Final = ChannelName("health.delivery")
VACCINATED: Final = ChannelName("health.vaccination")
RESULT: Final = ChannelName("health.result")
SPACE: Final = "urn:standin:health:1.0"
CITIZEN_CARD, OTHER_CARD = "01", "99"
_RECORDS: Final[Mapping[ChannelName, tuple[str, tuple[Part, ...]]]] = {
    DELIVERED: ("healthDelivery", DELIVERY),
    VACCINATED: ("healthVaccination", VACCINATION),
}
_RESULT: Final = (
    ("batchNo", "HubNo"), ("recordSeq", "RecordSeq"), ("sourceRecordNo", "RecordNo"), ("sourceRecordTime", "UpdateTime"), ("accepted", "Accepted"), ("code", "ResultCode"),
    ("element", "ElementPath"), ("time", "ProcessTime"),
)  # fmt: skip


class HealthTranslator:
    """Implements `hub.contract.adapter.Translator`: records come in, results go out."""

    version = "1.0"

    def to_canonical(self, channel: ChannelName, own: Element) -> Element:
        """The canonical record; what has no place there is dropped. Raises FlowError for a channel that health does not send."""
        if channel not in _RECORDS:
            raise FlowError(TRANSLATION)
        root, parts = _RECORDS[channel]
        record = own.find(f"{{{SPACE}}}Record") if channel == DELIVERED else own
        made = _made(own if record is None else record, parts)
        return element([f'<{root} xmlns="urn:pophub:{channel}:1.0">', *made, f"</{root}>"])

    def from_canonical(self, channel: ChannelName, view: Element) -> Element:
        """The receipt for the sender. Raises FlowError for a channel that health does not take."""
        if channel != RESULT:
            raise FlowError(TRANSLATION)
        told = {local_name(part): part.text or "" for part in view}
        told["accepted"] = "T" if told["accepted"] == "true" else "F"
        for moment in ("time", "sourceRecordTime"):
            told[moment] = values.compact_moment(told[moment])
        made = [leaf(own, told[canonical]) for canonical, own in _RESULT if canonical in told]
        return element([f'<ResultRecord xmlns="{SPACE}">', *made, "</ResultRecord>"])


def _made(record: Element, parts: Sequence[Part]) -> list[str]:
    """The canonical children of a record, in the order of the dictionary."""
    said = {local_name(child): child.text or "" for child in record if not len(child)}
    made: list[str] = []
    for part in parts:
        if isinstance(part, Leaf):
            made += _leaf(part, said, "")
        elif isinstance(part, Group):
            made += _person(part, said)
        else:
            made += _repeated(part, record)
    return made


def _leaf(part: Leaf, said: Mapping[str, str], prefix: str) -> list[str]:
    text = said.get(prefix + part.own)
    return [] if text is None else [leaf(part.canonical, part.form(text))]


def _person(group: Group, said: Mapping[str, str]) -> list[str]:
    """A canonical person always states a kind of card: that of the record, else the citizen's when there is a number."""
    if f"{group.prefix}Name" not in said:
        return []
    card = CITIZEN_CARD if f"{group.prefix}CardNo" in said else OTHER_CARD
    told = {f"{group.prefix}CardType": card, **said}
    inner = [text for part in group.parts for text in _leaf(part, told, group.prefix)]
    return [f"<{group.canonical}>", *inner, f"</{group.canonical}>"]


def _repeated(many: Many, record: Element) -> list[str]:
    made: list[str] = []
    for found in record.iterchildren(f"{{{SPACE}}}{many.own}"):
        said = {local_name(child): child.text or "" for child in found}
        made += (f"<{many.canonical}>", *(text for part in many.parts for text in _leaf(part, said, "")), f"</{many.canonical}>")
    return made
