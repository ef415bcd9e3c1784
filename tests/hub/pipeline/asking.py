"""Questions of spokes to the rig's machine, and a national platform that answers them by script."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.padis.outbound import PadisPartner
from hub.contract.adapter import Adapter
from hub.contract.message import Document
from hub.contract.operation import QueryOperation
from hub.contract.outcome import Rejected
from hub.contract.xml import Element, parse
from hub.pipeline.query import ask
from hub.pipeline.questioning import Questioning
from hub.processes.breaker import Breaker
from hub.processes.query_desk import QueryDeskPooled
from tests.flows.enquiry.documents import SIMING_UNIT
from tests.hub.pipeline.rig import SIMING, Rig

NAME, ID_NO, USER = "阿依古丽·买买提", "359901199005100022", "350203001L001"
OTHER = "359902198808070017"


def case_question(name: str = NAME, id_no: str = ID_NO, purpose: str = "2", div: str = "") -> bytes:
    """An ``enquiryCase``."""
    at = f"<hukouDiv>{div}</hukouDiv>" if div else ""
    return (
        f'<enquiryCase xmlns="urn:pophub:enquiry.case:1.0"><name>{name}</name><idNo>{id_no}</idNo>'
        f"<purpose>{purpose}</purpose>{at}</enquiryCase>"
    ).encode()


def status_question(no: str = "", since: str = "2026-03-02", until: str = "2026-03-02", state: str = "") -> bytes:
    """An ``enquiryStatus``, by number or by day."""
    days = f"<fromDate>{since}</fromDate><toDate>{until}</toDate>{f'<state>{state}</state>' if state else ''}"
    asked = f"<enquiryNo>{no}</enquiryNo>" if no else days
    return f'<enquiryStatus xmlns="urn:pophub:enquiry.status:1.0">{asked}</enquiryStatus>'.encode()


def known(*people: tuple[str, str], more: str = "0") -> Element:
    """What the platform says of people (name, marital code of its own)."""
    rows = "".join(
        f"<RY><XM>{name}</XM><XB>2</XB><CSRQ>19900510</CSRQ><HJDQH>350102001</HJDQH><XZDQH>310104</XZDQH><HYZK>{marital}</HYZK>"
        "<DZZZT>1</DZZZT></RY>"
        for name, marital in people
    )
    return parse(f"<GAJG><SFCZ>{int(bool(people))}</SFCZ><SFYG>{more}</SFYG>{rows}</GAJG>".encode())


@dataclass
class Platform:
    """Answers with the next of ``answers`` (the last repeats; an exception is raised), after ``before`` has run."""

    answers: Sequence[Any] = field(default_factory=lambda: (known((NAME, "3")),))
    before: Callable[[], object] = lambda: None
    asked: list[bytes] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def query(self, _operation: QueryOperation, document: bytes, _seconds: float) -> Element | Rejected:
        with self.lock:
            self.asked.append(document)
            given = self.answers[min(len(self.asked), len(self.answers)) - 1]
        self.before()
        if isinstance(given, Exception):
            raise given
        return given  # type: ignore[no-any-return]

    def close(self) -> None:
        """Nothing is open."""


def with_desk(rig: Rig, partner: Any, breaker: Callable[[], Breaker] = Breaker) -> QueryDeskPooled:
    """Let the rig ask this partner."""

    def connect(_adapter: Adapter) -> Any:
        return partner

    desk = QueryDeskPooled(rig.machine.catalogue.adapters, connect, rig.machine.tap, breaker)
    rig.machine = replace(rig.machine, desk=desk)
    return desk


def over_the_wire(url: str) -> PadisPartner:
    """The real adapter, at an address."""
    return PadisPartner({"url": url})


def put(rig: Rig, question: bytes, spoke: str = SIMING, **more: Any) -> Document:
    """Ask; the answer as the spoke gets it."""
    document = parse(question)
    name = document.tag.removeprefix("{urn:pophub:").partition(":")[0]
    found = rig.machine.directory.named(spoke)
    assert found is not None
    work = Questioning("test", rig.machine.catalogue.queries[name], document, found, **{"from_user": USER, **more})
    return Document(ask(rig.machine, work))


def unit() -> str:
    """The unit that asks."""
    return SIMING_UNIT
