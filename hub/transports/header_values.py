"""The values of a message header, however it came: as elements of a SOAP header or as fields of an HTTP request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_DIVISION: Final = re.compile(r"[1-9][0-9]{11}")
_TIME: Final = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?\+08:00")
_FLAGS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class HubHeader:
    """What the sender states beside its message (header-1.0.xsd). None of it grants anything.

    ``from_div`` is a 12-digit division; ``from_user`` 1..64 characters; ``created_at`` is aware, in Beijing time.
    """

    from_div: str | None = None
    from_user: str | None = None
    created_at: datetime | None = None
    test: bool = False


def is_identifier(text: str) -> bool:
    """Whether it may be a MessageID: 1 to 128 visible characters."""
    return 1 <= len(text) <= 128 and " " not in text and text.isprintable()


def division(text: str) -> str:
    """A division of 12 digits. Raises ValueError."""
    if not _DIVISION.fullmatch(text):
        raise ValueError("division")
    return text


def user(text: str) -> str:
    """A user of the sender: 1 to 64 printable characters. Raises ValueError."""
    if not 1 <= len(text) <= 64 or not text.isprintable():
        raise ValueError("user")
    return text


def moment(text: str) -> datetime:
    """A time in Beijing's offset, white space around it off. Raises ValueError."""
    stripped = text.strip(" \t\r\n")
    return datetime.fromisoformat(stripped if _TIME.fullmatch(stripped) else "")


def flag(text: str) -> bool:
    """``true`` or ``false``, white space around it off. Raises ValueError."""
    try:
        return _FLAGS[text.strip(" \t\r\n")]
    except KeyError:
        raise ValueError("flag") from None
