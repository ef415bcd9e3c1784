"""Feeds: what a page brings is accepted like any message, the cursor moves with the last of it, and a bad item never stops it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from hub.backends.meter_prometheus import MeterPrometheus
from hub.contract.adapter import FeedItem, FeedPage, ItemResult
from hub.contract.errors import TRANSLATION, FlowError
from hub.contract.message import ChannelName
from hub.contract.xml import parse, serialise
from hub.processes.feeds import FeedReader
from tests.flows.enquiry.documents import ELSEWHERE, feedback, request
from tests.hub.pipeline.rig import SIMING, ManualClock, Rig, Script, wait_for

REQUEST, FEEDBACK = ChannelName("enquiry.request"), ChannelName("enquiry.feedback")
UNREADABLE = b"<XCQQ><unclosed>"
INVALID = b"<XCQQ><FQXT>PADIS</FQXT></XCQQ>"


def _own(rig: Rig, channel: ChannelName, document: bytes) -> bytes:
    translator = rig.found.catalogue.adapter["padis"].translator
    return serialise(translator.from_canonical(channel, parse(document)))


def _asked(rig: Rig, serial: str, no: str, **more: Any) -> FeedItem:
    """An enquiry of another province in the platform's own vocabulary."""
    return FeedItem(serial, REQUEST, _own(rig, REQUEST, request(no, applicant=ELSEWHERE, **more)), "utf-8")


def _page(*items: FeedItem, more: bool = False) -> FeedPage:
    return FeedPage(items, cursor=items[-1].serial, more=more)


@pytest.fixture
def read(rig: Rig) -> Iterator[Callable[..., Script]]:
    """Read these pages until the feed asks for more than there are; the partner that gave them."""
    readers: list[FeedReader] = []

    def start(*pages: FeedPage | Exception, on: Rig = rig) -> Script:
        partner = Script(pages=list(pages))
        adapter = on.machine.catalogue.adapter["padis"]
        readers.append(FeedReader(on.machine, adapter, replace(adapter.feeds[0], interval=0.01), partner, lambda: None))
        wait_for(lambda: len(partner.polled) > len(pages))
        readers[-1].stop()
        return partner

    yield start
    for reader in readers:
        reader.stop()


def _cursor(rig: Rig) -> str:
    return str(rig.store.feed_cursor("padis", "download"))


def _kept(rig: Rig) -> list[str]:
    return [code for (code,) in rig.rows("SELECT code FROM invalid_message ORDER BY id")]


def _count(rig: Rig) -> int:
    return int(rig.rows("SELECT count(*) FROM message")[0][0])


def test_a_page(rig: Rig, read: Any) -> None:
    """Items are accepted in their order, from the system that sent them, translated; the cursor is that of the page."""
    partner = read(_page(*(_asked(rig, f"00{n}", f"P{n}") for n in (1, 2, 3))))
    assert partner.polled[:2] == ["", "003"] and _cursor(rig) == "003"
    rows = rig.rows("SELECT sender, from_system, channel FROM message")
    assert rows == [("system:padis", "PADIS", "enquiry.request")] * 3
    assert rig.plan() == 3
    assert rig.fill_mailboxes() == 3


def test_answer_comes_back(rig: Rig, read: Any) -> None:
    """A feedback in a feed finds the enquiry that it answers."""
    asked = rig.submit(SIMING, request("XC1", stated=ELSEWHERE)).id
    rig.plan()
    rig.attempt(Script())
    read(_page(FeedItem("001", FEEDBACK, _own(rig, FEEDBACK, feedback("XC1", unit=ELSEWHERE)), "utf-8")))
    rig.plan()
    assert rig.case(asked).state == "3"


def test_the_cursor_waits_for_the_last_item(rig: Rig, read: Any, clock: ManualClock) -> None:
    """When the process dies within a page nothing of the cursor has moved; the page comes again and brings no duplicates."""
    items = [_asked(rig, f"00{n}", f"P{n}") for n in (1, 2, 3)]
    rig.write(
        "CREATE TRIGGER full BEFORE INSERT ON message WHEN (SELECT count(*) FROM message) >= 2 BEGIN SELECT RAISE(ABORT, 'x'); END"
    )
    partner = read(_page(*items))
    assert partner.polled[0] == partner.polled[1] == ""
    assert (_count(rig), _cursor(rig)) == (2, "")
    before = rig.rows("SELECT message_id, jws FROM receipt ORDER BY 1")
    rig.write("DROP TRIGGER full")
    rig.close()
    again = Rig(rig.home, clock)
    read(_page(*items), on=again)
    assert (_count(again), _cursor(again)) == (3, "003")
    assert again.rows("SELECT message_id, jws FROM receipt ORDER BY 1")[:2] == before
    assert again.plan() == 3
    again.close()


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(("bad", "code"), [(UNREADABLE, "Client.Malformed"), (INVALID, "Client.Schema"), (b"", "Client.Empty")])
def test_bad_item(rig: Rig, read: Any, place: int, bad: bytes, code: str) -> None:
    """An unreadable or invalid item, also as the last of its page, is kept as evidence and the feed goes on behind it."""
    items = [_asked(rig, f"00{n}", f"P{n}") for n in (1, 2, 3)]
    items[place] = replace(items[place], data=bad)
    read(_page(*items), _page(_asked(rig, "004", "P4")))
    assert (_count(rig), _cursor(rig)) == (3, "004")
    (kept,) = _kept(rig)
    assert kept.startswith(code)


def test_undeclared_channel(rig: Rig, read: Any) -> None:
    """An item of a channel that the feed does not declare is kept as evidence and the feed goes on."""
    read(_page(replace(_asked(rig, "001", "P1"), channel=ChannelName("notice.surgery")), _asked(rig, "002", "P2")))
    assert (_count(rig), _kept(rig), _cursor(rig)) == (1, ["Client.UnknownOperation"], "002")


