"""One spoke at work: senders, answerers, and its way to receive."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

from demo.families import FAMILIES
from demo.province import generate
from demo.spokes.asking import Asking
from demo.spokes.caller import Caller
from demo.spokes.facts import channel_of, family_of
from demo.spokes.inbox import Inbox
from demo.spokes.mailbox import Mailbox
from demo.spokes.push import PushServer
from demo.spokes.settings import SpokeSettings
from demo.spokes.side import Readings, Side
from demo.spokes.soap import Letters, basic
from demo.spokes.submission import Submission
from demo.spokes.toolkit import ZeepToolkit
from demo.spokes.work import Work, side_by_side
from hub.contract.xml import Element
from hub.testkit.ledger import Ledger

LOSE_EACH: Final = 50
"""A push spoke loses the answer to every so many arrivals, after the work."""


class Spoke:
    """Made ready by its construction (people, enquiries, connections), works from `start` on, until `stop`."""

    def __init__(self, settings: SpokeSettings) -> None:
        self._settings, self._stopping = settings, threading.Event()
        secret = Path(settings.secret_file).read_text(encoding="ascii").strip()
        url = urlsplit(settings.hub_url)
        address = (url.hostname or "127.0.0.1", url.port or 80)
        authorization, folder = basic(settings.name, secret), Path(settings.ledgers)
        self._toolkit = ZeepToolkit(settings.hub_url, settings.name, secret) if settings.mixture.zeep else None
        self._ledger = Ledger(folder / f"{settings.name}.sent.jsonl")
        letters = Letters(f"{address[0]}:{address[1]}", authorization)
        self._caller = Caller(address, letters, self._ledger, settings.attempts, self._stopping)
        self._asking = Asking(address, authorization, folder / f"{settings.name}.queries.jsonl", self._stopping)
        self._sides = self._made_sides()
        self._work = Work(self._submissions())
        self._arrived: queue.SimpleQueue[tuple[Element, str] | None] = queue.SimpleQueue()
        self._inbox = Inbox(folder / f"{settings.name}.received.jsonl", Readings(self._sides), self._on_arrival)
        self._mailbox = None if settings.push_port else Mailbox(address, authorization, self._inbox, self._stopping)
        self._push = self._made_push(settings.push_port) if settings.push_port else None
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to receive, to answer and to ask."""
        receive: Callable[[], None] = self._mailbox.run if self._mailbox else partial(self._push.serve_forever, 0.05)  # type: ignore[union-attr]
        tasks = [receive, *[self._ask] * self._settings.senders, *[self._answer] * self._settings.answerers]
        self._threads = [threading.Thread(target=task, daemon=True) for task in tasks]
        for thread in self._threads:
            thread.start()

    def status(self) -> dict[str, Any]:
        """``idle``: everything asked and every answer due is settled, for now."""
        return {"spoke": self._settings.name, "idle": self._work.idle, "settled": self._work.settled}

    def stop(self) -> None:
        """Begin nothing more, finish what is on its way, end the ledgers."""
        self._stopping.set()
        if self._push:
            self._push.shutdown()
            self._push.server_close()
        for _ in range(self._settings.answerers):
            self._arrived.put(None)
        for thread in self._threads:
            thread.join(20)
        self._ledger.close()
        self._asking.close()
        self._inbox.close()

    def _made_sides(self) -> dict[str, Side]:
        people = tuple(generate(self._settings.people, self._settings.seed))
        return {name: FAMILIES[name].side(self._settings, people, self._asking) for name in self._settings.families}

    def _made_push(self, port: int) -> PushServer:
        system = self._settings.system
        receives = [c for name in self._settings.families for c in FAMILIES[name].grants[system].receives]
        return PushServer(port, self._inbox, receives, LOSE_EACH)

    def _submissions(self) -> Iterator[Submission]:
        endless = self._settings.enquiries is None
        rng = Random(f"{self._settings.seed}/{self._settings.name}/order")
        return side_by_side({name: side.submissions() for name, side in self._sides.items()}, rng, endless=endless)

    def _ask(self) -> None:
        while not self._stopping.is_set():
            submission = self._work.begin_next()
            if submission is None:
                return
            self._submit(submission)
            if self._settings.per_second:
                self._stopping.wait(self._settings.senders / self._settings.per_second)

    def _submit(self, submission: Submission) -> None:
        self._caller.submit(submission, self._toolkit)
        if submission.then:
            self._caller.submit(submission.then)
        for side in self._sides.values():
            side.after(submission)
        self._work.end()

    def _on_arrival(self, document: Element, system: str) -> None:
        self._work.begin()
        self._arrived.put((document, system))

    def _answer(self) -> None:
        while (arrived := self._arrived.get()) is not None and not self._stopping.is_set():
            side = self._sides[family_of(channel_of(arrived[0]))]
            for submission in self._work.begin_all(partial(side.answers, *arrived)):
                self._submit(submission)
            self._work.end()


def stands_still(spoke: Spoke, seconds: float) -> bool:
    """Wait until the spoke is idle, at most so long; whether it is."""
    end = time.monotonic() + seconds
    while not spoke.status()["idle"] and time.monotonic() < end:
        time.sleep(0.02)
    return bool(spoke.status()["idle"])
