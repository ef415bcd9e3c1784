"""Results pushed to a health system, and the question about one: every code means what the table of codes says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.health import settings
from adapters.health.outbound import HealthPartner
from hub.contract.outcome import Delivered, Outcome, Rejected, Released, Unknown
from tests.adapters.health.health_system import RESULT, HealthSystem, health_system, push_result
from tests.scripted_partner import ScriptedPartner, http, say

SPACE = "urn:standin:health:1.0"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@pytest.fixture
def health(tmp_path: Path) -> Iterator[HealthSystem]:
    """A running health system."""
    with health_system(tmp_path / "health.jsonl") as running:
        yield running


def answering(code: str, key: str = "FJ-1-0", name: str = "PushResult") -> bytes:
    """An answer as the health system words it."""
    inner = f'<h:{name}Response xmlns:h="{SPACE}"><h:Key>{key}</h:Key><h:CallCode>{code}</h:CallCode></h:{name}Response>'
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{inner}</s:Body></s:Envelope>'.encode()


def pushed(answer: bytes) -> Outcome:
    """What a push comes to when the partner answers with these bytes."""
    with ScriptedPartner(say(http(answer))) as partner:
        made = HealthPartner({"url": partner.url})
        try:
            return made.deliver(push_result(), RESULT, "FJ-1-0")
        finally:
            made.close()


@pytest.mark.parametrize(("code", "outcome"), [
    ("0", Delivered()), ("1", Rejected("1")), ("3", Released("health.3")), ("8", Released("health.8", 30.0)), ("2", Unknown("health.2")),
])  # fmt: skip
def test_codes_of_a_push(code: str, outcome: Outcome) -> None:
    """Each code has one meaning; one that says nothing about a push leaves it unknown."""
    assert pushed(answering(code)) == outcome


@pytest.mark.parametrize(("answer", "reason"), [
    (answering("0", key="FJ-2-9"), "reply.other_call"), (answering("7"), "reply.schema"), (answering("0", name="AskResult"), "reply.other_operation"),
])  # fmt: skip
def test_an_answer_to_something_else(answer: bytes, reason: str) -> None:
    """An answer that is not exactly that of this call tells nothing."""
    assert pushed(answer) == Unknown(reason)


def test_one_effect_with_its_ids(health: HealthSystem) -> None:
    """What arrives is in the ledger under the push's own number, with the hub's key."""
    assert health.partner.deliver(push_result(), RESULT, "FJ-12-X") == Delivered()
    (effect,) = health.lines("effect")
    (call,) = health.lines("call")
    assert (effect["key"], effect["hub"], effect["id"], effect["digest"]) == ("FJ-12-X", "12-X", call["id"], call["digest"])
    assert health.partner.ask(push_result(), "FJ-12-X") == Delivered()
    assert health.partner.ask(push_result(), "FJ-13-8") == Released("health.2")


def test_settings_that_are_none() -> None:
    """Unknown and unusable settings are named, all of them."""
    with pytest.raises(ValueError, match="connections, no_such, vaccinations"):
        settings.read({"no_such": "1", "connections": "many", "vaccinations": "mysql://x"})
