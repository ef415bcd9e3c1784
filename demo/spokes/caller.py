"""Submits documents and keeps the caller's ledger: ``sent`` on disk before the first byte, then how it ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from demo.spokes.soap import Answered, Letters, read_answer
from demo.spokes.submission import Submission
from demo.spokes.wire import NoAnswerError, Wire
from hub.testkit.ledger import Ledger

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
PERMANENT: Final = "Client."
"""Only such a fault ends the repeating: the sender must change something."""


class Toolkit(Protocol):
    """Another way to submit the same document, over a connection of its own."""

    def submit(self, submission: Submission) -> Answered:
        """Submit once. Raises NoAnswerError."""


class Caller:
    """Sends each submission until it is acknowledged or refused for good, always under the same MessageID.

    Thread-safe; every thread has a connection of its own. ``attempts`` bounds the sendings of one submission,
    ``stopping`` ends the waiting between them.
    """

    def __init__(
        self, address: tuple[str, int], letters: Letters, ledger: Ledger, attempts: int, stopping: threading.Event
    ) -> None:
        self._address, self._letters, self._ledger = address, letters, ledger
        self._attempts, self._stopping = attempts, stopping
        self._local = threading.local()

    def submit(self, submission: Submission, toolkit: Toolkit | None = None) -> None:
        """Send in the submission's way; returns when the last of its sendings has an end line."""
        by_hand: Callable[[], Answered] = partial(self._heard, submission, self._wire())
        match submission.way:
            case "at_once":
                other = Wire(*self._address)
                once = partial(self._heard, submission, other)
                twin = threading.Thread(target=self._until_answered, args=(submission, once), daemon=True)
                twin.start()
                self._until_answered(submission, by_hand)
                twin.join()
                other.close()
            case "again":
                self._until_answered(submission, by_hand)
                self._until_answered(submission, by_hand)
            case "unheard":
                self._attempt(submission, partial(self._unheard, submission))
                self._until_answered(submission, by_hand)
            case "zeep" if toolkit:
                self._until_answered(submission, partial(toolkit.submit, submission))
            case _:
                self._until_answered(submission, by_hand)

    def _until_answered(self, submission: Submission, once: Callable[[], Answered]) -> None:
        pause = _FIRST_PAUSE
        for _ in range(self._attempts):
            if self._attempt(submission, once) or self._stopping.wait(pause):
                return
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _attempt(self, submission: Submission, once: Callable[[], Answered]) -> bool:
        """One sending with both its ledger lines. Whether it settled the matter."""
        self._ledger.write(submission.sent())
        end: dict[str, object] = {"t": "noanswer", "id": submission.facts.id}
        settled = False
        try:
            answered = once()
        except NoAnswerError:
            pass
        else:
            settled = not answered.code or answered.code.startswith(PERMANENT)
            end |= _end(answered)
        finally:
            self._ledger.write(end)
        return settled

    def _heard(self, submission: Submission, wire: Wire) -> Answered:
        answered = read_answer(wire.exchange(self._raw(submission)))
        if answered is None:
            raise NoAnswerError("no answer of the interface")
        return answered

    def _unheard(self, submission: Submission) -> Answered:
        wire = Wire(*self._address)
        wire.send_and_leave(self._raw(submission))
        raise NoAnswerError("not waited for")

    def _raw(self, submission: Submission) -> bytes:
        of = submission
        return self._letters.submit(of.document, of.facts.channel, of.message_id, of.from_div, of.version)

    def _wire(self) -> Wire:
        wire: Wire | None = getattr(self._local, "wire", None)
        if wire is None:
            wire = self._local.wire = Wire(*self._address)
        return wire


def _end(answered: Answered) -> dict[str, object]:
    if answered.code:
        return {"t": "fault", "code": answered.code}
    return {
        "t": "acked", "hub": answered.hub, "duplicate": answered.duplicate, "laneNo": answered.lane_no, "receipt": answered.receipt,
    }  # fmt: skip
