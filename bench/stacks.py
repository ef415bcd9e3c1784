"""Folded stacks (one a line, outermost frame first, parted by ``;``, then a blank and the number of samples) to top lists."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

_LINE: Final = re.compile(r":\d+\)$")
_PLACE: Final = re.compile(r"\((?:.*/(?:site-packages|lib/python[0-9.]+)/)?([^()]*)\)$")

Shares = list[tuple[str, float]]
"""Names with their percentage of all samples, largest first."""


@dataclass(frozen=True, slots=True)
class Top:
    """``own``: lines by the time spent in themselves; ``below``: functions by the time spent in or below them."""

    samples: int
    own: Shares
    below: Shares


def top(folded: str, most: int = 40) -> Top:
    """The ``most`` largest of both kinds; a function counts once per stack, however deep it recurs."""
    own: Counter[str] = Counter()
    below: Counter[str] = Counter()
    for line in folded.splitlines():
        stack, _, number = line.rpartition(" ")
        frames = [_PLACE.sub(r"(\1)", frame) for frame in stack.split(";") if frame]
        if not frames:
            continue
        own[frames[-1]] += int(number)
        for function in {_LINE.sub(")", frame) for frame in frames}:
            below[function] += int(number)
    samples = own.total()
    return Top(samples, _shares(own, samples, most), _shares(below, samples, most))


def text(title: str, folded: str, most: int = 40) -> str:
    """Both lists side by side as Markdown."""
    found = top(folded, most)
    rows = [f"### {title}: {found.samples} samples", "", "| own % | line | in or below % | function |", "|---|---|---|---|"]
    rows += [f"| {a:.1f} | {x} | {b:.1f} | {y} |" for (x, a), (y, b) in zip(found.own, found.below, strict=False)]
    return "\n".join(rows) + "\n"


def _shares(counted: Counter[str], samples: int, most: int) -> Shares:
    return [(name, number * 100 / samples) for name, number in counted.most_common(most)]
