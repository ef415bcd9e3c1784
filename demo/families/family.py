"""What a family of traffic declares to the demo: its routes, who takes part, what its partners are told, what a good day of it is.

A family is a business flow of the hub seen from outside. Everything that the demo does is put together from these declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from demo.partners.partner import Partner
from demo.province import Person
from demo.spokes.asking import Asking
from demo.spokes.settings import SpokeSettings
from demo.spokes.side import Side
from hub.testkit.evidence import Entry

PartnerStates = Mapping[str, Mapping[str, Any]]
"""What each simulator's ``/_control`` showed last, by name."""
Found = Mapping[str, Entry]
"""The entries of all ledgers by id."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way that documents of the family take, as the ``sent`` lines (or the items of ``expects``) name it.

    A day of thousands must show ``least`` of them accepted. ``kept``: applied by nobody, so that no recipient is the right end;
    ``filtered``: the hub may rightly filter some.
    """

    name: str
    title: str
    least: int = 100
    kept: bool = False
    filtered: bool = False


@dataclass(frozen=True, slots=True)
class Grants:
    """What a spoke may do in the family: channels it sends and receives, queries it asks."""

    sends: tuple[str, ...] = ()
    receives: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


class Director(Protocol):
    """Tells the simulators what to do in a day. Used by one thread."""

    def begin(self, seed: int) -> None:
        """Before the first document is sent."""

    def go_on(self, share: float) -> None:
        """Twice a second: about so much of the day (0 to 1) was sent. Orders what is due by then."""

    def steady(self, turn: int) -> None:
        """Twice a second of a day without end, turns counted from 0."""

    def done(self) -> bool:
        """Whether everything was ordered, and the partners owe and wait for nothing. Raises NoAnswerError."""


@dataclass(frozen=True, slots=True)
class Family:
    """One family. ``first`` is said when the first document whose id begins
    with ``news`` (by default any of the family) has been applied; ids that begin with ``records`` are records of batches.
    ``truth``: the ledger lines that follow from a person being in the register. ``grants`` are by system; ``partners`` names the simulators that it needs.

    ``side`` makes a spoke's part; ``director`` is given the simulators by name and the number of enquiries of the day.
    ``tried`` are the shares and numbers of what a day tried, ``least`` what must have been at least on a day of thousands,
    ``problems`` what else is wrong.
    """

    name: str
    first: str
    routes: tuple[Route, ...]
    grants: Mapping[str, Grants]
    side: Callable[[SpokeSettings, Sequence[Person], Asking], Side]
    director: Callable[[Mapping[str, Partner], int], Director]
    partners: tuple[str, ...] = ()
    news: str = ""
    records: str = ""
    truth: Callable[[Person], Iterable[Mapping[str, object]]] | None = None
    tried: Callable[[Found, PartnerStates], dict[str, float]] = lambda _found, _states: {}
    least: Mapping[str, float] = field(default_factory=dict)
    problems: Callable[[Found], Iterator[str]] = lambda _found: iter(())
