"""Callers that never stop asking, and the mailbox reader behind them: a spoke's own parts, with its ledgers."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from demo.families.enquiry.reading import EnquiryReading
from demo.families.enquiry.submissions import Enquiries
from demo.province import generate
from demo.spokes.caller import Caller
from demo.spokes.inbox import Inbox
from demo.spokes.mailbox import Mailbox
from demo.spokes.settings import Mixture, SpokeSettings
from demo.spokes.soap import Letters, basic
from demo.spokes.submission import Submission
from hub.testkit.ledger import Ledger
from tests.faults.fault_home import SPOKE, FaultHome
from tests.faults.store_view import StoreView

_ENOUGH: Final = 90
"""Callers pause while so many deliveries are under way: a backlog, not a flood."""
_MIXTURE: Final = Mixture(invalid=0.0, cross=0.85, again=0.05, at_once=0.05, unheard=0.05, zeep=0.0)


class Traffic:
    """``callers`` threads that submit enquiries until told to stop, each until it is acknowledged; one that empties the mailbox."""

    def __init__(self, home: FaultHome, seed: int, callers: int = 8) -> None:
        self._home, self._enough, self._stopped = home, threading.Event(), threading.Event()
        address, authorization = ("127.0.0.1", home.edge), basic(SPOKE, home.secret)
        self.sent, self.received = home.ledgers / "sent.jsonl", home.ledgers / "received.jsonl"
        settings = SpokeSettings(
            SPOKE, "FJFPIS", "", "", ("35",), str(home.ledgers), run=f"{seed:05d}", people=6000, seed=seed, mixture=_MIXTURE
        )
        self._enquiries = iter(Enquiries(settings, tuple(generate(settings.people, seed))))
        self._ledger = Ledger(self.sent)
        self._caller = Caller(address, Letters(f"127.0.0.1:{home.edge}", authorization), self._ledger, 400, self._stopped)
        self._inbox = Inbox(self.received, EnquiryReading(), lambda *_: None)
        self.submitted: list[Submission] = []
        self._drawing = threading.Lock()
        self._callers = [threading.Thread(target=self._ask, name=f"caller-{n}", daemon=True) for n in range(callers)]
        self._reader: threading.Thread | None = None
        self._resting = threading.Event()

    def ask(self) -> None:
        """Begin to submit."""
        for thread in self._callers:
            thread.start()

    def read(self) -> None:
        """Begin to empty the mailbox."""
        self._resting = threading.Event()
        mailbox = Mailbox(("127.0.0.1", self._home.edge), basic(SPOKE, self._home.secret), self._inbox, self._resting)
        self._reader = threading.Thread(target=mailbox.run, name="mailbox", daemon=True)
        self._reader.start()

    def rest(self) -> None:
        """Leave the mailbox alone."""
        if self._reader:
            self._resting.set()
            self._reader.join(30)
            self._reader = None

    def finish_asking(self, seconds: float = 90.0) -> None:
        """Ask nothing new; return when every question asked has its answer. Raises TimeoutError."""
        self._enough.set()
        for thread in self._callers:
            thread.join(seconds)
            if thread.is_alive():
                raise TimeoutError("a caller got no answer")

    def repeat(self, many: int) -> None:
        """Submit so many of what was acknowledged once more, under the same MessageIDs."""
        for submission in self.submitted[:: max(1, len(self.submitted) // many)]:
            self._caller.submit(submission)

    def close(self) -> None:
        """End the reader and both ledgers."""
        self._enough.set()
        self._stopped.set()
        self.rest()
        self._ledger.close()
        self._inbox.close()

    def _ask(self) -> None:
        view = StoreView(self._home.folder)
        while not self._enough.is_set():
            if view.under_way() + view.unplanned() >= _ENOUGH:
                self._enough.wait(0.05)
                continue
            with self._drawing:
                submission = next(self._enquiries)
                self.submitted.append(submission)
            self._caller.submit(submission)
        view.close()
        self._caller._wire().close()


def ledger_files(home: FaultHome, traffic: Traffic) -> list[Path]:
    """Every ledger of the run."""
    return [traffic.sent, traffic.received, home.padis.ledger]
