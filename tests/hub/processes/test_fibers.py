"""Requests on one thread: while one waits for a promise the others run, and every end of waiting comes through."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hub.ports.promise import Promise
from hub.processes import fibers
from hub.processes.fibers import Fibers


def on_a_loop(test: Callable[[Fibers], Any]) -> Any:
    """Run a coroutine function on a loop in a thread of its own: waiting by fibers is a property of the thread."""
    ended: list[Any] = []

    async def whole() -> Any:
        return await asyncio.wait_for(test(Fibers()), 20)

    def run() -> None:
        try:
            ended.append(asyncio.run(whole()))
        except BaseException as fault:
            ended.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    if isinstance(ended[0], BaseException):
        raise ended[0]
    return ended[0]


def test_others_run_while_one_waits() -> None:
    """Every call has begun before the first is answered; each gets its own answer, in the thread of the loop."""
    promises: list[Promise[int]] = [Promise() for _ in range(50)]
    begun: list[int] = []
    threads = set()

    def call(number: int) -> int:
        begun.append(number)
        answer = promises[number].result(10)
        threads.add(threading.get_ident())
        return answer * 2

    def keep() -> None:
        for number in reversed(range(50)):
            promises[number].set_result(number)

    async def test(running: Fibers) -> list[int]:
        waiting = [asyncio.ensure_future(running.run(lambda n=n: call(n))) for n in range(50)]
        for _ in range(3):
            await asyncio.sleep(0)
        assert len(begun) == 50
        threading.Thread(target=keep).start()
        return list(await asyncio.gather(*waiting))

    assert on_a_loop(test) == [2 * n for n in range(50)]
    assert len(threads) == 1


def test_a_promise_kept_at_once() -> None:
    """Nothing to wait for: nothing is given up."""
    kept: Promise[str] = Promise()
    kept.set_result("there")
    assert on_a_loop(lambda running: running.run(lambda: kept.result(1))) == "there"


def test_faults_come_through() -> None:
    """A promise's fault and a call's own fault both reach who awaits the call."""

    def broken() -> None:
        raise KeyError("own")

    async def test(running: Fibers) -> None:
        promise: Promise[None] = Promise()
        waiting = asyncio.ensure_future(running.run(lambda: promise.result(10)))
        await asyncio.sleep(0)
        threading.Thread(target=lambda: promise.set_exception(LookupError("theirs"))).start()
        with pytest.raises(LookupError, match="theirs"):
            await waiting
        with pytest.raises(KeyError):
            await running.run(broken)

    on_a_loop(test)


def test_time_is_over() -> None:
    """A promise that nobody keeps ends the wait with TimeoutError; kept too late it wakes nobody a second time."""
    late: Promise[int] = Promise()

    async def test(running: Fibers) -> str:
        with pytest.raises(TimeoutError):
            await running.run(lambda: late.result(0.01))
        late.set_result(1)
        return await running.run(lambda: "goes on")

    assert on_a_loop(test) == "goes on"


def test_the_loop_itself_may_not_wait() -> None:
    """Outside of a request there is nothing that could go on: refused at once instead of standing still."""

    async def test(_running: Fibers) -> None:
        with pytest.raises(RuntimeError):
            Promise[int]().result(1)

    on_a_loop(test)


def test_elsewhere() -> None:
    """What waits for something outside does so in another thread; its result and its fault come back."""
    seen: list[int] = []
    gate = threading.Event()

    def slow() -> str:
        seen.append(threading.get_ident())
        gate.wait(10)
        return "done"

    async def test(running: Fibers) -> str:
        with ThreadPoolExecutor(1) as pool:
            waiting = asyncio.ensure_future(running.run(lambda: fibers.elsewhere(pool, slow)))
            assert await running.run(lambda: "meanwhile") == "meanwhile"
            gate.set()
            done = await waiting
            with pytest.raises(ZeroDivisionError):
                await running.run(lambda: fibers.elsewhere(pool, lambda: 1 // 0))
        seen.append(threading.get_ident())
        return done

    assert on_a_loop(test) == "done"
    assert seen[0] != seen[1]


def test_a_short_wait_ends_on_time() -> None:
    """A promise that nobody keeps: who waits for tenths of a second gets its time-out after tenths of a second."""
    took: list[float] = []

    def call() -> None:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            Promise[int]().result(0.05)
        took.append(time.monotonic() - began)

    on_a_loop(lambda running: running.run(call))
    assert 0.04 < took[0] < 0.4
