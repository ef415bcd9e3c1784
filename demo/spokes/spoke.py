"""One spoke at work: senders, answerers, and its way to receive."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from demo.province import generate
from demo.spokes.answers import Answers
from demo.spokes.caller import Caller
from demo.spokes.inbox import Inbox
from demo.spokes.mailbox import Mailbox
from demo.spokes.push import PushServer
from demo.spokes.questions import Questions
from demo.spokes.settings import SpokeSettings
from demo.spokes.soap import Letters, basic
from demo.spokes.submissions import Enquiries, Submission
from demo.spokes.toolkit import ZeepToolkit
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
        people = tuple(generate(settings.people, settings.seed))
        self._toolkit = ZeepToolkit(settings.hub_url, settings.name, secret) if settings.mixture.zeep else None
        folder = Path(settings.ledgers)
        self._ledger = Ledger(folder / f"{settings.name}.sent.jsonl")
        letters = Letters(f"{address[0]}:{address[1]}", basic(settings.name, secret))
        self._caller = Caller(address, letters, self._ledger, settings.attempts, self._stopping)
        self._questions = Questions(
            address, basic(settings.name, secret), folder / f"{settings.name}.queries.jsonl", self._stopping
        )
        self._enquiries = self._prepared(Enquiries(settings, people))
        self._work = _Work()
        self._arrived: queue.SimpleQueue[tuple[Element, str] | None] = queue.SimpleQueue()
        self._inbox = Inbox(folder / f"{settings.name}.received.jsonl", self._on_request, settings.mixture.returned)
        self._answers = Answers(settings, people, self._inbox.gives_back)
        self._mailbox = None if settings.push_port else Mailbox(address, basic(settings.name, secret), self._inbox, self._stopping)
        self._push = PushServer(settings.push_port, self._inbox, LOSE_EACH) if settings.push_port else None
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
        self._questions.close()
        self._inbox.close()

    def _prepared(self, enquiries: Enquiries) -> Iterator[Submission]:
        """Built before the work begins when their number is known."""
        return iter(enquiries) if self._settings.enquiries is None else iter(list(enquiries))

    def _ask(self) -> None:
        while not self._stopping.is_set():
            submission = self._work.begin_next(self._enquiries)
            if submission is None:
                return
            self._submit(submission)
            if self._settings.per_second:
                self._stopping.wait(self._settings.senders / self._settings.per_second)

    def _submit(self, submission: Submission) -> None:
        self._caller.submit(submission, self._toolkit)
        if submission.then:
            self._caller.submit(submission.then)
        self._questions.after(submission)
        self._work.end()

    def _on_request(self, enquiry: Element, system: str) -> None:
        self._work.begin()
        self._arrived.put((enquiry, system))

    def _answer(self) -> None:
        while (arrived := self._arrived.get()) is not None and not self._stopping.is_set():
            for submission in self._work.answers(self._answers, *arrived):
                self._submit(submission)
            self._work.end()


class _Work:
    """Counts what is under way, and lets one thread at a time draw the next piece of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open, self._asked_all = 0, False
        self.settled = 0

    @property
    def idle(self) -> bool:
        with self._lock:
            return self._asked_all and not self._open

    def begin(self) -> None:
        with self._lock:
            self._open += 1

    def end(self) -> None:
        with self._lock:
            self._open -= 1
            self.settled += 1

    def begin_next(self, submissions: Iterator[Submission]) -> Submission | None:
        with self._lock:
            found = next(submissions, None)
            self._asked_all |= found is None
            self._open += found is not None
            return found

    def answers(self, answers: Answers, enquiry: Element, system: str) -> list[Submission]:
        with self._lock:
            found = list(answers.to(enquiry, system))
            self._open += len(found)
            return found


def stands_still(spoke: Spoke, seconds: float) -> bool:
    """Wait until the spoke is idle, at most so long; whether it is."""
    end = time.monotonic() + seconds
    while not spoke.status()["idle"] and time.monotonic() < end:
        time.sleep(0.02)
    return bool(spoke.status()["idle"])
