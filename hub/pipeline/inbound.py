"""A message on its way in: what the caller's thread carries from step to step. Bottom of the room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from hub.contract.adapter import Adapter
from hub.contract.batch import Sifted
from hub.contract.channel import Channel
from hub.contract.message import Document, Header, Message
from hub.contract.xml import Element
from hub.pipeline.machine import Machine
from hub.ports.promise import Promise
from hub.ports.records import Accepted, Conflicting, FeedMark
from hub.ports.spoke_registry import Spoke


@dataclass(slots=True)
class Inbound:
    """``received`` are the bytes as they came, ``document`` the element in the sender's vocabulary, then the canonical one.

    ``spoke`` or ``adapter`` is who sends; both, when a system calls by itself, in the adapter's vocabulary. ``answer`` is TX1's future once the accept step has queued it.
    """

    correlation_id: str
    received: bytes
    document: Element
    channel: Channel
    message_id: str
    spoke: Spoke | None = None
    adapter: Adapter | None = None
    own_schema: str | None = None
    from_div: str | None = None
    from_user: str | None = None
    relates_to: str | None = None
    test: bool = False
    feed: FeedMark | None = None
    answer: Promise[Accepted | Conflicting] | None = None
    read: Message | None = None
    sift: Callable[[Document], Sifted] | None = None
    """For a record of a batch: what of it may be kept (None: it is no record)."""
    outcome: str = ""
    kept: bool = True

    @property
    def sender(self) -> str:
        """The authenticated sender: spoke name or ``system:<adapter>``."""
        return self.spoke.name if self.spoke else f"system:{self.adapter.name}" if self.adapter else ""

    @property
    def from_system(self) -> str:
        """The system code that the credential stands for."""
        return self.spoke.system if self.spoke else self.adapter.system if self.adapter else ""

    def message(self) -> Message:
        """The canonical message as keys see it; made once, after translation (it has no hub id yet)."""
        if self.read is None:
            self.read = self._read()
        return self.read

    def _read(self) -> Message:
        header = Header(self.message_id, self.channel.name, self.channel.version, self.sender, self.from_system,
                        from_div=self.from_div, from_user=self.from_user, correlation_id=self.relates_to, test=self.test)  # fmt: skip
        return Message(0, header, Document(self.document), datetime.now(UTC))


Step = Callable[[Machine, Inbound], None]
