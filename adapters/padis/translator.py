"""Canonical enquiries and feedback ↔ PADIS's documents (协查、协查反馈). Pure; reads the dictionary in `vocabulary`."""

from __future__ import annotations

from typing import Final

from lxml import etree

from adapters.padis.vocabulary import ENQUIRY_FEEDBACK, ENQUIRY_REQUEST, Group
from hub.contract.errors import TRANSLATION, FlowError
from hub.contract.message import ChannelName
from hub.contract.xml import Element, local_name

REQUEST: Final = ChannelName("enquiry.request")
FEEDBACK: Final = ChannelName("enquiry.feedback")
FLOATING_REGISTER: Final = "FJFPIS"
"""The system that PADIS is told asks when the view names none: only the floating register enquires across provinces."""
NO_NUMBER_REASON: Final = "对方未提供"

_DOCUMENTS: Final = {REQUEST: ENQUIRY_REQUEST, FEEDBACK: ENQUIRY_FEEDBACK}
_AFTER_CERT_TYPE: Final = 2


class PadisTranslator:
    """Implements `hub.contract.adapter.Translator` for ``enquiry.request`` and ``enquiry.feedback``."""

    version = "1.0"

    def to_canonical(self, channel: ChannelName, own: Element) -> Element:
        """The canonical document. The sender's FQXT of a request is left out: the header says who asks."""
        space = f"urn:pophub:{channel}:1.0"
        document = _DOCUMENTS[channel]
        root = etree.Element(f"{{{space}}}{document.canonical}", nsmap={None: space})  # type: ignore[dict-item]
        _fill(root, own, document, to_own=False)
        if channel == REQUEST:
            root.remove(root[0])
        for person in root.iterchildren("{*}subject", "{*}verifiedSubject"):
            _explain_missing_number(person, space)
        return root

    def from_canonical(self, channel: ChannelName, view: Element) -> Element:
        """PADIS's document. Raises FlowError ``Flow.Translation`` for a material that is only referred to: PADIS cannot fetch it."""
        if view.find("{*}material/{*}href") is not None:
            raise FlowError(TRANSLATION)
        document = _DOCUMENTS[channel]
        root = etree.Element(document.own)
        _fill(root, view, document, to_own=True)
        if root.find("FQXT") is None:
            system = etree.Element("FQXT")
            system.text = FLOATING_REGISTER
            root.insert(0, system)
        return root


def _fill(target: Element, source: Element, group: Group, *, to_own: bool) -> None:
    """Translate the children of ``source`` into ``target``, in the dictionary's order."""
    found: dict[str, list[Element]] = {}
    for child in source:
        found.setdefault(local_name(child), []).append(child)
    space = "" if to_own else target.tag[: target.tag.index("}") + 1]
    for part in group.parts:
        here, there = (part.canonical, part.own) if to_own else (part.own, part.canonical)
        children = found.get(here)
        if children is None:
            continue
        if isinstance(part, Group):
            for child in children:
                _fill(etree.SubElement(target, space + there), child, part, to_own=to_own)
        else:
            translate = part.form.own if to_own else part.form.canonical
            texts = [child.text or "" for child in children]
            if part.joined:
                texts = [",".join(texts)] if to_own else ",".join(texts).split(",")
            for text in texts:
                etree.SubElement(target, space + there).text = translate(text)


def _explain_missing_number(person: Element, space: str) -> None:
    """A canonical person has a number or the reason for its absence; PADIS may send neither."""
    if not {local_name(part) for part in person} & {"idNo", "noIdReason"}:
        reason = etree.Element(f"{{{space}}}noIdReason")
        reason.text = NO_NUMBER_REASON
        person.insert(_AFTER_CERT_TYPE, reason)
