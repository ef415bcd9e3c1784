"""Canonical enquiries, notices, what belongs to them and case queries ↔ PADIS's documents (协查、反馈、退回、撤回、通报、确认、个案查询).

Pure; reads the dictionary in `vocabulary`.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from adapters.padis.vocabulary import (
    ENQUIRY_CASE,
    ENQUIRY_CASE_REPLY,
    ENQUIRY_FEEDBACK,
    ENQUIRY_REQUEST,
    ENQUIRY_RETURN,
    ENQUIRY_WITHDRAW,
    ENQUIRY_WITHDRAWN,
    NOTICE_CONTRACEPTION,
    NOTICE_RECEIPT,
    Group,
)
from hub.contract.errors import TRANSLATION, FlowError
from hub.contract.message import ChannelName
from hub.contract.xml import Element, local_name
from hub.contract.xml_text import element, leaf

REQUEST: Final = ChannelName("enquiry.request")
FEEDBACK: Final = ChannelName("enquiry.feedback")
RETURN: Final = ChannelName("enquiry.return")
WITHDRAW: Final = ChannelName("enquiry.withdraw")
WITHDRAWN: Final = ChannelName("enquiry.withdrawn")
NOTICE, RECEIPT = ChannelName("notice.contraception"), ChannelName("notice.contraception_receipt")
CASE, CASE_REPLY = ChannelName("enquiry.case"), ChannelName("enquiry.case_reply")
FLOATING_REGISTER: Final = "FJFPIS"
"""The system that PADIS is told asks, or tells, when the view names none, as a sample may; the hub fills it in."""
NO_NUMBER_REASON: Final = "对方未提供"

_DOCUMENTS: Final = {
    REQUEST: ENQUIRY_REQUEST, FEEDBACK: ENQUIRY_FEEDBACK, RETURN: ENQUIRY_RETURN, WITHDRAW: ENQUIRY_WITHDRAW, WITHDRAWN: ENQUIRY_WITHDRAWN,
    NOTICE: NOTICE_CONTRACEPTION, RECEIPT: NOTICE_RECEIPT, CASE: ENQUIRY_CASE, CASE_REPLY: ENQUIRY_CASE_REPLY,
}  # fmt: skip
_AFTER_CERT_TYPE: Final = 2


class PadisTranslator:
    """Implements `hub.contract.adapter.Translator` for the channels of ``enquiry`` and ``notice`` and the case query."""

    version = "1.2"

    def to_canonical(self, channel: ChannelName, own: Element) -> Element:
        """The canonical document. The sender's FQXT of a request or notice is left out: the header says who it is."""
        space, document = f"urn:pophub:{channel}:1.0", _DOCUMENTS[channel]
        root = element(
            [f'<{document.canonical} xmlns="{space}">', *_fill(own, document, 0, to_own=False), f"</{document.canonical}>"]
        )
        if channel in (REQUEST, NOTICE):
            root.remove(root[0])
        for person in root.iterchildren("{*}subject", "{*}verifiedSubject"):
            _explain_missing_number(person, space)
        return root

    def from_canonical(self, channel: ChannelName, view: Element) -> Element:
        """PADIS's document. Raises FlowError ``Flow.Translation`` for an attachment that is only referred to: PADIS cannot fetch it."""
        document = _DOCUMENTS[channel]
        made = _fill(view, document, view.tag.index("}") + 1, to_own=True)
        if channel != CASE and not made[0].startswith("<FQXT>"):
            made.insert(0, leaf("FQXT", FLOATING_REGISTER))
        return element([f"<{document.own}>", *made, f"</{document.own}>"])


def _fill(source: Element, group: Group, bare: int, *, to_own: bool) -> list[str]:
    """The children of ``source`` in the other vocabulary; ``bare`` is where names begin in its tags. Both schemas have one order."""
    made: list[str] = []
    words = group.words[to_own]
    for child in source:
        part = words.get(child.tag[bare:])
        if part is None:
            if local_name(child) == "href":
                raise FlowError(TRANSLATION)
            continue
        name = part.own if to_own else part.canonical
        if isinstance(part, Group):
            made += (f"<{name}>", *_fill(child, part, bare, to_own=to_own), f"</{name}>")
            continue
        text, translate = child.text or "", part.form.own if to_own else part.form.canonical
        if part.joined and to_own and made and made[-1].startswith(f"<{name}>"):
            made[-1] = made[-1].replace("</", f",{translate(text)}</")
        elif part.joined:
            made += [leaf(name, translate(one)) for one in text.split(",")]
        else:
            made.append(leaf(name, translate(text)))
    return made


def _explain_missing_number(person: Element, space: str) -> None:
    """A canonical person has a number or the reason for its absence; PADIS may send neither."""
    if not {local_name(part) for part in person} & {"idNo", "noIdReason"}:
        reason = etree.Element(f"{{{space}}}noIdReason")
        reason.text = NO_NUMBER_REASON
        person.insert(_AFTER_CERT_TYPE, reason)
