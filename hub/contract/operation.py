"""One call that a partner offers, and what may be done when its outcome is not known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.contract.message import ChannelName


class OperationClass(StrEnum):
    """Decides what follows an ambiguous outcome.

    A: idempotent by our key, repeated. B: the partner is asked first, repeated only when it says it has nothing.
    C: neither; the outcome stays unknown until an operator decides.
    """

    IDEMPOTENT = "A"
    ASKABLE = "B"
    NEITHER = "C"


@dataclass(frozen=True, slots=True)
class Operation:
    """An outbound operation of a partner: which channel it carries, its own-vocabulary XSD, its class and its limits.

    ``schema`` is relative to a schemas folder. ``timeout`` is the total deadline of one call in seconds.
    ``ask_after`` is how many seconds after the start of an attempt the partner's answer to "have you processed this
    key?" can be trusted. ``max_in_flight`` bounds concurrent calls, ``max_age`` (seconds) how long it is retried.
    """

    name: str
    channel: ChannelName
    kind: OperationClass
    schema: str
    timeout: float = 10.0
    ask_after: float = 0.0
    max_in_flight: int = 16
    max_age: float = 14 * 86_400.0
    max_bytes: int = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class QueryOperation:
    """An operation of a partner that answers a query and changes nothing, so that it may be repeated.

    ``schema`` and ``reply_schema`` are own-vocabulary XSDs, relative to a schemas folder. ``max_in_flight`` bounds
    concurrent calls of one process; what exceeds it is shed at once.
    """

    name: str
    query: ChannelName
    schema: str
    reply_schema: str
    max_in_flight: int = 12
