"""Who a caller is and which spoke serves a place: a recent copy of the registry, fit for the hot path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hub.ports.spoke_registry import Spoke


class SpokeDirectory(Protocol):
    """Thread-safe; at most a second behind the registry."""

    def authenticate(self, authorization: str | None) -> Spoke:
        """The spoke of an HTTP Basic or Bearer header. Raises ClientError ``Client.Unauthenticated``."""

    def verify(self, name: str, secret: str) -> Spoke:
        """The spoke of a name and its secret. Raises ClientError ``Client.Unauthenticated``."""

    def serving(self, channel: str, division: str, day: str, system: str | None = None) -> Spoke | None:
        """The spoke (of that system, when one is named) that receives the channel for a division (12 digits) on a day: longest
        prefix, successors followed.
        """

    def standing(self, division: str) -> str:
        """The division that stands today for one that was retired; the division itself when it stands or is not known."""

    def all(self) -> Sequence[Spoke]:
        """Every enabled spoke."""

    def named(self, name: str) -> Spoke | None:
        """The spoke of that name, if it is enabled."""

    def inside(self, spoke: Spoke, division: str, day: str) -> bool:
        """Whether the division, or one of its successors, lies in the spoke's jurisdictions."""
