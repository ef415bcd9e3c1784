"""The page docs/interop.md: what its two tables say, made from what this run found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import Any, Final

import pytest

from hub.transports.http_client import CallFailed
from tests.interop import tools
from tests.interop.calling import OPERATIONS, PAIRS, Client, Conversation
from tests.interop.serving import ANSWERS, SERVERS, Server

PAGE: Final = tools.ROOT / "docs" / "interop.md"
CLIENTS_HEAD: Final = ("client", "version tried", "SOAP", "credential", *OPERATIONS)
SERVERS_HEAD: Final = ("server", "version tried", *ANSWERS)
_YES, _NO = "yes", "**no**"

Row = tuple[str, ...]


def client_rows(hold: Callable[[Client, str], Conversation]) -> list[Row]:
    """A row for each client there is and each SOAP version that it speaks."""
    return [
        (client.name, client.tool.title, version, client.credential, *_verdicts(lambda c=client, v=version: hold(c, v), OPERATIONS.values()))
        for client, version in PAIRS
        if client.tool.version()
    ]  # fmt: skip


def server_rows(reach: Callable[[Server], str]) -> list[Row]:
    """A row for each server there is."""
    return [
        (server.name, server.tool.title, *_verdicts(lambda s=server: reach(s), ANSWERS.values()))
        for server in SERVERS
        if server.tool.version()
    ]  # fmt: skip


def _verdicts(given: Callable[[], Any], checks: Iterable[Callable[[Any], None]]) -> Row:
    return tuple(_verdict(given, check) for check in checks)


def _verdict(given: Callable[[], Any], check: Callable[[Any], None]) -> str:
    try:
        check(given())
    except (AssertionError, CallFailed, pytest.fail.Exception):
        return _NO
    return _YES


def written(head: Row, rows: Iterable[Row]) -> str:
    """A Markdown table."""
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, ("---",) * len(head), *rows)) + "\n"


def read(text: str, head: Row) -> list[Row]:
    """The rows of the table with this head on a page."""
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in _rows(text.partition(written(head, ()))[2])]


def without_patch(row: Row) -> Row:
    """A row that says of versions only the first two numbers."""
    return tuple(re.sub(r"([0-9]+\.[0-9]+)(\.[0-9]+)+", r"\1", cell) for cell in row)


def replaced(text: str, head: Row, rows: Iterable[Row]) -> str:
    """The page with the rows of a table replaced."""
    before, start, after = text.partition(written(head, ()))
    assert start, f"no table with the head {head}"
    return before + written(head, rows) + "\n".join(after.split("\n")[len(_rows(after)) :])


def _rows(text: str) -> list[str]:
    """The lines of a table with which a text begins."""
    return list(takewhile(lambda line: line.startswith("|"), text.split("\n")))
