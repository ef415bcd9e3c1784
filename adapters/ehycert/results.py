"""The results of a part: out of the zip, checked, one for each record."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Final

from adapters.ehycert import exchange
from adapters.ehycert.archive import BadArchiveError, unpack
from adapters.ehycert.faults import record_state
from adapters.ehycert.translator import SPACE
from hub.contract.errors import ClientError
from hub.contract.outcome import Outcome, PerRecord, RecordResult, Released
from hub.contract.xml import Element, parse
from hub.transports.own_schema import OwnSchema

DOCUMENT: Final = "result.xml"
_MOST_ELEMENTS: Final = 200_000
_OWN: Final = f"{{{SPACE}}}"


class Results:
    """Reads what `QueryResult` brings. Thread-safe."""

    def __init__(self) -> None:
        self._schema = OwnSchema(exchange.SCHEMAS / "result.xsd")

    def read(self, reply: Element) -> Outcome:
        """PerRecord; Released with ``reply.…`` when it cannot be trusted: the ticket is then asked about again, and nothing of it is believed."""
        try:
            archive = base64.b64decode(exchange.text(reply, "content"), validate=True)
            if exchange.digest(archive) != exchange.text(reply, "digest"):
                return Released("reply.digest")
            found = parse(unpack(archive, DOCUMENT), max_bytes=16 * 1024 * 1024, max_elements=_MOST_ELEMENTS)
        except BadArchiveError as fault:
            return Released(f"reply.zip.{fault}")
        except (ClientError, ValueError):
            return Released("reply.document")
        if found.tag != f"{_OWN}RESULT" or not self._schema.accepts(found):
            return Released("reply.schema")
        return _judged(found)


def _judged(found: Element) -> Outcome:
    first, count = int(found.findtext(f"{_OWN}FIRST", "")), int(found.findtext(f"{_OWN}COUNT", ""))
    records = tuple(map(_record, found.findall(f"{_OWN}RECORD")))
    at = _moment(found.findtext(f"{_OWN}DONE_AT", ""))
    if at is None or [record.number for record in records] != list(range(first, first + count)):
        return Released("reply.records")
    return PerRecord(records, effective_at=at)


def _record(found: Element) -> RecordResult:
    code = found.findtext(f"{_OWN}CODE", "")
    return RecordResult(int(found.findtext(f"{_OWN}SEQ", "")), record_state(code), code, found.findtext(f"{_OWN}NATIONAL_NO"))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(f"{text}+0800", "%Y%m%d%H%M%S%z")
    except ValueError:
        return None
