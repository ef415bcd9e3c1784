"""Moments as operators write and read them: +08:00, or so long ago."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from hub.control_bus.refusals import Refused
from hub.spokes.moments import BEIJING, on_the_wire

_AGO: Final = re.compile(r"([1-9][0-9]{0,5})([mhd])")
_SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400}


def since(text: str, now: float) -> int:
    """UTC ms of ``90m``, ``24h``, ``7d`` before ``now`` (s since 1970), or of an ISO date or date-time, +08:00 unless it says.

    Raises `Refused` for anything else.
    """
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return int((now - int(ago[1]) * _SECONDS[ago[2]]) * 1000)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused(
            "--since 的写法不对。", "--since is not understood.", "例如 24h、7d、2026-03-01、2026-03-01T08:00。"
        ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).timestamp() * 1000)


def shown(moment: int | None) -> str | None:
    """UTC ms as ``2026-11-22T15:04:05.123+08:00``."""
    return None if moment is None else on_the_wire(moment)
