"""/metrics of a hub that runs: what it counts is what the callers and receivers counted themselves; labels stay few and bare."""

from __future__ import annotations

import http.client
import re
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from demo.families.enquiry.reading import EnquiryReading
from demo.families.enquiry.submissions import Enquiries
from demo.province import generate
from demo.spokes.caller import Caller
from demo.spokes.inbox import Inbox
from demo.spokes.mailbox import Mailbox
from demo.spokes.settings import Mixture, SpokeSettings
from demo.spokes.soap import Letters, basic
from demo.spokes.wire import Wire, request
from hub.contract.errors import KINDS
from hub.testkit.ledger import Ledger, read_ledger
from tests.faults.fault_home import SPOKE, FaultHome, make_home
from tests.faults.processes import HubProcesses, waited

ROOT = Path(__file__).parents[3]
MESSAGES = 40
MIXTURE = Mixture(invalid=0.3, cross=0.5, again=0.15, at_once=0.15, unheard=0.0, zeep=0.0)
PLACES = ("3502", "3503", "3505", "3509")
HOSTILE = "359901199001011234"
LABELS = {
    "channel", "sender", "code", "state", "outlet", "outcome", "interface", "adapter", "feed", "process", "le", "key", "flow", "batch", "schedule", "lookup", "system",
}  # fmt: skip
SYSTEMS = {f"system:{folder.name}" for folder in (ROOT / "adapters").iterdir()}
Figures = Callable[..., float]


@dataclass
class Watched:
    """A hub after traffic, and the ledgers of everybody around it."""

    home: FaultHome
    hub: HubProcesses
    sent: list[dict[str, Any]]
    received: Path
    strangers: Counter[str]

    def text(self, accept: str = "") -> tuple[str, str]:
        """One scrape: media type and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.home.admin, timeout=20)
        connection.request("GET", "/metrics", headers={"Accept": accept} if accept else {})
        answer = connection.getresponse()
        said = answer.read().decode()
        connection.close()
        assert answer.status == 200, said
        return answer.getheader("Content-Type") or "", said

    def sum(self, sample: str, **labels: str) -> float:
        """All samples of a name with these labels, from a fresh scrape."""
        return total(self.text()[1], sample, **labels)


def total(text: str, sample: str, **labels: str) -> float:
    """All samples of a name with these labels."""
    return sum(
        s.value for f in text_string_to_metric_families(text) for s in f.samples if s.name == sample and labels.items() <= s.labels.items()
    )  # fmt: skip


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Forty enquiries of four callers, some invalid, some sent twice; strangers at the door; a mailbox read to its end."""
    folder = tmp_path_factory.mktemp("metrics")
    home = make_home(folder)
    hub = HubProcesses(folder, home.admin, ROOT)
    try:
        assert hub.run("hub", "init").returncode == 0
        hub.start()
        strangers = _knock(home)
        sent, received = home.ledgers / "sent.jsonl", home.ledgers / "received.jsonl"
        stopped = threading.Event()
        inbox = Inbox(received, EnquiryReading(), lambda *_: None)
        mailbox = Mailbox(("127.0.0.1", home.edge), basic(SPOKE, home.secret), inbox, stopped)
        reader = threading.Thread(target=mailbox.run, daemon=True)
        reader.start()
        _ask(home, sent, stopped)
        done = Watched(home, hub, list(read_ledger(sent)), received, strangers)
        assert waited(lambda: done.sum("pophub_deliveries_waiting") + done.sum("pophub_messages_waiting") == 0, 90)
        yield done
        stopped.set()
        reader.join(30)
        inbox.close()
    finally:
        hub.stop()
        home.padis.stop()


