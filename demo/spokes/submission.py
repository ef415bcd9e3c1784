"""One document that a spoke is about to submit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from demo.spokes.facts import Facts
from demo.spokes.settings import Way


@dataclass(frozen=True, slots=True)
class Submission:
    """One document to be submitted, under one MessageID however often it is sent.

    ``kind`` is ``valid`` or ``invalid:…``, ``type`` the code of CL_ENQ of an enquiry, empty for anything else. ``goes_to`` is the
    prefecture (or other province) where an enquiry belongs although it states another, ``then`` what is sent once this is settled.
    ``expects`` is what must come of it under other names (`hub.testkit.checker`); None: it is applied itself.
    """

    facts: Facts
    route: str
    kind: str
    way: Way
    document: bytes
    from_div: str
    message_id: str
    version: str
    type: str = ""
    goes_to: str = ""
    then: Submission | None = None
    expects: Sequence[Mapping[str, object]] | None = None

    def made_invalid(self, document: bytes, kind: str) -> Submission:
        """The same, spoiled: sent once, expected to be refused and to make nothing."""
        return replace(
            self, document=document, kind=f"invalid:{kind}", way="once", then=None, expects=None if self.expects is None else ()
        )

    def sent(self) -> dict[str, object]:
        """The ledger line of sending it."""
        more: dict[str, object] = {"to": self.goes_to} if self.goes_to else {}
        if self.expects is not None:
            more["expects"] = list(self.expects)
        return self.facts.line("sent", route=self.route, kind=self.kind, type=self.type, way=self.way, **more)
