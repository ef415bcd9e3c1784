"""Whom the simulated health system knows: women and children of a register file, and strangers whom nobody registered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

_SURNAMES, _GIVEN = "陈林黄张李王吴刘蔡杨", "秀丽芳敏静玉兰霞梅燕"
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Kept(NamedTuple):
    """Where a person is kept: CL_SIDE, the unit that manages her there, the unit of residence of an in-province migrant."""

    side: str
    unit: str
    copy: str


Entry = Mapping[str, Any]


def read_entries(file: Path) -> list[Entry]:
    """Register entries, JSON Lines; none when there is no file."""
    return [json.loads(line) for line in file.read_bytes().splitlines() if line.strip()] if file.exists() else []


def mothers(entries: Sequence[Entry], rng: Random) -> Iterator[Entry]:
    """Women with a number who are kept in the province, in the order of the draw, none twice."""
    found = [e for e in entries if e.get("sex") == "2" and e.get("idNo") and "1976" <= e["birthDate"][:4] <= "2006" and kept(e)]
    rng.shuffle(found)
    return iter(found)


def kept(entry: Entry) -> Kept | None:
    """As the hub must see it: 常口 managed in Fujian counts first, else 流口; None for whoever is on neither side."""
    sides = {role["side"]: role["managedDiv"] for role in entry.get("role", ()) if role["recordStatus"] == "1"}
    home = sides.get("1", "")
    if home.startswith("35"):
        return Kept("1", home, sides.get("2", ""))
    return Kept("2", sides["2"], "") if "2" in sides else None


def stranger(rng: Random) -> dict[str, str]:
    """A woman whom nobody registered; her number begins with a code that was never issued."""
    born = f"{rng.randint(1985, 2002)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    body = f"3599{rng.randint(60, 99)}{born}{rng.randint(1, 99):02}{rng.choice('02468')}"
    check = "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]
    return {"name": rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=2)), "idNo": body + check}
