"""The floor does the same job for the same bytes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from lxml import etree

pytest.importorskip("uvloop")
pytest.importorskip("httptools")

from adapters.padis import ADAPTER, REQUEST
from bench import floor, load
from bench.cell import measure
from bench.systems import FloorSystem, Ports


def test_floor_translates_as_the_adapter_does() -> None:
    """The stylesheet and the adapter's dictionary make the same document of the load test's message."""
    document = etree.fromstring(next(load.requests(1)))[1][0]
    adapted = etree.tostring(ADAPTER.translator.from_canonical(REQUEST, document), encoding="unicode")
    assert floor.translate(document) == adapted


@pytest.mark.skipif(
    shutil.which("wrk") is None and os.environ.get("POPHUB_REQUIRE_SERVICES") != "1",
    reason="wrk is not installed: apt-get install wrk",
)
def test_floor_loses_nothing(tmp_path: Path) -> None:
    """In a short round every acknowledged request has reached the sink once, and the accounts say so."""
    made = load.write(tmp_path, 40_000)
    cell = measure(FloorSystem, tmp_path / "floor", Ports.free(18_950), made, connections=2, seconds=1)
    assert cell.acknowledged > 0
    assert cell.balanced
    assert (cell.difference, cell.waiting, cell.repeated, cell.unanswered, cell.errors) == (0, 0, 0, 0, 0)
    assert cell.cpu_per_1000 > 0
    assert cell.pss_mib["floor"] > 0
