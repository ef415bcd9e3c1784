"""What the headers of a call say: wsa:MessageID, wsa:RelatesTo (WS-Addressing 1.0) and our h:Header, typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from hub.contract.errors import HEADER, MESSAGE_ID, ClientError, ErrorKind
from hub.contract.xml import Element
from hub.transports.header_values import HubHeader, division, flag, is_identifier, moment, user

T = TypeVar("T")

WSA: Final = "{http://www.w3.org/2005/08/addressing}"
HUB: Final = "{urn:pophub:header:1.0}"
MESSAGE, RELATES_TO, TO, ACTION = f"{WSA}MessageID", f"{WSA}RelatesTo", f"{WSA}To", f"{WSA}Action"
REPLY_TO, FAULT_TO, HUB_HEADER = f"{WSA}ReplyTo", f"{WSA}FaultTo", f"{HUB}Header"
SECURITY_HEADER: Final = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}Security"
UNDERSTOOD: Final = frozenset({MESSAGE, RELATES_TO, TO, ACTION, REPLY_TO, HUB_HEADER, SECURITY_HEADER})

_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_FIELDS: Final = tuple(HUB + name for name in ("fromDiv", "fromUser", "createdAt", "testFlag"))
_ENVELOPES: Final = ("{http://schemas.xmlsoap.org/soap/envelope/}", "{http://www.w3.org/2003/05/soap-envelope}")


def message_id(headers: Iterable[Element]) -> str:
    """The wsa:MessageID: 1 to 128 visible characters. Raises ClientError ``Client.MessageId`` when missing or not so."""
    entry = _entry(headers, MESSAGE)
    if entry is None:
        raise ClientError(MESSAGE_ID, path="Header/MessageID")
    return _identifier(entry, MESSAGE_ID)


def relates_to(headers: Iterable[Element]) -> str | None:
    """The MessageID this call answers (wsa:RelatesTo), or None. Raises ClientError ``Client.Header`` when malformed."""
    entry = _entry(headers, RELATES_TO)
    return None if entry is None else _identifier(entry, HEADER)


def hub_header(headers: Iterable[Element]) -> HubHeader:
    """Our h:Header, all defaults when there is none.

    Raises ClientError ``Client.Header`` for an element that is unknown, repeated, out of order or not of its type.
    """
    entry = _entry(headers, HUB_HEADER)
    if entry is None:
        return HubHeader()
    places = [_FIELDS.index(child.tag) if child.tag in _FIELDS else -1 for child in entry]
    plain = all(str(name).startswith(_ENVELOPES) for name in entry.attrib) and not (entry.text or "").strip()
    if not plain or -1 in places or places != sorted(set(places)):
        raise ClientError(HEADER, path="Header/Header", line=line_of(entry))
    given = {child.tag.removeprefix(HUB): child for child in entry}
    return HubHeader(
        from_div=_read(given["fromDiv"], division) if "fromDiv" in given else None,
        from_user=_read(given["fromUser"], user) if "fromUser" in given else None,
        created_at=_read(given["createdAt"], moment) if "createdAt" in given else None,
        test=_read(given["testFlag"], flag) if "testFlag" in given else False,
    )


def reply_address(entry: Element) -> str:
    """The address inside wsa:ReplyTo or wsa:FaultTo; empty when there is none."""
    return (entry.findtext(f"{WSA}Address") or "").strip()


def header_text(headers: Iterable[Element], tag: str) -> str | None:
    """The text of the entry of that name with surrounding white space off (anyURI), or None when there is none."""
    entry = _entry(headers, tag)
    return None if entry is None else (entry.text or "").strip()


def line_of(element: Element) -> int | None:
    """The 1-based line of the start tag in the bytes received."""
    line = element.sourceline
    return line if isinstance(line, int) else None


def _entry(headers: Iterable[Element], tag: str) -> Element | None:
    """The entry of that name. One that is nil is none: JAX-WS writes it for a header parameter that its caller left out."""
    return next((entry for entry in headers if entry.tag == tag and not _is_nil(entry)), None)


def _is_nil(entry: Element) -> bool:
    return entry.get(_NIL) in ("true", "1") and len(entry) == 0 and not entry.text


def _identifier(entry: Element, kind: ErrorKind) -> str:
    text = entry.text or ""
    if len(entry) or not is_identifier(text):
        raise ClientError(kind, path=f"Header/{entry.tag.rpartition('}')[2]}", line=line_of(entry))
    return text


def _refused(field: Element) -> ClientError:
    return ClientError(HEADER, path=f"Header/Header/{field.tag.rpartition('}')[2]}", line=line_of(field))


def _read(field: Element, value: Callable[[str], T]) -> T:
    if len(field) or field.attrib or (field.tail or "").strip():
        raise _refused(field)
    try:
        return value(field.text or "")
    except ValueError:
        raise _refused(field) from None
