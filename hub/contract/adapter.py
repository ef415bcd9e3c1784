"""The channel adapter: how one external system plugs in. An adapter package exports ``ADAPTER``, a value of `Adapter`.

The hub finds adapters by folder, checks every declaration at start, and calls only what is declared here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from hub.contract.batch import OwnBatch
from hub.contract.errors import TRANSLATION, FlowError
from hub.contract.extract import Extract
from hub.contract.lookup import Loader, Lookup
from hub.contract.message import ChannelName
from hub.contract.operation import Operation, QueryOperation
from hub.contract.outcome import Outcome, Rejected, Released
from hub.contract.service import Service
from hub.contract.xml import Element


class Translator(Protocol):
    """Own vocabulary ↔ canonical. Pure: no input, no output, no clock. The only place that knows both.

    Called from several threads at once. Input has passed its schema, output will be validated; a translator raises
    ``FlowError`` (Flow.Translation) when a document that satisfies its schema still cannot be expressed.
    """

    version: str

    def to_canonical(self, channel: ChannelName, own: Element) -> Element:
        """The canonical document for an own-vocabulary document."""

    def from_canonical(self, channel: ChannelName, view: Element) -> Element:
        """The own-vocabulary document for a canonical document already cut to this system's view."""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One document of a polled download, with the partner's serial number (unique per system, orders its versions)."""

    serial: str
    channel: ChannelName
    data: bytes
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """What one poll brought. ``cursor`` is committed together with the items; an empty page may keep the old cursor."""

    items: tuple[FeedItem, ...]
    cursor: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """A polled source. ``interval`` is the pause in seconds after an empty page; ``channels`` are what it may bring.

    ``confirmed``: the partner is told what became of each item (`Confirming`); such a feed brings what is not confirmed, and its
    cursor is no more than a hint. ``needs`` names the setting without which the feed is off.
    """

    name: str
    channels: Mapping[ChannelName, str]
    interval: float = 1.0
    page: int = 100
    confirmed: bool = False
    needs: str | None = None


class Partner(Protocol):
    """A live connection to the external system. Thread-safe; made once per process by ``Adapter.connect``.

    ``deliver`` gets the exact bytes that were stored and the idempotency key, and must return an outcome instead of
    raising: Released only when nothing can have been applied, Unknown whenever something may have been. It must end
    within ``operation.timeout``. It is called at most ``operation.max_in_flight`` times at once.
    """

    def deliver(self, operation: Operation, document: bytes, key: str) -> Outcome:
        """Make one call."""

    def ask(self, operation: Operation, key: str) -> Outcome:
        """Ask what became of the key: Delivered, Rejected, Released (the partner has nothing) or Unknown (cannot tell)."""

    def poll(self, feed: Feed, cursor: str) -> FeedPage:
        """Fetch the next page after the cursor (empty string at first). Raises OSError when the partner is away."""

    def close(self) -> None:
        """Close pooled connections."""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one item of a feed's page: accepted (also when it was here before), or refused with a stable code of ours.

    ``path`` is where in the item's document the fault stands, of local names; never a value.
    """

    serial: str
    accepted: bool
    code: str | None = None
    path: str | None = None


@runtime_checkable
class Confirming(Protocol):
    """A partner with a feed that wants to hear what became of its items (``Feed.confirmed``)."""

    def confirm(self, feed: Feed, results: Sequence[ItemResult]) -> None:
        """Write the results of one page back. Called after they are on disk, again after a crash: idempotent.

        Raises OSError when the partner is away: the page is then polled and confirmed again.
        """


@runtime_checkable
class Collecting(Protocol):
    """A partner that answers ``Pending`` with a ticket and a time to ask again."""

    def collect(self, operation: Operation, ticket: str) -> Outcome:
        """What became of the ticket: PerRecord or Delivered, Rejected, Pending (not yet), Released (it could not be asked, or it has lost the
        work and wants it again: then ``Released.resend``), never Unknown. Repeatable; ends within ``operation.timeout``.
        """


class WithoutMessages:
    """The message side of a system that only answers lookups: it takes nothing and brings nothing."""

    def deliver(self, _operation: Operation, _document: bytes, _key: str) -> Outcome:
        """Nothing is ever applied."""
        return Released("takes no messages")

    def ask(self, _operation: Operation, _key: str) -> Outcome:
        """It has nothing."""
        return Released("takes no messages")

    def poll(self, _feed: Feed, cursor: str) -> FeedPage:
        """An empty page."""
        return FeedPage((), cursor)

    def close(self) -> None:
        """Nothing is open."""


class _NoTranslator:
    version = "none"

    def to_canonical(self, _channel: ChannelName, _own: Element) -> Element:
        raise FlowError(TRANSLATION)

    def from_canonical(self, _channel: ChannelName, _view: Element) -> Element:
        raise FlowError(TRANSLATION)


NO_MESSAGES: Final[Translator] = _NoTranslator()
"""The translator of a system that has no documents."""


class QueryPartner(Protocol):
    """A live connection for queries, apart from that for deliveries. Thread-safe; made once per process by ``Adapter.ask``.

    It is called at most ``operation.max_in_flight`` times at once. It must end within ``seconds`` and leave no socket
    open that still waits; who outstays them is not waited for, and takes up one of those calls until it ends.
    """

    def query(self, operation: QueryOperation, document: bytes, seconds: float) -> Element | Rejected:
        """Ask once. The reply in the own vocabulary, or Rejected when the partner refused to answer.

        Raises OSError when no usable answer came.
        """

    def close(self) -> None:
        """Close pooled connections."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """The manifest of one external system.

    ``name`` is the folder, ``system`` the code written in headers. ``encoding`` is the encoding of its documents.
    ``connect`` gets the settings (strings from pophub.toml ``[adapters.<name>]``, defaults from ``settings``).
    ``simulator`` is the module that starts its simulator (``main(port, ledger)``); never imported by the product.
    ``samples`` maps a channel to sample files (relative to the adapter folder), own vocabulary.
    ``lookups`` are the questions it answers: ``connect`` then returns a `hub.contract.lookup.FactSource`, and the hub asks it
    once ``[adapters.<name>]`` stands in pophub.toml. A system of lookups alone uses `NO_MESSAGES` and `WithoutMessages`.
    ``queries`` are those it answers a caller who waits, over the connection that ``ask`` makes from the same settings.
    ``services`` are what the system calls at the hub; ``batches`` how it writes the batches it sends; ``extracts`` what can be drawn
    from it: ``connect`` then returns a `hub.contract.extract.ExtractSource`.
    """

    name: str
    system: str
    title: str
    translator: Translator
    connect: Callable[[Mapping[str, str]], Partner]
    operations: tuple[Operation, ...]
    feeds: tuple[Feed, ...] = ()
    encoding: str = "UTF-8"
    settings: Mapping[str, str] | None = None
    simulator: str | None = None
    limits: str = ""
    lookups: tuple[Lookup, ...] = ()
    loader: Loader | None = None
    queries: tuple[QueryOperation, ...] = ()
    ask: Callable[[Mapping[str, str]], QueryPartner] | None = None
    services: tuple[Service, ...] = ()
    batches: Mapping[ChannelName, OwnBatch] | None = None
    extracts: tuple[Extract, ...] = ()

    def query_for(self, query: ChannelName) -> QueryOperation | None:
        """The operation that answers the query, if the system does."""
        return next((o for o in self.queries if o.query == query), None)

    def operation_for(self, channel: ChannelName) -> Operation | None:
        """The outbound operation that carries the channel, if the system takes it."""
        return next((o for o in self.operations if o.channel == channel), None)
