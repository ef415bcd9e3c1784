"""A query being answered: what the caller's thread carries from step to step. Bottom of the room."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hub.contract.adapter import Adapter
from hub.contract.message import Document, Header, Message
from hub.contract.operation import QueryOperation
from hub.contract.query import Caps, Query
from hub.contract.xml import Element
from hub.pipeline.machine import Machine
from hub.ports.query_desk import Seat
from hub.ports.query_store import Asked
from hub.ports.spoke_registry import Spoke


@dataclass(slots=True)
class Questioning:
    """``document`` is the question, ``reply`` the canonical answer and then what the asker may see of it.

    ``began`` is a `time.monotonic` moment: the budget runs from there. ``own`` is the question as its partner gets it.
    """

    correlation_id: str
    query: Query
    document: Element
    spoke: Spoke
    from_div: str | None = None
    from_user: str | None = None
    began: float = field(default_factory=time.monotonic)
    view: str = ""
    operation: QueryOperation | None = None
    seat: Seat | None = None
    own: bytes = b""
    asked: Asked | None = None
    answered: Element | None = None
    reply: Element | None = None
    rows: int = 0

    @property
    def left(self) -> float:
        """Seconds of the budget that are left, at least none."""
        return max(0.0, self.began + self.query.budget - time.monotonic())

    def message(self) -> Message:
        """The question as keys see it."""
        header = Header("", self.query.name, self.query.version, self.spoke.name, self.spoke.system, self.from_div, self.from_user)
        return Message(0, header, Document(self.document), datetime.now(UTC))

    def caps(self, machine: Machine) -> Caps:
        """What the settings say, else what the query declares."""
        return machine.caps.get(self.query.name, self.query.caps)

    def adapter(self, machine: Machine) -> Adapter:
        """The system that answers. Raises KeyError for a query answered from cases."""
        return machine.catalogue.adapter[getattr(self.query.source, "system", "")]


Step = Callable[[Machine, Questioning], None]
