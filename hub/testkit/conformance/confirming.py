"""Confirmed feeds: what is not confirmed comes again, what is confirmed never, and the system learns what became of it.

The simulator says under ``settings`` of ``/_control`` how its source is reached, and writes ``acked`` or ``fault`` of an item in its
ledger once it was confirmed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from hub.contract.adapter import Confirming, Feed, FeedItem, ItemResult, Partner
from hub.contract.xml import parse
from hub.testkit.conformance.bench import Bench
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.subject import Subject
from hub.testkit.conformance.verdict import Failed, demand
from hub.testkit.ledger import read_ledger

REFUSED = "Client.Schema.Missing"
_MOST_PAGES, _PATIENCE = 200, 10.0


def checks(subject: Subject) -> Iterator[Check]:
    """The checks of this theme."""
    for feed in (feed for feed in subject.adapter.feeds if feed.confirmed):
        for check in (brings_what_it_says, comes_again, pages, says_what_became_of_it, away):
            yield Check(f"feed-{feed.name}-{check.__name__.replace('_', '-')}", partial(check, feed=feed))


def brings_what_it_says(bench: Bench, feed: Feed) -> None:
    """Each item has a serial of its own and a channel of the feed's, and its document goes all the way to canonical."""
    subject, items = bench.subject, _published(bench, feed)
    demand(len({item.serial for item in items}) == len(items), "two items have one serial")
    for item in items:
        own = parse(item.data, item.charset)
        subject.schemas.validate(feed.channels[item.channel], own)
        canonical = subject.adapter.translator.to_canonical(item.channel, own)
        subject.schemas.validate(subject.catalogue.channels[item.channel].schema, canonical)


def comes_again(bench: Bench, feed: Feed) -> None:
    """What nobody confirmed comes again, whatever the cursor and over another connection too; confirmed twice is confirmed once."""
    items = _published(bench, feed)
    for cursor in ("", _partner(bench).poll(feed, "").cursor):
        demand(_partner(bench).poll(feed, cursor).items == items, "what was not confirmed does not come again")
    partner = _partner(bench)
    for _ in range(2):
        _confirm(partner, feed, items)
        demand(not partner.poll(feed, "").items, "what was confirmed comes again")


def pages(bench: Bench, feed: Feed) -> None:
    """In pages of two, each confirmed before the next, come the same items in the same order, none twice, none left out."""
    partner, items = _partner(bench), _published(bench, feed)
    small = replace(feed, page=2)
    seen: list[FeedItem] = []
    for _ in range(_MOST_PAGES):
        page = partner.poll(small, "")
        if not page.items:
            break
        demand(len(page.items) <= small.page, "a page of two brings more")
        demand(page.more or len(seen) + len(page.items) == len(items), "more is false although there is more")
        seen += page.items
        _confirm(partner, feed, page.items)
    demand(tuple(seen) == items, "small pages bring other items than large ones")


def says_what_became_of_it(bench: Bench, feed: Feed) -> None:
    """Each item ends once in the system's own ledger: taken, or refused with the code that it was told."""
    partner, items = _partner(bench), _published(bench, feed)
    before = _earlier(bench, len(items))
    bad, *good = items
    partner_results = [ItemResult(bad.serial, accepted=False, code=REFUSED), *(ItemResult(i.serial, accepted=True) for i in good)]
    _confirm(partner, feed, items, partner_results)
    deadline = time.monotonic() + _PATIENCE
    while len(_ends(bench)) - len(before) < len(items):
        demand(time.monotonic() < deadline, "the system does not know what became of its items")
        time.sleep(0.05)
    ends = _ends(bench)[len(before) :]
    demand(sorted(end.get("code", "") for end in ends) == [""] * len(good) + [REFUSED], "the items ended otherwise")


def away(bench: Bench, feed: Feed) -> None:
    """Polling and confirming a system that is away raise OSError."""
    settings = bench.subject.adapter.settings or {}
    demand(feed.needs in settings, "the feed does not say which setting leads to it")
    nowhere = bench.connect(bench.feed.port, **{str(feed.needs): "sqlite:////nowhere/at/all.db"})
    for call in (partial(nowhere.poll, feed, ""), partial(_confirm, nowhere, feed, ())):
        try:
            call()
        except OSError:
            continue
        raise Failed("no OSError from a system that is away")


def _partner(bench: Bench) -> Partner:
    return bench.connect(bench.feed.port, **bench.feed.shown().get("settings", {}))


def _published(bench: Bench, feed: Feed) -> tuple[FeedItem, ...]:
    """Confirm what there is, have the system publish its samples, and fetch them."""
    partner = _partner(bench)
    while page := partner.poll(feed, "").items:
        _confirm(partner, feed, page)
    made = sum(bench.originate(bench.feed, channel) for channel in feed.channels)
    demand(made, "the simulator cannot be ordered to publish a sample of any channel of the feed")
    items = partner.poll(feed, "").items
    demand(len(items) == made, f"{made} items were published, {len(items)} come")
    return items


def _confirm(partner: Partner, feed: Feed, items: Sequence[FeedItem], results: Sequence[ItemResult] | None = None) -> None:
    if not isinstance(partner, Confirming):
        raise Failed("the feed is confirmed, and the partner cannot confirm")
    partner.confirm(feed, results or [ItemResult(item.serial, accepted=True) for item in items] or [ItemResult("1", accepted=True)])


def _earlier(bench: Bench, open_: int) -> list[dict[str, str]]:
    """The ends of what was published before, all but the last ``open_`` items: a system may look at its table a little later."""
    deadline = time.monotonic() + _PATIENCE
    while len(ends := _ends(bench)) < _sent(bench) - open_ and time.monotonic() < deadline:
        time.sleep(0.05)
    return ends


def _sent(bench: Bench) -> int:
    return sum(line["t"] == "sent" for line in read_ledger(bench.feed.ledger))


def _ends(bench: Bench) -> list[dict[str, str]]:
    return [line for line in read_ledger(bench.feed.ledger) if line["t"] in ("acked", "fault")]
