"""The shape of an error: its kind, and the exception that carries it with the place where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Blame = Literal["caller", "hub", "partner", "network", "operator"]


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One stable error code: Chinese and English sentence, advice, whose fault it is, HTTP status of a REST answer."""

    code: str
    zh: str
    en: str
    advice: str
    blame: Blame = "caller"
    http: int = 400


class HubError(Exception):
    """An error with a code. ``facts`` fill the slots of the sentence and come from schema or configuration only.

    ``path`` is the element path (local names with positions), ``line`` the 1-based line in the bytes received,
    ``pointer`` the place in a JSON document (RFC 6901, names of the schema only), ``ref`` the hub id of another message
    the fault may name. ``retry_after``, in whole seconds, is set where it is known when it helps to come again.
    """

    def __init__(
        self,
        kind: ErrorKind,
        *,
        path: str | None = None,
        line: int | None = None,
        pointer: str | None = None,
        ref: str | None = None,
        **facts: str,
    ) -> None:
        super().__init__(kind.code)
        self.kind, self.path, self.line, self.ref, self.facts = kind, path, line, ref, facts
        self.pointer = pointer
        self.retry_after: int | None = None

    @property
    def code(self) -> str:
        """The stable code, for example ``Client.Schema.Pattern``."""
        return self.kind.code

    @property
    def zh(self) -> str:
        """The Chinese sentence with its slots filled."""
        return self.kind.zh.format_map(_Slots(self.facts))

    @property
    def en(self) -> str:
        """The English sentence with its slots filled."""
        return self.kind.en.format_map(_Slots(self.facts))


class _Slots(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "-"


class ClientError(HubError):
    """The sender must change something."""


class ServerError(HubError):
    """The hub cannot do it now."""


class FlowError(HubError):
    """An accepted message cannot go on as it is."""
