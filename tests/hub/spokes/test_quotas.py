"""Quotas: a burst of one minute, then the agreed rate; a day; so many at once; the others do not notice."""

from __future__ import annotations

import pytest

from hub.contract.errors import ServerError
from hub.spokes.doorkeeper import Doorkeeper
from hub.spokes.quotas import Quota, Quotas
from tests.flows.enquiry.documents import request
from tests.hub.pipeline.rig import JIANYANG, SIMING, Rig
from tests.hub.spokes.rest_client import RestSpoke, assert_problem


class Seconds:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def passed(quotas: Quotas, spoke: str, times: int) -> int:
    """How many of so many requests, one after the other, come in."""
    done = 0
    for _ in range(times):
        try:
            quotas.enter(spoke)
        except ServerError:
            continue
        quotas.leave(spoke)
        done += 1
    return done


def wait(quotas: Quotas, spoke: str) -> int | None:
    """The seconds a refused spoke is told to wait."""
    with pytest.raises(ServerError) as fault:
        quotas.enter(spoke)
    assert fault.value.code == "Server.Throttled"
    return fault.value.retry_after


def test_a_minute() -> None:
    """60 a minute: 60 at once, then one each second; the time told is enough and not a second longer."""
    clock = Seconds()
    quotas = Quotas(Quota(60, 10_000, 10), {}, clock)
    assert passed(quotas, "a", 100) == 60
    assert wait(quotas, "a") == 1
    clock.now += 0.9
    assert passed(quotas, "a", 5) == 0
    clock.now += 0.2
    assert passed(quotas, "a", 5) == 1
    clock.now += 3600
    assert passed(quotas, "a", 100) == 60


def test_a_day() -> None:
    """The day is a bucket of its own and longer to wait for; refusals cost nothing of it."""
    clock = Seconds()
    quotas = Quotas(Quota(1000, 864, 10), {}, clock)
    assert passed(quotas, "a", 2000) == 864
    assert wait(quotas, "a") == 100
    clock.now += 100.1
    assert passed(quotas, "a", 10) == 1


def test_at_once() -> None:
    """No more than so many inside; whoever leaves makes room."""
    quotas = Quotas(Quota(1000, 10_000, 2), {}, Seconds())
    quotas.enter("a")
    quotas.enter("a")
    assert wait(quotas, "a") == 1
    quotas.leave("a")
    quotas.enter("a")


def test_each_spoke_has_its_own() -> None:
    """A flood of one does not touch another; a spoke named in the settings has its own figures."""
    quotas = Quotas(Quota(10, 100, 10), {"b": Quota(20, 100, 10)}, Seconds())
    assert [passed(quotas, spoke, 50) for spoke in "abc"] == [10, 20, 10]


def test_the_flood_is_refused_before_anything_is_read(rig: Rig) -> None:
    """429 with Retry-After on every address, before headers and body are looked at; nothing inside is left counted."""
    door = Doorkeeper(rig.machine, Quotas(Quota(3, 100, 1), {}, Seconds()))
    siming, other = RestSpoke(rig, SIMING, door), RestSpoke(rig, JIANYANG, door)
    statuses = [siming.submit("enquiry.request", b"{", media="application/json").status_code, siming.get("/api/v1/mailbox").status_code,
                siming.submit("enquiry.request", request("XC1")).status_code]  # fmt: skip
    assert statuses == [400, 200, 202]
    for answer in (siming.submit("enquiry.nothing", b"{", media="text/plain", Idempotency_Key=""), siming.get("/api/v1/mailbox"),
                   siming.get("/api/v1/messages/10001-5")):  # fmt: skip
        assert assert_problem(answer, 429, "Server.Throttled")["blame"] == "caller"
        assert answer.headers["retry-after"] == "20"
    assert other.get("/api/v1/mailbox").status_code == 200
    assert_problem(RestSpoke(rig, SIMING, door).submit("x", b"", Authorization="Basic x"), 401, "Client.Unauthenticated")
