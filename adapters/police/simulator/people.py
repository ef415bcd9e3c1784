"""Whom the simulated platform knows: register entries it was given, and made-up people.

Identity numbers carry address codes that were never issued (359901 to 359999), so that nobody real can be meant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

Person = Mapping[str, Any]
"""A register entry (the form of ``pophub register load``), or what a made-up person has of one."""

_SURNAMES: Final = "陈林黄张吴李郑王刘苏蔡杨叶许庄江周谢㛃龙"
_GIVEN: Final = "建秀明美志丽文华国英海玉燕凤阳伟清晓雪䶮𠮷芳琴"
_MINORITY: Final = ("阿依古丽·买买提", "次仁·卓玛", "巴特尔·乌云")
_AFAR: Final = ("310104", "330106", "360102", "430104", "440106", "510107")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def read_people(path: Path) -> list[Person]:
    """Everybody of a JSON Lines file who has a number; nobody when there is no such file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as lines:
        return [entry for entry in map(json.loads, lines) if entry.get("idNo") and entry.get("hukouDiv")]


def invent(rng: Random, places: Sequence[str]) -> Person:
    """Somebody from another province who lives at one of the places."""
    sex, born = rng.choice("12"), date(1970, 1, 1) + timedelta(days=rng.randrange(12_000))
    minority = rng.random() < 0.05
    name = rng.choice(_MINORITY) if minority else rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2))))
    return {
        "name": name, "idNo": _number(rng, born, sex), "sex": sex, "birthDate": born.isoformat(), "ethnicity": "05" if minority else "01",
        "hukouDiv": rng.choice(_AFAR).ljust(12, "0"), "residenceDiv": rng.choice(places), "mobile": f"1390000{rng.randrange(10_000):04d}",
    }  # fmt: skip


def _number(rng: Random, born: date, sex: str) -> str:
    body = f"{rng.randrange(359901, 360000)}{born:%Y%m%d}{rng.randrange(1 if sex == '1' else 2, 996, 2):03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def managed_at(person: Person) -> str:
    """The township (nine digits) that keeps the person in its floating register today, empty when none does."""
    for role in person.get("role", ()):
        if role.get("side") == "2" and role.get("recordStatus", "1") == "1":
            return str(role.get("managedDiv", ""))[:9]
    return ""
