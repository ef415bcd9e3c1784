"""Thousands of requests that are wrong in one to four places, against the served hub: clean faults, no value, and nothing false accepted.

``POPHUB_SEED`` repeats a run, ``POPHUB_CASE`` one request of it. A tenth in ``make test``, all with ``POPHUB_CAMPAIGN=1``.
"""

from __future__ import annotations

import base64
import os
import random
import re
import socket
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
import xmlschema

from hub.contract.errors import KINDS
from tests.faults.fault_home import SPOKE, FaultHome, make_home
from tests.faults.processes import HubProcesses
from tests.security.mutations import CANARY_NAME, CANARY_PHONE, Request, finish, good, mutated, values
from tests.soap_door import ENV, SCHEMAS

ROOT = Path(__file__).parents[2]
COUNT = 20_000 if os.environ.get("POPHUB_CAMPAIGN") else 2_000
SEED = int(os.environ.get("POPHUB_SEED", "0")) or random.SystemRandom().randrange(1, 100_000)
CASE = os.environ.get("POPHUB_CASE")
SLOWEST = 20.0
_CODE = re.compile(r"<s:code>([^<]*)</s:code>")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: ([0-9]+)")
_NUMBER = re.compile(r"3599[0-9]{14}")
_DECLARED = re.compile(r"""^\ufeff?(?:<\?xml[^>]*?\?>)?""")


class Answer(NamedTuple):
    """What came back; status 0 when the connection was closed without a word."""

    status: int
    head: str
    body: str
    seconds: float


