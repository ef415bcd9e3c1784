"""The parts it took: each zip in a file of its own, named by a number; kept over a restart. Only numbers and codes stay in memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adapters.ehycert.simulator.envelope import DATA, Reader
from adapters.ehycert.simulator.judge import text
from hub.contract.xml import Element

_FORM: Final = "{:06d}.zip"


@dataclass(slots=True)
class Part:
    """One part: its number, the batch and part it is, the digest of its zip; once it is worked, when, and a digit of result a record."""

    number: int
    batch_no: str
    part: str
    digest: str
    lost: bool = False
    worked: str = ""
    codes: str = ""

    @property
    def ticket(self) -> str:
        """What it is asked by."""
        return f"EC-{self.number:06d}"


class Parts:
    """The folder of parts. Not thread-safe by itself: the database calls it under its lock."""

    def __init__(self, folder: Path, reader: Reader) -> None:
        self._folder, self._reader = folder, reader
        folder.mkdir(parents=True, exist_ok=True)
        self.all: list[Part] = []
        self._known: dict[tuple[str, str], Part] = {}

    def stored(self) -> list[tuple[Path, bytes]]:
        """What an earlier run took, in order."""
        return [(file, file.read_bytes()) for file in sorted(self._folder.glob("*.zip"))]

    def known(self, batch_no: str, part: str) -> Part | None:
        """The part under this batch and number, unless it was lost."""
        found = self._known.get((batch_no, part))
        return None if found is None or found.lost else found

    def by_ticket(self, ticket: str) -> Part | None:
        """The part of a ticket, unless it was lost."""
        found = next((p for p in self.all if p.ticket == ticket), None)
        return None if found is None or found.lost else found

    def take(self, batch_no: str, part: str, digest: str, archive: bytes | None) -> Part:
        """Keep a part, on disk unless it is there already; its number is the next one."""
        made = Part(len(self.all) + 1, batch_no, part, digest)
        if archive is not None:
            with (self._folder / _FORM.format(made.number)).open("wb") as file:
                file.write(archive)
                file.flush()
                os.fsync(file.fileno())
        self.all.append(made)
        self._known[batch_no, part] = made
        return made

    def package(self, number: int) -> Element:
        """The document of a part, read again from disk. Raises ValueError when it is gone."""
        found = self._reader.package((self._folder / _FORM.format(number)).read_bytes())
        if found is None:
            raise ValueError("a part that was taken cannot be read")
        return found

    def row(self, number: int, seq: str) -> Element:
        """One row of a part. Raises LookupError when it is not there."""
        for row in self.package(number).iterchildren(f"{DATA}ROW"):
            if text(row, "SEQ") == seq:
                return row
        raise LookupError(seq)
