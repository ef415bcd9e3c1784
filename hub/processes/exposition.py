"""``/metrics`` on the admin port: what edge and engine count, what waits in the store, what runs out; one text for Prometheus.

Children are asked when somebody scrapes; their samples get the label ``process``, so that a restarted child resets its own
series and nobody else's. What is read from the store is kept for a few seconds: scraping often costs no more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import Final

from prometheus_client import CollectorRegistry, Metric, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from hub.backends.sql.engine import open_engine
from hub.backends.sql.figures import Queue, standing
from hub.processes.figures import heard
from hub.reference.calendar import chinese_working_calendar
from hub.settings import Settings

CHILDREN: Final = ("edge", "engine")
KEPT_SECONDS: Final = 5.0
_NO_LABEL: Final[tuple[str, ...]] = ()


class Exposition:
    """One per parent. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(Processes(settings.home))
        self._registry.register(Kept(Store(settings).read))
        self._registry.register(Kept(Expiry(settings).read))

    def text(self, accept: str) -> tuple[bytes, str]:
        """The figures and their media type, in the format that the ``Accept`` header asks for."""
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type


class Processes(Collector):
    """The children's figures and the memory and CPU of every process, each sample with its process."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._own = ProcessCollector(registry=None)

    def collect(self) -> Iterable[Metric]:
        """Families of the same name are one."""
        up = _gauge("process_up", "Whether a process of the hub answers", "process")
        families: dict[str, Metric] = {}
        for role in CHILDREN:
            said = heard(self._home, role)
            up.add_metric([role], 0 if said is None else 1)
            for family in text_string_to_metric_families(said or ""):
                _join(families, family, role)
        for family in self._own.collect():
            _join(families, family, "parent")
        yield up
        yield from families.values()


def _join(families: dict[str, Metric], family: Metric, process: str) -> None:
    into = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
    into.samples += [sample._replace(labels={**sample.labels, "process": process}) for sample in family.samples]


class Kept(Collector):
    """What ``read`` gave, for some seconds; one reader at a time."""

    def __init__(self, read: Callable[[], list[Metric]]) -> None:
        self._read, self._lock = read, Lock()
        self._until, self._families = 0.0, list[Metric]()

    def collect(self) -> Iterable[Metric]:
        """The families, read again when they are old."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._families, self._until = self._read(), time.monotonic() + KEPT_SECONDS
            return self._families


class Store:
    """What waits, and how long the oldest has. ``pophub_store_up`` 0 when it cannot be read; the rest is then missing."""

    def __init__(self, settings: Settings) -> None:
        self._engine = open_engine(settings.store_url)

    def read(self) -> list[Metric]:
        """Every family."""
        up = _gauge("store_up", "Whether the store could be read")
        try:
            found, now = standing(self._engine), time.time()
        except (SQLAlchemyError, OSError):
            up.add_metric(_NO_LABEL, 0)
            return [up]
        up.add_metric(_NO_LABEL, 1)
        feeds = _gauge("feed_moved_timestamp_seconds", "When a feed last brought something", "adapter", "feed")
        for (adapter, feed), at in found.feeds.items():
            feeds.add_metric([adapter, feed], at / 1000)
        held = _gauge("lanes_held", "Lanes held by what is dead or unknown; outlet plan: by a rule that failed", "outlet")
        for outlet, number in found.held.items():
            held.add_metric([outlet], number)
        tickets = _gauge("tickets_waiting", "Deliveries that a system took with a ticket and has not judged", "system")
        for system, number in found.tickets.items():
            tickets.add_metric([system], number)
        unplanned = _queues("messages_waiting", "Messages that wait to be planned", _NO_LABEL, {(): found.unplanned}, now)
        waiting = _queues("deliveries_waiting", "Deliveries on their way", ("outlet", "state"), found.deliveries, now)
        return [up, *unplanned, *waiting, held, tickets, feeds]


def _queues(
    name: str, said: str, labels: tuple[str, ...], found: dict[tuple[str, str], Queue] | dict[tuple[()], Queue], now: float
) -> Iterator[Metric]:
    number = _gauge(name, said, *labels)
    oldest = _gauge(f"{name}_oldest_seconds", f"{said}: the age of the oldest", *labels)
    for key, queue in found.items():
        number.add_metric(key, queue.number)
        oldest.add_metric(key, max(0.0, now - queue.oldest / 1000) if queue.oldest is not None else 0.0)
    yield from (number, oldest)


class Expiry:
    """What runs out: the working calendar, each declared legal basis; and how old each key is."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._calendar = settings, chinese_working_calendar()

    def read(self) -> list[Metric]:
        """Every family, as moments: alert on ``x - time()``."""
        calendar = _gauge("calendar_known_until_timestamp_seconds", "The end of the last year whose holidays are known")
        calendar.add_metric(_NO_LABEL, _midnight(date(self._calendar.last_year + 1, 1, 1)))
        basis = _gauge("basis_review_timestamp_seconds", "When acceptance of a flow stops unless its basis is reviewed", "flow")
        for flow, declared in self._settings.basis.items():
            basis.add_metric([flow], _midnight(declared.review_date))
        keys = _gauge("key_created_timestamp_seconds", "When a key file was made", "key")
        folder = self._settings.home / "keys"
        for file in (folder / "kek", folder / "receipt", *sorted(folder.glob("index-*"))):
            if file.exists():
                keys.add_metric([file.name], file.stat().st_mtime)
        return [calendar, basis, keys]


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _gauge(name: str, said: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"pophub_{name}", said, labels=labels)
