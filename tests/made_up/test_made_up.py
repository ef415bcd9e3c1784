"""A made-up system, present only in a temporary folder named by POPHUB_PATH, works with an installed hub that it cannot change."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.contract import encodings
from hub.contract.flow import UnitRecipient
from hub.contract.xml import parse
from hub.discovery import discover
from hub.testkit.conformance.simulated import SimulatorProcess, free_port
from hub.testkit.ledger import entry_digest, entry_id, read_ledger
from tests.faults.processes import HubProcesses, waited
from tests.made_up.installation import fingerprint, install, plug_in
from tests.made_up.reporting import CALLER, SPOKE, BatchSender, Reporter, report, reports

OWNER, STREET = "阿依古丽·买买提𠮷㛃䶮\u9fb4\U00020087", "龙𬱖里&<“东”>段 é"
_SETTINGS = """
profile = "legacy"
edge_port = {edge}
admin_port = {admin}
retry_first_seconds = 0.1
retry_cap_seconds = 0.5

[adapters.cadastre]
url = "http://127.0.0.1:{register}/register"

[[spokes]]
name = "{spoke}"
title = "全员人口系统"
system = "FJPIS"
sends = ["housenumber.report", "housenumber.reports"]
receives = ["housenumber.answer"]
places = ["350203"]

[[spokes]]
name = "{caller}"
title = "门牌登记系统"
system = "CADASTRE"
speaks = "cadastre"
sends = ["housenumber.answers"]
places = ["35"]

[[spokes]]
name = "fjfpis"
title = "流动人口系统"
system = "FJFPIS"
sends = {sends}
receives = {receives}
places = ["35"]
"""


def _everything_else() -> dict[str, str]:
    """The grants with which the product's own flows are whole."""
    flows = discover(()).catalogue.flows
    receives = {str(r.channel) for f in flows for r in f.routes if isinstance(r.to, UnitRecipient)}
    return {"sends": json.dumps(sorted(c.name for f in flows for c in f.channels)), "receives": json.dumps(sorted(receives))}


_ANSWER = "{urn:pophub:housenumber.answer:1.0}"


@dataclass
class Place:
    """The installed hub and what it was when it was made, its processes, the register's, and a spoke."""

    installed: Path
    fresh: str
    hub: HubProcesses
    register: SimulatorProcess
    reporter: Reporter
    batches: BatchSender
    answers: BatchSender

    def effects(self, number: str) -> list[dict[str, str]]:
        """What the register did with a report."""
        wanted = entry_id("housenumber.report", number)
        return [line for line in read_ledger(self.register.ledger) if line["t"] == "effect" and line["id"] == wanted]

    def await_state(self, hub_id: str, state: str) -> None:
        """Wait until the message's one delivery has the state."""
        assert waited(lambda: [d["state"] for d in self.reporter.deliveries(hub_id)] == [state], 30), self.reporter.deliveries(
            hub_id
        )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Everything set up and running."""
    installed, plugged = (
        install(tmp_path_factory.mktemp("installed") / "site"),
        plug_in(tmp_path_factory.mktemp("plugged") / "more"),
    )
    home, edge, admin = tmp_path_factory.mktemp("home"), free_port(), free_port()
    with pytest.MonkeyPatch.context() as environment:
        fresh = fingerprint(installed)
        environment.setenv("PYTHONPATH", str(installed))
        environment.setenv("PYTHONDONTWRITEBYTECODE", "1")
        register = SimulatorProcess("cadastre", (plugged,), home / "register")
        (home / "pophub.toml").write_text(
            _SETTINGS.format(edge=edge, admin=admin, register=register.port, spoke=SPOKE, caller=CALLER, **_everything_else()),
            encoding="utf-8",
        )
        hub = HubProcesses(home, admin, installed, POPHUB_PATH=str(plugged))
        try:
            assert hub.run("hub", "init").returncode == 0
            hub.start()
            secrets = {name: (home / "keys" / "spokes" / name).read_text(encoding="ascii").strip() for name in (SPOKE, CALLER)}
            senders = [BatchSender(edge, name, secret) for name, secret in secrets.items()]
            yield Place(installed, fresh, hub, register, Reporter(edge, secrets[SPOKE]), *senders)
        finally:
            hub.stop()
            register.stop()


def test_nothing_in_the_product_knows_it(place: Place) -> None:
    """The system's name stands nowhere in the installed hub, which nevertheless finds it."""
    told = [p for p in place.installed.rglob("*.py") if "cadastre" in p.read_text(encoding="utf-8").lower()]
    assert told == []
    said = place.hub.run("hub", "simulate", "cadastre", "--port", "20000", "--dry-run", "--json")
    assert json.loads(said.stdout)["system"] == "cadastre"


