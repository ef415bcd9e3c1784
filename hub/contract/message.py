"""The message: one business document in the canonical vocabulary, with a header. Immutable by agreement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from hub.contract.xml import Element

ChannelName = NewType("ChannelName", str)
"""``<family>.<message>``, for example ``enquiry.request``; one channel is one message type of one XSD version."""


@dataclass(frozen=True, slots=True)
class Header:
    """What travels beside the body. ``from_system`` and ``sender`` come from the credential, never from the message.

    ``message_id`` is the sender's idempotency key (1..128 visible characters) and may hide personal data.
    ``created_at`` is aware. ``correlation_id`` is the MessageID that this one answers (wsa:RelatesTo).
    ``from_user`` is asserted by the spoke, audited as such, and grants nothing.
    """

    message_id: str
    channel: ChannelName
    version: str
    sender: str
    from_system: str
    from_div: str | None = None
    from_user: str | None = None
    created_at: datetime | None = None
    correlation_id: str | None = None
    caused_by: str | None = None
    test: bool = False


class Document:
    """Read access to a canonical document by paths of local names, for example ``subject/idNo``.

    Indexed once, when first asked; not for documents that change afterwards.
    """

    __slots__ = ("_index", "root")

    def __init__(self, root: Element) -> None:
        self.root = root
        self._index: dict[str, list[Element]] | None = None

    def elements(self, path: str) -> list[Element]:
        """Every element at the path, in document order."""
        if self._index is None:
            self._index = {}
            _index(self._index, self.root, "", str(self.root.tag).rfind("}") + 1)
        return self._index.get(path, [])

    def texts(self, path: str) -> tuple[str, ...]:
        """Every text at the path, in document order; empty when there is none."""
        return tuple((e.text or "").strip() for e in self.elements(path))

    def text(self, path: str) -> str | None:
        """The first text at the path, or None."""
        found = self.elements(path)
        return (found[0].text or "").strip() if found else None

    def has(self, path: str) -> bool:
        """Whether an element stands at the path."""
        return bool(self.elements(path))


def _index(index: dict[str, list[Element]], parent: Element, prefix: str, bare: int) -> None:
    """``bare`` is where the name begins in a tag: a document has one namespace."""
    for child in parent:
        path = prefix + str(child.tag)[bare:]
        index.setdefault(path, []).append(child)
        if len(child):
            _index(index, child, path + "/", bare)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as rules see it. ``hub_id`` and ``accepted_at`` are the hub's; ``body`` is the canonical document."""

    hub_id: int
    header: Header
    body: Document
    accepted_at: datetime


def check_character(number: int) -> str:
    """The check character of a hub id: ISO 7064 MOD 11-2 over its decimal digits (``0``–``9`` or ``X``)."""
    rest = 0
    for digit in str(number):
        rest = (rest + int(digit)) * 2 % 11
    return "0123456789X"[(12 - rest) % 11]


def show_hub_id(number: int) -> str:
    """The hub id as people and logs see it: ``10234-7``."""
    return f"{number}-{check_character(number)}"


def read_hub_id(text: str) -> int | None:
    """The integer behind a shown hub id, or None when the form or the check character is wrong."""
    digits, dash, check = text.strip().partition("-")
    if not dash or not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        return None
    number = int(digits)
    return number if check.upper() == check_character(number) and str(number) == digits else None
