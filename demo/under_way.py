"""What the hub itself says is still under way, by its published figures: when a day may end, never how it is judged."""

from __future__ import annotations

from typing import Final

from demo.spokes.wire import Wire, request

_FIGURES: Final = (b"pophub_messages_waiting", b"pophub_deliveries_waiting")


class UnderWay:
    """Reads ``/metrics`` of the admin port."""

    def __init__(self, admin_port: int) -> None:
        self._wire, self._host = Wire("127.0.0.1", admin_port, timeout=15.0), f"127.0.0.1:{admin_port}"

    def count(self) -> int:
        """Messages not planned and deliveries not ended. Raises NoAnswerError."""
        return counted(self._wire.exchange(request("GET", "/metrics", self._host, {})).body)


def counted(figures: bytes) -> int:
    """The same, of the text of ``/metrics``."""
    lines = (line.rpartition(b" ") for line in figures.splitlines())
    return sum(int(float(value)) for name, _, value in lines if name.partition(b"{")[0] in _FIGURES)