def _ask(home: FaultHome, sent: Path, stopped: threading.Event) -> None:
    settings = SpokeSettings(
        SPOKE, "FJFPIS", "", "", PLACES, str(home.ledgers), run="00077", people=3000, seed=77, mixture=MIXTURE, enquiries=MESSAGES
    )
    work = iter(Enquiries(settings, tuple(generate(settings.people, settings.seed))))
    drawing, ledger = threading.Lock(), Ledger(sent)
    caller = Caller(("127.0.0.1", home.edge), Letters(f"127.0.0.1:{home.edge}", basic(SPOKE, home.secret)), ledger, 50, stopped)

    def run() -> None:
        while True:
            with drawing:
                one = next(work, None)
            if one is None:
                caller._wire().close()
                return
            caller.submit(one)

    threads = [threading.Thread(target=run, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    ledger.close()


def _knock(home: FaultHome) -> Counter[str]:
    """Requests of strangers, with a citizen number wherever one can be put; the codes of the faults they were answered with."""
    said: Counter[str] = Counter()
    wire, host = Wire("127.0.0.1", home.edge), f"127.0.0.1:{home.edge}"
    letters = Letters(host, basic(HOSTILE, HOSTILE))
    document = b'<enquiryRequest xmlns="urn:pophub:enquiry.request:1.0"/>'
    knocks = [
        request("POST", f"/soap/{HOSTILE}", host, {"Content-Type": "text/xml"}, b"<a/>"),
        request("POST", "/soap/enquiry", host, {"Content-Type": "text/xml"}, f"<n{HOSTILE}/>".encode()),
        request("POST", "/soap/enquiry", host, {"Content-Type": f"text/{HOSTILE}"}, b"<a/>"),
        letters.submit(document, "enquiry.request", HOSTILE, HOSTILE, "1.1"),
    ]
    for knock in knocks:
        said.update(re.findall(r">([A-Za-z.]*Client\.[A-Za-z.]+)<", wire.exchange(knock).body.decode())[:1])
    wire.close()
    assert said.total() == len(knocks), said
    return Counter({code.rpartition(":")[2]: n for code, n in said.items()})


def test_accepted_is_what_callers_were_acknowledged(watched: Watched) -> None:
    """Each business document once; every further acknowledgement is a duplicate."""
    acked = [line for line in watched.sent if line["t"] == "acked"]
    assert len({line["hub"] for line in acked}) > MESSAGES / 3
    assert sum(line["duplicate"] for line in acked) > 3
    of = {"channel": "enquiry.request", "sender": "spoke", "process": "edge"}
    assert watched.sum("pophub_messages_accepted_total", **of) == len({line["hub"] for line in acked})
    assert watched.sum("pophub_messages_duplicate_total", **of) == sum(line["duplicate"] for line in acked)


def test_refused_is_what_callers_were_answered(watched: Watched) -> None:
    """Code for code, everybody together; who was refused before he was known is a stranger."""
    told = Counter(line["code"] for line in watched.sent if line["t"] == "fault") + watched.strangers
    assert len(told) > 5
    text, refused = watched.text()[1], "pophub_messages_refused_total"
    assert {code: n for code in KINDS if (n := total(text, refused, code=code))} == told
    assert total(text, refused) == told.total()
    assert total(text, refused, sender="stranger", channel="none") >= watched.strangers.total()
    assert total(text, refused, sender="spoke", channel="enquiry.request") > 3


def test_delivered_is_what_receivers_applied(watched: Watched) -> None:
    """The platform's effects and the mailbox's, each by its outlet; nothing waits, nothing holds a lane."""
    national = [line for line in read_ledger(watched.home.padis.ledger) if line["t"] == "effect"]
    taken = [line for line in read_ledger(watched.received) if line["t"] == "effect"]
    assert national and taken
    text = watched.text()[1]
    for outlet, effects in (("system:padis", national), ("mailbox", taken)):
        of = {"outlet": outlet, "state": "delivered"}
        assert total(text, "pophub_deliveries_settled_total", **of) == len(effects)
    assert total(text, "pophub_delivery_attempts_total", outlet="system:padis", outcome="delivered") == len(national)
    assert total(text, "pophub_partner_call_seconds_count", outlet="system:padis") >= len(national)
    assert total(text, "pophub_lanes_held") == 0
    assert total(text, "pophub_outlet_in_flight") == 0
    assert total(text, "pophub_messages_planned_total", state="planned") == total(text, "pophub_messages_accepted_total")


def test_durations_processes_and_moments(watched: Watched) -> None:
    """Door, commit and group size are measured; every process answers; feeds, keys and calendar have their moment."""
    text = watched.text()[1]
    ends = Counter(line["t"] for line in watched.sent)
    assert total(text, "pophub_door_seconds_count", interface="soap") == ends["acked"] + ends["fault"] + watched.strangers.total()
    assert total(text, "pophub_commit_group_size_sum", process="edge") >= total(text, "pophub_messages_accepted_total")
    assert total(text, "pophub_commit_seconds_count", process="engine") > 0
    for process in ("edge", "engine"):
        assert total(text, "pophub_process_up", process=process) == 1
    for process in ("edge", "engine", "parent"):
        assert total(text, "process_resident_memory_bytes", process=process) > 1e6
    assert total(text, "pophub_feed_polled_timestamp_seconds", adapter="padis") > 1.7e9
    assert total(text, "pophub_key_created_timestamp_seconds", key="kek") > 1.7e9
    assert total(text, "pophub_calendar_known_until_timestamp_seconds") > 1.7e9
    assert total(text, "pophub_store_up") == 1
    assert total(text, "pophub_writer_queue_length", process="edge") == 0


def test_labels_are_few_and_bare(watched: Watched) -> None:
    """No label that a caller could fill; nothing of what strangers wrote stands anywhere; Prometheus names and formats."""
    media, text = watched.text()
    assert media.startswith("text/plain; version=0.0.4")
    assert HOSTILE not in text
    samples = [s for f in text_string_to_metric_families(text) for s in f.samples]
    assert {name for s in samples for name in s.labels} <= LABELS
    assert {s.labels["channel"] for s in samples if "channel" in s.labels} <= {
        "enquiry.request",
        "enquiry.feedback",
        "none",
        "other",
    }
    assert {s.labels["outlet"] for s in samples if "outlet" in s.labels} <= {*SYSTEMS, "mailbox", "plan"}
    assert not [s for s in samples for v in s.labels.values() if re.search(r"\d{6}", v)]
    families = [f.name for f in text_string_to_metric_families(text)]
    assert len(families) == len(set(families))
    assert all(re.fullmatch(r"(pophub|process)_[a-z0-9_]+", name) for name in families)
    assert len(samples) < 500
    modern = watched.text("application/openmetrics-text; version=1.0.0")
    assert modern[0].startswith("application/openmetrics-text")
    assert modern[1].endswith("# EOF\n")


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (apt install prometheus)")
def test_promtool_finds_nothing_to_say(watched: Watched) -> None:
    """Prometheus' own linter: names, units, types, help."""
    said = subprocess.run(
        ["promtool", "check", "metrics"], input=watched.text()[1], capture_output=True, text=True, timeout=60, check=False
    )
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_a_dead_child_is_seen(watched: Watched) -> None:
    """While the engine is gone its process is down and what waits is still told; another one starts its own series."""
    watched.hub.kill("engine")
    assert waited(lambda: watched.sum("pophub_process_up", process="engine") == 1, 30)
    text = watched.text()[1]
    assert total(text, "pophub_deliveries_settled_total", process="engine") == 0
    assert total(text, "pophub_messages_accepted_total", process="edge") > 0
