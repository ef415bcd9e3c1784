"""The download XZ01 (平台下载数据): what other provinces ask, tell and answer, in the order of PADIS's serial numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from adapters.padis.exchange import Answer, texts
from adapters.padis.faults import DONE
from adapters.padis.translator import FEEDBACK, NOTICE, RECEIPT, REQUEST, RETURN, WITHDRAW, WITHDRAWN
from hub.contract.adapter import FeedItem, FeedPage
from hub.transports.http_client import Ambiguous

CHANNELS: Final = {"ENQ": REQUEST, "FB": FEEDBACK, "TH": RETURN, "CH": WITHDRAW, "CQ": WITHDRAWN, "N8": NOTICE, "RC": RECEIPT}


def question(cursor: str, count: int) -> str:
    """The document of XZ01: at most ``count`` records after the serial number ``cursor`` (empty at first)."""
    after = f"<SCLSH>{cursor}</SCLSH>" if cursor else ""
    return f"<XZQQ>{after}<TS>{count}</TS></XZQQ>"


def page(answer: Answer, cursor: str) -> FeedPage:
    """The records of an answer as feed items; an empty page keeps the cursor.

    Raises Ambiguous when PADIS refused, or when serial numbers do not rise from the cursor on: a page out of order
    would let records be passed over for ever.
    """
    if answer.code != DONE or answer.body is None or answer.body.tag != "XZJG":
        raise Ambiguous(f"padis.{answer.code}")
    records = [texts(record) for record in answer.body.iterfind("JL")]
    items = tuple(FeedItem(r["PTLSH"], CHANNELS[r["LX"]], r["WD"].encode(), "utf-8") for r in records)
    serials = [cursor, *(item.serial for item in items)]
    if any(later <= earlier for earlier, later in pairwise(serials)):
        raise Ambiguous("reply.order")
    return FeedPage(items, cursor=serials[-1], more=answer.body.findtext("SFYG") == "1")
