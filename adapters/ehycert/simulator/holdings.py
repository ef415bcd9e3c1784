"""Who holds a certificate: what was uploaded (a place in a part, no more), and made-up women it was told to know. Answers verifications."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from adapters.ehycert.simulator.envelope import DATA
from adapters.ehycert.simulator.judge import text
from hub.contract.xml import Element, parse, serialise

PILOT: Final = {
    "35": ("20140701", ""),
    "33": ("20140701", ""),
    "44": ("20140701", ""),
    "43": ("20140701", ""),
    "51": ("20140701", ""),
}
"""Provinces that take part, by the first two digits, with first and last day [assumed]; the real list is not public."""
_SURNAMES, _GIVEN = "陈林黄张吴李郑王刘苏", "秀明美丽文华英海玉燕凤清晓雪芳琴"
_WORD: Final = 0xFFFFFFFF
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Place(NamedTuple):
    """Where the row of a certificate stands, and its version."""

    version: int
    part: int
    seq: int


class Holdings:
    """Certificates by citizen number. Not thread-safe by itself: the database calls it under its lock."""

    def __init__(self) -> None:
        self._uploaded: dict[int, int] = {}
        self._made: dict[str, str] = {}
        self._cancelled: dict[str, tuple[str, str]] = {}
        self.pilot: Mapping[str, Sequence[str]] = PILOT

    def place(self, number: str) -> Place | None:
        """Where the certificate uploaded under a number stands."""
        packed = self._uploaded.get(_short(number))
        return Place(packed >> 64, packed >> 32 & _WORD, packed & _WORD) if packed else None

    def version(self, number: str) -> int | None:
        """The version held under a number."""
        place = self.place(number)
        return place.version if place else None

    def hold(self, number: str, place: Place) -> None:
        """A certificate was uploaded, or a newer version of it. One number each is kept: there may be millions."""
        self._uploaded[_short(number)] = place.version << 64 | place.part << 32 | place.seq

    def cancel(self, numbers: Mapping[str, Sequence[str]]) -> None:
        """Mark certificates as cancelled: day (yyyymmdd) and reason by number."""
        self._cancelled |= {number: (str(day), str(reason)) for number, (day, reason) in numbers.items()}

    def make(self, count: int, seed: int | None) -> list[list[str]]:
        """Have made-up women; their names and numbers."""
        rng, made = Random(seed), []  # noqa: S311 - made-up people, no secret
        for _ in range(count):
            name = rng.choice(_SURNAMES) + rng.choice(_GIVEN) + rng.choice(_GIVEN)
            number = _number(rng)
            self._made[number] = _row(name, number)
            made.append([name, number])
        return made

    def made_row(self, number: str) -> Element | None:
        """The row of a made-up woman, if there is one."""
        row = self._made.get(number)
        return parse(row.encode()) if row else None

    def verified(self, question: Element, row: Element | None) -> str:
        """The VERIFIED document; ``row`` is what stands under the number, which counts only with the right name."""
        number, held = text(question, "ID_NO"), ""
        if row is not None and all(text(row, name) == text(question, name) for name in ("NAME", "ID_NO")):
            held = self._shown(row, self._cancelled.get(number))
        pilot = "".join(
            f"<PROVINCE><CODE>{code}0000000000</CODE><FROM>{since}</FROM>{f'<TO>{to}</TO>' if to else ''}</PROVINCE>"
            for code, (since, to) in sorted(self.pilot.items())
        )
        covered = "Y" if held or number[:2] in self.pilot else "N"
        return f'<VERIFIED xmlns="{DATA[1:-1]}"><COVERED>{covered}</COVERED>{held}{pilot}</VERIFIED>'

    def _shown(self, row: Element, cancelled: tuple[str, str] | None) -> str:
        """A HELD element: the row with its state now; a cancelled one stays visible, with mark, day and reason."""
        for state in row.iterchildren(f"{DATA}STATE"):
            state.text = "X" if cancelled else "V"
        mark = f"<MARK><KIND>X</KIND><HAPPENED>{cancelled[0]}</HAPPENED><MARKED>{cancelled[0]}</MARKED></MARK>" if cancelled else ""
        ended = f"<CANCELLED_ON>{cancelled[0]}</CANCELLED_ON><CANCEL_REASON>{cancelled[1]}</CANCEL_REASON>" if cancelled else ""
        return f"<HELD>{serialise(row).decode().removesuffix('</ROW>')}{mark}</ROW>{ended}</HELD>"

    def __len__(self) -> int:
        """How many certificates are held."""
        return len(self._uploaded) + len(self._made)


def _short(number: str) -> int:
    """A citizen number without its check character, which follows from the rest; 0 for what is none."""
    digits = number[:17]
    return int(digits) if digits.isascii() and digits.isdecimal() else 0


def national_no(number: str) -> str:
    """The number that the database gives: it follows from the citizen number and does not show it."""
    return f"GJ{zlib.crc32(number.encode()):010d}"


def _number(rng: Random) -> str:
    born = date(1980, 1, 1) + timedelta(days=rng.randrange(8000))
    body = f"3599{rng.randrange(1, 100):02d}{born:%Y%m%d}{rng.randrange(100):02d}{rng.choice('02468')}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def _row(name: str, number: str) -> str:
    values = {
        "NATIONAL_NO": national_no(number), "NAME": name, "ID_TYPE": "01", "ID_NO": number, "SEX": "F", "BIRTH": number[6:14],
        "HUKOU": "430102001000", "MARITAL": "F", "CHILD_NUM": "1", "OUT_DATE": "20240301", "LIVES_IN": "350102001000",
        "ISSUER": "430102001000", "ISSUED_ON": "20240331", "STATE": "V", "VER": "20240301",
    }  # fmt: skip
    return (
        f'<ROW xmlns="{DATA[1:-1]}">' + "".join(f"<{name_}>{escape(value)}</{name_}>" for name_, value in values.items()) + "</ROW>"
    )
