"""The REST interface of a served hub, spoken to by a plain HTTP client, and the commands that the READMEs print."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from hub.testkit.conformance.simulated import free_port
from tests.faults.processes import HubProcesses, waited
from tests.flows.enquiry.documents import ELSEWHERE, request
from tests.hub.spokes.rest_client import basic

ROOT = Path(__file__).parents[3]
READMES = [ROOT / "README.md", ROOT / "README.en.md"]
SPOKE = "fjfpis-east"
UNIT = "350102001000"
PATH = "/api/v1/messages/enquiry.request"
JSON = {"Content_Type": "application/json"}
XML = {"Content_Type": "application/xml"}
MORE = """
[[spokes]]
name = "slow"
title = "限量"
system = "FJPIS"
sends = ["enquiry.request"]
places = ["3507"]

[quotas.slow]
per_minute = 2
per_day = 100
concurrent = 1
"""


class Served:
    """A hub that serves, with the settings of the README, and the key of its spoke."""

    def __init__(self, home: Path) -> None:
        (example,) = re.findall(r"```toml\n(.*?)```", READMES[0].read_text(encoding="utf-8"), re.DOTALL)
        self.edge, admin = free_port(), free_port()
        (home / "pophub.toml").write_text(f"edge_port = {self.edge}\nadmin_port = {admin}\n{example}{MORE}", encoding="utf-8")
        self.home, self.processes = home, HubProcesses(home, admin, ROOT)
        for words in (["init"], ["spoke", "key", "add", SPOKE]):
            done = self.processes.run("hub", *words)
            assert done.returncode == 0, done.stderr
        self.key = (home / "keys/spokes" / f"{SPOKE}.key-1").read_text(encoding="ascii")
        self.processes.start()

    def ask(self, method: str, path: str, body: bytes | None = None, **fields: str) -> tuple[int, dict[str, str], bytes]:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.edge, timeout=30)
        named = {"Authorization": f"Bearer {self.key}", **{k.replace("_", "-"): v for k, v in fields.items()}}
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One hub for all of these."""
    served = Served(tmp_path_factory.mktemp("served"))
    try:
        yield served
    finally:
        served.processes.stop()


def body(no: str) -> bytes:
    """An enquiry in XML."""
    return request(no, applicant=UNIT, stated=ELSEWHERE)


def form(no: str) -> bytes:
    """The same in JSON."""
    made: dict[str, Any] = {}
    for child in etree.fromstring(body(no)):
        name = etree.QName(child).localname
        value = {etree.QName(c).localname: c.text for c in child} if len(child) else child.text
        made[name] = [value] if name == "item" else value
    return json.dumps(made, ensure_ascii=False).encode()


def test_one_document_three_ways(hub: Served) -> None:
    """XML, then JSON, then SOAP, each on its own connection: one hub id, one receipt, the first one's."""
    status, fields, first = hub.ask("POST", PATH, body("XC1"), Idempotency_Key="e2e-1", **XML)
    told = json.loads(first)
    assert (status, fields["location"]) == (202, f"/api/v1/messages/{told['hubId']}")
    status, fields, second = hub.ask("POST", PATH, form("XC1"), Idempotency_Key="e2e-1", **JSON)
    assert (status, fields["idempotent-replayed"], json.loads(second)) == (200, "true", {**told, "duplicate": True})
    soap = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><MessageID '
    soap += b'xmlns="http://www.w3.org/2005/08/addressing">e2e-1</MessageID></s:Header><s:Body>%b</s:Body></s:Envelope>' % body(
        "XC1"
    )
    status, _, third = hub.ask(
        "POST", "/soap/enquiry", soap, Content_Type="text/xml", SOAPAction="urn:pophub:enquiry:SubmitEnquiryRequest"
    )
    assert status == 200 and told["receipt"].encode() in third
    assert json.loads(hub.ask("GET", fields["location"])[2])["receipt"] == told["receipt"]


def test_many_at_once_are_answered_alike(hub: Served) -> None:
    """The same document from 16 callers at once, half in JSON, half in XML: one is new, all have its receipt."""
    forms = [(body("XC2"), XML), (form("XC2"), JSON)] * 8
    with ThreadPoolExecutor(16) as callers:
        answers = list(callers.map(lambda f: hub.ask("POST", PATH, f[0], Idempotency_Key="e2e-2", **f[1]), forms))
    assert sorted(status for status, _, _ in answers) == [200] * 15 + [202]
    assert len({json.loads(data)["receipt"] for _, _, data in answers}) == 1


def test_the_contracts_lead_to_the_description(hub: Served) -> None:
    """The link on the index of contracts leads to the OpenAPI document."""
    (link,) = re.findall(rb"href='\.\.(/api/[^']+)'", hub.ask("GET", "/contracts/")[2])
    status, fields, data = hub.ask("GET", link.decode(), Authorization="")
    assert (status, fields["content-type"], json.loads(data)["openapi"]) == (200, "application/json", "3.1.0")