class Served:
    """The running hub."""

    def __init__(self, home: FaultHome, hub: HubProcesses) -> None:
        self.home, self.hub = home, hub
        self.authorization = "Basic " + base64.b64encode(f"{SPOKE}:{home.secret}".encode()).decode()

    def send(self, made: Request) -> Answer:
        """One request on a connection of its own; everything that comes back. Where the hub may wait for more, sending ends soon."""
        began, said = time.monotonic(), b""
        with socket.create_connection(("127.0.0.1", self.home.edge), 20 if made.framed else 0.3) as wire, suppress(ConnectionError):
            wire.sendall(made.raw())
            while True:
                try:
                    piece = wire.recv(65536)
                except TimeoutError:
                    wire.shutdown(socket.SHUT_WR)
                    wire.settimeout(20)
                    continue
                if not piece:
                    break
                said += piece
        head, _, body = said.partition(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 100"):
            head, _, body = body.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        first = body[: int(length[1])] if length else body
        assert first == body or not made.framed, "two answers to one request"
        return Answer(int(head.split()[1]) if head else 0, head.decode("latin-1"), first.decode("utf-8"), time.monotonic() - began)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The hub as an operator runs it; when all is done its log, metrics and files hold no value and no process had died."""
    home = make_home(tmp_path_factory.mktemp("mutations"))
    hub = HubProcesses(home.folder, home.admin, ROOT)
    try:
        assert hub.run("hub", "init").returncode == 0
        hub.start()
        before = hub._births()
        yield Served(home, hub)
        assert hub._births().items() >= before.items(), "a process of the hub was replaced"
        told = "".join(map(home_page, (f"http://127.0.0.1:{home.admin}{path}" for path in ("/metrics", "/readyz"))))
        told += "".join(file.read_text(errors="replace") for file in home.folder.rglob("*.log"))
        assert len(told) > 400
        assert not _NUMBER.search(told) and CANARY_NAME not in told and CANARY_PHONE not in told
    finally:
        hub.stop()
        home.padis.stop()


def home_page(url: str) -> str:
    """What an address of the hub itself says, also when there is none."""
    try:
        return str(urllib.request.urlopen(url, timeout=10).read().decode())
    except urllib.error.HTTPError as error:
        return str(error.read().decode())


def judge(made: Request, answer: Answer, schema: xmlschema.XMLSchema10) -> str:
    """What the answer was; raises AssertionError when it must not be so."""
    assert answer.seconds < SLOWEST, f"{answer.seconds:.1f} s"
    for value in (*values(made.n), CANARY_NAME, CANARY_PHONE):
        assert value not in answer.body + answer.head, "a value of the message in the answer"
    if not made.framed and answer.status in (0, 400) and not answer.body:
        return "bare refusal"
    assert answer.status, "no answer"
    if answer.status == 200 and "submitResponse" in answer.body:
        truly_valid(made, schema)
        return "accepted"
    if made.target != "/soap/enquiry" or made.method != "POST":
        assert answer.status < 500 or _CODE.search(answer.body) or made.method == "HEAD", "5xx without a fault"
        return "elsewhere"
    found = _CODE.search(answer.body)
    if found is None and answer.status in (400, 413, 431) and not answer.body:
        return "bare refusal"
    assert found, f"{answer.status} without a fault"
    assert found[1] in KINDS and found[1].startswith("Client."), found[1]
    return found[1]


def truly_valid(made: Request, schema: xmlschema.XMLSchema10) -> None:
    """Another parser (expat) and another validator (xmlschema) say that an accepted request is one valid document."""
    data = made.data if made.chunked else made.data[: made.length]
    assert b"<!DOCTYPE" not in data
    root = ET.fromstring(_DECLARED.sub("", decoded(data)))
    assert root.tag in {f"{{{space}}}Envelope" for space in ENV.values()}
    space = root.tag.removesuffix("Envelope")
    bodies = [part for part in root if part.tag == f"{space}Body"]
    assert [part.tag for part in root if part.tag != f"{space}Header"] == [f"{space}Body"]
    [payload] = bodies[0]
    assert payload.tag == "{urn:pophub:enquiry.request:1.0}enquiryRequest"
    schema.validate(payload)
    assert len(root.findall(f"{space}Header/{{http://www.w3.org/2005/08/addressing}}MessageID")) == 1


def decoded(data: bytes) -> str:
    """The text of the bytes by their mark, their declaration, or UTF-8; GB18030 names here hold no code that changed."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    for codec in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "nvelope" in text:
            return text
    raise AssertionError("accepted, and in no encoding")


@pytest.mark.campaign
def test_mutated_requests(served: Served) -> None:
    """Every answer is a clean fault or a true acceptance; good requests in between are accepted."""
    schema = xmlschema.XMLSchema10(str(SCHEMAS / "canonical/1.0/enquiry.request.xsd"))
    seen: Counter[str] = Counter()
    print(f"\nPOPHUB_SEED={SEED}")
    for n in [int(CASE)] if CASE else range(1, COUNT + 1):
        try:
            made = mutated(SEED, n, served.authorization)
            seen[judge(made, served.send(made), schema)] += 1
        except Exception as fault:
            raise AssertionError(f"POPHUB_SEED={SEED} POPHUB_CASE={n}: {fault}") from fault
        if n % 50 == 0:
            plain = finish(good(30_000_000 + n, served.authorization, "1.1" if n % 100 else "1.2"))
            assert judge(plain, served.send(plain), schema) == "accepted", f"after POPHUB_SEED={SEED} POPHUB_CASE={n}"
    print(dict(seen.most_common()))
    assert CASE or len(seen) > 12
    assert CASE or seen["accepted"] > COUNT / 40


@pytest.mark.hostile("Z05", "Z10")
@pytest.mark.parametrize(
    "opening",
    [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00" * 3,
        b"GET /soap/enquiry HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        b"GET /soap/enquiry HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    ],
    ids=["HTTP/2", "WebSocket", "h2c"],
)
def test_the_edge_speaks_http_1_1_and_nothing_else(served: Served, opening: bytes) -> None:
    """HTTP/2 without TLS and WebSockets, which nobody here uses and no front proxy would send, are not spoken."""
    with socket.create_connection(("127.0.0.1", served.home.edge), 20) as wire:
        wire.sendall(opening)
        said = wire.recv(200)
    assert said == b"" or (said.startswith(b"HTTP/1.1 4") and b"upgrade:" not in said.lower()), said
