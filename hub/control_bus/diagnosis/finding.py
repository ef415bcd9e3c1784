"""One finding of the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` is what was looked at; ``advice`` says what to do about a warning or a failure."""

    level: Level
    what: str
    zh: str
    en: str
    advice: str = ""
