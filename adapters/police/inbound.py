"""What the police platform calls here (``/soap/police``): the bulk push of a batch, and the question how its records fared."""

from __future__ import annotations

import re
from typing import Final

from adapters.police.faults import DONE, NO_SUCH_BATCH
from adapters.police.vocabulary import SPACE, compact
from hub.contract.message import ChannelName
from hub.contract.service import Answered, Ask, BatchSeen, Push, RecordSeen, Service
from hub.contract.xml import Element
from hub.contract.xml_text import element, leaf

BULK_PUSH: Final = ChannelName("police.bulk_push")
_MOST: Final = 500
"""Records in one answer."""
_BATCH: Final = {"accepted": "1", "running": "2", "done": "3"}
_RECORD: Final = {"waiting": "0", "accepted": "1", "duplicate": "2", "refused": "3"}
_UNSAFE: Final = re.compile("[^A-Za-z_0-9/]")


def batch_number(document: Element) -> str | None:
    """The PCH of a push or of a question about one: the platform's own number of the batch."""
    return document.findtext(f"{{{SPACE}}}PCH") or None


def receipt(document: Element, answered: Answered) -> Element:
    """A PLTSHZ: the batch is on disk here; what becomes of its records is asked for later."""
    parts = [
        leaf("PCH", batch_number(document) or ""), leaf("FHM", DONE), leaf("SLH", answered.hub_id),
        leaf("SLSJ", compact(answered.accepted_at.isoformat())), leaf("JLS", str(answered.records)), leaf("CFBZ", str(int(answered.duplicate))),
    ]  # fmt: skip
    return _of("PLTSHZ", parts)


def page(question: Element) -> tuple[int, int]:
    """The first record wanted, and how many."""
    first, most = (question.findtext(f"{{{SPACE}}}{name}") or "1" for name in ("QSXH", "TS"))
    return int(first), min(int(most), _MOST)


def outcomes(question: Element, seen: BatchSeen | None) -> Element:
    """A JGFH: numbers, states and codes."""
    head = [leaf("PCH", batch_number(question) or ""), leaf("FHM", DONE if seen else NO_SUCH_BATCH)]
    counts = (seen.total, seen.accepted, seen.duplicate, seen.refused) if seen else (0, 0, 0, 0)
    head.append(leaf("PCZT", _BATCH[seen.state] if seen else "0"))
    head += (leaf(name, str(count)) for name, count in zip(("ZS", "JSS", "CFS", "THS"), counts, strict=True))
    return _of("JGFH", [*head, "<ITEMS>", *(_one(record) for record in (seen.records if seen else ())), "</ITEMS>"])


def _one(record: RecordSeen) -> str:
    parts = (
        leaf("XH", str(record.number)), leaf("CLZT", _RECORD[record.state]), leaf("GLJG", record.outcome or ""),
        leaf("CWDM", record.code or ""), leaf("CWWZ", _UNSAFE.sub("", record.path or "")[:120]),
    )  # fmt: skip
    return f"<ITEM>{''.join(parts)}</ITEM>"


def _of(name: str, parts: list[str]) -> Element:
    return element([f'<{name} xmlns="{SPACE}">', *parts, f"</{name}>"])


SERVICE: Final = Service(
    "police",
    "police/1.0/share.wsdl",
    {
        "PushBatch": Push(BULK_PUSH, "police/1.0/push.xsd", "police/1.0/push_reply.xsd", batch_number, receipt, batch=True),
        "QueryResult": Ask(BULK_PUSH, "police/1.0/result.xsd", "police/1.0/result_reply.xsd", batch_number, page, outcomes),
    },
)
