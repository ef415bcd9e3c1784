"""Queries: a question answered in the caller's thread. Not a message: no lane, no stored reply, nothing is changed by it.

A flow declares its queries beside its channels. Each is authorised and put on record before anybody looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from hub.contract.channel import Channel, Part
from hub.contract.message import ChannelName

LONGEST: float = 1.8
"""The most seconds a query may be declared to take; what is left of two goes to the network and the queue."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How much may be looked at. A look counts as its rows, a miss as one; days are calendar days in +08:00.

    ``rows`` bounds one answer, ``user_day`` and ``spoke_day`` what a user and a spoke get in a day, ``subject_day`` how
    often one person is looked at in a day (only for a query that names a ``subject``).
    """

    rows: int = 200
    user_day: int = 2_000
    spoke_day: int = 20_000
    subject_day: int = 20


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """A case as a query's row function sees it. ``message`` is the hub id of the message that opened it, shown form.

    Moments are aware, in +08:00. ``due_at`` and ``owed_by`` are those of the first obligation without an answer, else of the first.
    """

    message: str
    state: str
    opened_at: datetime
    data: Mapping[str, str]
    due_at: datetime | None = None
    owed_by: str | None = None


@dataclass(frozen=True, slots=True)
class FromCases:
    """Answered from the flow's own cases: the asking unit's alone; another's look like unknown.

    ``key`` names one case as the case type does. ``since``, ``until`` (dates) and ``state`` are paths of a question for
    many, by the day on which they were opened. ``row`` gives the elements of one row in the order of the schema; it is pure.
    """

    key: tuple[Part, ...]
    row: Callable[[CaseSeen], Mapping[str, str]]
    since: str
    until: str
    state: str


@dataclass(frozen=True, slots=True)
class FromPartner:
    """Answered by an external system: the adapter's name, and the view of the question that it gets."""

    system: str
    view: str


@dataclass(frozen=True, slots=True)
class Asker:
    """A kind of asker: spokes of these systems (all, when empty) get the reply cut to this view."""

    view: str
    systems: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Query:
    """One question. ``name`` is also its channel name; the reply is called ``<name>_reply``.

    ``row`` is the element of the reply that repeats; the reply also has ``more``, which the hub sets when rows were cut off.
    ``subject`` names the person asked about, ``purpose`` the path of the stated purpose. ``open`` are the paths that may
    stand in a URL: none that identifies anybody. ``budget`` is the whole time in seconds, waiting included.
    """

    name: ChannelName
    title: str
    source: FromCases | FromPartner
    askers: tuple[Asker, ...]
    row: str
    caps: Caps = Caps()
    subject: tuple[Part, ...] = ()
    purpose: str | None = None
    open: tuple[str, ...] = ()
    needs_user: bool = False
    budget: float = 1.5
    version: str = "1.0"

    @property
    def request(self) -> Channel:
        """The name, namespace and schemas of the question."""
        return _form(self.name, self.title, self.version)

    @property
    def reply(self) -> Channel:
        """The name, namespace and schemas of the answer."""
        return _form(ChannelName(f"{self.name}_reply"), self.title, self.version)

    def view_for(self, system: str) -> str | None:
        """The reply's view for a spoke of that system, None when it may not ask."""
        return next((a.view for a in self.askers if not a.systems or system in a.systems), None)


@lru_cache(maxsize=256)
def _form(name: ChannelName, title: str, version: str) -> Channel:
    return Channel(name, title, "same", (), version=version)
