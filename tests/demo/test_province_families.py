"""Families of the synthetic province: who is whose, when, and where each is kept; nothing contradicts anything else."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from demo.province import Person, generate, known_to_national
from demo.province.families import LATEST, RECENT
from demo.province.places import TODAY

MANY = 20_000


@pytest.fixture(scope="module")
def people() -> list[Person]:
    """Twenty thousand people."""
    return list(generate(MANY, seed=35))


@pytest.fixture(scope="module")
def by_id(people: list[Person]) -> dict[str, Person]:
    """The people by personId."""
    return {person.person_id: person for person in people}


def mothers(people: list[Person]) -> list[Person]:
    """Those with children, less the last family, which may be cut."""
    return [person for person in people[:-9] if person.sex == "2" and person.child]


def test_children_are_people_of_their_own(people: list[Person], by_id: dict[str, Person]) -> None:
    """Each child that a mother's entry names has an entry that says the same, kept where she is; numbers of certificates differ."""
    cert_nos = []
    for mother in mothers(people):
        for named in mother.child:
            child = by_id[named.child_id]
            assert (named.name, named.id_no, named.birth_date, named.sex) == (child.name, child.id_no, child.birth_date, child.sex)
            assert (child.role, child.managed_div, child.hukou_div) == (mother.role, mother.managed_div, mother.hukou_div)
            assert len(named.birth_cert_no) == 10
            cert_nos.append(named.birth_cert_no)
    assert len(set(cert_nos)) == len(cert_nos) > MANY / 10


def test_birth_orders_follow_the_days(people: list[Person], by_id: dict[str, Person]) -> None:
    """孩次 counts from 1 in the order of birth; both parents name the same children, born after the wedding; some are twins."""
    twins = 0
    for mother in mothers(people):
        assert [child.birth_order for child in mother.child] == [str(n) for n in range(1, len(mother.child) + 1)]
        days = [child.birth_date for child in mother.child]
        assert days == sorted(days) and days[0] > (mother.marriage_date or "9")
        assert by_id[mother.marriage[0].spouse_id].child == mother.child
        twins += len(days) != len(set(days))
    assert 20 < twins < len(mothers(people)) / 10


def test_some_children_were_born_in_the_last_months(people: list[Person]) -> None:
    """One of some fifteen couples has a registered child of the last months, of a mother between 22 and 42 whose pregnancy ended that day."""
    recent = [mother for mother in mothers(people) if mother.child[-1].birth_date >= RECENT.isoformat()]
    assert len(recent) > MANY / 100
    for mother in recent:
        day = mother.child[-1].birth_date
        assert day <= LATEST.isoformat() and mother.pregnancy[0].end_date == day
        assert 22 <= int(day[:4]) - int(mother.birth_date[:4]) <= 42


def test_pregnancies_fit(people: list[Person]) -> None:
    """Registered eight weeks after lmp, due 280 days after; one on its way is due after today; a floating woman is a key subject then."""
    open_ones = 0
    for person in people:
        for one in person.pregnancy:
            assert person.sex == "2"
            assert date.fromisoformat(one.edd) - date.fromisoformat(one.lmp) == timedelta(days=280)
            assert one.lmp < one.register_date <= TODAY.isoformat()
            if one.end_date is None:
                open_ones += 1
                assert one.edd > TODAY.isoformat()
                assert bool(person.key_subject) == (person.flow is not None)
    assert open_ones > MANY / 200


def test_a_husband_married_twice_has_two_wives_one_after_the_other(people: list[Person], by_id: dict[str, Person]) -> None:
    """The first wife is there, divorced, names him, and her marriage ended before the second began."""
    twice = [person for person in people[:-9] if len(person.marriage) > 1]
    assert len(twice) > 50
    for husband in twice:
        for first, then in pairwise(husband.marriage):
            former = by_id[first.spouse_id]
            assert first.to is not None and first.from_ < first.to < then.from_
            assert (former.sex, former.marital_status, former.spouse) == ("2", "40", None)
            assert [(m.spouse_id_no, m.from_, m.to) for m in former.marriage] == [(husband.id_no, first.from_, first.to)]


def test_stays_go_with_the_floating_side(people: list[Person]) -> None:
    """Whoever is kept at a place of residence has one open stay there since the flow's day; some had an earlier one; nobody else has one open."""
    counts = Counter()
    for person in people:
        opened = [stay for stay in person.inflow if stay.end_date is None]
        floats = any(role.side == "2" and role.record_status == "1" for role in person.role)
        assert [(stay.in_date, stay.managed_div) for stay in opened] == (
            [(person.flow.in_date, person.residence_div)] if floats and person.flow else []
        )
        assert all(stay.end_date is None or stay.in_date < stay.end_date for stay in person.inflow)
        counts[len(person.inflow)] += 1
    assert min(counts[n] for n in (0, 1, 2)) > MANY / 50 and set(counts) == {0, 1, 2}


def test_those_who_came_back(people: list[Person]) -> None:
    """A resident again at the place of hukou, with the flow that was and the day it ended; the floating side is cancelled."""
    back = [person for person in people if person.past_flow]
    assert len(back) > MANY / 100
    for person in back:
        assert person.past_flow is not None and person.flow is None and person.residence_div == person.hukou_div
        assert (person.cancel_reason, person.record_status, person.kept.managed_div) == ("1", "1", person.hukou_div)
        assert person.past_flow.out_date < (person.cancel_date or "") <= TODAY.isoformat()
        assert all((role.side, role.record_status) in {("1", "1"), ("2", "2")} for role in person.role)


def test_the_national_platform_knows_who_crossed_the_border(people: list[Person]) -> None:
    """Nobody else, in both directions."""
    known = list(known_to_national(people))
    assert {person.hukou_div.startswith("35") for person in known} == {True, False}
    assert all(person.hukou_div[:2] != person.residence_div[:2] for person in known)
