"""Notices of checks and their receipts at the simulated platform: originated on order, worked, answered, given back, found wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.padis import ADAPTER
from hub.contract.outcome import Delivered, Rejected, Released
from hub.contract.xml import parse, serialise
from hub.testkit.ledger import entry_id
from tests.adapters.padis.padis_platform import NOTICE, RECEIPT, REGISTRY, Platform, platform, sample, submit

PLACES = ["350102001000", "350203001000"]


@pytest.fixture
def padis(tmp_path: Path) -> Iterator[Platform]:
    """A platform that answers every notice at once."""
    with platform(tmp_path / "padis.jsonl") as running:
        running.tell(receipts={"share": 1, "after_ms": 0})
        yield running


def test_originated_notices_are_valid_and_ours(padis: Platform) -> None:
    """What it tells us is valid both ways, about made-up women whose hukou is here, each once and in the order of its ledger."""
    ids = padis.tell(notify={"count": 20, "seed": 3, "places": PLACES})["notified"]
    found, _ = padis.download(wanted=20)
    assert [line["id"] for line in padis.lines("sent")] == ids and len(set(ids)) == 20
    kinds = set()
    for channel, document in found:
        REGISTRY.validate(ADAPTER.feeds[0].channels[channel], document)  # type: ignore[index]
        canonical = ADAPTER.translator.to_canonical(NOTICE, document)
        REGISTRY.validate("canonical/1.0/notice.contraception.xsd", canonical)
        assert (channel, canonical.findtext("{*}hukouDiv") in PLACES, canonical.findtext("{*}subject/{*}sex")) == (
            NOTICE,
            True,
            "2",
        )
        assert (canonical.findtext("{*}subject/{*}idNo") or "").startswith("3599")
        kinds.add(canonical.findtext("{*}checkKind"))
    assert kinds == {"1", "2", "3"}


def test_it_tells_of_women_that_both_know(tmp_path: Path) -> None:
    """With a population it tells of its women alone, most of them with their true place of hukou."""
    people = [
        {"name": f"测试{n}", "idNo": f"35990119900510{n:03d}X", "sex": "12"[n % 2], "birthDate": "1990-05-10", "hukouDiv": "350702001001",
         "residenceDiv": "440106001000"}
        for n in range(40)
    ]  # fmt: skip
    (tmp_path / "padis.jsonl.people").write_text("\n".join(json.dumps(p) for p in people), encoding="utf-8")
    with platform(tmp_path / "padis.jsonl") as padis:
        padis.tell(notify={"count": 20, "seed": 1, "places": PLACES})
        found, _ = padis.download(wanted=20)
    assert {d.findtext("DX/ZJHM") for _, d in found} <= {p["idNo"] for p in people if p["sex"] == "2"}
    assert sum(d.findtext("HJDQH") == "350702001001" for _, d in found) > 10


@pytest.mark.parametrize(("wrong", "results"), [(0.0, {"1", "4"}), (1.0, {"3"})])
def test_our_notices_are_received(padis: Platform, wrong: float, results: set[str]) -> None:
    """Each notice of ours is worked once per submission and answered once, by a valid receipt of the unit told."""
    padis.tell(receipts={"wrong": wrong})
    text = sample(NOTICE, "both").decode()
    for n in range(12):
        assert isinstance(
            padis.partner.deliver(submit(NOTICE), text.replace("0003<", f"{n:04d}<").encode(), f"FJ-{n}-0"), Delivered
        )
    assert isinstance(padis.partner.deliver(submit(NOTICE), text.encode(), "FJ-99-0"), Delivered)
    found, _ = padis.download(wanted=12)
    seen = set()
    for channel, document in found:
        canonical = ADAPTER.translator.to_canonical(RECEIPT, document)
        REGISTRY.validate("canonical/1.0/notice.contraception_receipt.xsd", canonical)
        assert (channel, canonical.findtext("{*}receiveDiv"), canonical.findtext("{*}originSystem")) == (
            RECEIPT,
            "360102001001",
            "FJFPIS",
        )
        seen.add(canonical.findtext("{*}result"))
    assert seen == results and len(found) == 12 and len(padis.lines("effect")) == 13


def test_a_notice_given_back_is_applied_when_it_comes_again(padis: Platform) -> None:
    """Given back, a notice has no effect and its return no ledger entry of its own; sent anew it is applied."""
    padis.tell(receipts={"returned": 1})
    padis.partner.deliver(submit(NOTICE), sample(NOTICE, "both"), "FJ-1-0")
    ((_, back),), cursor = padis.download()
    assert (back.findtext("QRJG"), back.findtext("ZQDQH")) == ("TH", "310104") and padis.lines("effect") == []
    padis.partner.deliver(submit(NOTICE), sample(NOTICE, "both"), "FJ-2-8")
    ((_, answer),), _ = padis.download(cursor)
    assert answer.findtext("QRJG") in ("JS", "GX")
    assert [line["id"] for line in padis.lines("effect")] == [entry_id("notice.contraception", "FJFPIS", "TB20261120-0003")]
    assert len(padis.lines("published")) == len(padis.lines("passed")) == 1 and len(padis.lines("sent")) == 1


def test_receipts_of_ours(padis: Platform) -> None:
    """A receipt is taken for a notice that the platform told, else refused with 1003; asked, it says what became of each."""
    padis.tell(notify={"count": 1, "seed": 1, "places": PLACES})
    ((_, told),), _ = padis.download()
    text = sample(RECEIPT, "updated").decode().replace("<FQXT>FJFPIS", "<FQXT>PADIS")
    ours = text.replace("TB20261120-0001", told.findtext("TBH", ""))
    done = padis.partner.deliver(submit(RECEIPT), serialise(parse(ours.encode())), "FJ-1-0")
    assert isinstance(done, Delivered) and padis.partner.ask(submit(RECEIPT), "FJ-1-0") == done
    assert padis.partner.deliver(submit(RECEIPT), text.encode(), "FJ-2-8") == Rejected("1003")
    assert isinstance(padis.partner.ask(submit(RECEIPT), "FJ-2-8"), Released)
    assert [line["id"].partition(":")[0] for line in padis.lines("effect")] == [RECEIPT]
