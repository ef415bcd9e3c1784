"""A whole demo day, then the question: can anything that people sent be read anywhere it does not belong? Nowhere."""

from __future__ import annotations

import http.client
import json
import os
import posixpath
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
from typer.main import get_command

from demo.cast import EAST
from demo.spokes.soap import basic
from hub.__main__ import app
from hub.testkit.canaries import Canaries, Sighting
from tests.demo.test_day_real import free_ports
from tests.faults.processes import HubProcesses
from tests.security.day_canaries import identifying, made_by_callers, opened, secrets, values

ROOT = Path(__file__).parents[2]
MESSAGES = 60
CONTRACTS = 40


@dataclass
class Day:
    """The kept home of a demo day, what was said while it ran, and what may be read nowhere."""

    home: Path
    keep: Path
    temporary: Path
    said: bytes
    canaries: Canaries
    hub: HubProcesses
    edge: int
    admin: int
    hub_ids: list[str]

    def get(self, port: int, path: str, **headers: str) -> bytes:
        """Status, header fields and body of an answer."""
        return self.ask("GET", port, path, b"", headers)

    def ask(self, method: str, port: int, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        said = f"{answer.status} {answer.getheaders()}\n".encode() + answer.read()
        connection.close()
        return said

    def command(self, *words: str, stdin: str = "") -> bytes:
        """Everything a command says."""
        env = {**os.environ, "POPHUB_HOME": str(self.home), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            [sys.executable, "-m", "hub", *words], env=env, input=stdin.encode(), capture_output=True, timeout=120, check=False
        )
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A small day on a home that stays; afterwards the hub is started on it once more."""
    folder = tmp_path_factory.mktemp("canaries")
    home, temporary = folder / "home", folder / "tmp"
    temporary.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POPHUB_")}
    environment = {**kept, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "hub", "demo", "--once", "--json", "--messages", str(MESSAGES), "--seed", "11", "--folder", str(home), "--keep", str(folder / "keep"),
               "--ports", ",".join(map(str, free_ports(2))), "--deadline", "150"]  # fmt: skip
    done = subprocess.run(command, env={**environment, "POPHUB_LOG": "debug"}, capture_output=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:].decode(errors="replace")
    told = tomllib.loads((home / "pophub.toml").read_text(encoding="utf-8"))
    names = identifying()
    found = values(made_by_callers(home), names) | values(opened(home), names) | secrets(home)
    ids = {
        line["hub"]
        for path in (home / "ledgers").glob("*.jsonl")
        for line in map(json.loads, path.read_text().splitlines())
        if line.get("hub")
    }
    hub = HubProcesses(home, told["admin_port"], ROOT, TMPDIR=str(temporary), POPHUB_LOG="debug")
    hub.start()
    try:
        yield Day(
            home,
            folder / "keep",
            temporary,
            done.stdout + done.stderr,
            Canaries(found),
            hub,
            told["edge_port"],
            told["admin_port"],
            sorted(ids),
        )
    finally:
        hub.stop()


def unread(day: Day, place: str, data: bytes) -> set[Sighting]:
    """What can be read here; with the values, since nobody in them exists."""
    assert data, place
    return {(s, day.canaries.values[s.canary]) for s in day.canaries.in_bytes(place, data)}  # type: ignore[misc]


def apart(place: str) -> bool:
    """The simulators' own stores beside their ledgers: documents, tables, populations."""
    return place.startswith("ledgers/") and ".jsonl" in place and not place.endswith(".jsonl")


def in_home(day: Day) -> set[Sighting]:
    """What can be read in the hub's home, but for the secrets where they belong, the platform's own store and the population register."""
    return {
        s
        for s in day.canaries.in_tree(day.home)
        if not s.place.startswith(("keys/spokes/", "data/register.db")) and not apart(s.place)
    }


def test_there_is_something_to_look_for(day: Day) -> None:
    """Names, numbers, addresses, telephones, message ids and secrets of the day are among the canaries, and found where they do stand."""
    kinds = {
        "citizen number": r"3599\d{13}[0-9X]", "mobile": r"1390000\d{4}", "enquiry": r"XC\d{12}\w+", "message id": r"urn:uuid:.+",
        "name": r"[\u4e00-\u9fff·]{2,}", "birth date": r"(19|200)\d{1,2}-\d\d-\d\d", "secret": r"[\w-]{40,}",
    }  # fmt: skip
    counted = {kind: sum(bool(re.fullmatch(p, v)) for v in day.canaries.values) for kind, p in kinds.items()}
    assert counted["citizen number"] > MESSAGES and counted["name"] >= MESSAGES, counted
    assert min(counted.values()) >= 2, counted
    assert day.canaries.in_tree(day.home / "keys"), "the secrets stand in keys/, and are seen there"
    assert len({s.canary for body in opened(day.home) for s in day.canaries.in_bytes("body", body)}) > 3 * MESSAGES


def test_files_of_the_day(day: Day) -> None:
    """Database, its log, logs, ledgers, run files, settings; the temporary folder; file names; what the demo said."""
    assert in_home(day) == set()
    assert day.canaries.in_tree(day.keep) == set()
    assert day.canaries.in_tree(day.temporary) == set()
    assert unread(day, "demo", day.said) == set()
    looked = {p.relative_to(day.home).parts[0] for p in day.home.rglob("*") if p.is_file() and p.stat().st_size}
    assert looked >= {"data", "logs", "ledgers", "run", "pophub.toml"}
    assert (day.home / "data/pophub.db-wal").exists(), "the hub runs: its log is there and was read"


def test_rows_of_the_database(day: Day) -> None:
    """Value by value, since pages may split them."""
    assert day.canaries.in_database(day.home / "data/pophub.db") == set()


def test_metrics_readiness_and_contracts(day: Day) -> None:
    """What is published without a name."""
    for path in ("/metrics", "/readyz", "/healthz"):
        assert unread(day, path, day.get(day.admin, path)) == set()
    page = day.get(day.edge, "/contracts/")
    links = sorted(set(re.findall("href='([^']+)'", page.decode())))
    assert unread(day, "/contracts/", page) == set()
    assert len(links) > 5
    for link in islice(links, CONTRACTS):
        assert unread(day, link, day.get(day.edge, posixpath.normpath(f"/contracts/{link}"))) == set()


SCANNED = {"message find", "message show", "message trace", "spoke list", "doctor", "check", "routes", "demo", "serve", "init", "batch list",
           "batch status", "batch errors", "schedule list"}  # fmt: skip
"""Commands whose words are searched here: asked below, or run by the demo day itself."""
SILENT = {
    "simulate": "starts a partner's simulator, which is not the hub",
    "spoke add": "speaks of one spoke", "spoke rotate": "speaks of one spoke", "spoke show-secret-path": "names a file",
    "spoke key": "speaks of one spoke's keys", "batch submit": "names a file and a hub id", "batch resume": "names a hub id",
    "batch cancel": "names a hub id", "schedule run": "names a schedule and a period",
    "contracts list": "names files; the pages themselves are searched",
}  # fmt: skip
"""Commands that read nothing of a message, with the reason."""


def test_no_command_is_forgotten() -> None:
    """Every command of the program is searched, or it is said why there is nothing to find."""
    whole = get_command(app)
    names = {
        f"{name} {verb}".strip()
        for name, command in whole.commands.items()  # type: ignore[attr-defined]
        for verb in (getattr(command, "commands", None) or ("",))
    }
    new = names - SCANNED - SILENT.keys()
    assert not new, f"ask {new} in test_commands_of_the_operator, or say in SILENT why it shows nothing of messages"
    assert (SCANNED | SILENT.keys()) - names == set()


def _batches(day: Day) -> list[str]:
    """One that came in and one that went out."""
    said = day.command("batch", "list", "--json").decode()
    found = re.findall(r'"hubId": "(\S+?)"', said)
    assert found, said[:500]
    return [found[0], found[-1]]


def test_commands_of_the_operator(day: Day) -> None:
    """find, show, trace, spokes, doctor, check, routes: in words and as JSON, also when a number itself is what is looked for."""
    number = next(v for v in day.canaries.values if re.fullmatch(r"3599\d{14}", v))
    asked = [
        ("message", "find", "--since", "7d"), ("message", "find", "--since", "7d", "--json", "--limit", "500"),
        ("message", "find", "--state", "refused", "--since", "7d"), ("message", "find", "--id-no", "-", "--since", "7d"),
        ("batch", "list"), ("batch", "list", "--json"), ("schedule", "list"), ("schedule", "list", "--json"),
        *(("batch", verb, hub_id, *more) for hub_id in _batches(day) for verb in ("status", "errors") for more in ((), ("--json",))),
        ("spoke", "list"), ("doctor",), ("check",), ("routes",), ("routes", "--graph"),
        *((*("message", verb, hub_id), *more) for hub_id in day.hub_ids[:: max(1, len(day.hub_ids) // 2)] for verb in ("show", "trace") for more in ((), ("--json",))),
    ]  # fmt: skip
    for words in asked:
        said = day.command(*words, stdin=f"{number}\n")
        assert unread(day, " ".join(words), said) == set()
    refused = re.findall(
        r'"hubId": "(\S+?)"', day.command("message", "find", "--state", "refused", "--since", "7d", "--json").decode()
    )
    assert refused
    for hub_id in refused[:3]:
        assert unread(day, f"refused {hub_id}", day.command("message", "show", hub_id)) == set()


def _awkward(day: Day) -> Iterator[tuple[str, str, bytes, dict[str, str]]]:
    """Requests with a citizen number or a name where none belongs: method, path, body, header fields."""
    number = next(v for v in day.canaries.values if re.fullmatch(r"3599\d{14}", v))
    name = next(v for v in day.canaries.values if re.fullmatch(r"[\u4e00-\u9fff]{3,4}", v))
    known = basic(EAST, (day.home / "keys/spokes" / EAST).read_text(encoding="ascii").strip())
    action = {"SOAPAction": '"urn:pophub:enquiry:SubmitEnquiryRequest"'}
    xml = {"Content-Type": "text/xml; charset=utf-8", "Authorization": known, **action}

    def letter(body: str, header: str = "") -> bytes:
        return f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>'.encode()

    request = f'<enquiryRequest xmlns="urn:pophub:enquiry.request:1.0"><enquiryNo>{number}</enquiryNo>{{}}</enquiryRequest>'
    identity = '<a:MessageID xmlns:a="http://www.w3.org/2005/08/addressing">{}</a:MessageID>'
    soap = "/soap/enquiry"
    for body in (
        request.format(f"<enquiryType>{name}</enquiryType>"), request.format(f"<n{number}/>"), f'<x xmlns="urn:{number}"/>',
        request.format(f'<enquiryType x="{number}">1</enquiryType>'), request.format(name), request.format(f"<!--{name}--><urgency>{number}</urgency>"),
    ):  # fmt: skip
        yield "POST", soap, letter(body, identity.format(f"urn:{number}")), xml
        yield "POST", soap, letter(body), xml
    yield "POST", soap, letter(request.format(""), identity.format(name)), xml
    yield "POST", soap, letter(request.format("") + f"<n>{name}", ""), xml
    yield "POST", soap, f'<!DOCTYPE a [<!ENTITY x "{name}">]><a>&x;{number}</a>'.encode(), xml
    yield "POST", soap, name.encode("gb18030"), xml
    yield "POST", f"/soap/{number}", letter("<a/>"), xml
    yield "POST", soap, letter(request.format("")), {**xml, "SOAPAction": f'"{number}"'}
    yield "POST", soap, letter(request.format("")), {**xml, "Content-Type": f"text/{number}"}
    yield "POST", soap, letter(request.format("")), {**xml, "Authorization": basic(number, number)}
    yield "GET", f"/contracts/{number}", b"", {}
    yield "GET", f"/contracts/errors/{number}", b"", {}
    yield "GET", f"/api/v1/messages/{number}", b"", {"Authorization": known}
    yield "GET", f"/api/v1/mailbox?max={number}", b"", {"Authorization": known}
    yield (
        "POST",
        "/api/v1/mailbox/ack",
        json.dumps({"items": [{"hubId": number, "lease": number}]}).encode(),
        {"Authorization": known},
    )
    yield "POST", "/api/v1/mailbox/ack", f'{{"items": "{number}"'.encode(), {"Authorization": known}
    yield number, "/api/v1/mailbox", b"", {"Authorization": known}
    yield "GET", f"/{number}?q={number}", b"", {}


def test_faults_and_what_they_leave(day: Day) -> None:
    """No answer says a value back, and neither do log, database or metrics afterwards."""
    for method, path, body, headers in _awkward(day):
        said = day.ask(method, day.edge, path, body, headers)
        assert re.match(rb"4\d\d|500", said), said[:200]
        assert unread(day, f"answer to {method} {path}", said) == set()
    assert unread(day, "/metrics", day.get(day.admin, "/metrics")) == set()
    log = (day.home / "serve.log").read_bytes()
    assert b'"event": "step"' in log and b'"event": "step.refused"' in log, "the log is at its most talkative"
    assert in_home(day) | day.canaries.in_database(day.home / "data/pophub.db") | day.canaries.in_tree(day.temporary) == set()
