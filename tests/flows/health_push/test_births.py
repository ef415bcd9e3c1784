"""The compare of births, case by case as the requirements' table of worked cases has them (T1–T37); facts are written out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import permutations

import pytest

from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.contract.case import Case
from hub.contract.flow import Facts
from hub.contract.lookup import Fact
from hub.contract.message import show_hub_id
from hub.contract.xml import parse
from hub.discovery import schema_roots
from routes.health_push.flow import FLOW
from tests.flows.health_push.births import (
    CHEN,
    HOSPITAL,
    HUSBAND,
    NOW,
    OTHER,
    TOWN_A,
    TOWN_B,
    child,
    delivery,
    facts,
    floating,
    message,
    newborn,
    person,
    texts,
    woman,
)

Row = tuple[bytes, Facts, list[dict[str, str | None]]]
BOTH = (woman(), floating("2023-01-01/"))


def _o(outcome: str, **more: str | None) -> dict[str, str | None]:
    return {"outcome": outcome, **more}


def _day(day: str, order: int = 1, sex: str = "1", cert: str = "") -> str:
    return newborn(order, sex, f"{day}T10:00:00+08:00", cert)


def _one(sex: str = "1", born: str = "2024-03-05", mothers: Sequence[Fact] = (woman(),), **kept: str) -> Facts:
    return facts(*mothers, children=[child(sex=sex, born=born, **kept)])


HERE = _day("2024-03-05")
IN = ("2023-01-01/",)
FLOATS = (floating(*IN),)
WIFE = woman("W2", "陈秀英", CHEN)
HIM = person("林志强", HUSBAND)
NO_NUMBER = person(number=None, birthDate="1990-05-10")
TWO_OF_A_NAME = [woman("W1", spouseName="林志强"), woman("W2", number=CHEN, spouseName="张三")]

TABLE: Mapping[str, Row] = {
    # T1: one fixture for each outcome
    "T1 A": (delivery(), facts(woman()), [_o("A", side="1", assignedDiv=TOWN_A, assignedBy="1", matchMethod="IDNAME", matchedPerson="W1")]),
    "T1 B": (delivery(), _one(sex="2"), [_o("B", field="sex", healthValue="1", registerValue="2", matchedChild="C1")]),
    "T1 C": (delivery(), _one(born="2024-03-04"), [_o("C", field="birthDate", healthValue="2024-03-05", registerValue="2024-03-04")]),
    "T1 D": (delivery(), _one(sex="2", born="2024-03-04"), [_o("D")]),
    "T1 E": (delivery(), _one(), [_o("E", state="3")]),
    "T1 F": (delivery(), facts(*FLOATS), [_o("F", side="2", assignedDiv=TOWN_B, assignedBy="2", outcomeReason=None)]),
    "T1 G": (delivery(), facts(floating("2024-03-06/")), [_o("G", firstBirthdayPassed="false")]),
    "T1 H": (delivery(), _one(sex="2", mothers=FLOATS), [_o("H")]),
    "T1 I": (delivery(), _one(born="2024-03-04", mothers=FLOATS), [_o("I")]),
    "T1 J": (delivery(), _one(sex="2", born="2024-03-04", mothers=FLOATS), [_o("J")]),
    "T1 K": (delivery(), _one(mothers=FLOATS), [_o("K", state="3", side="2")]),
    "T1 Z": (delivery(), facts(), [_o("Z", outcomeReason="NOHIT", side="9", assignedDiv=HOSPITAL, assignedBy="3", matchMethod=None)]),
    "T2": (delivery([_day("2024-03-05", 1, "1"), _day("2024-03-05", 2, "2")]),
           facts(woman(), children=[child("C1", sex="2", order="1"), child("C2", sex="1", order="2")]), [_o("E", matchedChild="C2"), _o("E", matchedChild="C1")]),
    "T3": (delivery([HERE, _day("2024-03-05", 2)]), facts(woman(), children=[child()]), [_o("E"), _o("A")]),
    "T6": (delivery([newborn(at="2024-03-06T00:30:00+08:00")]), _one(born="2024-03-06"), [_o("E")]),
    "T7 2c": (delivery(mother=NO_NUMBER, father=HIM), facts(byName=[woman(spouseIdNo=HUSBAND)]), [_o("A", matchMethod="NAMEBIRTH")]),
    "T7 2d": (delivery(mother=person(number=None), father=HIM), facts(byHusband=[woman(**{"from": "2010-01-01"})]), [_o("A", matchMethod="FATHER")]),
    "T9": (delivery(), facts(floating("2025-03-06/")), [_o("G", firstBirthdayPassed="true")]),
    "T10": (delivery(), facts(woman(name="林晓芳")), [_o("A", matchMethod="IDNAME")]),
    "T11": (delivery(mother=person("王丽"), father=HIM), facts(woman(name="陈秀英", spouseName="林志强")), [_o("A", matchMethod="ID")]),
    "T12": (delivery(mother=person("王丽")), facts(woman(name="陈秀英")), [_o("Q", outcomeReason="NAMEDIFF", side="9", assignedBy="4", assignedDiv="350000000000")]),
    "T13": (delivery(mother=person(number="359901900510002")), facts(woman()), [_o("A", matchMethod="IDNAME")]),
    "T14": (delivery(mother=NO_NUMBER, father=HIM), facts(byName=TWO_OF_A_NAME), [_o("A", matchedPerson="W1", matchMethod="NAMEBIRTH")]),
    "T15": (delivery(mother=NO_NUMBER, father=person("林志强", None)), facts(byName=[{**w, "spouseName": "林志强"} for w in TWO_OF_A_NAME]),
            [_o("Z", outcomeReason="AMBIGUOUS", matchedPerson=None, assignedDiv=HOSPITAL)]),
    "T16": (delivery([_day("2023-05-02")], mother=person(number=None), father=HIM),
            facts(byHusband=[woman(**{"from": "2015-01-01", "to": "2023-06-30"}), {**WIFE, "from": "2024-01-10"}]), [_o("A", matchedPerson="W1", matchMethod="FATHER")]),
    "T17 2c": (delivery(mother=person(birthDate="1990-05-10"), father=HIM), facts(woman(), woman("W2"), byName=TWO_OF_A_NAME), [_o("A", matchMethod="NAMEBIRTH")]),
    "T17 Z": (delivery(), facts(woman(), woman("W2")), [_o("Z", outcomeReason="AMBIGUOUS")]),
    "T18": (delivery(), _one(mothers=BOTH), [_o("E", side="1", copyDiv=TOWN_B)]),
    "T19": (delivery(), _one(mothers=(woman(status="2"), floating(*IN))), [_o("K", copyDiv=None)]),
    "T20": (delivery(), facts(woman(unit="360102001000")), [_o("Z")]),
    "T21": (delivery([_day("2024-03-01")]), facts(floating("2024-05-10/")), [_o("G")]),
    "T22": (delivery([_day("2024-05-10")]), facts(floating("2024-05-10/")), [_o("F")]),
    "T23": (delivery([_day("2024-04-01")]), facts(floating("2022-01-05/2023-01-31 2024-05-10/")), [_o("G")]),
    "T24": (delivery([_day("2024-03-01")]), facts(floating("2023-01-05/2023-01-31 2024-08-01/2024-09-01")), [_o("G")]),
    "T25": (delivery(), facts(floating()), [_o("F", outcomeReason="NOINDATE")]),
    "inside a stay that ended": (delivery(), facts(floating("2024-01-01/2024-04-01 2024-05-10/")), [_o("F")]),
    "T26": (delivery([_day("2024-03-05", sex="9")]), _one(), [_o("E")]),
    "T27": (delivery([_day("2024-03-15")]), _one(born="2024-03"), [_o("E")]),
    "T28": (delivery([_day("2024-03-06")]), _one(), [_o("C")]),
    "T29": (delivery([_day("2024-03-06", sex="2", cert="X350000001")]), _one(mothers=FLOATS, birthCertNo="X350000001"), [_o("J")]),
    "T30": (delivery([_day("2024-03-25", cert="X350000001")]), _one(birthCertNo="X350000002"), [_o("A")]),
    "T31 180": (delivery([_day("2024-09-01")]), _one(), [_o("C")]),
    "T31 181": (delivery([_day("2024-09-02")]), _one(), [_o("A")]),
    "T32": (delivery([HERE, _day("2024-03-05", 2, cert="X350000002")]),
            facts(woman(), children=[child("C1", birthCertNo="X350000002"), child("C2", order="2")]), [_o("E", matchedChild="C2"), _o("E", matchedChild="C1")]),
    "T33": (delivery([HERE, _day("2024-03-05", 2, "2"), _day("2024-03-05", 3, "2")]),
            facts(woman(), children=[child("C1"), child("C2", sex="2", order="2")]), [_o("E", matchedChild="C1"), _o("E", matchedChild="C2"), _o("A")]),
    "T34": (delivery([HERE, newborn(2, "2", alive=False)]), _one(), [_o("E", newbornOrder="1")]),
    "T35": (delivery(mother=person(number=None)), facts(), [_o("Z", outcomeReason="NOKEY", assignedDiv=HOSPITAL)]),
    "T36 first": (delivery(), _one(sex="2"), [_o("B")]),
    "T36 corrected": (delivery([_day("2024-03-05", sex="2")]), _one(sex="2"), [_o("E")]),
    "T37": (delivery(mother=person("阿依古丽•买买提")), facts(woman(name="阿依古丽·买买提")), [_o("A", matchMethod="IDNAME")]),
    "adopted, no certificate": (delivery(), _one(birthAct="2"), [_o("A")]),
    "father's wife of another number": (delivery(mother=person(number=OTHER), father=HIM), facts(byHusband=[woman(**{"from": "2010-01-01"})]), [_o("Z")]),
    "hospital known by county": (delivery(place="350203000000"), facts(), [_o("Z", assignedDiv="350000000000", assignedBy="4")]),
}  # fmt: skip


@pytest.fixture(scope="module")
def schemas() -> LxmlSchemaRegistry:
    """The schemas as the hub loads them."""
    return LxmlSchemaRegistry(schema_roots(()))


@pytest.mark.parametrize("name", TABLE)
def test_births(name: str, schemas: LxmlSchemaRegistry) -> None:
    """Each newborn has the outcome of the table, by the way and for the reason that it says, at the unit that must act."""
    document, known, expected = TABLE[name]
    schemas.validate("canonical/1.0/health.delivery.xsd", parse(document))
    decision = FLOW.decide(message(document), known, None)
    found = [emit for emit in decision.emits if emit.channel == "health.comparison"]
    assert len(found) == len(expected)
    for emit, wanted in zip(found, expected, strict=True):
        schemas.validate("canonical/1.0/health.comparison.xsd", emit.document)
        got = texts(emit.document)
        assert {part: got.get(part) for part in wanted} == wanted


def test_the_sender_is_told(schemas: LxmlSchemaRegistry) -> None:
    """Beside the comparisons there is one result for the sender: accepted, under its own numbers."""
    *_, result = FLOW.decide(message(delivery()), facts(), None).emits
    schemas.validate("canonical/1.0/health.result.xsd", result.document)
    told = texts(result.document)
    assert (told["batchNo"], told["sourceRecordNo"], told["accepted"], told["code"]) == (show_hub_id(10234), "D1", "true", "0")


def test_a_stillbirth_is_no_birth() -> None:
    """Without a live newborn nothing is compared: the record is filtered, with its reason, and the sender told."""
    decision = FLOW.decide(message(delivery([newborn(alive=False)])), facts(woman()), None)
    assert (decision.ended, decision.reason, [e.channel for e in decision.emits]) == ("filtered", "stillborn", ["health.result"])


def test_without_a_register() -> None:
    """Where no register is plugged in nothing is compared, and nobody gets a task for it."""
    decision = FLOW.decide(message(delivery()), {}, None)
    assert (decision.ended, decision.reason, [e.channel for e in decision.emits]) == (
        "unroutable",
        "no-register",
        ["health.result"],
    )


def test_an_older_version_is_ignored() -> None:
    """A record older than the one compared changes nothing, and its sender is told that a newer one stands."""
    case = Case(1, "1", NOW, {"number": "B10234-7", "version": "3", "recordTime": "2024-03-07T00:00:00+08:00"})
    decision = FLOW.decide(message(delivery()), facts(woman()), case)
    (result,) = decision.emits
    assert (decision.ended, decision.reason, texts(result.document)["code"]) == ("filtered", "older", "2")


def test_a_corrected_version_keeps_its_number() -> None:
    """T4: what is sent again, corrected, is the next version of the same comparison."""
    first = FLOW.decide(message(delivery()), facts(woman()), None)
    case = Case(1, "1", NOW, first.data)
    later = message(delivery(time="2024-03-07T08:00:00+08:00"), hub_id=20000)
    told = [texts(d.emits[0].document) for d in (first, FLOW.decide(later, facts(woman()), case))]
    assert [t["version"] for t in told] == ["1", "2"]
    assert told[0]["comparisonId"] == told[1]["comparisonId"]


def test_any_order_any_time() -> None:
    """T8: the same records in any order, again and again, have the same outcomes."""
    twins = [_day("2024-03-05", 1, "1"), _day("2024-03-05", 2, "2")]
    born = [child("C1", sex="2", order="2"), child("C2", sex="1", order="1"), child("C3", born="2024-03-04", order="3")]
    seen = set()
    for newborns in (twins, twins[::-1]):
        for children in permutations(born):
            emits = FLOW.decide(message(delivery(newborns)), facts(woman(), children=children), None).emits[:2]
            seen.add(tuple((t["newbornOrder"], t["outcome"], t["matchedChild"]) for t in (texts(e.document) for e in emits)))
    assert seen == {(("1", "E", "C2"), ("2", "E", "C1"))}


@pytest.mark.parametrize(("born", "first"), [("2024-02-29", "2025-03-01"), ("2024-03-05", "2025-03-05")])
def test_first_birthday(born: str, first: str) -> None:
    """On the day itself the first birthday is reached; of a child of 29 February it is 1 March."""
    day = date.fromisoformat(first)
    for came, reached in ((day, "true"), (day - timedelta(days=1), "false")):
        (comparison, _) = FLOW.decide(message(delivery([_day(born)])), facts(floating(f"{came}/")), None).emits
        assert texts(comparison.document)["firstBirthdayPassed"] == reached


def test_nine_newborns_are_soon_paired() -> None:
    """The most newborns that a record holds, each possibly any of twelve children, are paired by a bounded search."""
    newborns = [_day("2024-03-05", order) for order in range(1, 10)]
    children = [child(f"C{n:02}", order=str(n)) for n in range(1, 13)]
    emits = FLOW.decide(message(delivery(newborns)), facts(woman(), children=children), None).emits
    assert [texts(e.document)["matchedChild"] for e in emits[:9]] == [f"C{n:02}" for n in range(1, 10)]
