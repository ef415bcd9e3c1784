"""Push: a spoke with an address is called; what its answer, or none, means for the delivery."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from hub.contract.flow import UnitRecipient
from hub.contract.outcome import Delivered, Outcome, Released, Unknown
from hub.discovery import discover, schema_roots
from hub.spokes.push import PushPartner
from tests.flows.enquiry.documents import request
from tests.hub.pipeline.rig import SIMING, YANPING, Rig
from tests.scripted_partner import Act, ScriptedPartner, hang, http, leave, reset, say

OUTLET = f"push:{YANPING}"
_REPLY = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><deliverResponse xmlns="urn:pophub:services:1.0">'
    "<taken>{}</taken></deliverResponse></e:Body></e:Envelope>"
)


def _taken(value: str) -> Act:
    return say(http(_REPLY.format(value).encode()))


@pytest.fixture
def pushed(rig: Rig) -> Iterator[Callable[..., tuple[Outcome, list[bytes]]]]:
    """Push one enquiry to a spoke that plays these acts; the outcome and what it got."""
    opened: list[Any] = []

    def push(*acts: Act, timeout: float = 5.0) -> tuple[Outcome, list[bytes]]:
        server = ScriptedPartner(*acts)
        rig.write("UPDATE spoke SET push_url = ? WHERE name = ?", server.url, YANPING)
        rig.submit(SIMING, request("XC1"))
        rig.plan()
        spoke = replace(next(s for s in rig.machine.directory.all() if s.name == YANPING), push_url=server.url)
        partner = PushPartner(spoke, rig.machine, schema_roots(()))
        opened.extend((server.__exit__, partner.close))
        operation = rig.operation
        rig.operation = lambda claimed: replace(operation(claimed), timeout=timeout)  # type: ignore[method-assign]
        (outcome,) = rig.attempt(partner, OUTLET)
        return outcome, server.requests

    yield push
    for close in opened:
        close()


def test_taken(rig: Rig, pushed: Any) -> None:
    """Delivered only when the spoke says that it has taken it; the call carries hub id, sender, due date and the view."""
    outcome, requests = pushed(_taken("true"))
    assert isinstance(outcome, Delivered) and rig.states(10001) == ("planned", "delivered")
    text = requests[0].decode()
    for part in (
        "FJ-10001-0",
        ">10001-0<",
        ">enquiry.request<",
        ">FJFPIS<",
        "2026-03-02T09:00:00.000+08:00",
        "2026-04-01T23:59:59.999+08:00",
    ):
        assert part in text
    assert text.count("<enquiryRequest ") == 1


def test_a_flow_is_pushed_by_its_own_contract(rig: Rig) -> None:
    """Every channel that a shipped flow sends to units has the contract of that flow, also when the flow is called otherwise."""
    flows = discover(()).catalogue.flows
    machine = replace(rig.machine, catalogue=replace(rig.machine.catalogue, flows=flows))
    spoke = replace(next(iter(rig.machine.directory.all())), push_url="http://127.0.0.1:9")
    partner = PushPartner(spoke, machine, schema_roots(()))

    to_units = {str(route.channel) for flow in flows for route in flow.routes if isinstance(route.to, UnitRecipient)}

    assert "police.record" in to_units
    assert to_units <= partner.channels
    partner.close()


def test_same_key_every_time(rig: Rig, pushed: Any) -> None:
    """The spoke sees the same hub id on every attempt, so that it can tell a repetition."""
    outcome, requests = pushed(say(http(b"", 503, Retry_After="1")), _taken("true"))
    assert outcome == Released("busy", retry_after=1)
    assert len(requests) == 1


@pytest.mark.parametrize(("act", "kind"), [
    (_taken("false"), Released), (reset, Unknown), (leave, Unknown), (hang, Unknown), (say(http(b"<html>login</html>", content_type="text/html")), Unknown),
    (say(http(b"", 500)), Unknown), (say(http(_REPLY.format("maybe").encode())), Unknown), (say(http(b"<a", 200)), Unknown),
    (say(http(b"", 302, Location="http://127.0.0.1:1/")), Unknown), (say(http(b"", 503)), Released),
])  # fmt: skip
def test_not_taken(rig: Rig, pushed: Any, act: Act, kind: type[Outcome]) -> None:
    """Whatever else comes back: certainly not applied is released, everything in doubt unknown; never delivered."""
    outcome, _ = pushed(act, timeout=0.5)
    assert isinstance(outcome, kind)
    assert rig.states(10001) == ("planned", "released")


def test_nobody_there(rig: Rig, pushed: Any) -> None:
    """A spoke that cannot be reached has certainly not got it."""
    rig.write("UPDATE spoke SET push_url = 'http://127.0.0.1:9/x' WHERE name = ?", YANPING)
    rig.submit(SIMING, request("XC1"))
    rig.plan()
    spoke = replace(next(s for s in rig.machine.directory.all() if s.name == YANPING), push_url="http://127.0.0.1:9/x")
    partner = PushPartner(spoke, rig.machine, schema_roots(()))
    (outcome,) = rig.attempt(partner, OUTLET)
    partner.close()
    assert isinstance(outcome, Released)