def test_check_is_green(place: Place) -> None:
    """The hub's own proof finds the made-up system and no fault in it or in anything else."""
    said = json.loads(place.hub.run("hub", "check", "--json").stdout)
    assert said["faults"] == []
    assert said["counted"]["adapters"] >= 2


def test_it_passes_the_conformance_suite(place: Place) -> None:
    """The shipped suite runs against it without a line written for it, and passes."""
    said = place.hub.run("hub.testkit.conformance", "cadastre")
    assert said.returncode == 0, said.stdout[-3000:] + said.stderr[-3000:]
    assert said.stdout.count("ok   cadastre") > 40


def test_a_report_comes_back_as_an_answer(place: Place) -> None:
    """A report by SOAP is stored, delivered in GB18030 with every character, and answered through feed and mailbox."""
    hub_id = place.reporter.report("MP2026-1001", OWNER, STREET)
    place.await_state(hub_id, "delivered")
    assert [line["digest"] for line in place.effects("MP2026-1001")] == [entry_digest("MP2026-1001", OWNER, STREET)]
    found: list[dict[str, str]] = []
    assert waited(lambda: bool(found.extend(place.reporter.mailbox()) or found), 30)
    answer = parse(found[0]["document"].encode())
    assert (found[0]["channel"], found[0]["fromSystem"]) == ("housenumber.answer", "CADASTRE")
    assert answer.findtext(f"{_ANSWER}reportNo") == "MP2026-1001"
    assert answer.findtext(f"{_ANSWER}ownerName") == OWNER
    assert answer.findtext(f"{_ANSWER}houseNumber") == f"{STREET[:10]}7号"


def test_a_lost_answer_is_unknown_and_never_repeated(place: Place) -> None:
    """Class C: the answer lost after the work leaves one effect and the state unknown, over a restart and later traffic too."""
    place.register.faults({"lose_answer_after_work": {"count": 1, "on": ["report"]}})
    lost = place.reporter.report("MP2026-2001", OWNER, "一号街")
    place.await_state(lost, "unknown")
    place.register.faults({})
    place.hub.kill("engine")
    for number in ("MP2026-2002", "MP2026-2003"):
        place.await_state(place.reporter.report(number, "林建秀", "二号街"), "delivered")
    assert len(place.effects("MP2026-2001")) == 1
    assert place.reporter.deliveries(lost)[0]["attempts"] == 1
    place.await_state(lost, "unknown")


def test_a_call_cut_off_by_death_is_unknown(place: Place) -> None:
    """Class C: an engine killed in the middle of a call leaves the state unknown and at most one effect."""
    place.register.faults({"hang": {"count": 1, "on": ["report"]}})
    cut = place.reporter.report("MP2026-3001", OWNER, "三号街")
    assert waited(lambda: place.register.shown()["faults"]["hang"]["injected"] == 1, 30)
    place.hub.kill("engine")
    place.register.faults({})
    place.await_state(cut, "unknown")
    assert place.effects("MP2026-3001") == []


def test_a_result_is_asked_for_with_a_ticket(place: Place) -> None:
    """A report that the register answers later is pending under its ticket, over the death of the engine too, and is delivered once."""
    place.register.faults({"busy": {"on": ["result"]}})
    hub_id = place.reporter.report("MP2026-5001", OWNER, "五号街待勘")
    place.await_state(hub_id, "pending")
    place.hub.kill("engine")
    assert place.reporter.deliveries(hub_id)[0]["state"] in ("pending", "claimed", "released")
    place.register.faults({})
    place.await_state(hub_id, "delivered")
    assert len(place.effects("MP2026-5001")) == 1


