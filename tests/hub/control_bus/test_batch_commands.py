"""pophub batch: how batches stand, what was refused, resumed by one person, ended by two; every act on record, no value anywhere."""

from __future__ import annotations

import csv
import io
import json

import pytest

from hub.contract.message import show_hub_id
from tests.hub.batches.batch_rig import BatchRig, enquiries, wrapped
from tests.hub.control_bus.conftest import Cli
from tests.hub.pipeline.rig import Rig


@pytest.fixture
def batch(rig: Rig) -> BatchRig:
    """A kind of batch over the rig's home."""
    return BatchRig(rig)


def test_status_and_errors(batch: BatchRig, cli: Cli) -> None:
    """Counts, then the refused records as table, CSV and JSON, page by page; no value of a record in any of them."""
    row, _ = batch.receive(wrapped(enquiries(*range(1, 7), bad=(2, 5))))
    batch.split()
    home, shown = batch.rig.home, show_hub_id(row.id)
    told = json.loads(cli("batch", "status", shown, "--json", home=home).stdout)
    assert (told["state"], told["total"], told["accepted"], told["refused"]) == ("done", 6, 4, 2)
    listed = json.loads(cli("batch", "list", "--json", home=home).stdout)["batches"]
    assert [b["hubId"] for b in listed] == [shown]
    first = json.loads(cli("batch", "errors", shown, "--limit", "1", "--json", home=home).stdout)
    assert ([i["number"] for i in first["items"]], first["next"]) == ([2], 2)
    table = cli("batch", "errors", shown, "--csv", home=home).stdout
    assert [r[0] for r in csv.reader(io.StringIO(table))][1:] == ["2", "5"]
    said = "".join(cli("batch", *words, home=home).stdout for words in (("list",), ("status", shown), ("errors", shown, "--all")))
    assert "已完成(done)" in said and "Client.Schema.Missing" in said
    assert "3599" not in said + table


def test_two_people_end_a_batch(batch: BatchRig, cli: Cli) -> None:
    """One asks, the same person cannot confirm, another can; what was not split by then never is, and both acts are on record."""
    row, _ = batch.receive(wrapped(enquiries(1, 2)))
    home, words = batch.rig.home, ("batch", "cancel", show_hub_id(row.id), "--reason", "送错了文件", "--json")
    assert json.loads(cli(*words, "--dry-run", home=home, LOGNAME="chen").stdout)["dryRun"]
    assert json.loads(cli(*words, home=home, LOGNAME="chen").stdout)["outcome"] == "asked"
    assert cli(*words, home=home, LOGNAME="chen").returncode == 1
    assert batch.rig.machine.batches.of(row.id).state == "accepted"
    assert json.loads(cli(*words, home=home, LOGNAME="lin").stdout)["outcome"] == "cancelled"
    assert batch.split() == 0
    assert batch.rig.rows("SELECT count(*) FROM message") == [(0,)]
    acts = batch.rig.rows("SELECT who FROM audit WHERE action = 'batch.cancel' ORDER BY segment")
    assert [who for (who,) in acts] == ["cli:chen", "cli:chen", "cli:lin"]
    assert cli(*words, home=home, LOGNAME="wu").returncode == 1


def test_a_failed_batch_goes_on_when_told(batch: BatchRig, cli: Cli) -> None:
    """A document that cannot be read stops its batch visibly; put right and resumed, it goes on at its checkpoint."""
    row, _ = batch.receive(wrapped(enquiries(*range(1, 401))))
    home, file = batch.rig.home, batch.rig.home / "claims" / str(row.id)
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    batch.split()
    shown = show_hub_id(row.id)
    told = json.loads(cli("batch", "status", shown, "--json", home=home).stdout)
    assert (told["state"], told["code"]) == ("failed", "Flow.Unreadable")
    file.write_bytes(whole)
    assert json.loads(cli("batch", "resume", shown, "--dry-run", "--json", home=home).stdout)["dryRun"]
    assert batch.split() == 0
    assert cli("batch", "resume", shown, home=home).returncode == 0
    batch.split()
    assert (batch.seen().state, batch.seen().accepted) == ("done", 400)
    assert cli("batch", "resume", shown, home=home).returncode == 1


def test_an_unknown_batch(batch: BatchRig, cli: Cli) -> None:
    """An id that is none, or nobody's, is told so with exit code 1."""
    for word in ("status", "errors", "resume"):
        assert cli("batch", word, "10001-1", home=batch.rig.home).returncode == 1