def test_chunks_are_a_length(hub: Served) -> None:
    """A body in chunks, cut anywhere, is the same document."""
    connection = http.client.HTTPConnection("127.0.0.1", hub.edge, timeout=30)
    fields = {"Authorization": f"Bearer {hub.key}", "Content-Type": "application/json", "Idempotency-Key": "e2e-3"}
    data = form("XC3")
    pieces = (data[i : i + 7] for i in range(0, len(data), 7))
    connection.request("POST", PATH, pieces, {**fields, "Transfer-Encoding": "chunked"}, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 202, answer.read()
    connection.close()
    assert hub.ask("POST", PATH, body("XC3"), Idempotency_Key="e2e-3", **XML)[0] == 200


_POST = f"POST {PATH} HTTP/1.1\r\nIdempotency-Key: x\r\n"


@pytest.mark.parametrize(("head", "status", "code"), [
    (_POST + "Content-Type: application/json", 411, "Client.Length"),
    (_POST + "Content-Type: application/json\r\nContent-Length: 2097153", 413, "Client.TooLarge"),
    (_POST + "Content-Type: application/json\r\nIdempotency-Key: y\r\nContent-Length: 2", 400, "Client.MessageId"),
    (_POST + "Content-Type: text/csv\r\nContent-Length: 2", 415, "Client.ContentType"),
    (f"GET {PATH} HTTP/1.1", 404, "Client.NotFound"),
    (f"PUT {PATH} HTTP/1.1\r\nContent-Length: 2", 405, "Client.Method"),
], ids=["no length", "too large", "two keys", "csv", "get", "put"])  # fmt: skip
def test_refusals_on_the_wire(hub: Served, head: str, status: int, code: str) -> None:
    """Each refusal reaches the caller whole, though the hub did not read what it refused."""
    length = int((re.findall("Content-Length: ([0-9]+)", head) or ["0"])[0])
    with socket.create_connection(("127.0.0.1", hub.edge), 30) as wire:
        wire.sendall(
            f"{head}\r\nHost: x\r\nAuthorization: Bearer {hub.key}\r\nConnection: close\r\n\r\n".encode()
            + b"{}".ljust(length)[:length]
        )
        answer = http.client.HTTPResponse(wire)
        answer.begin()
        told = json.loads(answer.read())
    assert (answer.status, told["code"], answer.getheader("Content-Type")) == (status, code, "application/problem+json")


def test_a_flood_is_refused_and_others_go_on(hub: Served) -> None:
    """Two a minute: the rest gets 429 and a time to come again, also over SOAP; the other spoke is served."""
    slow = {"Authorization": basic("slow", (hub.home / "keys/spokes/slow").read_text(encoding="ascii"))}
    large = b'{"question": "%b"}' % (b"x" * 500_000)
    answers = [hub.ask("POST", PATH, large, Idempotency_Key="x", **JSON, **slow) for _ in range(12)]
    assert [status for status, _, _ in answers] == [422] * 2 + [429] * 10
    assert all(0 < int(fields["retry-after"]) <= 30 for _, fields, _ in answers[2:])
    status, fields, data = hub.ask("POST", "/soap/enquiry", b"<broken", Content_Type="text/xml", **slow)
    assert (status, b"Server.Throttled" in data) == (429, True) and int(fields["retry-after"]) > 0
    assert hub.ask("GET", "/api/v1/mailbox")[0] == 200


def test_a_revoked_key_is_dead_within_seconds(hub: Served) -> None:
    """Two keys side by side; the revoked one ends, the other goes on."""
    assert hub.processes.run("hub", "spoke", "key", "add", SPOKE).returncode == 0
    second = {"Authorization": "Bearer " + (hub.home / "keys/spokes" / f"{SPOKE}.key-2").read_text(encoding="ascii")}
    assert waited(lambda: hub.ask("GET", "/api/v1/mailbox", **second)[0] == 200, 10)
    assert hub.processes.run("hub", "spoke", "key", "revoke", SPOKE, "2").returncode == 0
    assert waited(lambda: hub.ask("GET", "/api/v1/mailbox", **second)[0] == 401, 10)
    assert hub.ask("GET", "/api/v1/mailbox")[0] == 200


@pytest.mark.parametrize("file", READMES, ids=lambda f: f.name)
def test_the_commands_of_the_readme_do_what_it_says(hub: Served, file: Path) -> None:
    """The curl lines of the README, run as they stand: accepted, seen, receipted, described."""
    if not (shutil.which("curl") and shutil.which("bash")):
        reason = "curl and bash are needed (apt-get install curl)"
        (pytest.fail if os.environ.get("POPHUB_REQUIRE_SERVICES") == "1" else pytest.skip)(reason)
    (block,) = re.findall(r"```bash\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL)
    block = re.sub(r"(?m)^curl ", "echo; curl --fail-with-body ", block) + '\necho; echo "$SENT"'
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HUB": f"http://127.0.0.1:{hub.edge}", "KEY": hub.key}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    state, receipt, mailbox, openapi, sent = (line for line in done.stdout.splitlines() if line)
    told = json.loads(sent)
    assert json.loads(state)["receipt"] == receipt == told["receipt"]
    assert "items" in json.loads(mailbox) and json.loads(openapi)["openapi"] == "3.1.0"
