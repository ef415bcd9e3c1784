"""Looks for values that must stand nowhere in clear, in every form in which a careless hand might have written them.

Give it what people sent (names, numbers, addresses) and a folder, a database or bytes; it tells where one of them can be read.
It never prints a value, only the number of the canary and the form it was found in. Needs the extra ``dev`` (pyahocorasick).
"""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote_from_bytes

import ahocorasick

LEAST: Final = 6
"""Shorter values, and shorter forms of values, are found by chance in every file and prove nothing."""
LEAST_DIGITS: Final = 8
_LEAST_BASE64: Final = 8
_CHUNK: Final = 8 * 1024 * 1024
_WIDE: Final = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """Canary number ``canary`` can be read at ``place``, written in ``form``."""

    place: str
    form: str
    canary: int


def forms(value: str) -> Iterator[tuple[str, bytes]]:
    """Every way of writing a value that is looked for, with its name; forms too short to mean anything are left out."""
    for name, data in _written(value):
        least = _LEAST_BASE64 if name.startswith("base64") else LEAST
        if len(data) >= least:
            yield name, data


def _written(value: str) -> Iterator[tuple[str, bytes]]:
    for encoding in _WIDE:
        yield encoding, value.encode(encoding)
    yield "reversed", value[::-1].encode()
    if not value.isascii():
        yield "json", "".join(c if c.isascii() else _escaped(c) for c in value).encode()
        yield "entities", "".join(c if c.isascii() else f"&#{ord(c)};" for c in value).encode()
        yield "entities hex", "".join(c if c.isascii() else f"&#x{ord(c):x};" for c in value).encode()
    for encoding in ("utf-8", "gb18030"):
        data = value.encode(encoding)
        yield f"hex {encoding}", data.hex().encode()
        yield f"HEX {encoding}", data.hex().upper().encode()
        yield f"percent {encoding}", quote_from_bytes(data, safe="").encode()
        yield f"percent lower {encoding}", _lower(quote_from_bytes(data, safe=""))
        yield f"repr {encoding}", repr(data)[2:-1].encode()
        for shift in range(3):
            # Characters that share bits with what stands before or after the value are left out.
            coded = base64.b64encode(bytes(shift) + data)[(0, 2, 3)[shift] : (shift + len(data)) * 8 // 6]
            yield f"base64 {encoding} +{shift}", coded
            yield f"base64url {encoding} +{shift}", coded.replace(b"+", b"-").replace(b"/", b"_")


def _escaped(character: str) -> str:
    data = character.encode("utf-16-be").hex()
    return "".join(f"\\u{data[n : n + 4]}" for n in range(0, len(data), 4))


def _lower(quoted: str) -> bytes:
    pieces = quoted.split("%")
    return "%".join([pieces[0], *(p[:2].lower() + p[2:] for p in pieces[1:])]).encode()


class Canaries:
    """The values to look for. Values under `LEAST` characters are dropped (names of two or more Chinese characters count)."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = tuple(sorted({v for v in map(str.strip, values) if _telling(v)}))
        self._longest = 0
        self._automaton = ahocorasick.Automaton()
        for number, value in enumerate(self.values):
            for name, data in forms(value):
                needle = data.decode("latin-1")
                if needle not in self._automaton:
                    self._automaton.add_word(needle, (number, name))
                    self._longest = max(self._longest, len(needle))
        if self.values:
            self._automaton.make_automaton()

    def in_bytes(self, place: str, data: bytes) -> set[Sighting]:
        """What can be read in these bytes."""
        if not self.values:
            return set()
        found = self._automaton.iter(data.decode("latin-1"))
        return {Sighting(place, name, number) for _, (number, name) in found}

    def in_file(self, path: Path, place: str) -> set[Sighting]:
        """The same for a file of any size."""
        found: set[Sighting] = set()
        rest = b""
        with path.open("rb") as file:
            while piece := file.read(_CHUNK):
                found |= self.in_bytes(place, rest + piece)
                rest = (rest + piece)[-self._longest :]
        return found

    def in_tree(self, folder: Path) -> set[Sighting]:
        """Every file below a folder, its name included; what is no file or is gone by now is passed over."""
        found: set[Sighting] = set()
        for path in sorted(folder.rglob("*")):
            place = str(path.relative_to(folder))
            found |= self.in_bytes(f"name of {place}", place.encode(errors="surrogateescape"))
            if path.is_file():
                found |= self.in_file(path, place)
        return found

    def in_database(self, path: Path) -> set[Sighting]:
        """Every value of every row of a SQLite database: in the file a long value may be split over pages."""
        found: set[Sighting] = set()
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in names:
                for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - the database's own names
                    cells = (str(c).encode() if not isinstance(c, bytes) else c for c in row)
                    found |= self.in_bytes(f"{path.name}:{table}", b"\0".join(cells))
        return found


def _telling(value: str) -> bool:
    if value.isascii():
        return len(value) >= (LEAST_DIGITS if value.isdigit() else LEAST)
    return len(value.encode()) >= LEAST
