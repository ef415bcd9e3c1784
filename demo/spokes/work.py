"""What a spoke has under way: counted, so that it knows when it is idle, and drawn piece by piece by several threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random

from demo.spokes.submission import Submission


class Work:
    """Counts what is under way, and lets one thread at a time draw the next piece of it."""

    def __init__(self, submissions: Iterator[Submission]) -> None:
        self._lock, self._submissions = threading.Lock(), submissions
        self._open, self._asked_all = 0, False
        self.settled = 0

    @property
    def idle(self) -> bool:
        """Whether everything was sent and nothing is under way."""
        with self._lock:
            return self._asked_all and not self._open

    def begin(self) -> None:
        """One piece more is under way."""
        with self._lock:
            self._open += 1

    def end(self) -> None:
        """One piece is settled."""
        with self._lock:
            self._open -= 1
            self.settled += 1

    def begin_next(self) -> Submission | None:
        """The next submission, under way from now on; None when there is none left."""
        with self._lock:
            found = next(self._submissions, None)
            self._asked_all |= found is None
            self._open += found is not None
            return found

    def begin_all(self, answers: Callable[[], Iterable[Submission]]) -> list[Submission]:
        """What is to be answered, all of it under way from now on."""
        with self._lock:
            found = list(answers())
            self._open += len(found)
            return found


def side_by_side(families: Mapping[str, Iterator[Submission]], rng: Random, *, endless: bool) -> Iterator[Submission]:
    """The submissions of several families as one, spread evenly over the day; each keeps its order.

    An endless one takes a family at random, a finite one is put together before the work begins.
    """
    if endless:
        return _by_chance(list(families.values()), rng)
    whole = [list(submissions) for submissions in families.values()]
    placed = [((n + 0.5) / len(some), one) for some in whole for n, one in enumerate(some)]
    return iter([one for _, one in sorted(placed, key=lambda pair: pair[0])])


def _by_chance(families: Sequence[Iterator[Submission]], rng: Random) -> Iterator[Submission]:
    alive = list(families)
    while alive:
        drawn = rng.choice(alive)
        one = next(drawn, None)
        if one is None:
            alive.remove(drawn)
        else:
            yield one
