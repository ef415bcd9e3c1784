"""The page that tells spoke developers what works says what this run found: make interop writes it."""

from __future__ import annotations

import os
import re

import pytest

from tests.interop import table
from tests.interop.conftest import Hold, Reach

WRITE = os.environ.get("POPHUB_WRITE_INTEROP") == "1"


@pytest.mark.parametrize("which", ["clients", "servers"])
def test_the_page_says_what_the_run_found(which: str, hold: Hold, reach: Reach) -> None:
    """Row by row, patch versions apart. A tool that is not here has no row to compare; where services are required all are."""
    rows, head = (
        (table.client_rows(hold), table.CLIENTS_HEAD) if which == "clients" else (table.server_rows(reach), table.SERVERS_HEAD)
    )
    page = table.PAGE.read_text(encoding="utf-8")
    if WRITE:
        page = table.replaced(page, head, rows)
        table.PAGE.write_text(page, encoding="utf-8")
    told = {row[:1] + row[2:3]: table.without_patch(row) for row in table.read(page, head)}
    found = {row[:1] + row[2:3]: table.without_patch(row) for row in rows}
    assert {key: told.get(key) for key in found} == found
    if os.environ.get("POPHUB_REQUIRE_SERVICES") == "1":
        assert list(told) == list(found)


def test_everything_works() -> None:
    """The committed page has no refusal in it: each toolkit of the list can be used."""
    page = table.PAGE.read_text(encoding="utf-8")
    for head in (table.CLIENTS_HEAD, table.SERVERS_HEAD):
        cells = [cell for row in table.read(page, head) for cell in row]
        assert cells.count("yes") > 15
        assert "**no**" not in cells


def test_what_the_page_points_to_is_there() -> None:
    """Each link of the page that leads into the repository ends at a file or a folder of it."""
    targets = re.findall(r"\]\((\.\./[^)]+)\)", table.PAGE.read_text(encoding="utf-8"))
    assert len(targets) > 5
    assert [target for target in targets if not (table.PAGE.parent / target).exists()] == []
