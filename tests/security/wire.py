"""A running server, spoken to byte by byte."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from tests.soap_door import ACTION, SAY, Reply


@dataclass(frozen=True)
class Wire:
    """A running server that is spoken to byte by byte."""

    port: int

    def talk(self, request: bytes, *, end: bool = False) -> Reply:
        """Send bytes on a new connection (``end``: and stop sending), read one answer."""
        with socket.create_connection(("127.0.0.1", self.port), 20) as wire:
            wire.sendall(request)
            if end:
                wire.shutdown(socket.SHUT_WR)
            return read_reply(wire)

    def post(self, body: bytes, *fields: str, length: int | None = -1, path: str = "/soap/voice", end: bool = False) -> Reply:
        """A SOAP 1.1 request with further header fields; ``length`` None states none."""
        return self.talk(head(*fields, length=len(body) if length == -1 else length, path=path) + body, end=end)


def head(*fields: str, length: int | None, path: str = "/soap/voice") -> bytes:
    """The head of a SOAP 1.1 request."""
    stated = [] if length is None else [f"Content-Length: {length}"]
    lines = [f"POST {path} HTTP/1.1", "Host: evil.example", "Content-Type: text/xml; charset=utf-8"]
    return "\r\n".join([*lines, f'SOAPAction: "{ACTION[SAY]}"', *stated, *fields, "", ""]).encode()


def read_reply(wire: socket.socket) -> Reply:
    """One answer with Content-Length and not a byte of what follows; raises EOFError when the connection ends before it."""
    top = b""
    while not top.endswith(b"\r\n\r\n"):
        top += _some(wire, 1)
    status, *lines = top.decode("latin-1").rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length, body = int(headers["content-length"]), b""
    while len(body) < length:
        body += _some(wire, length - len(body))
    return Reply(int(status.split()[1]), headers, body)


def _some(wire: socket.socket, most: int) -> bytes:
    if not (data := wire.recv(most)):
        raise EOFError
    return data


def chunks(body: bytes, size: int = 1000) -> bytes:
    """The body in chunked transfer coding."""
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
