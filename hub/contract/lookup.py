"""Lookups: read-only bulk questions that an adapter answers and a flow's rules build on (the facts of a decision).

An adapter's manifest declares what it can be asked (`Lookup`); a flow declares what it needs (`Need`); the hub asks once
per group of messages. A system that cannot answer now makes the messages wait; it never makes them go elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from hub.contract.channel import Part
from hub.contract.message import ChannelName

Question = tuple[str, ...]
"""The values asked by, in the order of ``Lookup.asks``."""
Fact = Mapping[str, str]
"""One record found: exactly the fields that ``Lookup.gives`` names, as text; a field without a value is left out."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a system can be asked. ``name`` is unique in the hub, ``<subject>.<how>``; ``title`` one line for people.

    ``gives`` is all that is ever handed on: keep it to what rules decide by, codes and places. ``personal`` are those of them
    that are a person's data (a name that a rule compares): few, and each with its reason in the adapter's README. Facts are
    kept sealed with the decision and stand in no view.
    """

    name: str
    title: str
    asks: tuple[str, ...]
    gives: tuple[str, ...]
    personal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """A flow's use of a lookup for one channel: the facts stand under ``fact``, asked by the values of ``parts``.

    A message that lacks a part is not asked about and has no facts of it (an empty tuple).
    """

    fact: str
    lookup: str
    channel: ChannelName
    parts: tuple[Part, ...]


@runtime_checkable
class FactSource(Protocol):
    """What ``Adapter.connect`` returns for a system with lookups. Thread-safe."""

    def look_up(self, lookup: Lookup, questions: Sequence[Question]) -> Mapping[Question, tuple[Fact, ...]]:
        """The facts for each question, in one round trip or few; a question without an entry found nothing.

        Raises OSError when the system is away, slow or cannot be read: nothing is known then.
        """


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be loaded: 1-based number, stable reason, where in the record; never a value."""

    line: int
    reason: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file came to. With any bad line nothing was loaded; ``added``, ``changed`` and ``same`` count records."""

    lines: int
    added: int = 0
    changed: int = 0
    same: int = 0
    bad: tuple[BadLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Loader:
    """A file that an operator may load into the system: ``pophub <adapter> load FILE``. ``title`` is its help, zh then en.

    ``load(settings, file, dry_run)`` is atomic and repeatable. Raises OSError when file or system cannot be used.
    """

    title: str
    load: Callable[[Mapping[str, str], Path, bool], Loaded]
