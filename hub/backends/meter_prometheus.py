"""`hub.ports.meter.Meter` on prometheus_client: one registry per process, read when somebody scrapes.

Labels are bounded: declared channels, outlets that exist, codes of the table; anything else is ``other``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from hub.backends.sql.mailbox import Acknowledgement
from hub.contract.errors import KINDS
from hub.ports.batch_store import Group, Left, Opened, Whole
from hub.ports.meter import QueryOutcome, RunOutcome, SenderKind, Watched
from hub.ports.records import Acceptance, Accepted, Plan, Refusal, Settle
from hub.ports.sending import NewBatchSent

OTHER: Final = "other"
SYSTEM: Final = "system:"
FINAL: Final = frozenset({"delivered", "rejected", "dead", "unknown", "cancelled"})
_DOOR = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_CALL = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_GROUP = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)

_LABEL: Final = {"outlet": ["outlet"], "query": ["adapter"], "lookup": ["lookup"]}

Tally = dict[tuple[Counter, tuple[str, ...]], int]


class MeterPrometheus:
    """``channels`` are the declared ones, ``adapters`` the external systems; spokes' outlets are told by `watch`.

    ``batches`` come in; those that go out are in ``sent``, the channel of each one's wrapper to its name.
    """

    def __init__(
        self, channels: Iterable[str], adapters: Iterable[str], queries: Iterable[str] = (), batches: Iterable[str] = (),
        sent: Mapping[str, str] = {}, schedules: Iterable[str] = (),
    ) -> None:  # fmt: skip
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call] # the library gives it no types
        self.registry = CollectorRegistry(auto_describe=False)
        self._queries, self._batches = frozenset(queries), frozenset(batches)
        self._sent, self._schedules = dict(sent), frozenset(schedules)
        self._channels = frozenset(channels) | self._batches
        self._outlets = {"mailbox", "none", *(SYSTEM + name for name in adapters)}
        self._make_counters()
        self._make_durations()
        gauges: dict[Watched, str] = {
            "writer_queue_length": "Items waiting for a group commit",
            "outlet_slots": "Calls an outlet may make at once",
            "outlet_in_flight": "Calls an outlet is making now",
            "query_slots": "Queries that may wait for a system at once",
            "query_in_flight": "Queries that wait for a system now",
            "query_breaker_open": "1 while a system is asked by probes alone",
            "lookup_away": "1 from a question that found a source away to its next answer",
        }
        self._watched = {
            name: Gauge(f"pophub_{name}", said, _LABEL.get(name.partition("_")[0], []), registry=self.registry)
            for name, said in gauges.items()
        }
        ProcessCollector(registry=self.registry)
        self._readers: dict[type, Callable[[Tally, object, object], None]] = {
            Acceptance: self._accepted, Refusal: self._kept, Plan: self._planned, Settle: self._settled,
            Acknowledgement: self._taken, Group: self._sorted, Whole: self._batched, Left: self._left,
            NewBatchSent: self._made,
        }  # fmt: skip

    def _make_counters(self) -> None:
        def counter(name: str, said: str, *labels: str) -> Counter:
            return Counter(f"pophub_{name}", said, labels, registry=self.registry)

        self._accept = counter("messages_accepted", "Messages accepted for the first time", "channel", "sender")
        self._repeat = counter("messages_duplicate", "Repeats answered with the first receipt", "channel", "sender")
        self._refuse = counter("messages_refused", "Submissions refused, by error code", "channel", "sender", "code")
        self._plan = counter("messages_planned", "Messages planned, by the state this gave them", "channel", "state")
        self._attempt = counter("delivery_attempts", "Attempts at a partner, by outcome", "outlet", "outcome")
        self._ask = counter("queries", "Queries of known callers, by how they ended", "query", "outcome")
        self._settle = counter("deliveries_settled", "Deliveries that came to an end", "outlet", "state")
        self._emit = counter("messages_emitted", "Messages of the hub's own, by channel", "channel")
        self._confirm = counter("feed_confirmations_failed", "Pages whose partner could not be told", "adapter", "feed")
        self._run = counter("schedule_runs", "Steps of scheduled runs, by how they ended", "schedule", "outcome")
        self._sending = counter("records_sent", "Records of batches that go out, by the state they came to", "batch", "state")
        self._record = counter("batch_records", "Records of batches, by outcome", "batch", "outcome")
        self._batch = counter("batches", "Batches accepted, done, and stopped because they could not be read", "batch", "state")

    def _make_durations(self) -> None:
        def histogram(name: str, said: str, buckets: Sequence[float], *labels: str) -> Histogram:
            return Histogram(f"pophub_{name}", said, labels, buckets=buckets, registry=self.registry)

        door = histogram("door_seconds", "From a whole request to its answer", _DOOR, "interface")
        self._door = {name: door.labels(name) for name in ("soap", "rest", "contracts", OTHER)}
        self._commit = histogram("commit_seconds", "A group commit, waiting for the other writer included", _DOOR)
        self._group = histogram("commit_group_size", "Items in one group commit", _GROUP)
        self._call = histogram("partner_call_seconds", "One attempt at a partner", _CALL, "outlet")
        self._query = histogram("query_seconds", "From a whole query to its end", _CALL, "query")
        self._poll = Gauge(
            "pophub_feed_polled_timestamp_seconds", "When a feed last answered", ["adapter", "feed"], registry=self.registry
        )

        self._failed = Gauge(
            "pophub_schedule_failed_timestamp_seconds", "When a schedule failed last", ["schedule"], registry=self.registry
        )

    def answered(self, interface: str, seconds: float) -> None:
        """One observation."""
        (self._door.get(interface) or self._door[OTHER]).observe(seconds)

    def refused(self, channel: str, sender: SenderKind, code: str) -> None:
        """One count."""
        self._refuse.labels(self._channel(channel) if channel else "none", sender, code if code in KINDS else OTHER).inc()

    def called(self, outlet: str, seconds: float) -> None:
        """One observation."""
        self._call.labels(self._outlet(outlet)).observe(seconds)

    def asked(self, query: str, outcome: QueryOutcome, seconds: float) -> None:
        """One count, one observation."""
        name = query if query in self._queries else OTHER
        self._ask.labels(name, outcome).inc()
        self._query.labels(name).observe(seconds)

    def polled(self, adapter: str, feed: str) -> None:
        """Both names are declarations."""
        self._poll.labels(adapter, feed).set_to_current_time()

    def unconfirmed(self, adapter: str, feed: str) -> None:
        """Both names are declarations."""
        self._confirm.labels(adapter, feed).inc()

    def ran(self, schedule: str, outcome: RunOutcome) -> None:
        """One count; a failure with its moment."""
        name = schedule if schedule in self._schedules else OTHER
        self._run.labels(name, outcome).inc()
        if outcome == "failed":
            self._failed.labels(name).set_to_current_time()

    def watch(self, what: Watched, of: str, read: Callable[[], float]) -> None:
        """``of`` is an outlet that is there from now on, an adapter that answers queries, a lookup, or empty."""
        if what.startswith("outlet"):
            self._outlets.add(of)
        gauge = self._watched[what]
        (gauge.labels(of) if of else gauge).set_function(read)

    def committed(self, group: Sequence[tuple[object, object]], seconds: float) -> None:
        """Counted once per kind and group, not once per message."""
        self._commit.observe(seconds)
        self._group.observe(len(group))
        tally: Tally = {}
        for item, result in group:
            reader = self._readers.get(type(item))
            if reader and not isinstance(result, Exception):
                reader(tally, item, result)
        for (counter, labels), number in tally.items():
            counter.labels(*labels).inc(number)

    def _accepted(self, tally: Tally, item: object, result: object) -> None:
        """A conflict is counted where its fault is answered."""
        if isinstance(item, Acceptance) and isinstance(result, Accepted):
            _add(tally, self._repeat if result.duplicate else self._accept, self._channel(item.channel), _kind(item.sender))

    def _kept(self, tally: Tally, item: object, _result: object) -> None:
        """What spokes are refused is counted with its answer; a feed gets no answer, its refusals are counted here."""
        if isinstance(item, Refusal) and item.sender.startswith(SYSTEM):
            code = item.code if item.code in KINDS else OTHER
            _add(tally, self._refuse, self._channel(item.channel), "system", code)

    def _planned(self, tally: Tally, item: object, _result: object) -> None:
        if isinstance(item, Plan):
            _add(tally, self._plan, self._channel(item.message.channel), item.state)
            for emitted in item.emitted:
                _add(tally, self._emit, self._channel(emitted.channel))
            for delivery in item.deliveries:
                if delivery.dead_code:
                    _add(tally, self._settle, self._outlet(delivery.outlet), "dead")

    def _settled(self, tally: Tally, item: object, _result: object) -> None:
        if isinstance(item, Settle):
            outlet = self._outlet(_outlet_of(item.claimed.recipient, item.claimed.operation))
            _add(tally, self._attempt, outlet, item.outcome)
            if item.state in FINAL:
                _add(tally, self._settle, outlet, item.state)
            for record in item.records:
                _add(tally, self._sending, self._sent.get(item.claimed.channel, OTHER), record.state)

    def _taken(self, tally: Tally, item: object, _result: object) -> None:
        if isinstance(item, Acknowledgement):
            for _ in item.taken:
                _add(tally, self._settle, "mailbox", "delivered")

    def _sorted(self, tally: Tally, item: object, result: object) -> None:
        if isinstance(item, Group) and isinstance(result, list):
            for record, row in zip(item.records, result, strict=True):
                _add(tally, self._record, self._of_batch(item.claim.name), row.state)
                if record.acceptance and row.state != "refused":
                    counter = self._accept if row.state == "accepted" else self._repeat
                    _add(tally, counter, self._channel(record.acceptance.channel), _kind(record.acceptance.sender))

    def _made(self, tally: Tally, item: object, _result: object) -> None:
        if isinstance(item, NewBatchSent):
            for record in item.records:
                _add(tally, self._sending, self._sent.get(item.message.channel, OTHER), "waiting" if record.delivery else "refused")

    def _batched(self, tally: Tally, item: object, result: object) -> None:
        if isinstance(item, Whole) and isinstance(result, Opened) and not result.known:
            _add(tally, self._batch, self._of_batch(result.row.name), "accepted")

    def _left(self, tally: Tally, item: object, _result: object) -> None:
        if isinstance(item, Left) and item.state != "accepted":
            _add(tally, self._batch, self._of_batch(item.claim.name), item.state)

    def _of_batch(self, name: str) -> str:
        return name if name in self._batches else OTHER

    def _channel(self, name: str) -> str:
        return name if name in self._channels else OTHER

    def _outlet(self, name: str) -> str:
        return name if name in self._outlets else OTHER


def _add(tally: Tally, counter: Counter, *labels: str) -> None:
    tally[counter, labels] = tally.get((counter, labels), 0) + 1


def _kind(sender: str) -> SenderKind:
    return "system" if sender.startswith(SYSTEM) else "spoke"


def _outlet_of(recipient: str, operation: str) -> str:
    """The outlet of a delivery, from what its claim says."""
    if recipient.startswith(SYSTEM):
        return recipient
    return f"push:{recipient.removeprefix('spoke:')}" if operation == "push" else "mailbox"
