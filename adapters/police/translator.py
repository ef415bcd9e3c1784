"""What the police send → canonical, and the one question they are asked ← canonical. Pure; reads the dictionary in `vocabulary`."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from adapters.police.vocabulary import NOT_IN_REPLIES, QUESTION, SPACE, WORDS
from hub.contract.errors import TRANSLATION, FlowError
from hub.contract.message import ChannelName
from hub.contract.xml import Element, local_name
from hub.contract.xml_text import element, leaf

RECORD: Final = ChannelName("police.record")
CASE, CASE_REPLY = ChannelName("police.case"), ChannelName("police.case_reply")
_MORE: Final = "1"


class PoliceTranslator:
    """Implements `hub.contract.adapter.Translator` for records, the case query and its answer."""

    version = "police-1"

    def to_canonical(self, channel: ChannelName, own: Element) -> Element:
        """A ``policeRecord`` of an ITEM, a ``policeCaseReply`` of a GACXJG. What is empty there is absent here."""
        if channel == RECORD:
            return element([f'<policeRecord xmlns="urn:pophub:{RECORD}:1.0">', *_record(own), "</policeRecord>"])
        if channel != CASE_REPLY:
            raise FlowError(TRANSLATION)
        rows = [item for items in own.iterchildren(f"{{{SPACE}}}ITEMS") for item in items]
        made = [f'<policeCaseReply xmlns="urn:pophub:{CASE_REPLY}:1.0">', leaf("found", _flag(bool(rows)))]
        made.append(leaf("more", _flag(own.findtext(f"{{{SPACE}}}SFYG") == _MORE)))
        for row in rows:
            made += ("<record>", *_record(row, leave_out=NOT_IN_REPLIES), "</record>")
        return element([*made, "</policeCaseReply>"])

    def from_canonical(self, channel: ChannelName, view: Element) -> Element:
        """The GACX of a case query. Raises FlowError ``Flow.Translation`` for anything else: nothing else goes there."""
        if channel != CASE:
            raise FlowError(TRANSLATION)
        made = [leaf(QUESTION[local_name(part)], _theirs(part)) for part in view]
        return element([f'<GACX xmlns="{SPACE}">', *made, "</GACX>"])


def _record(own: Element, leave_out: Container[str] = ()) -> list[str]:
    made = []
    for part in own:
        theirs, text = local_name(part), part.text or ""
        if theirs in leave_out:
            continue
        word = WORDS[theirs]
        ours = word.form(text) if text.strip() else ""
        if ours:
            made.append(leaf(word.canonical, ours))
    return made


def _theirs(part: Element) -> str:
    text = part.text or ""
    return text.zfill(2) if local_name(part) == "purpose" else text


def _flag(value: bool) -> str:
    return "true" if value else "false"
