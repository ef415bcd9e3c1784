"""Batches: many records accepted, or sent, as one; every record has an outcome of its own.

A batch that comes in is accepted whole or not at all (manifest with count and digest). Then each good record becomes a message
of the record's channel, in the order of the batch; a bad record is refused alone, by its number. A batch that goes out is made by
a schedule: its records are frozen in parts, each part is a delivery with attempts and a ticket of its own, and the outcome
of each record moves that record's case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Protocol, runtime_checkable

from hub.contract.case import Case
from hub.contract.channel import Part
from hub.contract.decision import Decision
from hub.contract.lookup import Fact
from hub.contract.message import ChannelName, Document
from hub.contract.outcome import RecordResult
from hub.contract.xml import Element

MOST_RECORDS: Final = 1_000_000
WRAPPER_SCHEMA: Final = "services/batch-1.0.xsd"
"""The XSD of the ``batch`` that a spoke writes around its records."""


@dataclass(frozen=True, slots=True)
class Sifted:
    """What a flow makes of a record before it is kept. ``outcome`` is the flow's own code for the row (at most 20 characters).

    ``document`` is what may be kept and becomes a message, with what may not be kept taken out; None: nothing is kept of it
    but the row.
    """

    document: Element | None
    outcome: str = ""


def keep(record: Document) -> Sifted:
    """Keeps the record as it is."""
    return Sifted(record.root)


@dataclass(frozen=True, slots=True)
class BatchIn:
    """A kind of batch that comes in. ``name`` is granted like a channel; ``record`` is the channel of its records.

    A spoke writes ``<batch>`` with the canonical documents of the records as its children; a system writes it as its adapter says
    (`Adapter.batches`). (sender, name, MessageID) is its identity; the same identity with other content is a conflict. ``sift`` is pure. ``most`` bounds the records, the wrapper is refused beyond.
    """

    name: ChannelName
    title: str
    record: ChannelName
    sift: Callable[[Document], Sifted] = keep
    most: int = MOST_RECORDS


@dataclass(frozen=True, slots=True)
class OwnBatch:
    """How a system writes a batch: the wrapper's XSD, the XSD and the local name of the element of one record.

    The wrapper is validated without its records, as it streams by; each record is validated by ``record_schema``.
    """

    schema: str
    record_schema: str
    record_element: str


@dataclass(frozen=True, slots=True)
class Period:
    """What a scheduled run covers: ``name`` is ``YYYYMM`` (month) or ``YYYYMMDD`` (day), ``last`` its last day.

    A run begins after the period's end; a run that was missed is caught up with its own dates, in order.
    """

    name: str
    last: date


@dataclass(frozen=True, slots=True)
class Head:
    """The wrapper of one part: the batch's number (hub-made, unique), its kind and period, and what it holds.

    ``part`` counts from 1 to ``parts``; ``count`` are the records of the whole batch, ``first`` the number of this part's first.
    """

    batch_no: str
    period: Period
    part: int
    parts: int
    count: int
    first: int


@dataclass(frozen=True, slots=True)
class BatchOut:
    """A kind of batch that goes out along ``route`` (of the record's channel, to a system).

    ``wrapper`` is the channel of the batch as a message (no personal data), ``describe`` makes its document.
    ``key`` names a record's version: what was accepted under a key is not sent again. ``part`` records make a part, ``most``
    a batch (a page of the extract that exceeds it is taken whole). ``made`` decides what the case of a record becomes when it is sent (None: there is no case yet; the record
    opens one), ``settled`` what its result means. Both are pure; only moves and data are taken from them.
    """

    name: ChannelName
    title: str
    wrapper: ChannelName
    record: ChannelName
    route: str
    describe: Callable[[str, Period, int], Element]
    key: tuple[Part, ...]
    made: Callable[[Document, Case | None], Decision]
    settled: Callable[[RecordResult, Case], Decision]
    part: int = 500
    most: int = 20_000


@dataclass(frozen=True, slots=True)
class Schedule:
    """Work that starts by the calendar: after each period a batch is made of what an extract gives.

    ``extract`` is drawn with the fields that ``ask`` makes of the period; ``make`` gives the canonical record, or None when
    the rules leave it out. Off until ``[schedules."<name>"] since`` names the first period. Values of the calendar are
    those of +08:00. ``batch`` names the flow's `BatchOut`.
    """

    name: str
    title: str
    every: Literal["month", "day"]
    extract: str
    batch: ChannelName
    ask: Callable[[Period], Mapping[str, str]]
    make: Callable[[Fact, Period], Element | None]


@runtime_checkable
class Framing(Protocol):
    """What a translator can also do when its system takes batches. Pure."""

    def frame(self, channel: ChannelName, head: Head, records: Sequence[Element]) -> Element:
        """The own-vocabulary document of one part, from its records in the own vocabulary (``from_canonical`` made them)."""
