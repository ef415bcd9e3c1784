"""Ledgers: what callers sent and receivers applied, on disk before anybody is told. JSON Lines, ids and digests only.

Callers write ``sent`` before sending, then ``acked``, ``fault`` or ``noanswer``; receivers write ``call`` for every
arrival and ``effect`` when they apply it. A checker that compares the two needs nothing else and nobody's word.

Every line with a ``t`` carries its number in the file (``no``, from 1) and a link of a hash chain (``chain``), and an orderly end is
a line ``closed``: a line taken out, doubled, moved or changed shows, also where it would do no harm.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def entry_id(channel: str, *key: str) -> str:
    """The id of a business document, the same on both sides: the channel and 16 hex digits of SHA-256 over its key parts."""
    return f"{channel}:{_sha(key)[:16]}"


def entry_lane(*key: str) -> str:
    """The lane of a document: 16 hex digits of SHA-256 over the parts of its order key."""
    return _sha(key)[:16]


def entry_digest(*values: str) -> str:
    """What must not change on the way: 32 hex digits of SHA-256 over the values, absent ones as empty text."""
    return _sha(values)[:32]


def _sha(parts: tuple[str, ...]) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def entry_link(before: str, line: Mapping[str, object]) -> str:
    """The ``chain`` of a line: 16 hex digits of SHA-256 over the chain before it and the line's other fields as JSON."""
    return _linked(before, _as_json({name: value for name, value in line.items() if name != "chain"}))


def _linked(before: str, text: str) -> str:
    return hashlib.sha256((before + text).encode()).hexdigest()[:16]


def _as_json(line: Mapping[str, object]) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


class Ledger:
    """An append-only file of lines. Thread-safe; lines keep the order of the calls; waiting threads share one fsync.

    A torn last line, left by a killed process, was never confirmed to anybody and is cut off on opening.
    Raises OSError when the file cannot be written; after a failed flush every later call raises too.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.ftruncate(self._file, _whole_lines(path))
        self._no, self._chain = _end_of(path)
        self._turn = threading.Condition()
        self._waiting: list[bytes] = []
        self._added = self._durable = 0
        self._flushing = False
        self._fault: OSError | None = None

    def add(self, line: Mapping[str, object]) -> int:
        """Queue a line and return its number; it reaches the disk with the next `sync`, or `write` of a later line."""
        with self._turn:
            self._waiting.append(self._line(line).encode() + b"\n")
            self._added += 1
            return self._added

    def write(self, line: Mapping[str, object]) -> None:
        """Add a line and return when it and every earlier one are on disk."""
        self.sync(self.add(line))

    def sync(self, upto: int | None = None) -> None:
        """Return when every line up to the number (default: all added so far) is on disk."""
        with self._turn:
            upto = self._added if upto is None else upto
            while self._durable < upto:
                if self._fault:
                    raise self._fault
                if self._flushing:
                    self._turn.wait()
                else:
                    self._flush()

    def close(self) -> None:
        """Write the line ``closed`` after entries, flush and close."""
        if self._no:
            self.add({"t": "closed"})
        self.sync()
        os.close(self._file)

    def _line(self, line: Mapping[str, object]) -> str:
        if "t" not in line:
            return _as_json(line)
        self._no += 1
        text = _as_json({"no": self._no, **line})
        self._chain = _linked(self._chain, text)
        return f'{text[:-1]},"chain":"{self._chain}"}}'

    def _flush(self) -> None:
        """Write what waits, without the lock; whoever queues meanwhile goes with the next flush."""
        data, number = b"".join(self._waiting), self._added
        self._waiting.clear()
        self._flushing = True
        self._turn.release()
        fault: OSError | None = None
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(self._file, view) :]
            os.fdatasync(self._file)
        except OSError as error:
            fault = error
        finally:
            self._turn.acquire()
            self._flushing, self._fault = False, fault
            if fault is None:
                self._durable = number
            self._turn.notify_all()


def read_ledger(path: Path) -> Iterator[dict[str, Any]]:
    """Every whole line of a ledger, in order; a torn last line is left out, a missing file has none.

    Raises ValueError for a whole line that is not JSON.
    """
    if path.exists():
        with path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield json.loads(line)


def _end_of(path: Path) -> tuple[int, str]:
    """Number and chain of the last line, for whoever goes on."""
    last = next(iter(deque(read_ledger(path), maxlen=1)), {})
    return int(last.get("no", 0)), str(last.get("chain", ""))


def _whole_lines(path: Path) -> int:
    data = path.read_bytes()
    return data.rfind(b"\n") + 1
