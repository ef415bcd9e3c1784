"""Women, their marriages, stays and children, as rules need them to compare what hospitals and vaccination points report."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.dialects import oracle

from adapters.register.families import WAYS
from adapters.register.loader import load
from adapters.register.newborns import BY_CERTIFICATE, BY_OWN_NUMBER
from adapters.register.people import RESIDENT
from adapters.register.reader import LOOKUPS, Register
from tests.adapters.register.test_register_reader import FIRST_CARD, ITS_18, LI, ZHANG, entry, role, written

ASKED = {lookup.name: lookup for lookup in LOOKUPS}
HOME, AWAY, FAR = "350102001000", "350702001000", "350203001000"
WIFE_2, CHILD_NUMBER, OTHER_CHILD = "359903199203030020", "359901202401010018", "359901202402020027"
"""The second wife; the girl's and the boy's own numbers."""
GIRL = {"childId": "K1", "name": "张一", "idNo": CHILD_NUMBER, "birthDate": "2024-01-01", "sex": "2", "birthOrder": "1",
        "birthCertNo": "X350000001", "alive": True, "birthAct": "1"}  # fmt: skip
BOY = {"childId": "K2", "birthDate": "2024-02", "sex": "1", "birthOrder": 2, "birthCertNo": "X350000002", "alive": "true"}
SPOUSE = {"name": "李•四", "certType": "01", "idNo": LI}
FAMILY = [
    entry("W1", "阿依•古丽", ZHANG, mobile="13900000001", spouse=SPOUSE, role=[role("1", HOME), role("2", AWAY)],
          marriage=[{"spouseId": "H1", "spouseIdNo": LI, "from": "2015-05-01", "to": "2023-06-30"}],
          inflow=[{"inDate": "2022-01-05", "endDate": "2023-01-31"}, {"inDate": "2024-05-10"}], child=[GIRL, BOY]),
    entry("W2", "陈秀英", WIFE_2, birthDate="1992-03-03", spouse=SPOUSE, maritalStatus="20", marriageDate="2024-01-10"),
    entry("W3", "李四", FIRST_CARD, birthDate="1990-05-10"),
    entry("W4", "李四", ITS_18, birthDate="1990-05-10", recordStatus="2", role=[role("2", FAR, "2")],
          inflow=[{"inDate": "2024-08-01", "endDate": "2024-09-01"}, {"inDate": "2023-03-01", "endDate": "2023-04-01"}]),
    entry("H1", "李·四", LI, sex="1", birthDate="1988-08-07", child=[GIRL],
          marriage=[{"spouseIdNo": ZHANG, "from": "2015-05-01", "to": "2023-06-30"}, {"spouseIdNo": WIFE_2, "from": "2024-01-10"}]),
    entry("K1", "张一", CHILD_NUMBER, birthDate="2024-01-01", managedDiv=FAR),
    entry("K3", "张三", OTHER_CHILD, birthDate="2024-02-02"),
]  # fmt: skip


@pytest.fixture
def register(url: str, tmp_path: Path) -> Iterator[Register]:
    """A register with the families."""
    assert load({"url": url}, written(tmp_path, *FAMILY), False).added == len(FAMILY)
    made = Register({"url": url})
    yield made
    made.close()


def ask(register: Register, lookup: str, *question: str) -> list[dict[str, str]]:
    """The facts for one question."""
    return [dict(fact) for fact in register.look_up(ASKED[lookup], [question]).get(question, ())]


def some(facts: list[dict[str, str]], *fields: str) -> list[tuple[str | None, ...]]:
    return [tuple(fact.get(field) for field in fields) for fact in facts]


def test_a_woman_by_number(register: Register) -> None:
    """One fact a side, with what a rule compares by; the stays with the floating side alone: the open one is the inDate (T23)."""
    woman = {"personId": "W1", "name": "阿依·古丽", "birthDate": "1990-05-10", "mobile": "13900000001", "hukouDiv": HOME,
             "spouseName": "李·四", "spouseIdNo": LI}  # fmt: skip
    stays = {"inDate": "2024-05-10", "inflows": "2022-01-05/2023-01-31 2024-05-10/"}
    assert ask(register, "mothers.by_number", ZHANG) == [woman | role("1", HOME), woman | role("2", AWAY) | stays]


def test_a_man_is_no_mother(register: Register) -> None:
    """Whoever is a man is not among the candidates, whatever his number."""
    assert ask(register, "mothers.by_number", LI) == [] and ask(register, "children.of", LI) == []


def test_a_number_of_two(register: Register) -> None:
    """Two entries with one number are two women, 15 digits or 18 (T13, T17); without an open stay the earliest counts."""
    for number in (FIRST_CARD, ITS_18, ITS_18.lower()):
        found = some(ask(register, "mothers.by_number", number), "personId", "side", "recordStatus", "inDate")
        assert found == [("W3", "1", "1", None), ("W4", "2", "2", "2023-03-01")]


def test_a_husband_has_the_wives_of_all_his_marriages(register: Register) -> None:
    """T16: each with the days of the marriage and her own number; a marriage without a list is the present one."""
    found = some(ask(register, "mothers.by_husband", LI), "personId", "idNo", "from", "to", "side")
    assert found == [("W1", ZHANG, "2015-05-01", "2023-06-30", "1"), ("W1", ZHANG, "2015-05-01", "2023-06-30", "2"),
                     ("W2", WIFE_2, "2024-01-10", None, "1")]  # fmt: skip


def test_a_woman_by_name_and_birth_date(register: Register) -> None:
    """T7, T14: all of that name born on that day, in one form of the name; name and day must be of one woman."""
    both = [("李四", "1990-05-10"), ("阿依・古丽", "1990-05-10"), ("陈秀英", "1990-05-10"), ("李·四", "1988-08-07")]
    found = register.look_up(ASKED["mothers.by_name"], both)
    assert {question: {fact["personId"] for fact in facts} for question, facts in found.items()} == {
        both[0]: {"W3", "W4"}, both[1]: {"W1"},
    }  # fmt: skip


def test_children_of_a_woman(register: Register) -> None:
    """By her number or her personId, as they stand in her entry, in its order; what is a number or truth value in JSON is text."""
    girl = {"motherId": "W1", "childId": "K1", "name": "张一", "birthDate": "2024-01-01", "sex": "2", "birthOrder": "1",
            "birthCertNo": "X350000001", "alive": "true", "birthAct": "1"}  # fmt: skip
    boy = {"motherId": "W1", "childId": "K2", "birthDate": "2024-02", "sex": "1", "birthOrder": "2", "birthCertNo": "X350000002",
           "alive": "true"}  # fmt: skip
    for mother in (ZHANG, "W1"):
        assert ask(register, "children.of", mother) == [girl, boy]
    assert ask(register, "children.of_husband", LI) == [girl, boy]
    assert ask(register, "children.of_name", "阿依·古丽", "1990-05-10") == [girl, boy]
    assert ask(register, "children.of", WIFE_2) == []


def test_a_child_by_number_or_certificate(register: Register) -> None:
    """Kept where its own entry says, else where the mother's does; a child in no mother's list is found by its own number alone."""
    own = {"childId": "K1", "motherId": "W1", "side": "1", "managedType": "1", "managedDiv": FAR, "recordStatus": "1",
           "birthDate": "2024-01-01", "sex": "2"}  # fmt: skip
    assert ask(register, "children.by_number", CHILD_NUMBER) == ask(register, "children.by_certificate", "x350000001") == [own]
    assert some(ask(register, "children.by_certificate", "X350000002"), "childId", "side", "managedDiv", "birthDate") == [
        ("K2", "1", HOME, "2024-02"), ("K2", "2", AWAY, "2024-02"),
    ]  # fmt: skip
    assert some(ask(register, "children.by_number", OTHER_CHILD), "childId", "motherId", "managedDiv") == [("K3", None, HOME)]


@pytest.mark.parametrize(
    ("number", "place", "sides"),
    [
        (ZHANG, HOME, ["1"]), (ZHANG, "350702001", ["2"]), (ZHANG, "350702001007", ["2"]), (ZHANG, "350702002000", []),
        (ZHANG, "350702", []), (ITS_18, FAR, []), (FIRST_CARD, HOME, ["1"]), ("359999199005100022", HOME, []),
    ],
)  # fmt: skip
def test_whether_a_place_manages_somebody(register: Register, number: str, place: str, sides: list[str]) -> None:
    """PF8: by the township, on either side, active only; what is kept elsewhere or cancelled is not."""
    facts = register.look_up(RESIDENT, [(number, place)]).get((number, place), ())
    assert [fact["side"] for fact in facts] == sides


@pytest.mark.parametrize("name", ASKED)
def test_few_statements_for_a_group(register: Register, name: str) -> None:
    """However many questions come together, there are at most four statements, never one a person."""
    seen: list[str] = []
    event.listen(register._engine, "before_cursor_execute", lambda _c, _cur, statement, *_: seen.append(statement))
    known = [ZHANG, WIFE_2, FIRST_CARD, LI, CHILD_NUMBER, "W1", "X350000001"]
    asks = ASKED[name].asks
    questions = [tuple([key, "1990-05-10"][: len(asks)]) for key in [*known, *(f"n{n}" for n in range(400))]]
    register.look_up(ASKED[name], questions)
    assert 1 <= len(seen) <= 4


@pytest.mark.parametrize("way", WAYS.values())
def test_compiled_for_oracle(way: Any) -> None:
    """Every statement can be said to Oracle, with parameters alone; no server was at hand to hear it."""
    keys = ["甲|2020-01-01"]
    sql = str(way.statement.params(**way.bind(keys)).compile(dialect=oracle.dialect(), compile_kwargs={"render_postcompile": True}))
    assert "甲" not in sql and "2020" not in sql and " IN (" in sql


def test_a_changed_family_is_replaced_whole(register: Register, url: str, tmp_path: Path) -> None:
    """A woman who is loaded again has the marriages, stays and children of the new entry and none of the old."""
    assert load({"url": url}, written(tmp_path, *FAMILY), False).same == len(FAMILY)
    assert load({"url": url}, written(tmp_path, entry("W1", "阿依·古丽", ZHANG, child=[BOY])), False).changed == 1
    assert some(ask(register, "children.of", "W1"), "childId") == [("K2",)]
    assert some(ask(register, "mothers.by_number", ZHANG), "side", "inDate") == [("1", None)]
    assert some(ask(register, "mothers.by_husband", LI), "personId") == [("W2",)]


def test_a_register_of_the_earlier_form_grows(tmp_path: Path) -> None:
    """Tables made before families were known get them at the next load, from the entries, also for people not loaded again."""
    file = tmp_path / "register.db"
    url = {"url": f"sqlite:///{file}"}
    load(url, written(tmp_path, *FAMILY), False)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP INDEX ix_register_person_name")
        for table in ("marriage", "inflow", "child"):
            connection.execute(f"DROP TABLE register_{table}")
        for column in ("sex", "birth_date", "mobile", "verified", "spouse_name", "spouse_number", "out_date"):
            connection.execute(f"ALTER TABLE register_person DROP COLUMN {column}")
        connection.execute("UPDATE register_person SET digest = lower(hex(randomblob(32)))")
        connection.commit()
    done = load(url, written(tmp_path, entry("W9", "某", "1")), False)
    assert (done.added, done.changed) == (1, 0)
    register = Register(url)
    assert len(ask(register, "children.of", ZHANG)) == 2 and len(ask(register, "mothers.by_husband", LI)) == 3
    assert len(register.look_up(BY_OWN_NUMBER, [(CHILD_NUMBER,)])) == len(register.look_up(BY_CERTIFICATE, [("X350000001",)])) == 1
    register.close()
    assert load(url, written(tmp_path, *FAMILY), False).same == len(FAMILY)
