"""The register as hub sees it: lookups and extracts, a few bounded queries for a whole group, over a connection that cannot write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from adapters.register import settings
from adapters.register.certifiable import certifiable
from adapters.register.families import WAYS, families
from adapters.register.newborns import BY_CERTIFICATE, BY_OWN_NUMBER, newborns
from adapters.register.people import BY_NUMBER, MANAGED, RESIDENT, managed
from adapters.register.settings import RegisterAwayError
from hub.contract.adapter import WithoutMessages
from hub.contract.extract import Extract, ExtractPage
from hub.contract.lookup import Fact, Lookup, Question
from hub.transports.database import reading
from hub.transports.keyed_rows import parts

_Answer = Callable[[Connection, Lookup, Sequence[Question]], Mapping[Question, tuple[Fact, ...]]]
_ANSWERS: Final[Mapping[Lookup, _Answer]] = {
    **dict.fromkeys((MANAGED, BY_NUMBER, RESIDENT), managed),
    **dict.fromkeys(WAYS, families),
    **dict.fromkeys((BY_OWN_NUMBER, BY_CERTIFICATE), newborns),
}
LOOKUPS: Final = tuple(_ANSWERS)
"""All that the register can be asked."""


class Register(WithoutMessages):
    """Implements `hub.contract.lookup.FactSource` and `hub.contract.extract.ExtractSource`. Raises ValueError for unusable settings; connecting needs nobody there."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._engine = reading(settings.read(given))

    def look_up(self, lookup: Lookup, questions: Sequence[Question]) -> Mapping[Question, tuple[Fact, ...]]:
        """The facts for each question. Raises `RegisterAwayError`."""
        found: dict[Question, tuple[Fact, ...]] = {}
        with self._connected() as connection:
            for part in parts(questions):
                found |= _ANSWERS[lookup](connection, lookup, part)
        return {question: facts for question, facts in found.items() if facts}

    def extract(self, extract: Extract, given: Mapping[str, str], after: str, limit: int) -> ExtractPage:  # noqa: ARG002 - there is one
        """The next page of `CERTIFIABLE`. Raises `RegisterAwayError`, ValueError for an ``asOf`` that is no xs:date."""
        with self._connected() as connection:
            return certifiable(connection, given, after, limit)

    def close(self) -> None:
        """Close pooled connections."""
        self._engine.dispose()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as fault:
            raise RegisterAwayError(type(fault).__name__) from None
