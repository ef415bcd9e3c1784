"""The canary scan can see: every form in every kind of place is found, and what is not there is not."""

from __future__ import annotations

import base64
import gzip
import json
import os
import shutil
import sqlite3
import urllib.parse
from collections.abc import Callable
from contextlib import closing
from html import escape
from pathlib import Path

import pytest

from hub.testkit.canaries import Canaries, forms

NAME, ID_NO, ADDRESS = "慕容金丝雀", "359907197702280013", "示例路18号3楼（东）"
OTHERS = ("欧阳布谷", "359907197702280021", "𠮷野示例")

WRITERS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "gb18030": lambda v: v.encode("gb18030"),
    "utf-16 little": lambda v: v.encode("utf-16"),
    "utf-16 big": lambda v: v.encode("utf-16-be"),
    "json": lambda v: json.dumps({"x": v}).encode(),
    "percent": lambda v: urllib.parse.urlencode({"q": v}).encode(),
    "percent gbk": lambda v: urllib.parse.quote(v, safe="", encoding="gb18030").encode(),
    "hex": lambda v: v.encode().hex().encode(),
    "hex upper": lambda v: f"X'{v.encode().hex().upper()}'".encode(),
    "repr": lambda v: repr(v.encode()).encode(),
    "reversed": lambda v: v[::-1].encode(),
    "entities": lambda v: escape(v).encode("ascii", "xmlcharrefreplace"),
    **{f"base64 after {n}": lambda v, n=n: base64.b64encode(b"<a>"[:n] + v.encode() + b"</a>") for n in range(4)},
    **{f"base64url after {n}": lambda v, n=n: base64.urlsafe_b64encode(b"abc"[:n] + v.encode("gb18030") + b"z") for n in range(3)},
}  # fmt: skip
"""How a value might be written, each by an ordinary library and not by the scan's own hand."""


@pytest.fixture(scope="module")
def canaries() -> Canaries:
    return Canaries((NAME, ID_NO, ADDRESS, *OTHERS))


@pytest.mark.parametrize("value", [NAME, ID_NO, ADDRESS])
@pytest.mark.parametrize("writer", WRITERS)
def test_every_form_is_found(canaries: Canaries, writer: str, value: str) -> None:
    """Whatever stands around it, and nothing else is said to be there."""
    written = WRITERS[writer](value)
    for data in (written, os.urandom(4000) + b'"' + written + b'"' + os.urandom(4000)):
        found = canaries.in_bytes("log", data)
        assert {canaries.values[s.canary] for s in found} == {value}
        assert {s.place for s in found} == {"log"}


def _in_file(folder: Path, data: bytes) -> None:
    (folder / "logs").mkdir()
    (folder / "logs/hub.log").write_bytes(b"x" * 100_000 + data)


def _in_name(folder: Path, data: bytes) -> None:
    (folder / urllib.parse.quote_from_bytes(data)).touch()


def _across_chunks(folder: Path, data: bytes) -> None:
    (folder / "upload.tmp").write_bytes(b"\0" * (8 * 1024 * 1024 - len(data) // 2) + data + b"\0" * 100)


def _in_row(folder: Path, data: bytes) -> None:
    with sqlite3.connect(folder / "hub.db") as connection:
        connection.execute("CREATE TABLE t (a, b)")
        connection.execute("INSERT INTO t VALUES (1, ?)", (b"p" * 300 + data,))
    connection.close()


def _in_deleted_row(folder: Path, data: bytes) -> None:
    _in_row(folder, data)
    with sqlite3.connect(folder / "hub.db") as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("DELETE FROM t")
    connection.close()


def _in_log_of_database(folder: Path, data: bytes) -> None:
    """Only in the WAL: a copy taken while a connection is open."""
    connection = sqlite3.connect(folder / "open.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE t (a)")
    connection.execute("INSERT INTO t VALUES (?)", (data,))
    shutil.copy(folder / "open.db-wal", folder / "kept-wal")
    connection.close()
    (folder / "open.db").unlink()


PLACES = (_in_file, _in_name, _across_chunks, _in_row, _in_deleted_row, _in_log_of_database)


@pytest.mark.parametrize("place", PLACES, ids=lambda p: p.__name__.strip("_"))
@pytest.mark.parametrize("value", [NAME, ID_NO])
def test_every_place_is_looked_at(canaries: Canaries, tmp_path: Path, place: Callable[[Path, bytes], None], value: str) -> None:
    """Files, file names, rows, deleted rows, the log of a database, values across the border of two reads."""
    place(tmp_path, value.encode())
    assert {canaries.values[s.canary] for s in canaries.in_tree(tmp_path)} == {value}


def test_a_value_split_over_pages_is_found_in_its_row(canaries: Canaries, tmp_path: Path) -> None:
    """A long value is written in pieces on overflow pages; the row has it whole."""
    path = tmp_path / "hub.db"
    for before in range(0, 8100, len(ID_NO) - 2):
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA page_size = 1024")
            connection.execute("CREATE TABLE bodies (a)")
            connection.execute("INSERT INTO bodies VALUES (?)", ("x" * before + ID_NO + "y" * 3000,))
        if not canaries.in_tree(tmp_path):
            break
    assert canaries.in_tree(tmp_path) == set()
    assert {(s.place, canaries.values[s.canary]) for s in canaries.in_database(path)} == {("hub.db:bodies", ID_NO)}


def test_what_is_not_there_is_not_found(canaries: Canaries, tmp_path: Path) -> None:
    """Parts, neighbours and noise are nothing; nor is the same encrypted or hashed."""
    (tmp_path / "noise").write_bytes(os.urandom(3_000_000))
    (tmp_path / "near").write_text("慕容 金丝雀 35990719770228001 399 示例路18号", encoding="utf-8")
    assert canaries.in_tree(tmp_path) == set()


def test_short_values_are_no_canaries() -> None:
    """What is found everywhere by chance says nothing; compressed data is not looked into."""
    assert Canaries(("1", "350102", "张", "FJFPIS", "", "2200113", "王伟")).values == ("FJFPIS", "王伟")
    assert all(len(data) >= 6 for _, data in forms("王伟"))
    assert Canaries(("王伟",)).in_bytes("x", gzip.compress("王伟".encode() * 50)) == set()
