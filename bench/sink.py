"""A fast stand-in for the national platform: takes every submission at once, counts it, has nothing to download.

``python -m bench.sink PORT``. It answers XC01 and XC02 with 0000 and a receipt, CX01 with 0000 for a serial number it has
seen and 2002 otherwise, XZ01 with an empty page. GET /count gives JSON: ``calls`` (submissions), ``serials`` and
``numbers`` (distinct SerialNo and enquiry numbers among them), ``last`` (CLOCK_MONOTONIC seconds of the last one).
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from typing import Final, cast

import httptools
import uvloop

_TAG: Final = rb"(?:&lt;|<)%s(?:&gt;|>)([^<&]{1,40})"
_TRANSACTION: Final = re.compile(_TAG % b"TransCode")
_SERIAL: Final = re.compile(_TAG % b"SerialNo")
_NUMBER: Final = re.compile(_TAG % b"XCH")
_ASKED: Final = re.compile(_TAG % b"YLSH")
_PAGE: Final = "<XZJG><SFYG>0</SFYG></XZJG>"


class Tally:
    """What came, by distinct key."""

    def __init__(self) -> None:
        self.calls, self.last = 0, 0.0
        self.serials: set[bytes] = set()
        self.numbers: set[bytes] = set()

    def answer(self, request: bytes) -> bytes:
        """The SOAP answer to one exchange. Raises ValueError when it is none."""
        transaction, serial = _TRANSACTION.search(request), _SERIAL.search(request)
        if transaction is None or serial is None:
            raise ValueError("no TransCode or SerialNo")
        kind, key = transaction[1].decode(), serial[1]
        if kind == "XZ01":
            return _envelope(kind, key, "0000", _PAGE)
        if kind == "CX01":
            asked = _ASKED.search(request)
            known = asked is not None and asked[1] in self.serials
            return _envelope(kind, key, "0000", _receipt(asked[1])) if known and asked else _envelope(kind, key, "2002", "")
        number = _NUMBER.search(request)
        self.calls, self.last = self.calls + 1, time.monotonic()
        self.serials.add(key)
        if number:
            self.numbers.add(number[1])
        return _envelope(kind, key, "0000", _receipt(key))

    def count(self) -> bytes:
        """The counts as JSON."""
        return json.dumps(
            {"calls": self.calls, "serials": len(self.serials), "numbers": len(self.numbers), "last": self.last}
        ).encode()


class _Connection(asyncio.Protocol):
    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._parser = cast("asyncio.Transport", transport), httptools.HttpRequestParser(self)
        self._body: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_url(self, url: bytes) -> None:
        self._url = url

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        request, self._body = b"".join(self._body), []
        status, media = b"200 OK", b"text/xml; charset=utf-8"
        try:
            body, media = (
                (self._tally.count(), b"application/json") if self._url == b"/count" else (self._tally.answer(request), media)
            )
        except ValueError as fault:
            status, body, media = b"400 Bad Request", str(fault).encode(), b"text/plain"
        self._transport.write(b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (status, media, len(body), body))
        if not self._parser.should_keep_alive():
            self._transport.close()


def _receipt(key: bytes) -> str:
    return f"<XCHZ><YLSH>{key.decode()}</YLSH><KYSJ>{time.strftime('%Y%m%d%H%M%S', time.gmtime(time.time() + 28800))}</KYSJ></XCHZ>"


def _envelope(kind: str, key: bytes, code: str, document: str) -> bytes:
    body = f"<Body>{document}</Body>" if document else ""
    text = (
        f"<Response><Head><TransCode>{kind}</TransCode><SerialNo>{key.decode()}</SerialNo><RetCode>{code}</RetCode>"
        f"<RetMsg>-</RetMsg></Head>{body}</Response>"
    ).replace("<", "&lt;")
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><e:exchangeResponse '
        f'xmlns:e="urn:standin:padis:exchange:1.0"><e:return>{text}</e:return></e:exchangeResponse></s:Body></s:Envelope>'
    ).encode()


async def serve(port: int) -> None:
    """Serve on the loopback address until cancelled."""
    tally = Tally()
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(tally), "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
