"""通报 through the served hub and the simulated national platform, as callers see them: SOAP, XML and JSON in, mailboxes and ledgers out."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep

from hub.contract.xml import parse
from hub.testkit.conformance.simulated import SimulatorProcess, free_port
from hub.testkit.ledger import entry_digest, entry_id, read_ledger
from tests.faults.processes import HubProcesses, waited
from tests.flows.notice.notes import ELSEWHERE, YANPING_UNIT, notice, receipt

ROOT = Path(__file__).parents[3]
BOTH = '["notice.contraception", "notice.contraception_receipt"]'
SPOKE = (
    '[[spokes]]\nname = "{name}"\ntitle = "流动人口系统"\nsystem = "FJFPIS"\nsends = {both}\nreceives = {both}\n'
    'asks = ["notice.status"]\nplaces = ["{place}"]\n'
)
SETTINGS = (
    'profile = "legacy"\nedge_port = {edge}\nadmin_port = {admin}\nretry_first_seconds = 0.2\n'
    '[adapters.padis]\nurl = "http://127.0.0.1:{padis}/services/exchange"\n'
)
ID_NO = "359901199005100022"
JSON = {
    "noticeNo": "TB-J", "subject": {"name": "测试女", "certType": "01", "idNo": ID_NO, "sex": "2", "birthDate": "1990-05-10",
                                    "maritalStatus": "21", "hukouDiv": "350702001001", "hukouAddr": "示例路", "mobile": "13800000001"},
    "residenceDiv": "350203001002", "inDate": "2025-10-08", "hukouDiv": "350702001001", "checkKind": "1", "checkDate": "2026-02-27",
    "pregnancyResult": "0", "checkOrgCode": "426600321", "source": "1", "noticeDiv": "350203001000", "noticeUser": "350203001L001",
    "noticeTime": "2026-03-02T09:00:00+08:00",
}  # fmt: skip


@dataclass
class Unit:
    """A spoke of the province."""

    port: int
    name: str
    secret: str
    inbox: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """One call of the REST surface."""
        key = base64.b64encode(f"{self.name}:{self.secret}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request(method, path, body, {"Authorization": f"Basic {key}", **headers})
            answer = connection.getresponse()
            return answer.status, dict(json.loads(answer.read()))
        finally:
            connection.close()

    def submit(self, channel: str, body: bytes, key: str, kind: str = "application/xml") -> tuple[int, dict[str, Any]]:
        """Submit a document under an idempotency key."""
        return self.ask("POST", f"/api/v1/messages/{channel}", body, **{"Content-Type": kind, "Idempotency-Key": key})

    def got(self, channel: str, number: str) -> dict[str, Any] | None:
        """The item about a notice number, once it has come; everything that waits is fetched and acknowledged."""
        items = self.ask("GET", "/api/v1/mailbox")[1]["items"]
        if items:
            acked = json.dumps({"items": [{"hubId": i["hubId"], "lease": i["lease"]} for i in items]}).encode()
            assert self.ask("POST", "/api/v1/mailbox/ack", acked, **{"Content-Type": "application/json"})[0] == 200
        self.inbox += items
        return next((i for i in self.inbox if i["channel"] == channel and f"<noticeNo>{number}</noticeNo>" in i["document"]), None)


@dataclass
class Province:
    """The hub, the platform and two units."""

    hub: HubProcesses
    padis: SimulatorProcess
    siming: Unit
    yanping: Unit

    def lines(self, kind: str) -> list[dict[str, Any]]:
        """The platform's ledger lines of a kind."""
        return [line for line in read_ledger(self.padis.ledger) if line["t"] == kind]


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """Everything set up and running."""
    home, edge, admin = tmp_path_factory.mktemp("home"), free_port(), free_port()
    padis = SimulatorProcess("padis", (), home / "padis")
    spokes = "".join(SPOKE.format(name=n, place=p, both=BOTH) for n, p in (("siming", "350203"), ("yanping", "350702")))
    (home / "pophub.toml").write_text(SETTINGS.format(edge=edge, admin=admin, padis=padis.port) + spokes, encoding="utf-8")
    hub = HubProcesses(home, admin, ROOT)
    try:
        made = hub.run("hub", "init")
        assert made.returncode == 0, made.stderr
        hub.start()
        units = [Unit(edge, n, (home / "keys/spokes" / n).read_text(encoding="ascii").strip()) for n in ("siming", "yanping")]
        padis.order({"receipts": {"share": 1, "after_ms": 100}})
        yield Province(hub, padis, *units)
    finally:
        hub.stop()
        padis.stop()


