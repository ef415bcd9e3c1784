"""The settings of ``[adapters.register]`` in pophub.toml, all text, with their defaults (SQLite beside the hub's own data)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

DEFAULTS: Final[Mapping[str, str]] = {
    "url": "sqlite:///var/data/register.db",
    "connect_timeout": "3",
    "statement_timeout": "5",
    "connections": "4",
}
"""``url``: a SQLAlchemy URL of SQLite (a file), PostgreSQL (postgresql+psycopg) or Oracle (oracle+oracledb). Timeouts in seconds."""

_SECONDS: Final = r"[1-9][0-9]{0,3}"
_FORMS: Final = {"url": r"(sqlite:///.+|postgresql\+psycopg://.+|oracle\+oracledb://.+)", "connections": r"[1-9][0-9]?"}


class RegisterAwayError(OSError):
    """The register cannot be read now. The text is the kind of trouble, never a value or an address."""


def read(given: Mapping[str, str]) -> Mapping[str, str]:
    """Defaults overlaid with what is given. Raises ValueError naming every setting that is unknown or unusable, never its value."""
    values = {**DEFAULTS, **given}
    wrong = [name for name, value in values.items() if not re.fullmatch(_FORMS.get(name, _SECONDS), value)]
    if unusable := sorted({*wrong, *(given.keys() - DEFAULTS.keys())}):
        raise ValueError(f"adapters.register: unknown or unusable setting {', '.join(unusable)}; known: {', '.join(DEFAULTS)}")
    return values
