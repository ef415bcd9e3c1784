"""Feeds: a cursor finds its place again, nothing is passed over or brought twice, and a bad page is no page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from hub.contract.adapter import Feed, FeedItem, FeedPage, Partner
from hub.contract.xml import parse
from hub.testkit.conformance.bench import Bench, hurried
from hub.testkit.conformance.calls import MARGIN
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.subject import Subject
from hub.testkit.conformance.verdict import Failed, demand
from hub.testkit.faults import WAYS

_GOOD: Final = frozenset({"slow", "answer_twice"})
_MOST_PAGES: Final = 200


def checks(subject: Subject) -> Iterator[Check]:
    """The checks of this theme."""
    for feed in (feed for feed in subject.adapter.feeds if not feed.confirmed):
        for check in (empty, brings_what_it_says, pages, repeats, after_restart, away):
            yield Check(f"feed-{feed.name}-{check.__name__.replace('_', '-')}", partial(check, feed=feed))
        for fault in WAYS:
            yield Check(f"feed-{feed.name}-under-{fault}", partial(faulty, feed=feed, fault=fault))


def empty(bench: Bench, feed: Feed) -> None:
    """After the last item comes an empty page, again and again, and its cursor still finds what comes later."""
    partner, cursor = _partner(bench), _end(bench, feed)
    for _ in range(3):
        page = partner.poll(feed, cursor)
        demand(page.items == () and not page.more, "a page after the last item brings something")
        cursor = page.cursor
    made = _publish(bench, feed)
    demand(len(_all(partner, feed, cursor)) == made, "the cursor of an empty page misses what came after it")


def brings_what_it_says(bench: Bench, feed: Feed) -> None:
    """Each item has a serial of its own and a channel of the feed's, and its document goes all the way to canonical."""
    subject, partner = bench.subject, _partner(bench)
    _publish(bench, feed)
    items = _all(partner, feed, "")
    demand(len({item.serial for item in items}) == len(items), "two items have one serial")
    for item in items:
        demand(item.channel in feed.channels, f"the feed brings {item.channel}, which it does not declare")
        own = parse(item.data, item.charset)
        subject.schemas.validate(feed.channels[item.channel], own)
        canonical = subject.adapter.translator.to_canonical(item.channel, own)
        subject.schemas.validate(subject.catalogue.channels[item.channel].schema, canonical)


def pages(bench: Bench, feed: Feed) -> None:
    """In pages of two come the same items in the same order as in large ones, none twice, none left out."""
    partner, start = _partner(bench), _end(bench, feed)
    while _publish(bench, feed) < 2 or len(_all(partner, feed, start)) < 5:
        pass
    small = replace(feed, page=2)
    demand(len(partner.poll(small, start).items) == 2, "a page of two does not bring two")
    demand(partner.poll(small, start).more, "more is false although there is more")
    demand(_all(partner, small, start) == _all(partner, feed, start), "small pages bring other items than large ones")


def repeats(bench: Bench, feed: Feed) -> None:
    """The same cursor brings the same items again, over another connection too: what was not committed comes back."""
    start = _end(bench, feed)
    _publish(bench, feed)
    first = _partner(bench).poll(feed, start)
    demand(_partner(bench).poll(feed, start).items == first.items, "the second time the same cursor brings other items")


def after_restart(bench: Bench, feed: Feed) -> None:
    """After the system was started again, a cursor means what it meant before."""
    start = _end(bench, feed)
    _publish(bench, feed)
    before = _partner(bench).poll(feed, start)
    bench.feed.stop()
    bench.feed.start()
    demand(_partner(bench).poll(feed, start).items == before.items, "after a restart the cursor brings other items")


def away(bench: Bench, feed: Feed) -> None:
    """Polling a system that is away raises OSError."""
    _raises("a refused connection", partial(bench.away().poll, feed, ""))


def faulty(bench: Bench, feed: Feed, fault: str) -> None:
    """A page that is not whole and right raises OSError in time and moves nothing: the next poll brings what it would have brought."""
    start = _end(bench, feed)
    made = _publish(bench, feed)
    partner = bench.connect(bench.feed.port, **hurried(bench.subject.adapter.settings or {}))
    bench.feed.faults({fault: {"count": 1, "ms": 50 if fault == "slow" else 12_000}})
    try:
        if fault in _GOOD:
            demand(len(partner.poll(feed, start).items) == made, f"{fault}: the page is not whole")
        else:
            _raises(fault, partial(partner.poll, feed, start))
    finally:
        bench.feed.faults({})
    demand(len(partner.poll(feed, start).items) == made, f"after {fault} the page is not whole")


def _partner(bench: Bench) -> Partner:
    return bench.connect(bench.feed.port)


def _publish(bench: Bench, feed: Feed) -> int:
    """Have the system publish what samples it can; how many items that made."""
    made = sum(bench.originate(bench.feed, channel) for channel in feed.channels)
    demand(made, "the simulator cannot be ordered to publish a sample of any channel of the feed")
    return made


def _end(bench: Bench, feed: Feed) -> str:
    """The cursor after everything there is."""
    partner, cursor = _partner(bench), ""
    for page in _pages(partner, feed, cursor):
        cursor = page.cursor
    return cursor


def _all(partner: Partner, feed: Feed, cursor: str) -> list[FeedItem]:
    return [item for page in _pages(partner, feed, cursor) for item in page.items]


def _pages(partner: Partner, feed: Feed, cursor: str) -> Iterator[FeedPage]:
    """Page after page until one is empty."""
    for _ in range(_MOST_PAGES):
        page = partner.poll(feed, cursor)
        demand(len(page.items) <= feed.page, f"a page of {feed.page} brings {len(page.items)} items")
        yield page
        if not page.items:
            return
        demand(page.cursor != cursor, "a page with items keeps the cursor")
        cursor = page.cursor
    raise Failed("the feed does not come to an end")


def _raises(what: str, poll: Callable[[], FeedPage]) -> None:
    began = time.monotonic()
    try:
        page = poll()
    except OSError:
        took = time.monotonic() - began
        demand(took < 10 + MARGIN, f"{what}: the poll ended after {took:.0f} s")
        return
    except Exception as fault:
        raise Failed(f"{what}: raised {type(fault).__name__}, which is no OSError") from fault
    raise Failed(f"{what}: brought a page of {len(page.items)} items")
