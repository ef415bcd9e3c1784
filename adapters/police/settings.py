"""The settings of ``[adapters.police]`` in pophub.toml, all text, with their defaults (the simulator's address)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

ENCODING: Final = "GB18030"
"""Of everything that goes there or comes from there; the edition of 2022."""
DEFAULTS: Final[Mapping[str, str]] = {"url": "http://127.0.0.1:8102/services/query", "connections": "12", "connect_timeout": "1"}
"""``connections``: the calls at once. ``connect_timeout`` in seconds; the time of a query is the hub's."""

_FORMS: Final = {"url": "https?://.+", "connections": "[1-9][0-9]{0,3}", "connect_timeout": r"[1-9][0-9]{0,3}(\.[0-9]{1,3})?"}


def read(given: Mapping[str, str]) -> Mapping[str, str]:
    """Defaults overlaid with what is given. Raises ValueError naming every setting that is unknown or unusable."""
    values = {**DEFAULTS, **given}
    wrong = [name for name, value in values.items() if name in _FORMS and not re.fullmatch(_FORMS[name], value)]
    if unusable := sorted({*wrong, *(given.keys() - DEFAULTS.keys())}):
        raise ValueError(f"adapters.police: unknown or unusable setting {', '.join(unusable)}; known: {', '.join(DEFAULTS)}")
    return values
