"""When a request was read as a whole: a budget of time runs from there, also while the request waits for its turn."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

ARRIVED: Final = "pophub.arrived"
"""The key in the WSGI environment; its value is a `time.monotonic` moment."""


def arrived(environ: Mapping[str, Any]) -> float:
    """That moment, or now where the server does not say it."""
    said = environ.get(ARRIVED)
    return said if isinstance(said, float) else time.monotonic()
