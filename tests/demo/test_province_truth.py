"""What other systems know of the province, and the truth said with it: the loaded register says the same when it is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adapters.register.certifiable import CERTIFIABLE
from adapters.register.loader import load
from adapters.register.reader import LOOKUPS, Register
from demo.province import (
    Delivery,
    Person,
    certificate_candidates,
    certificate_holders,
    deliveries,
    generate,
    police,
    police_rows,
    residents_known_to_police,
    vaccinations,
)
from demo.province.numbers import STRANGERS
from hub.reference.division_code import flow_type
from hub.reference.division_files import load_divisions

MANY, SEED = 8000, 11
ASKED = {lookup.name: lookup for lookup in LOOKUPS}


@pytest.fixture(scope="module")
def people() -> list[Person]:
    """Eight thousand people."""
    return list(generate(MANY, SEED))


@pytest.fixture(scope="module")
def register(people: list[Person], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """The register of these people."""
    folder = tmp_path_factory.mktemp("register")
    file, url = folder / "people.jsonl", {"url": f"sqlite:///{folder}/register.db"}
    file.write_text("".join(person.to_json() + "\n" for person in people), encoding="utf-8")
    assert load(url, Path(file), False).added == MANY
    made = Register(url)
    yield made
    made.close()


def ask(register: Register, lookup: str, *question: str | None) -> list[dict[str, str]]:
    """The facts for one question; none for one that lacks a part."""
    if None in question:
        return []
    asked = tuple(part or "" for part in question)
    return [dict(fact) for fact in register.look_up(ASKED[lookup], [asked]).get(asked, ())]


def found(register: Register, one: Delivery) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The mothers and their children by the way that the delivery says; by every way when it says none."""
    mother, father = one.mother, one.father
    number = ask(register, "mothers.by_number", mother.id_no), ask(register, "children.of", mother.id_no)
    name = [
        f
        for f in ask(register, "mothers.by_name", mother.name, mother.birth_date)
        if father and f.get("spouseIdNo") == father.id_no
    ]
    husband = [
        f for f in ask(register, "mothers.by_husband", father.id_no if father else None)
        if f["from"] <= one.delivery_time[:10] <= f.get("to", "9")
    ]  # fmt: skip
    match one.match:
        case "IDNAME":
            return [f for f in number[0] if f["name"] == mother.name], number[1]
        case "NAMEBIRTH":
            return name, ask(register, "children.of_name", mother.name, mother.birth_date)
        case "FATHER":
            return husband, ask(register, "children.of_husband", father.id_no if father else None)
        case _:
            return [*number[0], *name, *husband], []


def test_deliveries_and_the_register(people: list[Person], register: Register) -> None:
    """The way that a delivery says names one woman, kept at its side and unit; her children are what the outcome says, Z is nobody."""
    outcomes: Counter[str] = Counter()
    for one in deliveries(people, SEED):
        women, born = found(register, one)
        assert {fact["personId"] for fact in women} == ({one.person_id} if one.match else set())
        if one.match:
            kept = [f for f in women if f["recordStatus"] == "1"]
            assert (kept[0]["side"], kept[0]["managedDiv"]) == (one.side, one.unit)
        for newborn in one.newborns:
            outcomes[newborn.outcome] += 1
            _child_agrees(newborn, [child for child in born if child["motherId"] == one.person_id])
    assert set(outcomes) == set("AEFKZ") and min(outcomes.values()) >= 5, outcomes


def _child_agrees(newborn: Any, children: list[dict[str, str]]) -> None:
    day = newborn.birth_time[:10]
    same = [child for child in children if (child["birthDate"], child["sex"]) == (day, newborn.sex)]
    if newborn.outcome in "EK":
        assert newborn.birth_cert_no in {child["birthCertNo"] for child in same} and newborn.child_id
    else:
        near = [c for c in children if abs((date.fromisoformat(c["birthDate"]) - date.fromisoformat(day)).days) <= 180]
        assert not near and not newborn.child_id


def test_a_floating_mother_was_here_before_the_birth(people: list[Person], register: Register) -> None:
    """F is a birth inside the stay: born on or after the inDate that the register gives."""
    by_id = {person.person_id: person for person in people}
    late = [one for one in deliveries(people, SEED) if one.newborns[0].outcome == "F"]
    assert len(late) >= 5
    for one in late:
        (fact,) = ask(register, "mothers.by_number", by_id[one.person_id].id_no)
        assert (fact["side"], fact["inDate"] <= one.delivery_time[:10]) == ("2", True)


