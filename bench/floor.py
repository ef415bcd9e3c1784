"""The floor: what the job costs in one bare process, for the same bytes. ``python -m bench.floor PORT SINK_PORT DATABASE``.

HTTP in → parse → the hub's canonical XSD → SQLite group commit → answer → XSLT → the national platform's XSD → HTTP out →
status update. No identity, duplicates, order, encryption, audit, receipts, retries or lookups: it is a measure, not a hub.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Final, cast

import httptools
import uvloop
from lxml import etree

from bench.floor_store import FloorStore

ROOT: Final = Path(__file__).parents[1]
_IN_FLIGHT: Final = 64
_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True)
_CANONICAL: Final = etree.XMLSchema(etree.parse(ROOT / "schemas/canonical/1.0/enquiry.request.xsd"))
_NATIONAL: Final = etree.XMLSchema(etree.parse(ROOT / "schemas/padis/1.0/xc01.xsd"))
_TRANSLATE: Final = etree.XSLT(etree.parse(Path(__file__).with_name("floor.xsl")))
_ANSWER: Final = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<submitResponse xmlns="urn:pophub:services:1.0"><hubId>{}</hubId></submitResponse></s:Body></s:Envelope>'
)
_OUT: Final = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<exchange xmlns="urn:standin:padis:exchange:1.0"><xml>{}</xml></exchange></s:Body></s:Envelope>'
)
_REQUEST: Final = (
    "<Request><Head><TransCode>XC01</TransCode><SerialNo>FLOOR-{}</SerialNo><SendTime>20261120091530000</SendTime>"
    "<OrgCode>350000</OrgCode></Head><Body>{}</Body></Request>"
)


def translate(document: etree._Element) -> str:
    """The national platform's document as text. Raises lxml's DocumentInvalid when its schema refuses."""
    translated = _TRANSLATE(document)
    _NATIONAL.assertValid(translated)
    return etree.tostring(translated.getroot(), encoding="unicode")


class _Call(asyncio.Protocol):
    """One kept-alive connection to the recipient."""

    answer: asyncio.Future[int]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, _fault: Exception | None) -> None:
        if not self.answer.done():
            self.answer.set_exception(ConnectionError())

    def on_message_complete(self) -> None:
        self.answer.set_result(self._parser.get_status_code())

    def post(self, body: bytes) -> asyncio.Future[int]:
        self.answer, self._parser = asyncio.get_running_loop().create_future(), httptools.HttpResponseParser(self)
        head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
        self.transport.write(head % len(body) + body)
        return self.answer


class Floor:
    """Store and recipient of one process."""

    def __init__(self, sink_port: int, database: str) -> None:
        self._sink_port, self._store = sink_port, FloorStore(database)
        self._idle: list[_Call] = []
        self._slots = asyncio.Semaphore(_IN_FLIGHT)

    async def take(self, body: bytes, transport: asyncio.Transport) -> None:
        """One message, from its bytes to its status."""
        try:
            document = etree.fromstring(body, _PARSER)[1][0]
            _CANONICAL.assertValid(document)
        except (etree.LxmlError, IndexError) as fault:
            transport.write(_http(b"500 Fault", str(fault).encode()))
            return
        number = await self._store.put(body)
        if not transport.is_closing():
            transport.write(_http(b"200 OK", _ANSWER.format(number).encode()))
        if await self._deliver(_out(number, translate(document))) == 200:
            self._store.delivered(number)

    async def _deliver(self, body: bytes) -> int:
        async with self._slots:
            if self._idle:
                call = self._idle.pop()
            else:
                _, call = await asyncio.get_running_loop().create_connection(_Call, "127.0.0.1", self._sink_port)
            status = await call.post(body)
            self._idle.append(call)
            return status


class _Connection(asyncio.Protocol):
    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._parser = cast("asyncio.Transport", transport), httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        body, self._body = b"".join(self._body), []
        task = asyncio.get_running_loop().create_task(self._floor.take(body, self._transport))
        _TASKS.add(task)
        task.add_done_callback(_TASKS.discard)


_TASKS: set[asyncio.Task[None]] = set()


def _out(number: int, document: str) -> bytes:
    text = _REQUEST.format(number, document).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _OUT.format(text).encode()


def _http(status: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


async def serve(port: int, sink_port: int, database: str) -> None:
    """Serve on the loopback address until cancelled."""
    floor = Floor(sink_port, database)
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(floor), "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
