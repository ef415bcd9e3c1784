"""Which nonces were used lately, so that a security token counts once."""

from __future__ import annotations

from typing import Protocol


class Nonces(Protocol):
    """Thread-safe."""

    def first(self, key: bytes, until: int) -> bool:
        """Whether the key (16 bytes) is used for the first time; remembered until that moment (UTC ms).

        Raises ServerError ``Server.Busy`` when no more can be remembered.
        """
