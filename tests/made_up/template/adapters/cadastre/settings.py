"""The settings of ``[adapters.cadastre]``, all text, with their defaults."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULTS: Mapping[str, str] = {
    "url": "http://127.0.0.1:8108/register",
    "connect_timeout": "3",
    "poll_timeout": "5",
    "connections": "8",
}
"""Timeouts in seconds."""


def read(given: Mapping[str, str]) -> Mapping[str, str]:
    """Defaults overlaid with what is given. Raises ValueError naming what is unknown."""
    if unknown := sorted(given.keys() - DEFAULTS.keys()):
        raise ValueError(f"adapters.cadastre: unknown setting {', '.join(unknown)}; known: {', '.join(DEFAULTS)}")
    return {**DEFAULTS, **given}
