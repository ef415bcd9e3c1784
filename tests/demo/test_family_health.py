"""The health family of the demo: tasks are handled by whoever must act, copies are not, names are those of the health system."""

from pathlib import Path
from typing import cast

import pytest
from lxml import etree

from adapters.health.simulator.facts import Source, expected
from demo.families.health.facts import COMPARISON, facts_of
from demo.families.health.side import HealthSide
from demo.spokes.asking import Asking
from demo.spokes.settings import Mixture, SpokeSettings
from demo.spokes.submission import Submission
from hub.contract.xml import Element, parse

SCHEMA = Path(__file__).parents[2] / "schemas" / "canonical" / "1.0" / "health.handling.xsd"
UNIT = "350602001000"


def comparison(side: str, outcome: str = "A") -> Element:
    """A comparison as a unit gets it."""
    source = "<sourceKey><orgCode>426600010</orgCode><recordNo>FM1</recordNo></sourceKey><newbornOrder>1</newbornOrder>"
    text = f"<comparisonId>B1-1.1</comparisonId><version>2</version>{source}<outcome>{outcome}</outcome><side>{side}</side>"
    more = f"<event><eventDate>2026-11-01</eventDate></event><assignedDiv>{UNIT}</assignedDiv>"
    return parse(f'<healthComparison xmlns="urn:pophub:health.comparison:1.0">{text}{more}</healthComparison>'.encode())


def answers(system: str, document: Element) -> list[Submission]:
    """What a unit of the register says to a comparison."""
    settings = SpokeSettings("x", system, "-", "http://h", ("35",), "-", "T", mixture=Mixture(answered=1.0))
    return list(HealthSide(settings, (), cast("Asking", None)).answers(document, "HUB"))


@pytest.mark.parametrize(("system", "side", "outcome", "handled"), [
    ("FJPIS", "1", "A", "2"), ("FJPIS", "9", "Z", "6"), ("FJFPIS", "2", "F1", "4"), ("FJFPIS", "1", "A", None), ("FJPIS", "1", "E", None),
])  # fmt: skip
def test_who_must_act_says_what_was_done(system: str, side: str, outcome: str, handled: str | None) -> None:
    """A task gets the handling that its outcome allows; a copy at the place of residence, or an outcome that agrees, gets none."""
    made = answers(system, comparison(side, outcome))

    assert [parse(one.document).findtext("{*}handling") for one in made] == ([handled] if handled else [])
    assert all(etree.XMLSchema(file=str(SCHEMA)).validate(parse(one.document)) for one in made)
    assert all((one.from_div, parse(one.document).findtext("{*}handlingSeq")) == (UNIT, "2") for one in made)


@pytest.mark.parametrize(("system", "side"), [("FJPIS", "1"), ("FJFPIS", "2")])
def test_both_ends_name_a_task_alike(system: str, side: str) -> None:
    """What the health system expects beforehand is what the unit writes when it gets the task."""
    (task,) = expected(Source("426600010", "FM1", "1", "2"), side, "A" if side == "1" else "F", UNIT, "2026-11-01")

    facts = facts_of(comparison(side, "A" if side == "1" else "F"), system)

    assert facts.channel == COMPARISON
    assert (facts.id, facts.digest, facts.lane) == (task["id"], task["digest"], task["lane"])
