"""The simulated police platform against the served hub: it pushes by itself and learns every outcome; a unit gets, registers, asks."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hub.testkit.checker import check
from hub.testkit.conformance.simulated import SimulatorProcess, free_port
from hub.testkit.ledger import Ledger, entry_digest, entry_id, entry_lane, read_ledger
from tests.faults.processes import HubProcesses, waited
from tests.flows.police_share.records import handling

ROOT = Path(__file__).parents[3]
UNIT, USER = "siming", "350203001L001"
SETTINGS = """
profile = "legacy"
edge_port = {edge}
admin_port = {admin}
[adapters.police]
url = "http://127.0.0.1:{police}/services/query"
[[spokes]]
name = "siming"
title = "思明"
system = "FJFPIS"
sends = ["police.handling"]
receives = ["police.record"]
asks = ["police.case"]
places = ["35"]
[[spokes]]
name = "police"
title = "公安"
system = "POLICE"
speaks = "police"
sends = ["police.bulk_push"]
places = ["35"]
"""
MIX = {"net_bar": 0.1, "hotel": 0.1, "incomplete": 0.1, "station": 0.2, "at_home": 0.0}


@dataclass
class Served:
    """The hub, the platform and one unit."""

    edge: int
    home: Path
    platform: SimulatorProcess
    ledger: Path

    def order(self, **order: Any) -> None:
        """An order to the platform, which it must understand."""
        assert self.platform.order(order)

    def ask(self, method: str, path: str, body: bytes | None = None, **fields: str) -> tuple[int, dict[str, Any]]:
        """A call of the unit's."""
        secret = (self.home / "keys" / "spokes" / UNIT).read_text(encoding="ascii")
        login = "Basic " + base64.b64encode(f"{UNIT}:{secret}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.edge, timeout=15)
        try:
            connection.request(method, path, body, {"Authorization": login, **fields})
            answer = connection.getresponse()
            return answer.status, dict(json.loads(answer.read()))
        finally:
            connection.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Everything running."""
    folder = tmp_path_factory.mktemp("served")
    home = folder / "home"
    home.mkdir()
    platform = SimulatorProcess("police", (ROOT,), folder / "police")
    edge, admin = free_port(), free_port()
    (home / "pophub.toml").write_text(SETTINGS.format(edge=edge, admin=admin, police=platform.port), encoding="utf-8")
    hub = HubProcesses(home, admin, ROOT)
    try:
        initialised = hub.run("hub", "init")
        assert initialised.returncode == 0, initialised.stderr
        hub.start()
        made = Served(edge, home, platform, folder / "police" / "police.jsonl")
        made.order(
            hub={"url": f"http://127.0.0.1:{edge}/soap/police", "name": "police", "secret_file": str(home / "keys/spokes/police")}
        )
        yield made
    finally:
        hub.stop()
        platform.stop()


def drain(served: Served, into: Ledger, seen: list[str]) -> None:
    """Take what lies in the mailbox, apply each once as a unit would, and write the effects."""
    for item in served.ask("GET", "/api/v1/mailbox?max=200")[1]["items"]:
        told = {
            part.partition(">")[0]: part.partition(">")[2].partition("<")[0] for part in item["document"].split("<") if ">" in part
        }
        key = (told["policeRecordId"], told["opType"])
        digest = entry_digest(*key, told["name"], told["idNo"], told["residenceDiv"])
        into.write({"t": "effect", "id": entry_id("police.record", *key), "lane": entry_lane(told["idNo"]), "digest": digest})
        seen.append(told["policeRecordId"])
        acked = json.dumps({"items": [{"hubId": item["hubId"], "lease": item["lease"]}]}).encode()
        assert served.ask("POST", "/api/v1/mailbox/ack", acked, **{"Content-Type": "application/json"})[0] == 200


def test_pushes_end_as_the_checker_wants(served: Served, tmp_path: Path) -> None:
    """Two batches and cancellations: every record has an end, what passed was applied once and unaltered, what was filtered nowhere."""
    served.order(push={"count": 60, "seed": 2, "places": ["350203001000"], "batch": 40, "cancel": 0.2, "mix": MIX})
    assert waited(lambda: served.platform.shown()["open"] == 0, 60)
    told = served.platform.shown()["told"]
    lines = list(read_ledger(served.ledger))
    sent = [line for line in lines if line["t"] == "sent"]
    assert sum(line["t"] == "acked" for line in lines) == len(sent) > 60
    wanted = [line["kind"].partition(":")[2] for line in sent]
    assert {k.partition(" ")[2]: v for k, v in told.items() if k.startswith("filter")} == {k: wanted.count(k) for k in set(wanted)}
    unit, seen = Ledger(tmp_path / "siming.jsonl"), []
    due = sum("expects" not in line for line in sent)
    assert waited(lambda: (drain(served, unit, seen), len(seen) >= due)[1], 60)
    unit.close()
    verdict = check({"police": lines, "siming": list(read_ledger(tmp_path / "siming.jsonl"))})
    assert {name: ids for name, ids in verdict.faults.items() if ids} == {}
    status, answer = served.ask(
        "POST",
        "/api/v1/messages/police.handling",
        handling(seen[0]),
        **{"Content-Type": "application/xml", "Idempotency-Key": "H-1"},
    )
    assert status in (200, 201, 202)
    assert waited(lambda: served.ask("GET", f"/api/v1/messages/{answer['hubId']}")[1]["state"] == "no_recipient", 20)


def test_a_stranger_may_not_push(served: Served) -> None:
    """A unit's credential is refused at the police's service: every record of its batch ends as a fault, nothing is applied."""
    served.order(
        hub={
            "url": f"http://127.0.0.1:{served.edge}/soap/police",
            "name": UNIT,
            "secret_file": str(served.home / "keys/spokes" / UNIT),
        }
    )
    before = served.platform.shown()["told"].get("refused Client.Forbidden", 0)
    served.order(push={"count": 3, "seed": 9, "batch": 3})
    assert waited(lambda: served.platform.shown()["open"] == 0, 30)
    assert served.platform.shown()["told"]["refused Client.Forbidden"] == before + 3


def test_a_case_query_over_rest_is_masked(served: Served) -> None:
    """JSON in and out: the person the platform was told to have, without number, address or telephone."""
    body = json.dumps({"people": {"count": 1, "seed": 8}}).encode()
    connection = http.client.HTTPConnection("127.0.0.1", served.platform.port, timeout=10)
    connection.request("POST", "/_control", body)
    ((name, number),) = json.loads(connection.getresponse().read())["people"]
    connection.close()
    question = json.dumps({"name": name, "idNo": number, "purpose": "2"}).encode()
    status, answer = served.ask(
        "POST", "/api/v1/queries/police.case", question, **{"Content-Type": "application/json", "Pophub-From-User": USER}
    )
    assert (status, answer["found"]) == (200, "true")
    (row,) = answer["record"]
    assert set(row) == {"name", "sex", "birthDate", "hukouDiv", "residenceDiv"}
    assert row["name"] == f"{name[0]}**"
