"""Feeds: polled sources. What a page brings is accepted like any message; the cursor moves with the last of it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence

from hub.contract.adapter import Adapter, Confirming, Feed, FeedItem, FeedPage, ItemResult, Partner
from hub.contract.channel import Channel
from hub.contract.errors import UNKNOWN_OPERATION, ClientError, HubError, ServerError
from hub.contract.xml import parse
from hub.pipeline.accept import answer_of, keep_refused
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine
from hub.pipeline.order import submit
from hub.ports.records import FeedMark, Refusal

PAUSE_AFTER_FAULT = 5.0


class FeedReader:
    """One thread per feed. A bad document is kept as evidence and the feed goes on; a bad page is tried again."""

    def __init__(self, machine: Machine, adapter: Adapter, feed: Feed, partner: Partner, accepted: Callable[[], None]) -> None:
        self._machine, self._adapter, self._feed, self._partner = machine, adapter, feed, partner
        self._accepted = accepted
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"feed-{adapter.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the page under way."""
        self._stopping.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stopping.is_set():
            pause = self._feed.interval
            try:
                cursor = self._machine.store.feed_cursor(self._adapter.name, self._feed.name)
                page = self._partner.poll(self._feed, cursor)
                self._machine.meter.polled(self._adapter.name, self._feed.name)
                if page.items:
                    self._take(page)
                    pause = 0.0 if page.more else pause
            except Exception as fault:  # noqa: BLE001 - the partner or the store is away: nothing moved, try again
                self._machine.tap.event("feed.failed", adapter=self._adapter.name, kind=type(fault).__name__)
                pause = min(PAUSE_AFTER_FAULT, max(pause, 0.2) * 4)
            self._stopping.wait(pause)

    def _take(self, page: FeedPage) -> None:
        """Accept all but the last, then the last with the cursor: a crash between repeats, and repeats are duplicates."""
        mark = FeedMark(self._adapter.name, self._feed.name, page.cursor)
        works = [self._submit(item, None) for item in page.items[:-1]]
        results = [self._answer(item, work) for item, work in zip(page.items[:-1], works, strict=True)]
        results.append(self._answer(page.items[-1], self._submit(page.items[-1], mark)))
        self._accepted()
        if self._feed.confirmed and isinstance(self._partner, Confirming):
            self._confirm(self._partner, results)

    def _confirm(self, partner: Confirming, results: Sequence[ItemResult]) -> None:
        try:
            partner.confirm(self._feed, results)
        except Exception:
            self._machine.meter.unconfirmed(self._adapter.name, self._feed.name)
            raise

    def _submit(self, item: FeedItem, mark: FeedMark | None) -> Inbound | HubError:
        """Why, when the item was refused and kept (the mark then moved with the refusal)."""
        correlation = uuid.uuid4().hex
        try:
            channel, own_schema = self._declared(item)
            document = parse(item.data, item.charset)
        except HubError as fault:
            self._keep_unreadable(item, mark, fault)
            return fault
        work = Inbound(
            correlation, item.data, document, channel, item.serial, adapter=self._adapter,
            own_schema=own_schema, feed=mark,
        )  # fmt: skip
        try:
            submit(self._machine, work)
        except ServerError:
            raise
        except HubError as fault:
            return fault
        return work

    def _declared(self, item: FeedItem) -> tuple[Channel, str]:
        """The channel of an item and the schema of its own vocabulary. Raises ClientError for what the feed does not declare."""
        channel, own_schema = self._machine.catalogue.channels.get(item.channel), self._feed.channels.get(item.channel)
        if channel is None or own_schema is None:
            raise ClientError(UNKNOWN_OPERATION)
        return channel, own_schema

    def _answer(self, item: FeedItem, work: Inbound | HubError) -> ItemResult:
        """Wait for TX1. What conflicts with an earlier message has no caller to be told: it is kept as evidence."""
        if isinstance(work, HubError):
            return ItemResult(item.serial, accepted=False, code=work.code, path=work.path)
        try:
            answer_of(self._machine, work)
        except ServerError:
            raise
        except HubError as fault:
            self._machine.tap.step(work.correlation_id, "accept", fault.code, 0.0)
            keep_refused(self._machine, work, fault)
            return ItemResult(item.serial, accepted=False, code=fault.code, path=fault.path)
        return ItemResult(item.serial, accepted=True)

    def _keep_unreadable(self, item: FeedItem, mark: FeedMark | None, fault: HubError) -> None:
        hub_id = self._machine.store.new_id()
        raw = self._machine.keyring.seal("refused", f"invalid_message|raw|{hub_id}", item.data)
        refusal = Refusal(hub_id, f"system:{self._adapter.name}", item.channel, fault.code, fault.path, fault.line, raw, mark)
        self._machine.store.refuse(refusal).result(self._machine.answer_timeout)
