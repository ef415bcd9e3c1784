"""What every step is given: the ports of the machine and the catalogue. Bottom of the room; steps import it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hub.catalogue import Catalogue
from hub.contract.basis import Basis
from hub.contract.query import Caps
from hub.ports.batch_store import BatchStore
from hub.ports.claim_check import ClaimCheck
from hub.ports.clock import Clock
from hub.ports.fact_sources import FactSources, NoFactSources
from hub.ports.keyring import Keyring
from hub.ports.message_store import MessageStore
from hub.ports.meter import NO_METER, Meter
from hub.ports.query_desk import QueryDesk
from hub.ports.query_store import QueryStore
from hub.ports.schema_registry import SchemaRegistry
from hub.ports.sending import SendingStore
from hub.ports.spoke_directory import SpokeDirectory
from hub.ports.wire_tap import WireTap


@dataclass(frozen=True, slots=True)
class Retry:
    """Full-jitter exponential retry: ``first`` and ``cap`` in seconds; by age, not by count."""

    first: float = 1.0
    cap: float = 900.0


@dataclass(frozen=True, slots=True)
class Machine:
    """The ports. ``due`` gives the due moment (UTC ms) for a base moment, a number of days and C or W.

    ``desk`` stands only where queries are answered; ``caps`` are those the settings say, by query.
    """

    store: MessageStore
    queries: QueryStore
    batches: BatchStore
    claims: ClaimCheck
    sending: SendingStore
    keyring: Keyring
    schemas: SchemaRegistry
    directory: SpokeDirectory
    clock: Clock
    tap: WireTap
    catalogue: Catalogue
    due: Callable[[int, int, str], int]
    synthetic_only: bool = False
    basis: dict[str, Basis] = field(default_factory=dict)
    retry: Retry = Retry()
    answer_timeout: float = 10.0
    meter: Meter = NO_METER
    caps: dict[str, Caps] = field(default_factory=dict)
    desk: QueryDesk | None = None
    elsewhere: Callable[[Callable[[], Any]], Any] = lambda call: call()
    """Runs a call that waits for something outside (a partner) where it holds up no submission; its result or its fault."""
    sources: FactSources = NoFactSources()  # noqa: RUF009 - it has no state
