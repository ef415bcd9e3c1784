"""A burst of queries does not stand between a submission and the loop; nobody waits long; what a query is, is seen beforehand."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.discovery import schema_roots
from hub.processes.turns import ONE_MORE, Turns
from hub.spokes.asking import Recognised
from hub.spokes.submission import wsdls
from tests.hub.pipeline.rig import Rig

ACTION = "urn:pophub:enquiry:QueryEnquiryCase"


def test_between_two_queries_everything_else_runs() -> None:
    """Two hundred come at once: one is served, then between any two the loop goes round; they come in their order."""

    async def whole() -> list[tuple[int, int]]:
        turns, served, rounds = Turns(), list[tuple[int, int]](), 0

        async def query(number: int) -> None:
            await turns.take()
            served.append((number, rounds))

        asked = [asyncio.create_task(query(n)) for n in range(200)]
        while not all(task.done() for task in asked):
            await asyncio.sleep(0)
            rounds += 1
        return served

    served = asyncio.run(asyncio.wait_for(whole(), 20))
    assert [number for number, _ in served] == list(range(200))
    assert len({at for _, at in served}) == 200


def test_many_that_wait_make_a_turn_longer() -> None:
    """However many come, those of a round of pauses are so many that half a second is enough for all."""

    async def whole() -> list[int]:
        turns, served, sizes = Turns(), 0, list[int]()

        async def query() -> None:
            nonlocal served
            await turns.take()
            served += 1

        asked = [asyncio.create_task(query()) for _ in range(ONE_MORE * 10 + 1)]
        before = 0
        while not all(task.done() for task in asked):
            await asyncio.sleep(0)
            if served > before:
                sizes.append(served - before)
                before = served
        return sizes

    sizes = asyncio.run(asyncio.wait_for(whole(), 20))
    assert sizes[1] >= 10
    assert sizes[-1] == 1


def test_a_caller_that_went_away_costs_nobody_a_turn() -> None:
    """A cancelled wait is passed over."""

    async def whole() -> bool:
        turns = Turns()
        await turns.take()
        gone, stays = asyncio.create_task(turns.take()), asyncio.create_task(turns.take())
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait_for(stays, 10)
        await turns.take()
        return gone.cancelled()

    assert asyncio.run(asyncio.wait_for(whole(), 20))


@pytest.mark.parametrize(("environ", "known"), [
    ({"PATH_INFO": "/api/v1/queries/enquiry.status"}, True),
    ({"PATH_INFO": "/api/v1/messages/enquiry.request"}, False),
    ({"PATH_INFO": "/soap/enquiry", "CONTENT_TYPE": "text/xml", "HTTP_SOAPACTION": f'"{ACTION}"'}, True),
    ({"PATH_INFO": "/soap/enquiry", "CONTENT_TYPE": f'application/soap+xml; action="{ACTION}"'}, True),
    ({"PATH_INFO": "/soap/enquiry", "CONTENT_TYPE": "text/xml", "HTTP_SOAPACTION": '"urn:pophub:enquiry:SubmitEnquiryRequest"'}, False),
    ({"PATH_INFO": "/soap/enquiry", "CONTENT_TYPE": "text/xml"}, False),
    ({"PATH_INFO": "/soap/enquiry", "CONTENT_TYPE": "text/plain", "HTTP_SOAPACTION": ACTION}, False),
    ({"PATH_INFO": "/contracts", "CONTENT_TYPE": "text/xml", "HTTP_SOAPACTION": ACTION}, False),
])  # fmt: skip
def test_a_query_is_known_by_path_or_action(rig: Rig, environ: dict[str, Any], known: bool) -> None:
    """In both SOAP versions and REST; what is wrong with a request is not judged here."""
    assert Recognised(rig.machine, wsdls(rig.machine, schema_roots(())).values())(environ) is known