def test_wrong_charset(rig: Rig, read: Any) -> None:
    """Bytes that are not what the source says they are become evidence, not another text."""
    read(
        _page(
            replace(_asked(rig, "001", "P1"), data=_asked(rig, "001", "P1").data.decode().encode("gb18030")),
            _asked(rig, "002", "P2"),
        )
    )
    assert (_kept(rig), _count(rig)) == (["Client.Encoding"], 1)
    assert _cursor(rig) == "002"


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("fault", [ZeroDivisionError("a bug"), FlowError(TRANSLATION), None])
def test_translator_that_fails(rig: Rig, read: Any, fault: Exception | None, place: int) -> None:
    """An item that a translator stumbles over is kept as evidence and the feed goes on."""
    items = [_asked(rig, "001", "P1"), _asked(rig, "002", "P2")]
    good = rig.machine.catalogue.adapter["padis"].translator

    class Stumbling:
        version = "1"

        def to_canonical(self, channel: ChannelName, own: Any) -> Any:
            if own.findtext("XCH") == f"P{place + 1}":
                if fault is None:
                    return None
                raise fault
            return good.to_canonical(channel, own)

        from_canonical = good.from_canonical

    rig.with_adapter(lambda a: replace(a, translator=Stumbling()))  # type: ignore[arg-type]
    read(_page(*items))
    assert (_count(rig), len(_kept(rig)), _cursor(rig)) == (1, 1, "002")


def test_conflicting_item_is_kept(rig: Rig, read: Any) -> None:
    """An item that conflicts with an earlier one has no caller to be told: it is kept as evidence, nothing is lost in silence."""
    read(_page(_asked(rig, "001", "P1"), _asked(rig, "002", "P1", question="另一个问题")), _page(_asked(rig, "003", "P3")))
    assert (_count(rig), _cursor(rig)) == (2, "003")
    assert _kept(rig) == ["Client.Conflict"]


def test_store_that_fails_once_loses_nothing(rig: Rig, read: Any) -> None:
    """A fault of the store is not a fault of the item: a good item is not put away as refused, the page is read again."""
    faults = [OperationalError("UPDATE id_block", {}, Exception("database is locked"))]

    def locked_once(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "id_block" in statement and faults:
            raise faults.pop()

    event.listen(rig.store.engine, "before_cursor_execute", locked_once)
    page = _page(_asked(rig, "001", "P1"))
    read(page, page)
    assert not faults
    assert (_count(rig), _kept(rig), _cursor(rig)) == (1, [], "001")


def test_partner_that_is_away(rig: Rig, read: Any) -> None:
    """While the source is away nothing moves, and the feed comes back by itself."""
    read(OSError("away"), _page(_asked(rig, "001", "P1")))
    assert (_count(rig), _cursor(rig)) == (1, "001")


def test_same_page_again(rig: Rig, read: Any) -> None:
    """A source that gives the same page again makes no second message."""
    page = _page(_asked(rig, "001", "P1"), _asked(rig, "002", "P2"))
    read(page, page, page)
    assert _count(rig) == 2 and _kept(rig) == []


class _Table(Script):
    """A source that brings what was not confirmed, as a polled table does. ``away`` confirmations fail first."""

    def __init__(self, *items: FeedItem, away: int = 0) -> None:
        super().__init__()
        self.left, self.away = {i.serial: i for i in items}, away
        self.told: list[ItemResult] = []

    def poll(self, _feed: Any, cursor: str) -> FeedPage:
        self.polled.append(cursor)
        return FeedPage(tuple(self.left.values()), cursor)

    def confirm(self, _feed: Any, results: Sequence[ItemResult]) -> None:
        if self.away:
            self.away -= 1
            raise OSError
        self.told += results
        for result in results:
            self.left.pop(result.serial)


def _read_table(rig: Rig, table: _Table) -> None:
    adapter = rig.machine.catalogue.adapter["padis"]
    feed = replace(adapter.feeds[0], interval=0.01, confirmed=True)
    reader = FeedReader(rig.machine, adapter, feed, table, lambda: None)
    try:
        wait_for(lambda: not table.left)
    finally:
        reader.stop()


def test_a_confirmed_feed_hears_what_became_of_each_item(rig: Rig) -> None:
    """Accepted, refused by its schema, not readable: each with a stable code, after it is on disk."""
    table = _Table(_asked(rig, "1", "C-1"), FeedItem("2", REQUEST, INVALID, "utf-8"), FeedItem("3", REQUEST, UNREADABLE, "utf-8"))
    _read_table(rig, table)
    assert [(r.serial, r.accepted) for r in table.told] == [("1", True), ("2", False), ("3", False)]
    assert [r.code for r in table.told if not r.accepted] == ["Client.Schema.Missing", "Client.Malformed"]
    assert rig.rows("select count(*) from message") == [(1,)]


def test_what_could_not_be_confirmed_is_read_again_and_is_no_new_message(rig: Rig) -> None:
    """The table was away when the results were written back: the page comes again, accepted as the same."""
    table = _Table(_asked(rig, "1", "C-1"), _asked(rig, "2", "C-2"), away=1)
    meter = MeterPrometheus([], ["padis"])
    rig.machine = replace(rig.machine, meter=meter)
    _read_table(rig, table)
    assert [r.accepted for r in table.told] == [True, True]
    assert rig.rows("select count(*) from message") == [(2,)]
    failed = {"adapter": "padis", "feed": "download"}
    assert meter.registry.get_sample_value("pophub_feed_confirmations_failed_total", failed) == 1
