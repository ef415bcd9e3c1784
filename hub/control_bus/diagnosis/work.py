"""What should be moving: feeds that are polled, schedules that are run, tickets, batches, sources that answer, callers with a service."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine

from hub.backends.clock_system import SystemClock
from hub.backends.sql.engine import open_engine
from hub.backends.sql.migrate import is_current
from hub.backends.sql.read_stuck import old_tickets, stuck_batches, stuck_sent
from hub.backends.sql.registry import SpokeRegistrySql
from hub.contract.message import show_hub_id
from hub.control_bus.check.gather import store_exists, today
from hub.control_bus.diagnosis.finding import Finding
from hub.control_bus.engine_figures import EngineFigures, engine_figures
from hub.control_bus.labels import code_shown, kind_of
from hub.control_bus.moments import shown
from hub.control_bus.schedule_standing import Standing, standings
from hub.discovery import Found, discover
from hub.reference.calendar import CHINA
from hub.settings import Settings

DAY_MS: Final = 86_400_000
HOUR_MS: Final = 3_600_000
_LATE: Final = timedelta(hours=1)
_SILENT_SECONDS, _SILENT_INTERVALS = 60.0, 10
"""A feed that has not answered for so long, or so many of its intervals, is told."""


def work(settings: Settings) -> Iterator[Finding]:
    """Nothing is said where there is no store yet, or one of another version: that is found elsewhere."""
    if not store_exists(settings):
        return
    found, figures = discover(settings.folders), engine_figures(settings)
    if figures is not None:
        yield from feeds(settings, found, figures, time.time())
        yield from lookups(found, figures)
    engine = open_engine(settings.store_url)
    try:
        if is_current(engine):
            now = datetime.now(CHINA)
            for of in standings(settings, found, engine, figures, today()):
                yield from schedule(of, now)
            yield from stuck(found, engine, int(time.time() * 1000))
            yield from callers(found, engine)
    finally:
        engine.dispose()


def feeds(settings: Settings, found: Found, figures: EngineFigures, now: float) -> Iterator[Finding]:
    """Each feed that is on has answered the running engine not long ago (``now`` in s since 1970)."""
    for adapter in found.adapters:
        for feed in adapter.feeds:
            what = f"feed {adapter.name}/{feed.name}"
            if feed.needs and not settings.adapters.get(adapter.name, {}).get(feed.needs):
                yield Finding("ok", what, f"停用：未设 {feed.needs}。", f"off: {feed.needs} is not set.")
                continue
            polled = figures.value("feed_polled_timestamp_seconds", adapter=adapter.name, feed=feed.name)
            if polled is None:
                said = ("引擎启动以来未应答。", "has not answered since the engine began.")
            elif now - polled > max(_SILENT_SECONDS, _SILENT_INTERVALS * feed.interval):
                said = (f"最近应答 {shown(int(polled * 1000))}。", "has not answered for long.")
            else:
                yield Finding("ok", what, "应答如常。", "answers.")
                continue
            yield Finding("warn", what, *said, "请检查该系统的地址与网络。 Check its address and the network.")


def lookups(found: Found, figures: EngineFigures) -> Iterator[Finding]:
    """Sources that the engine found away and that have not answered since."""
    for adapter in found.adapters:
        for lookup in adapter.lookups:
            if figures.value("lookup_away", lookup=lookup.name):
                yield Finding(
                    "warn", f"lookup {lookup.name}", f"{adapter.title}不在，等它的报文会等。",
                    f"{adapter.name} is away; messages that need it wait.", f"请检查 [adapters.{adapter.name}]。 Check its settings.",
                )  # fmt: skip


def schedule(of: Standing, now: datetime) -> Iterator[Finding]:
    """A schedule that is on runs within an hour after its period; one that does not says why, where that is known."""
    what = f"schedule {of.schedule.name}"
    if of.since is None:
        return
    ended = datetime.combine(of.next.last + timedelta(days=1), datetime.min.time(), CHINA) if of.next else now
    if not of.due or of.next is None or now < ended + _LATE:
        yield Finding("ok", what, f"已完成 {of.last_done or '-'}。", f"last done: {of.last_done or '-'}.")
        return
    due = f"{of.next.name} 已到期未运行"
    if of.source is None:
        yield Finding(
            "warn", what, f"{due}：没有接入提供 {of.schedule.extract} 的系统。", f"{of.next.name} is due, nobody gives {of.schedule.extract}.",
            "请在 pophub.toml 写 [adapters.<名称>]。 Name it in pophub.toml.",
        )  # fmt: skip
        return
    failed = shown(int(of.failed_at * 1000)) if of.failed_at is not None else None
    why = f"，最近失败 failed at {failed}" if failed else ""
    yield Finding(
        "warn", what, f"{due}{why}。", f"{of.next.name} is due and has not been run.",
        f"引擎在运行吗，{of.source} 在吗？ Does the engine run, is {of.source} there? pophub schedule run {of.schedule.name} --dry-run",
    )  # fmt: skip


def stuck(found: Found, engine: Engine, now: int) -> Iterator[Finding]:
    """Tickets older than a day, batches that stopped or stand for an hour, parts that need a person (``now`` in UTC ms)."""
    with engine.connect() as connection:
        tickets = old_tickets(connection, [a.name for a in found.adapters if a.operations], now - DAY_MS)
        received, sent = stuck_batches(connection, now - HOUR_MS), stuck_sent(connection)
    for old in tickets:
        yield Finding(
            "warn", f"tickets {old.system}", f"{old.number} 个部分一天多未得结果，最早 {shown(old.oldest)}。",
            f"{old.number} parts have waited more than a day for a result.", "请询问该系统。 Ask that system.",
        )  # fmt: skip
    for batch in received:
        kind = kind_of(batch.code)
        advice = kind.advice if kind else "引擎在运行吗？ Does the engine run?"
        yield Finding(
            "warn", f"batch {show_hub_id(batch.id)}", f"{batch.name} 停在 {batch.state} {batch.code or ''}".rstrip() + "。",
            "stands still.", f"{advice} pophub batch resume {show_hub_id(batch.id)}",
        )  # fmt: skip
    for batch in sent:
        yield Finding(
            "warn", f"batch {show_hub_id(batch.id)}", f"{batch.name} 有部分 {batch.state} {code_shown(batch.code) or ''}".rstrip() + "。",
            "a part of it needs a person.", f"pophub message show {show_hub_id(batch.id)}",
        )  # fmt: skip
    if not (tickets or received or sent):
        yield Finding("ok", "batches", "没有停住的批次与回执号。", "no batch and no ticket stands still.")


def callers(found: Found, engine: Engine) -> Iterator[Finding]:
    """Whoever speaks an adapter's vocabulary has a service, or a batch, to call."""
    for spoke in SpokeRegistrySql(engine, SystemClock()).all():
        if not spoke.enabled or spoke.speaks is None:
            continue
        adapter = found.catalogue.adapter.get(spoke.speaks)
        if adapter is None or not (adapter.services or adapter.batches):
            yield Finding(
                "warn", f"spoke {spoke.name}", f"说 {spoke.speaks} 的词汇，而它没有服务。", f"speaks {spoke.speaks}, which has no service.",
                "请更正 speaks 或停用。 Correct speaks or disable it.",
            )  # fmt: skip
