"""Nonces: once is once, also after the process was killed; what is over is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.backends.nonce_file import NonceFile
from hub.contract.errors import ServerError
from tests.hub.pipeline.rig import ManualClock

MINUTE = 60_000


def key(n: int) -> bytes:
    return n.to_bytes(16, "big")


@pytest.mark.parametrize("restarts", [False, True])
def test_once(tmp_path: Path, restarts: bool) -> None:
    """A nonce counts once until its time is over; nothing is closed before a restart, as after a kill."""
    clock = ManualClock()
    first = NonceFile(clock, tmp_path / "nonces")
    until = clock.now() + 10 * MINUTE
    assert [first.first(key(n), until) for n in (1, 2, 1)] == [True, True, False]
    now = NonceFile(clock, tmp_path / "nonces") if restarts else first
    assert [now.first(key(n), until) for n in (1, 2, 3)] == [False, False, True]
    clock.advance(599)
    assert not now.first(key(3), clock.now() + 10 * MINUTE)
    clock.advance(2)
    assert now.first(key(3), clock.now() + 10 * MINUTE)


def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    """What is over is swept out of memory and file; a record cut short by a crash is left out; nobody else may read it."""
    clock = ManualClock()
    used = NonceFile(clock, tmp_path / "nonces")
    for n in range(1000):
        used.first(key(n), clock.now() + MINUTE)
    clock.advance(301)
    used.first(key(5000), clock.now() + MINUTE)
    assert (tmp_path / "nonces").stat().st_size == 24
    assert (tmp_path / "nonces").stat().st_mode & 0o777 == 0o600
    (tmp_path / "nonces").write_bytes((tmp_path / "nonces").read_bytes() + b"cut")
    assert not NonceFile(clock, tmp_path / "nonces").first(key(5000), clock.now() + MINUTE)


def test_memory_is_bounded() -> None:
    """Beyond its bound callers are asked to wait; what was remembered still counts."""
    clock = ManualClock()
    used = NonceFile(clock, most=2)
    until = clock.now() + MINUTE
    assert used.first(key(1), until) and used.first(key(2), until)
    with pytest.raises(ServerError) as fault:
        used.first(key(3), until)
    assert fault.value.code == "Server.Busy"
    assert not used.first(key(1), until)
