"""The synthetic people: nobody real, everybody consistent, always the same."""

import json
import re
from collections import Counter
from datetime import date
from random import Random

import pytest

from demo.province import Person, generate
from demo.province.names import MAX_NAME, RARE
from demo.province.numbers import CitizenNumbers
from demo.province.places import TODAY
from hub.reference.division_files import address_codes, load_divisions
from hub.reference.divisions import Level, flow_type, level_of, pad
from hub.reference.identity import Claims, IdCheck, check_number, normalise_name

MANY = 20_000
TABLE = load_divisions()


@pytest.fixture(scope="module")
def people() -> list[Person]:
    """Twenty thousand people."""
    return list(generate(MANY, seed=35))


def test_the_same_seed_gives_the_same_people(people: list[Person]) -> None:
    """Equal seeds give equal people, fewer are the first of more, another seed gives others."""
    assert list(generate(300, seed=35)) == people[:300]
    assert [person.id_no for person in generate(300, seed=36)] != [person.id_no for person in people[:300]]


def test_no_number_can_belong_to_anybody(people: list[Person]) -> None:
    """No address code in use was ever issued: not in the people's numbers, not in their spouses'."""
    used = {person.id_no[:6] for person in people} | {person.spouse.id_no[:6] for person in people if person.spouse}
    assert not used & address_codes()
    assert all("359901" <= code <= "359999" for code in used)


def test_numbers_differ_and_agree_with_the_person(people: list[Person]) -> None:
    """Each number occurs once, has a right check character, and says the person's sex and birth date."""
    assert len({person.id_no for person in people}) == len({person.person_id for person in people}) == MANY
    for person in people:
        claims = Claims(person.sex, person.birth_date)
        assert check_number(person.id_no, claims, address_codes()) is IdCheck.UNKNOWN_DIVISION


def test_each_number_is_given_once() -> None:
    """However many people share a birth date and sex, no number is given twice."""
    numbers = CitizenNumbers(Random(1))
    given = [numbers.next(date(1990, 5, 10), "2") for _ in range(5000)]
    assert len(set(given)) == len(given)


def test_mobiles_are_of_the_fictitious_block(people: list[Person]) -> None:
    """Every mobile begins with 1390000."""
    assert all(re.fullmatch("1390000[0-9]{4}", person.mobile) for person in people)


def test_places_are_real(people: list[Person]) -> None:
    """Places in Fujian are townships in force, places outside are counties in force, all with 12 digits."""
    for person in people:
        for place in (person.hukou_div, person.residence_div):
            assert place == pad(place)
            assert TABLE.exists(place, TODAY)
            wanted = Level.TOWNSHIP if place.startswith("35") else Level.COUNTY
            assert level_of(place) is wanted


def test_flow_types_follow_from_the_places(people: list[Person]) -> None:
    """The flow is that of the two places (V15); who stays in the township or moves between urban districts has none."""
    for person in people:
        if person.hukou_div == person.residence_div:
            assert person.flow is None
        else:
            assert (person.flow.flow_type if person.flow else None) == flow_type(person.hukou_div, person.residence_div)


def test_every_kind_of_move_occurs(people: list[Person]) -> None:
    """Each flow type, both directions across the province border and moves between districts are there in hundreds."""
    kinds = Counter(
        (person.flow.flow_type if person.flow else None, person.managed_type, person.hukou_div == person.residence_div)
        for person in people
    )
    expected = {
        (None, "1", True), (None, "1", False), ("1", "3", False), ("2", "3", False), ("3", "3", False),
        ("4", "2", False), ("4", "4", False),
    }  # fmt: skip
    assert set(kinds) == expected
    assert min(kinds.values()) > 500


def test_both_sides_keep_an_in_province_migrant(people: list[Person]) -> None:
    """In-province migrants are flowed out at the hukou and flowed in at the residence; others have one side that is in force."""
    for person in people:
        sides = [(role.side, role.managed_type, role.managed_div) for role in person.role if role.record_status == "1"]
        if person.flow is None:
            assert sides == [("1", "1", person.hukou_div)]
        elif not person.cross_province:
            assert sides == [("1", "4", person.hukou_div), ("2", "3", person.residence_div)]
        elif person.hukou_div.startswith("35"):
            assert sides == [("1", "4", person.hukou_div)]
        else:
            assert sides == [("2", "2", person.residence_div)]


def test_spouses_name_each_other(people: list[Person]) -> None:
    """A couple are two people of the run with each other's number, one wedding day, and 22 years of age by then."""
    by_number = {person.id_no: person for person in people}
    married = [person for person in people[:-4] if person.marital_status == "20"]
    assert len(married) > MANY // 2
    for person in married:
        assert person.spouse is not None
        other = by_number[person.spouse.id_no]
        assert other.spouse is not None
        assert other.spouse.id_no == person.id_no
        assert {person.sex, other.sex} == {"1", "2"}
        assert person.marriage_date is not None
        assert person.marriage_date == other.marriage_date
        assert person.marriage_date >= f"{int(person.birth_date[:4]) + 22}{person.birth_date[4:]}"


def test_marriage_dates_go_with_the_status(people: list[Person]) -> None:
    """Whoever is or was married has the day of it; the unmarried have neither day nor spouse."""
    assert {person.marital_status for person in people} == {"10", "20", "30", "40"}
    for person in people:
        assert (person.marriage_date is None) == (person.marital_status == "10")
        assert (person.spouse is not None) == (person.marital_status == "20")


def test_nothing_lies_in_the_future(people: list[Person]) -> None:
    """Births, weddings and moves lie before the day on which the province stands still."""
    for person in people:
        days = [person.birth_date, person.marriage_date, person.flow.in_date if person.flow else None]
        assert all(date.fromisoformat(day) <= TODAY for day in days if day)


def test_names_that_break_systems(people: list[Person]) -> None:
    """Minority names with U+00B7, names of the full 50 characters and each rare character are among the first thousand."""
    names = [person.name for person in people[:1000]]
    assert sum("·" in name for name in names) >= 10
    assert max(map(len, names)) == MAX_NAME
    assert all(any(rare in name for name in names) for rare in RARE)
    assert all(name == normalise_name(name) and len(name) <= MAX_NAME for name in names)
    assert not any(name.endswith("·") or "··" in name for name in names)


def test_json_has_the_element_names(people: list[Person]) -> None:
    """One line per person, element names of the vocabulary, nothing empty, names readable as they are."""
    person = next(person for person in people if person.cross_province and person.spouse)
    line = person.to_json()
    entry = json.loads(line)
    assert "\n" not in line
    assert person.name in line
    assert entry["idNo"] == person.id_no
    assert entry["flow"]["flowType"] == "4"
    assert {"personId", "hukouDiv", "residenceDiv", "managedDiv", "marriageDate", "updateTime"} <= set(entry)
    assert entry["marriage"][0]["spouseIdNo"] == entry["spouse"]["idNo"]
    assert set(entry["role"][0]) == {"side", "managedType", "managedDiv", "recordStatus", "updateTime"}
    unmarried = next(person for person in people if person.marital_status == "10")
    assert not {"spouse", "marriage", "marriageDate"} & set(json.loads(unmarried.to_json()))
