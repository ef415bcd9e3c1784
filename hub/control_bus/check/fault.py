"""One fault of the installation: a stable code, where it stands, a Chinese and an English sentence, and a hint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

_MOST_LISTED = 8


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """``place`` names a declaration, a file or a setting; the sentences hold what those say, never a message's content."""

    place: str
    code: str
    zh: str
    en: str
    hint: str = ""


def did_you_mean(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """The nearest known name as a question; without one that is alike enough (0 to 1) the first few known names."""
    names = sorted(set(known))
    near = get_close_matches(name, names, n=1, cutoff=likeness)
    if near:
        return f"是否应为 {near[0]}？ Did you mean {near[0]}?"
    listed = ", ".join(names[:_MOST_LISTED]) + (", …" if len(names) > _MOST_LISTED else "")
    return f"已知 Known: {listed or '-'}"
