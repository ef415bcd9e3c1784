"""The settings of ``[adapters.padis]`` in pophub.toml, all text, with their defaults (the simulator's address)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

DEFAULTS: Final[Mapping[str, str]] = {
    "url": "http://127.0.0.1:8101/services/exchange", "org_code": "350000", "connections": "36",
    "connect_timeout": "3", "ask_timeout": "5", "poll_timeout": "10",
}  # fmt: skip
"""``org_code``: our code there, six digits. Timeouts in seconds. ``connections``: the calls at once, questions and polls."""

_FORMS: Final = {"url": "https?://.+", "org_code": "[1-9][0-9]{5}", "connections": "[1-9][0-9]{0,3}"}
_SECONDS: Final = r"[1-9][0-9]{0,3}(\.[0-9]{1,3})?"


def read(given: Mapping[str, str]) -> Mapping[str, str]:
    """Defaults overlaid with what is given. Raises ValueError naming every setting that is unknown or unusable."""
    values = {**DEFAULTS, **given}
    wrong = [name for name, value in values.items() if not re.fullmatch(_FORMS.get(name, _SECONDS), value)]
    if unusable := sorted({*wrong, *(given.keys() - DEFAULTS.keys())}):
        raise ValueError(f"adapters.padis: unknown or unusable setting {', '.join(unusable)}; known: {', '.join(DEFAULTS)}")
    return values
