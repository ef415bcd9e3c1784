"""The dated table of divisions (区划): which code is in force on a day, and which one stands for a retired one.

Codes change twice a year; messages, registers and jurisdictions keep old ones for years. The table answers for a day and
never rewrites a code on its own: a caller resolves where it must act (routing), and keeps what was sent.

Fujian is held to villages, every other province to counties. Below what is held, a code is judged by its county and given
back as it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from hub.reference.division_code import (
    FlowType,
    Level,
    div2,
    div4,
    div6,
    div9,
    flow_type,
    is_well_formed,
    level_of,
    pad,
)

__all__ = [
    "Division",
    "DivisionTable",
    "FlowType",
    "Level",
    "div2",
    "div4",
    "div6",
    "div9",
    "flow_type",
    "is_well_formed",
    "level_of",
    "pad",
]


@dataclass(frozen=True, slots=True)
class Division:
    """One code (12 digits) with its name and the days, both inclusive, on which it is in force; ``None`` is open.

    ``successors`` are 12-digit codes: none while in force, several after a split.
    """

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """The level of the code."""
        return level_of(self.code)

    def in_force(self, on: date) -> bool:
        """True when ``on`` lies inside the days of this code."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


class DivisionTable:
    """All divisions the hub knows, read-only and safe to share between threads.

    ``rows`` may come in any order; ``reporting_units`` maps a prefix to the name of the line that reports count it under,
    the longest prefix wins. Raises ``ValueError`` when a code occurs twice, a successor is not in the table or succession
    does not move forward.
    """

    def __init__(self, rows: Iterable[Division], reporting_units: Mapping[str, str] | None = None) -> None:
        self._rows: dict[str, Division] = {}
        for row in rows:
            if row.code in self._rows:
                raise ValueError(f"division {row.code} occurs twice")
            self._rows[row.code] = row
        self._units = dict(reporting_units or {})
        townships = [row for row in self._rows.values() if row.level >= Level.TOWNSHIP]
        self._held_below_county = {div2(row.code) for row in townships}
        self._counties_with_townships = {div6(row.code) for row in townships}
        for row in self._rows.values():
            self._check_succession(row)

    def get(self, code: str) -> Division | None:
        """The row of a code of any length, in force or retired; ``None`` when the table has none."""
        return self._rows.get(pad(code)) if is_well_formed(code) else None

    def exists(self, code: str, on: date) -> bool:
        """True when the code was in force on that day (地址码存在); false for anything not well formed.

        A village is in force with its township. Outside Fujian a code below the county exists when its county does.
        """
        if not is_well_formed(code):
            return False
        row = self._rows.get(self._held(pad(code)))
        if row is None or not row.in_force(on):
            return False
        return row.level < Level.VILLAGE or self.exists(div9(code), on)

    def successor(self, code: str, on: date) -> str | None:
        """The 12-digit code that stands for ``code`` on that day; ``None`` when unknown or not yet in force.

        A code in force stands for itself. A retired one follows its successors, however many changes lie between. A split,
        or a retired code without a successor, gives the nearest division above it that still stands (本级/未定). An unlisted
        village gives its township. A township that is not listed under a retired county gives the township of the same
        suffix under the successor where there is one, else that county; where the old townships are listed the suffix is
        not trusted.
        """
        if not is_well_formed(code):
            return None
        code = pad(code)
        if self.exists(code, on):
            return code
        row = self._rows.get(code)
        if row is None:
            return self._successor_of_unlisted(code, on)
        if row.valid_to is not None and row.valid_to < on:
            return self._successor_of_retired(row, on)
        return None

    def under(self, prefix: str, level: Level, on: date) -> tuple[Division, ...]:
        """The divisions of one level whose code begins with ``prefix`` and that are in force, in order of their codes."""
        found = (row for row in self._rows.values() if row.code.startswith(prefix) and row.level == level)
        return tuple(sorted((row for row in found if self.exists(row.code, on)), key=lambda row: row.code))

    def reporting_unit(self, code: str) -> tuple[str, str] | None:
        """(prefix, name) of the unit that reports count this code under; ``None`` outside the province.

        Ten units in Fujian: nine prefectures and 平潭综合实验区 (350128), which by its code lies inside 3501.
        """
        prefixes = sorted((unit for unit in self._units if code.startswith(unit)), key=len)
        return (prefixes[-1], self._units[prefixes[-1]]) if prefixes else None

    def _held(self, code: str) -> str:
        """The code cut to the level that the table holds for its province."""
        return code if div2(code) in self._held_below_county else pad(div6(code))

    def _successor_of_retired(self, row: Division, on: date) -> str | None:
        found = {self.successor(code, on) for code in row.successors}
        if len(found) == 1:
            return found.pop()
        above = (self.successor(row.code[:level], on) for level in sorted(Level, reverse=True) if level < row.level)
        return next(filter(None, above), None)

    def _successor_of_unlisted(self, code: str, on: date) -> str | None:
        level = level_of(code)
        if level == Level.VILLAGE:
            return self.successor(div9(code), on)
        county = self._rows.get(pad(div6(code)))
        if level != Level.TOWNSHIP or county is None or county.in_force(on):
            return None
        heir = self.successor(county.code, on)
        if heir is None or div6(code) in self._counties_with_townships:
            return heir
        township = div6(heir) + code[6:]
        return self.successor(township, on) if township in self._rows else heir

    def _check_succession(self, row: Division) -> None:
        for code in row.successors:
            heir = self._rows.get(code)
            if heir is None:
                raise ValueError(f"division {row.code}: its successor {code} is not in the table")
            if not _comes_after(row, heir):
                raise ValueError(f"division {row.code}: its successor {code} does not outlive it")


def _comes_after(row: Division, heir: Division) -> bool:
    """True when following ``row`` to ``heir`` moves forward: it outlives ``row``, or as long and is of a higher level."""
    row_end, heir_end = row.valid_to or date.max, heir.valid_to or date.max
    return heir_end > row_end or (heir_end == row_end and heir.level < row.level)
