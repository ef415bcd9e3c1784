"""A made-up system, present only in a temporary folder named by POPHUB_PATH, works with an installed hub that it cannot change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.contract.xml import parse
from hub.testkit.conformance.simulated import SimulatorProcess, free_port
from hub.testkit.ledger import entry_digest, entry_id, read_ledger
from tests.faults.processes import HubProcesses, waited
from tests.made_up.installation import fingerprint, install, plug_in
from tests.made_up.reporting import SPOKE, Reporter

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
sends = ["housenumber.report"]
receives = ["housenumber.answer"]
places = ["350203"]

[[spokes]]
name = "fjfpis"
title = "流动人口系统"
system = "FJFPIS"
sends = ["enquiry.request", "enquiry.feedback", "enquiry.return", "enquiry.withdraw", "enquiry.withdrawn",
  "notice.contraception", "notice.contraception_receipt", "police.handling", "health.handling"]
receives = ["enquiry.request", "enquiry.feedback", "enquiry.withdraw", "enquiry.withdrawn",
  "notice.contraception", "notice.contraception_receipt", "police.record", "health.comparison", "health.handling"]
places = ["35"]

[[spokes]]
name = "police"
title = "省公安厅流动人口平台"
system = "POLICE"
speaks = "police"
sends = ["police.bulk_push"]
places = ["35"]

[[spokes]]
name = "phc"
title = "基层卫生信息系统"
system = "PHC"
speaks = "health"
sends = ["health.delivery"]
places = ["35"]
"""
_ANSWER = "{urn:pophub:housenumber.answer:1.0}"


@dataclass
class Place:
    """The installed hub and what it was when it was made, its processes, the register's, and a spoke."""

    installed: Path
    fresh: str
    hub: HubProcesses
    register: SimulatorProcess
    reporter: Reporter

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
            _SETTINGS.format(edge=edge, admin=admin, register=register.port, spoke=SPOKE), encoding="utf-8"
        )
        hub = HubProcesses(home, admin, installed, POPHUB_PATH=str(plugged))
        try:
            assert hub.run("hub", "init").returncode == 0
            hub.start()
            secret = (home / "keys" / "spokes" / SPOKE).read_text(encoding="ascii").strip()
            yield Place(installed, fresh, hub, register, Reporter(edge, secret))
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


def test_the_installed_hub_is_as_it_was(place: Place) -> None:
    """Plugging in, checking and running changed no file of the installed hub."""
    assert fingerprint(place.installed) == place.fresh
