"""Canonical certificates and verifications ↔ the documents of the certificate database. Pure; reads the dictionary in `vocabulary`."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Final

from lxml import etree

from adapters.ehycert.vocabulary import CERTIFICATE, DAY, FLAG, PROVINCE, SEEN, VERIFY, Group
from hub.contract.batch import Head
from hub.contract.message import ChannelName
from hub.contract.xml import Element
from hub.contract.xml_text import element, leaf

RECORD: Final = ChannelName("ecert.record")
VERIFICATION, VERIFIED = ChannelName("ecert.verify"), ChannelName("ecert.verify_reply")
SPACE: Final = "urn:standin:ecert:data:1.0"
MONTHLY: Final = "M"
"""The kind of a batch of new certificates, the one kind that is sent."""
_OWN: Final = f"{{{SPACE}}}"
_DOCUMENTS: Final = {RECORD: CERTIFICATE, VERIFICATION: VERIFY}
_PRINTABLE: Final = ("V", "C")


class EcertTranslator:
    """Implements `hub.contract.adapter.Translator` and `hub.contract.batch.Framing`."""

    version = "1.0"

    def from_canonical(self, channel: ChannelName, view: Element) -> Element:
        """A ROW for a certificate, a VERIFY for a verification."""
        document = _DOCUMENTS[channel]
        return element([f'<{document.own} xmlns="{SPACE}">', *_own(view, document), f"</{document.own}>"])

    def to_canonical(self, channel: ChannelName, own: Element) -> Element:
        """What VERIFIED says. A miss suggests an enquiry, unless the province takes no part (requirements, 电子婚育证查验)."""
        held, covered = own.findall(f"{_OWN}HELD"), own.findtext(f"{_OWN}COVERED") == "Y"
        parts = [f'<ecertVerifyReply xmlns="urn:pophub:{channel}:1.0">', leaf("found", _flag(held)), leaf("more", "false")]
        for one in held:
            parts += ("<certificate>", *_seen(one), "</certificate>")
        parts += (leaf("suggestEnquiry", _flag(not held and covered)), leaf("notCovered", _flag(not held and not covered)))
        for province in () if held else own.findall(f"{_OWN}PROVINCE"):
            parts += ("<coverage>", *_canonical(province, PROVINCE), "</coverage>")
        return element([*parts, "</ecertVerifyReply>"])

    def frame(self, _channel: ChannelName, head: Head, records: Sequence[Element]) -> Element:
        """The PACKAGE of one part; each ROW gets its number in the whole batch."""
        day = head.period.last.isoformat()
        fields = (
            ("BATCH_NO", head.batch_no), ("KIND", MONTHLY), ("PERIOD", head.period.name[:6]), ("BATCH_DATE", DAY.own(day)),
            ("TOTAL", str(head.count)), ("PART", str(head.part)), ("PARTS", str(head.parts)), ("FIRST", str(head.first)),
        )  # fmt: skip
        package = element([f'<PACKAGE xmlns="{SPACE}"><HEAD>', *(leaf(name, text) for name, text in fields), "</HEAD></PACKAGE>"])
        for number, record in enumerate(records, head.first):
            row, seq = copy.deepcopy(record), etree.Element(f"{_OWN}SEQ")
            seq.text = str(number)
            row.insert(0, seq)
            package.append(row)
        return package


def _flag(truth: object) -> str:
    return "true" if truth else "false"


def _own(source: Element, group: Group) -> list[str]:
    """The children of a canonical element in the own vocabulary; what the dictionary lacks is left out."""
    made: list[str] = []
    for child in source:
        part = group.words.get(str(child.tag).rpartition("}")[2])
        if isinstance(part, Group):
            inside = _own(child, part)
            made += (f"<{part.own}>", *inside, f"</{part.own}>") if part.own else inside
        elif part:
            made.append(leaf(part.own, part.form.own(child.text or "")))
    return made


def _canonical(source: Element, group: Group) -> list[str]:
    """The canonical children for an element of the own vocabulary, in the order of the dictionary."""
    made: list[str] = []
    for part in group.parts:
        if isinstance(part, Group):
            for found in source.findall(_OWN + part.own) if part.own else (source,):
                made += (f"<{part.canonical}>", *_canonical(found, part), f"</{part.canonical}>")
        elif (text := source.findtext(_OWN + part.own)) is not None:
            made.append(leaf(part.canonical, part.form.canonical(text)))
    return made


def _seen(held: Element) -> list[str]:
    """A certificate that is held; one that is cancelled stays visible, with day and reason."""
    row, day = held[0], held.findtext(f"{_OWN}CANCELLED_ON")
    made = [*_canonical(row, SEEN), leaf("cancelled", FLAG.canonical("Y" if day else "N"))]
    if day:
        reason = held.findtext(f"{_OWN}CANCEL_REASON", "")
        made += ("<cancellation>", leaf("date", DAY.canonical(day)), leaf("reason", reason), "</cancellation>")
    return [*made, leaf("printable", _flag(row.findtext(f"{_OWN}STATE") in _PRINTABLE and not day))]
