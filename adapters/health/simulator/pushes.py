"""Pushing deliveries: each is ``sent`` in the ledger before the call and ended after it, some twice, some again as a new version."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from adapters.health.simulator.births import Birth, Push
from adapters.health.simulator.caller import Hub
from adapters.health.simulator.envelope import BEIJING, stamp
from hub.testkit.ledger import Ledger

_TRIES, _PAUSE = 100, 0.3


class Pushes:
    """What was pushed, and how it ended. Thread-safe."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._lock = ledger, threading.Lock()
        self._counts = {"pushed": 0, "acked": 0}
        self._numbers = itertools.count(1)
        self._run = stamp(datetime.now(BEIJING)).replace("T", "")

    def send(self, hub: Hub, made: Iterable[Birth], wanted: Mapping[str, Any], rng: Random) -> list[str]:
        """Push births one after another; returns the ids of what was sent."""
        places, ids = list(wanted["places"]), []
        for birth in made:
            place, now = rng.choice(places), datetime.now(BEIJING).replace(microsecond=0)
            first = birth.push(self._number(), place, 1, now)
            self._once(hub, first)
            ids.append(first.facts.id)
            if rng.random() < float(wanted.get("twice", 0)):
                self._once(hub, first)
            if rng.random() < float(wanted.get("corrected", 0)):
                later = birth.push(self._number(), place, 2, now + timedelta(seconds=1))
                self._once(hub, later)
                ids.append(later.facts.id)
        return ids

    def state(self) -> dict[str, int]:
        """How many were pushed, how many were taken."""
        with self._lock:
            return dict(self._counts)

    def _number(self) -> str:
        with self._lock:
            return f"TS{self._run}{next(self._numbers):06d}"

    def _once(self, hub: Hub, push: Push) -> None:
        """Until the hub answered for good: taken, or refused in a way that the sender must mend."""
        line = {"t": "sent", **push.facts._asdict(), "route": "push-to-hub", "kind": "valid", "expects": push.expects}
        for _ in range(_TRIES):
            self._ledger.write(line)
            said = hub.push(push.document)
            if said.hub:
                end = {"t": "acked", "hub": said.hub, "duplicate": said.duplicate, "receipt": said.receipt}
            else:
                end = {"t": "fault", "code": said.code} if said.code else {"t": "noanswer"}
            self._ledger.write({**end, "id": push.facts.id})
            with self._lock:
                self._counts["pushed"] += 1
                self._counts["acked"] += bool(said.hub)
            if said.hub or said.code.startswith("Client."):
                return
            time.sleep(_PAUSE)
