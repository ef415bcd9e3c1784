"""The settings of ``[adapters.ehycert]`` in pophub.toml, all text, with their defaults (the simulator's address)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

DEFAULTS: Final[Mapping[str, str]] = {
    "url": "http://127.0.0.1:8104/services/ecert", "org_code": "350000", "connections": "20", "connect_timeout": "3", "poll_after": "5",
}  # fmt: skip
"""``org_code``: our code there, six digits. ``connections``: the calls at once, verifications beside uploads. ``poll_after``: seconds between two
questions about a ticket."""

_FORMS: Final = {"url": "https?://.+", "org_code": "[1-9][0-9]{5}", "connections": "[1-9][0-9]{0,3}"}
_SECONDS: Final = r"[0-9]{1,4}(\.[0-9]{1,3})?"


def read(given: Mapping[str, str]) -> Mapping[str, str]:
    """Defaults overlaid with what is given. Raises ValueError naming every setting that is unknown or unusable."""
    values = {**DEFAULTS, **given}
    wrong = [name for name, value in values.items() if not re.fullmatch(_FORMS.get(name, _SECONDS), value)]
    if unusable := sorted({*wrong, *(given.keys() - DEFAULTS.keys())}):
        raise ValueError(f"adapters.ehycert: unknown or unusable setting {', '.join(unusable)}; known: {', '.join(DEFAULTS)}")
    return values
