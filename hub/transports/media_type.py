"""A Content-Type header as RFC 9110 section 8.3 writes it: nothing is guessed, nothing repeated."""

from __future__ import annotations

import re
from typing import Final

from hub.contract.errors import CONTENT_TYPE, ClientError

_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_TYPE: Final = re.compile(rf"\s*({_WORD}/{_WORD})\s*")
_PARAMETER: Final = re.compile(rf';\s*({_WORD})=(?:({_WORD})|"((?:[^"\\\x00-\x1f]|\\[^\x00-\x1f])*)")\s*')
_LONGEST: Final = 512


def media_type(value: str) -> tuple[str, dict[str, str]]:
    """The media type in lower case and its parameters by lower-case name. Raises ClientError ``Client.ContentType``."""
    head = _TYPE.match(value) if len(value) <= _LONGEST else None
    if head is None:
        raise ClientError(CONTENT_TYPE)
    given: dict[str, str] = {}
    at = head.end()
    while at < len(value):
        found = _PARAMETER.match(value, at)
        if found is None or found[1].lower() in given:
            raise ClientError(CONTENT_TYPE)
        given[found[1].lower()] = found[2] or re.sub(r"\\(.)", r"\1", found[3])
        at = found.end()
    return head[1].lower(), given
