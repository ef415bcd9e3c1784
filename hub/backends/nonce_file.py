"""`hub.ports.nonces.Nonces` in memory, with a file beside it so that a restarted edge still knows what was used.

A record is written, not synced, before the answer: it outlives the process, killed or not, and may be lost with the
machine's power. Each node remembers for itself.
"""

from __future__ import annotations

import os
import struct
import threading
from pathlib import Path
from typing import Final

from hub.contract.errors import BUSY, ServerError
from hub.ports.clock import Clock

_RECORD: Final = struct.Struct(">16sq")
MOST: Final = 1_000_000
"""Nonces remembered at once (about 100 bytes each); beyond it callers are asked to wait."""
SWEEP_MS: Final = 300_000
"""How often what is over is swept out."""


class NonceFile:
    """Without a path it remembers in memory alone."""

    def __init__(self, clock: Clock, path: Path | None = None, most: int = MOST) -> None:
        self._clock, self._path, self._most = clock, path, most
        self._lock = threading.Lock()
        self._used = _read(path) if path else {}
        self._file = -1
        self._sweep(clock.now())

    def first(self, key: bytes, until: int) -> bool:
        """Whether the key is used for the first time."""
        now = self._clock.now()
        with self._lock:
            if now >= self._swept_at + SWEEP_MS:
                self._sweep(now)
            if self._used.get(key, 0) > now:
                return False
            if len(self._used) >= self._most:
                raise ServerError(BUSY)
            self._used[key] = until
            if self._file >= 0:
                os.write(self._file, _RECORD.pack(key, until))
            return True

    def _sweep(self, now: int) -> None:
        """Forget what is over; the file is written anew."""
        self._swept_at = now
        self._used = {key: until for key, until in self._used.items() if until > now}
        if self._path is None:
            return
        if self._file >= 0:
            os.close(self._file)
        made = self._path.with_suffix(".new")
        made.touch(mode=0o600)
        made.write_bytes(b"".join(_RECORD.pack(key, until) for key, until in self._used.items()))
        made.replace(self._path)
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)


def _read(path: Path) -> dict[bytes, int]:
    """What the file holds; a record cut short by a crash is left out."""
    data = path.read_bytes() if path.exists() else b""
    return dict(_RECORD.iter_unpack(data[: len(data) // _RECORD.size * _RECORD.size]))
