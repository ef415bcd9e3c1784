"""What the demo shares with the police: a candidate is registered or given up once, what was taken back is not."""

from pathlib import Path
from typing import cast

from lxml import etree

from demo.families.police.facts import HANDLING, RECORD, facts_of
from demo.families.police.side import PoliceSide
from demo.province import generate
from demo.spokes.asking import Asking
from demo.spokes.settings import Mixture, SpokeSettings
from hub.contract.xml import Element, parse

SCHEMA = Path(__file__).parents[2] / "schemas" / "canonical" / "1.0" / "police.handling.xsd"
SETTINGS = SpokeSettings("fjfpis-west", "FJFPIS", "-", "http://h", ("3506",), "-", "T", mixture=Mixture(answered=1.0))


def candidate(operation: str) -> Element:
    """A record as the unit gets it."""
    said = f"<policeRecordId>GA1</policeRecordId><opType>{operation}</opType><name>林美</name><idNo>359901199005100022</idNo>"
    place = "<residenceDiv>350602001000</residenceDiv><resolvedDiv>350602001000</resolvedDiv>"
    return parse(f'<policeRecord xmlns="urn:pophub:police.record:1.0">{said}{place}</policeRecord>'.encode())


def test_candidates_are_handled() -> None:
    """A handling is valid, by the unit at the place, in the lane of its record; a cancellation asks for none."""
    side = PoliceSide(SETTINGS, tuple(generate(600, seed=2)), cast("Asking", None))

    made = [one for _ in range(20) for one in side.answers(candidate("1"), "POLICE")]

    schema = etree.XMLSchema(file=str(SCHEMA))
    assert len(made) == 20
    assert all(schema.validate(parse(one.document)) for one in made)
    assert {parse(one.document).findtext("{*}handling") for one in made} == {"1", "2"}
    assert {(one.facts.channel, one.from_div, one.route) for one in made} == {(HANDLING, "350602001000", "handling-to-hub")}
    assert list(side.answers(candidate("3"), "POLICE")) == []


def test_a_record_is_named_by_number_and_operation() -> None:
    """The names are those that the police platform writes: number and operation, the person's lane."""
    first, later = (facts_of(candidate(operation), "POLICE") for operation in ("1", "3"))

    assert first.channel == RECORD
    assert first.id != later.id
    assert first.lane == later.lane
