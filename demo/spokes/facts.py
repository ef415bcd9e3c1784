"""What a ledger says of a canonical document: id, lane, digest. Computed from the spoke's own copy, before or after the hub."""

from __future__ import annotations

from typing import NamedTuple

from hub.contract.xml import Element, namespace


class Facts(NamedTuple):
    """The names of a document in every ledger, and its channel."""

    id: str
    lane: str
    digest: str
    channel: str

    def line(self, event: str, /, **more: object) -> dict[str, object]:
        """A ledger line that says what happened to the document."""
        return {"t": event, "id": self.id, "lane": self.lane, "digest": self.digest, **more}

    def expected(self, at: str, route: str) -> dict[str, object]:
        """This document as an item of the ``expects`` of another that causes it (`hub.testkit.checker`)."""
        return {"id": self.id, "lane": self.lane, "digest": self.digest, "at": at, "route": route}


def channel_of(document: Element) -> str:
    """The channel of a canonical document, told by its namespace."""
    return str(namespace(document)).removeprefix("urn:pophub:").removesuffix(":1.0")


def family_of(channel: str) -> str:
    """The family to which a channel belongs."""
    return channel.partition(".")[0]


def root_of(channel: str) -> str:
    """The local name of the documents of a channel: ``notice.contraception_receipt`` has ``noticeContraceptionReceipt``."""
    first, *rest = channel.replace("_", ".").split(".")
    return first + "".join(word.capitalize() for word in rest)


def chance(id_: str) -> float:
    """What befalls a document follows from its name in the ledgers alone, so that everybody agrees without talking: 0 to 1."""
    return int(id_[-8:-4], 16) % 10_000 / 10_000