def test_in_the_province_and_json_is_xml(province: Province) -> None:
    """A notice in JSON is the notice in XML: the same receipt; it reaches the other county at once, cut to its view, and its receipt comes back."""
    siming, yanping = province.siming, province.yanping
    taken = siming.submit("notice.contraception", json.dumps(JSON).encode(), "n-1", "application/json")
    again = siming.submit("notice.contraception", notice("TB-J", id_no=ID_NO, address="示例路"), "n-2")
    assert (taken[0], again[0], again[1]["receipt"]) == (202, 200, taken[1]["receipt"])
    wrong = siming.submit("notice.contraception", notice("TB-X", id_no=ID_NO), "n-3")
    assert (wrong[0], wrong[1]["type"].rpartition("/")[2]) == (409, "Client.Conflict") and taken[1]["hubId"] in json.dumps(wrong[1])
    assert waited(lambda: yanping.got("notice.contraception", "TB-J"), 30)
    item = yanping.got("notice.contraception", "TB-J") or {}
    names = {str(e.tag).rpartition("}")[2] for e in parse(item["document"].encode()).iter()}
    assert {"idNo", "checkKind", "resolvedToDiv"} <= names and not names & {"hukouAddr", "mobile", "maritalStatus"}
    assert yanping.submit("notice.contraception_receipt", receipt("TB-J", "4"), "r-1")[0] == 202
    assert waited(lambda: siming.got("notice.contraception_receipt", "TB-J"), 30)
    status, told = siming.ask(
        "POST", "/api/v1/queries/notice.status", b'{"noticeNo": "TB-J"}', **{"Content-Type": "application/json"}
    )
    assert (status, told["notice"][0]["result"], told["notice"][0]["hubId"]) == (200, "4", taken[1]["hubId"])


def test_by_soap_across_the_border_and_back(province: Province) -> None:
    """A notice by an ordinary SOAP toolkit through the served WSDL crosses the border once, unaltered, and its receipt comes back."""
    siming = province.siming
    session = requests.Session()
    session.trust_env, session.auth = False, (siming.name, siming.secret)
    transport = zeep.Transport(session=session, timeout=15, operation_timeout=15)
    client: Any = zeep.Client(f"http://127.0.0.1:{siming.port}/soap/notice?wsdl", transport=transport)
    document = {**JSON, "noticeNo": "TB-S", "checkDate": "2026-02-26", "hukouDiv": ELSEWHERE}
    for _ in range(2):
        answer = client.service.SubmitNoticeContraception(_soapheaders={"messageId": "urn:test:TB-S"}, **document)
    assert answer.duplicate
    assert waited(lambda: siming.got("notice.contraception_receipt", "TB-S"), 30)
    id_ = entry_id("notice.contraception", "FJFPIS", "TB-S")
    digest = entry_digest("TB-S", "1", "2026-02-26", "测试女", ID_NO, ELSEWHERE)
    assert [line["digest"] for line in province.lines("effect") if line["id"] == id_] == [digest]


def test_what_the_platform_tells(province: Province) -> None:
    """Its notices come to the unit of the place of hukou, whose receipt goes back; each of both exactly once."""
    yanping = province.yanping
    assert province.padis.order({"notify": {"count": 3, "seed": 5, "places": ["350702001000"]}})
    assert waited(lambda: yanping.got("", "") or sum("GT" in i["document"] for i in yanping.inbox) >= 3, 30)
    numbers = [
        parse(i["document"].encode()).findtext("{*}noticeNo", "")
        for i in yanping.inbox
        if (i["channel"], i["fromSystem"]) == ("notice.contraception", "PADIS")
    ]
    assert len(numbers) == len(set(numbers)) == 3
    for number in numbers:
        assert yanping.submit("notice.contraception_receipt", receipt(number, origin_system="PADIS"), f"r-{number}")[0] == 202
    wanted = {entry_id("notice.contraception_receipt", "PADIS", n, YANPING_UNIT, "1", "1") for n in numbers}
    assert waited(lambda: wanted <= {line["id"] for line in province.lines("effect")}, 30)
    told = {entry_id("notice.contraception", "PADIS", n) for n in numbers}
    assert waited(lambda: told <= {line["id"] for line in province.lines("acked")}, 30)
    effects = [line["id"] for line in province.lines("effect")]
    assert len(effects) == len(set(effects))
