"""The notices of the demo: documents as the schemas want them, answers to whoever told, the same names in every ledger."""

from functools import cache
from itertools import islice
from pathlib import Path
from typing import cast

import pytest
from lxml import etree

from demo.cast import PLACES
from demo.families.notice.facts import NOTICE, RECEIPT, facts_of
from demo.families.notice.side import NoticeReading, NoticeSide
from demo.province import generate
from demo.spokes.asking import Asking
from demo.spokes.settings import Mixture, SpokeSettings
from demo.spokes.submission import Submission
from hub.contract.errors import ClientError
from hub.contract.xml import parse
from hub.reference.division_code import div2

CANONICAL = Path(__file__).parents[2] / "schemas" / "canonical" / "1.0"
PEOPLE = tuple(generate(6000, seed=4))


def side(**mixture: float) -> NoticeSide:
    """The part of the western spoke."""
    places = PLACES["fjfpis-west"]
    settings = SpokeSettings("fjfpis-west", "FJFPIS", "-", "http://h", places, "-", "T", enquiries=600, mixture=Mixture(**mixture))
    return NoticeSide(settings, PEOPLE, cast("Asking", None))


@cache
def schema(channel: str) -> etree.XMLSchema:
    """The canonical schema of a channel."""
    return etree.XMLSchema(file=str(CANONICAL / f"{channel}.xsd"))


def valid(submission: Submission) -> bool:
    """Whether the document can be read and satisfies its schema."""
    try:
        return schema(submission.facts.channel).validate(parse(submission.document))
    except ClientError:
        return False


def test_notices_are_of_women_who_live_here() -> None:
    """A share of the notices is spoiled, near half cross the border, each has a number and a woman's check of its own."""
    made = list(side(invalid=0.2).submissions())

    assert len(made) == 120
    assert all(valid(one) == (one.kind == "valid") for one in made)
    assert 0.05 < sum(one.kind != "valid" for one in made) / 120 < 0.4
    assert 30 < sum(one.route == "notice-to-padis" for one in made) < 80
    assert len({one.facts.id for one in made}) == len({one.message_id for one in made}) == 120
    assert all(one.from_div.startswith(PLACES["fjfpis-west"]) for one in made)
    for one in (one for one in made if one.kind == "valid"):
        assert (div2(parse(one.document).findtext("{*}hukouDiv") or "") == "35") == (one.route == "notice-to-unit")


@pytest.mark.parametrize(("system", "route"), [("FJFPIS", "receipt-to-unit"), ("PADIS", "receipt-to-padis")])
def test_a_notice_is_received(system: str, route: str) -> None:
    """A notice that is kept gets a receipt to whoever told, in the lane of the notice."""
    told = next(one for one in side(invalid=0.0).submissions())

    (receipt,) = side(answered=1.0, returned=0.0).answers(parse(told.document), system)

    assert valid(receipt)
    assert (receipt.route, receipt.facts.channel) == (route, RECEIPT)
    assert receipt.facts.lane == facts_of(parse(told.document), system).lane


def test_a_notice_of_elsewhere_is_given_back_once() -> None:
    """With everything to be given back a unit returns a notice and names another place; one handed on by hand it keeps."""
    told = parse(next(one for one in side(invalid=0.0).submissions()).document)

    (returned,) = side(returned=1.0).answers(told, "FJFPIS")
    body = parse(returned.document)
    assert valid(returned)
    assert (returned.route, body.findtext("{*}result")) == ("return-to-hub", "2")
    assert (body.findtext("{*}correctDiv") or "")[:9] != (body.findtext("{*}receiveDiv") or "")[:9]

    etree.SubElement(told, etree.QName("urn:pophub:notice.contraception:1.0", "resolvedBy")).text = "4"
    assert NoticeReading(1.0).applies(told, "FJFPIS")


def test_nobody_is_told_of_twice_in_a_round() -> None:
    """Without end, a woman's next check has another day."""
    few = SpokeSettings("fjfpis-west", "FJFPIS", "-", "http://h", PLACES["fjfpis-west"], "-", "T", mixture=Mixture(invalid=0.0))
    made = islice(NoticeSide(few, PEOPLE[:800], cast("Asking", None)).submissions(), 300)
    checks = [(parse(one.document).findtext("{*}subject/{*}idNo"), parse(one.document).findtext("{*}checkDate")) for one in made]

    assert len(set(checks)) == len(checks)
    assert NOTICE