def test_each_woman_delivers_whoever_else_is_there(people: list[Person]) -> None:
    """The same seed says the same; half the people have the deliveries of that half; another seed reports others."""
    half = list(deliveries(people[: MANY // 2], SEED))
    whole = list(deliveries(people, SEED))
    assert whole[: len(half)] == half
    assert {one.record_no for one in whole} != {one.record_no for one in deliveries(people, SEED + 1)}
    for what in ([one.record_no for one in whole], [born.birth_cert_no for one in whole for born in one.newborns]):
        assert len(set(what)) == len(what)


def test_vaccinations_and_the_register(people: list[Person], register: Register) -> None:
    """2 and 1: the child is there by number, certificate or mother, with the same birth date, and the same sex for 2; 0 and Z: it is not."""
    outcomes: Counter[str] = Counter()
    for row in vaccinations(people, SEED):
        outcomes[row.outcome] += 1
        assert bool(row.fault) == (row.outcome == "")
        children = ask(register, "children.by_number", row.child.id_no) or ask(
            register, "children.by_certificate", row.birth_cert_no
        )
        mothers = ask(register, "children.of", row.mother.id_no if row.mother else None)
        if row.child_id:
            named = children or [c for c in mothers if c.get("name") == row.child.name]
            assert {child["childId"] for child in named} == {row.child_id}
            assert {child["birthDate"] for child in named} == {row.child.birth_date}
            if row.outcome:
                assert ({c["sex"] for c in named} == {row.child.sex}) == (row.outcome[1] == "2")
        else:
            assert not children and not [c for c in mothers if c["birthDate"] == row.child.birth_date]
        if row.mother and row.outcome:
            side = "1" if row.outcome[0] == "R" else "2"
            kept = [f for f in ask(register, "mothers.by_number", row.mother.id_no) if f["recordStatus"] == "1"]
            assert (kept[0]["side"], kept[0]["managedDiv"]) == (side, row.unit)
    assert set(outcomes) >= {"R2", "R1", "R0", "F2", "Z", ""}


def test_police_rows_and_the_register(people: list[Person], register: Register) -> None:
    """The filter's truth: café, hotel, something missing, managed there already, two districts of one city; whoever passes is none of it."""
    seen: Counter[str] = Counter()
    for row in police_rows(people, SEED):
        seen[row.filter_result] += 1
        managed = bool(ask(register, "people.resident", row.person.id_no, row.residence_div))
        lacks = None in (row.person.name, row.person.id_no, row.residence_div)
        floats = row.residence_div is None or flow_type(row.person.hukou_div or "", row.residence_div) is not None
        first = [row.premises_kind == "07", row.premises_kind == "06", lacks, managed, not floats]
        assert row.filter_result == str(first.index(True) + 1 if True in first else 0)
    assert set(seen) == set("012345") and min(seen.values()) > 30
    assert len({row.record_id for row in police_rows(people, SEED)}) == sum(seen.values())


@pytest.mark.parametrize("place", ["hukou_div", "residence_div"])
def test_nobody_passes_where_managed(people: list[Person], monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Whoever is seen at home, or where the register has the person, has not moved on."""
    person = next(p for p in people if p.flow and not p.cross_province)
    monkeypatch.setattr(police, "any_township", lambda _rng: load_divisions().get(getattr(person, place)))
    assert {row.filter_result for seed in range(200) for row in police_rows([person], seed)} == {"4"}


def test_whom_the_police_know(people: list[Person]) -> None:
    """Nearly all who live in Fujian, once each; a few without an address; nobody who lives elsewhere."""
    known = list(residents_known_to_police(people, SEED))
    living = sum(person.residence_div.startswith("35") for person in people)
    assert 0.9 * living < len(known) < living
    assert 0.01 < sum(row.residence_div is None for row in known) / len(known) < 0.06


@pytest.mark.parametrize(("month", "last"), [("202502", "2025-02-28"), ("202412", "2024-12-31"), ("202402", "2024-02-29")])
def test_certificate_candidates_and_the_extract(people: list[Person], register: Register, month: str, last: str) -> None:
    """The women of a month's batch are those whom the register yields as of its last day, page by page, each once."""
    drawn, after = [], ""
    while True:
        page = register.extract(CERTIFIABLE, {"asOf": last}, after, 100)
        drawn += [record["personId"] for record in page.records]
        if not (after := page.after):
            break
    assert drawn == [person.person_id for person in certificate_candidates(people, month)]
    assert len(drawn) > MANY / 20


def test_holders_from_other_provinces(people: list[Person]) -> None:
    """The national base has women of other provinces who live here; some certificates are cancelled, after they were issued."""
    holders = list(certificate_holders(people, SEED))
    assert len(holders) > 50 and {one.status for one in holders} == {"1", "3"}
    for one in holders:
        assert not one.person.hukou_div.startswith("35") and one.person.residence_div.startswith("35")
        assert (one.cancel_date > one.issue_date) == (one.status == "3")


def test_strangers_are_nobody(people: list[Person]) -> None:
    """Numbers of strangers begin with a code that nobody of the province has."""
    assert not [person for person in people if person.id_no.startswith(STRANGERS)]
    strangers = [one.mother.id_no for one in deliveries(people, SEED) if not one.match and one.mother.id_no]
    assert strangers and all(number.startswith(STRANGERS) for number in strangers)
