"""Extracts: a system hands over many records, page by page, for a batch that the hub makes by the calendar.

An adapter's manifest declares what can be drawn from it (`Extract`); a flow's schedule names one and makes a batch of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from hub.contract.lookup import Fact


@dataclass(frozen=True, slots=True)
class Extract:
    """What can be drawn. ``name`` is unique in the hub, ``<subject>.<what>``; ``given`` are the parameters it takes.

    ``gives`` are the fields of a record: unlike a lookup's they may be a person's data, since a batch is made of them.
    """

    name: str
    title: str
    given: tuple[str, ...]
    gives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExtractPage:
    """``records`` in the order of a stable key; ``after`` goes into the next call; empty when this was the last page."""

    records: tuple[Fact, ...]
    after: str = ""


@runtime_checkable
class ExtractSource(Protocol):
    """What ``Adapter.connect`` returns for a system with extracts. Thread-safe."""

    def extract(self, extract: Extract, given: Mapping[str, str], after: str, limit: int) -> ExtractPage:
        """The next page of at most ``limit`` records behind the key ``after`` (empty at first), by keyset, in bounded memory.

        The same ``given`` on unchanged data gives the same records. Raises OSError when the system is away or cannot be read.
        """