def test_a_batch_of_reports_survives_the_engine(place: Place) -> None:
    """A batch uploaded in parts is split while the engine is killed again and again: each good record has one effect or is honestly
    unknown, each bad one is told by number, and sending it again changes nothing.
    """
    count, bad = 600, {7, 300, 600}
    records = [report(f"MB2026-{n:06d}", place="x" if n in bad else "350203001000") for n in range(1, count + 1)]
    data = reports(records)
    hub_id = place.batches.send("housenumber.reports", "urn:test:batch-1", data, count)
    for _ in range(3):
        place.hub.kill("engine")
    assert waited(lambda: place.batches.standing(hub_id)["state"] == "done", 60), place.batches.standing(hub_id)
    outcomes = place.batches.outcomes(hub_id)
    assert [o["number"] for o in outcomes] == list(range(1, count + 1))
    assert {o["number"]: o["code"] for o in outcomes if o["state"] == "refused"} == dict.fromkeys(
        sorted(bad), "Client.Schema.Pattern"
    )
    assert {o["state"] for o in outcomes} == {"accepted", "refused"}
    ends = {}
    for outcome in outcomes:
        if outcome["hubId"]:
            assert waited(lambda o=outcome: place.reporter.deliveries(o["hubId"])[-1:] != [], 30)
            assert waited(lambda o=outcome: place.reporter.deliveries(o["hubId"])[0]["state"] in ("delivered", "unknown"), 60)
            ends[outcome["number"]] = place.reporter.deliveries(outcome["hubId"])[0]["state"]
    effects = Counter(line["id"] for line in read_ledger(place.register.ledger) if line["t"] == "effect")
    for number, end in ends.items():
        done = effects[entry_id("housenumber.report", f"MB2026-{number:06d}")]
        assert done == 1 if end == "delivered" else done <= 1, (number, end, done)
    assert list(ends.values()).count("delivered") > count // 2
    assert place.batches.send("housenumber.reports", "urn:test:batch-1", data, count) == hub_id
    assert place.batches.standing(hub_id)["accepted"] == count - len(bad)


def test_answers_come_in_a_batch_of_the_systems_own(place: Place) -> None:
    """Answers in the register's own wrapper and GB18030, from a caller that speaks it: translated, sifted, delivered to who reported."""
    hub_id = place.reporter.report("MP2026-4001", OWNER, "四号街")
    place.await_state(hub_id, "delivered")
    assert waited(lambda: any("MP2026-4001" in i["document"] for i in place.reporter.mailbox()), 90)
    texts = [f"<门牌答复><申报号>MP2026-4001</申报号><结果>同意</结果>{number}<房主>{OWNER}</房主><时间>20260303090000</时间></门牌答复>"
             for number in ("", "<门牌>四号街9号</门牌>")]  # fmt: skip
    data = f'<?xml version="1.0" encoding="GB18030"?><答复批><批号>4</批号><条数>2</条数>{"".join(texts)}</答复批>'
    batch = place.answers.send("housenumber.answers", "urn:test:answers-1", encodings.encode(data, "GB18030"), 2)
    assert waited(lambda: place.answers.standing(batch)["state"] == "done", 30)
    first, second = place.answers.outcomes(batch)
    assert (first["state"], first["outcome"], first["hubId"]) == ("accepted", "no number", None)
    assert (second["state"], second["code"]) == ("duplicate", None)


def test_an_operator_hands_a_batch_in(place: Place, tmp_path: Path) -> None:
    """--dry-run judges every record and keeps nothing; then the same file is accepted, and again is a duplicate."""
    file = tmp_path / "reports.xml"
    file.write_bytes(reports([report("MB2026-900001"), report("MB2026-900002", place="x")]))
    words = ("hub", "batch", "submit", "housenumber.reports", str(file), "--spoke", SPOKE, "--json")
    tried = place.hub.run(*words, "--dry-run")
    assert (tried.returncode, json.loads(tried.stdout)["codes"]) == (1, {"Client.Schema.Pattern": 1})
    given = json.loads(place.hub.run(*words).stdout)
    assert (given["records"], given["duplicate"]) == (2, False)
    assert waited(lambda: place.batches.standing(given["hubId"])["state"] == "done", 30)
    assert json.loads(place.hub.run(*words).stdout) | {"state": ""} == given | {"duplicate": True, "state": ""}
    told = json.loads(place.hub.run("hub", "batch", "errors", given["hubId"], "--json").stdout)["items"]
    assert [(i["number"], i["path"]) for i in told] == [(2, "/housenumberReport/reportDiv")]


def test_the_installed_hub_is_as_it_was(place: Place) -> None:
    """Plugging in, checking and running changed no file of the installed hub."""
    assert fingerprint(place.installed) == place.fresh
