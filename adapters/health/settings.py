"""The settings of ``[adapters.health]`` in pophub.toml, all text, with their defaults (the simulator's address)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

DEFAULTS: Final[Mapping[str, str]] = {
    "url": "http://127.0.0.1:8103/services/result", "connections": "12", "connect_timeout": "3", "ask_timeout": "5",
    "vaccinations": "", "table": "vaccination", "statement_timeout": "5",
}  # fmt: skip
"""``vaccinations``: the database of the middle table as an SQLAlchemy URL, empty when there is none; ``table`` its name.

Timeouts in seconds. ``connections``: the calls at once.
"""

_URL: Final = r"(sqlite|postgresql\+psycopg|oracle\+oracledb)://.*|"
_FORMS: Final = {"url": "https?://.+", "connections": "[1-9][0-9]{0,3}", "vaccinations": _URL, "table": "[a-z][a-z0-9_]{0,59}"}
_SECONDS: Final = r"[1-9][0-9]{0,3}(\.[0-9]{1,3})?"


def read(given: Mapping[str, str]) -> Mapping[str, str]:
    """Defaults overlaid with what is given. Raises ValueError naming every setting that is unknown or unusable."""
    values = {**DEFAULTS, **given}
    wrong = [name for name, value in values.items() if not re.fullmatch(_FORMS.get(name, _SECONDS), value)]
    if unusable := sorted({*wrong, *(given.keys() - DEFAULTS.keys())}):
        raise ValueError(f"adapters.health: unknown or unusable setting {', '.join(unusable)}; known: {', '.join(DEFAULTS)}")
    return values
