"""Lookups of people over real databases, and the SQL compiled for each of them."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.dialects import oracle, postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from adapters.register import ADAPTER
from adapters.register.keys import name_key, number_key
from adapters.register.loader import load
from adapters.register.people import BY_NUMBER, MANAGED, people
from adapters.register.reader import Register
from adapters.register.settings import DEFAULTS, read
from hub.transports.database import reading
from hub.transports.keyed_rows import MOST

ZHANG, LI = "359901199005100022", "359902198808070017"
FIRST_CARD, ITS_18 = "359904900510003", "35990419900510003X"


def entry(person: str, name: str, number: str, **more: Any) -> dict[str, Any]:
    """A whole entry of a person of 350102001000."""
    return {
        "personId": person, "name": name, "certType": "01", "idNo": number, "sex": "2", "birthDate": "1990-05-10", "maritalStatus": "10",
        "hukouType": "21", "hukouDiv": "350102001000", "managedType": "1", "managedDiv": "350102001000", "recordStatus": "1",
        "updateTime": "2025-02-28T18:00:00+08:00", **more,
    }  # fmt: skip


def role(side: str, place: str, status: str = "1") -> dict[str, str]:
    return {"side": side, "managedType": "4" if side == "1" else "3", "managedDiv": place, "recordStatus": status,
            "updateTime": "2025-02-28T18:00:00+08:00"}  # fmt: skip


PEOPLE = [
    entry("D1", "张三", ZHANG, role=[role("1", "350203001000"), role("2", "350702001000")]),
    entry("D2", "阿依古丽•买买提", LI, residenceDiv="360102000000"),
    entry("D3", "李四", ITS_18),
    entry("D4", "王五", LI, recordStatus="2"),
]


def written(folder: Path, *entries: dict[str, Any]) -> Path:
    """A register file."""
    file = folder / "people.jsonl"
    file.write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in entries), encoding="utf-8")
    return file


@pytest.fixture
def register(url: str, tmp_path: Path) -> Iterator[Register]:
    """A register with the people."""
    assert load({"url": url}, written(tmp_path, *PEOPLE), False).added == len(PEOPLE)
    made = Register({"url": url})
    yield made
    made.close()


def test_name_and_number_must_both_match(register: Register) -> None:
    """Somebody is found by name and number together; one fact a side, codes and places alone."""
    found = register.look_up(MANAGED, [("张三", ZHANG), ("张四", ZHANG), ("张三", LI), ("无此人", "1")])
    assert dict(found) == {("张三", ZHANG): (role("1", "350203001000"), role("2", "350702001000"))}


def test_names_and_numbers_are_compared_in_one_form(register: Register) -> None:
    """The dot of minority names, a lower-case x, blanks and a number of 15 digits make no difference; any other sign does."""
    asked = [("阿依古丽·买买提", LI), (" 李四", ITS_18.lower()), ("李四", FIRST_CARD), ("李肆", FIRST_CARD)]
    assert list(register.look_up(MANAGED, asked)) == asked[:3]


def test_a_number_alone(register: Register) -> None:
    """By number come all who have it, with their places; still no name."""
    facts = register.look_up(BY_NUMBER, [(LI,)])[(LI,)]
    assert [(f["recordStatus"], f["hukouDiv"], f.get("residenceDiv")) for f in facts] == [
        ("1", "350102001000", "360102000000"), ("2", "350102001000", None),
    ]  # fmt: skip
    assert all(set(f) <= set(BY_NUMBER.gives) for f in facts)


def test_one_query_for_a_group(register: Register) -> None:
    """However many questions come together, there is one statement for each 500 numbers, never one a person."""
    seen: list[str] = []
    event.listen(register._engine, "before_cursor_execute", lambda _c, _cur, statement, *_: seen.append(statement))
    register.look_up(MANAGED, [("张三", ZHANG), ("李四", FIRST_CARD), *((f"某{n}", f"n{n}") for n in range(60))])
    assert len(seen) == 1
    register.look_up(MANAGED, [("某", f"n{n}") for n in range(MOST + 1)])
    assert len(seen) == 3


def test_the_connection_cannot_write(register: Register) -> None:
    """Whatever is tried over the reading connection, nothing is written."""
    with pytest.raises(SQLAlchemyError), register._engine.begin() as connection:
        connection.execute(text("DELETE FROM register_role"))
    assert register.look_up(MANAGED, [("张三", ZHANG)])


def test_a_slow_statement_is_cut(url: str, tmp_path: Path) -> None:
    """A statement ends by the time set for it: what is waited for is the register, not for ever."""
    load({"url": url}, written(tmp_path, *PEOPLE), False)
    engine = reading(read({"url": url, "statement_timeout": "1"}))
    slow = (
        "SELECT pg_sleep(30)" if "postgresql" in url
        else "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) FROM n"
    )  # fmt: skip
    with pytest.raises(SQLAlchemyError), engine.connect() as connection:
        connection.execute(text(slow))
    engine.dispose()


@pytest.mark.parametrize("broken", ["no file", "no table", "not a database"])
def test_away_is_an_os_error_without_values(tmp_path: Path, broken: str) -> None:
    """A register that cannot be read raises OSError whose text names neither address nor person."""
    file = tmp_path / "secretplace.db"
    if broken == "no table":
        closing(sqlite3.connect(file)).__enter__().execute("CREATE TABLE t (a)")
    if broken == "not a database":
        file.write_bytes(b"x" * 5000)
    register = Register({"url": f"sqlite:///{file}"})
    with pytest.raises(OSError, match=r"Error$") as fault:
        register.look_up(MANAGED, [("张三", ZHANG)])
    register.close()
    said = f"{fault.value} {fault.value.__cause__}"
    assert "secretplace" not in said and ZHANG not in said and "张三" not in said


def test_postgresql_that_is_not_there() -> None:
    """No server on the port: away, in time."""
    register = Register({"url": "postgresql+psycopg://nobody@127.0.0.1:1/none", "connect_timeout": "2"})
    with pytest.raises(OSError, match=r"Error$"):
        register.look_up(MANAGED, [("张三", ZHANG)])


COMPILED = {
    "sqlite": (sqlite.dialect(), "register_person.number_key IN (__[POSTCOMPILE_keys])"),
    "postgresql": (postgresql.dialect(), "register_person.number_key IN (__[POSTCOMPILE_keys])"),
    "oracle": (oracle.dialect(), "register_person.number_key IN (__[POSTCOMPILE_keys])"),
}


@pytest.mark.parametrize("name", COMPILED)
def test_compiled_for(name: str) -> None:
    """The one query in the words of each dialect: a join, a bounded list of parameters, an order; no value in the text."""
    dialect, condition = COMPILED[name]
    sql = " ".join(str(people().compile(dialect=dialect)).split())
    assert sql.startswith("SELECT register_person.number_key, register_person.name_key, register_person.hukou_div,")
    assert "FROM register_person JOIN register_role ON register_role.person_id = register_person.person_id" in sql
    assert condition in sql and sql.endswith("ORDER BY register_person.person_id, register_role.side")
    three = people().params(keys=["a", "b", "c"]).compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    (listed,) = re.findall(r"IN \((.+)\) *ORDER", " ".join(str(three).split()))
    assert len(listed.split(",")) == 3 and "'" not in listed


def test_oracle_is_opened_read_only_without_a_server() -> None:
    """For Oracle the settings are only looked at here: no server was at hand. Opening needs nobody there."""
    engine = reading(read({"url": "oracle+oracledb://reader@127.0.0.1:1/?service_name=POP"}))
    assert engine.dialect.name == "oracle" and MOST <= 1000


@pytest.mark.parametrize(
    "setting", [{"url": "mysql://x/y"}, {"url": "sqlite://"}, {"statement_timeout": "0"}, {"connections": "many"}, {"ulr": "x"}]
)
def test_a_wrong_setting_is_named_without_its_value(setting: dict[str, str]) -> None:
    """An unknown or unusable setting is refused by its name; a URL may hold a password, so the value is not said."""
    (name,) = setting
    with pytest.raises(ValueError, match=name) as fault:
        read(setting)
    assert "mysql" not in str(fault.value)
    assert read({}) == DEFAULTS


def test_keys_by_hand() -> None:
    """The forms of GB 11643: 15 digits become 18 with 19 (18 for centenarians) and the check character."""
    assert number_key("110105491231002") == "11010519491231002X"
    assert number_key(" 359901199005100022") == ZHANG and number_key("359901900510002") == ZHANG
    assert name_key(" 阿依古丽•买买提 ") == "阿依古丽·买买提" and name_key("䶮𠮷") == "䶮𠮷"


def test_the_manifest_takes_no_messages() -> None:
    """It answers lookups alone; those about people's places hold no person's data, the others say which they hold."""
    assert (ADAPTER.operations, ADAPTER.feeds) == ((), ())
    asked = {lookup.name: lookup.asks for lookup in ADAPTER.lookups}
    assert asked == {
        "people.managed": ("name", "idNo"), "people.by-number": ("idNo",), "people.resident": ("idNo", "residenceDiv"),
        "mothers.by_number": ("idNo",), "mothers.by_husband": ("husbandIdNo",), "mothers.by_name": ("name", "birthDate"),
        "children.of": ("mother",), "children.of_husband": ("husbandIdNo",), "children.of_name": ("name", "birthDate"),
        "children.by_number": ("idNo",), "children.by_certificate": ("birthCertNo",),
    }  # fmt: skip
    assert {field for lookup in ADAPTER.lookups if lookup.name.startswith("people.") for field in lookup.gives} == {
        "side", "managedType", "managedDiv", "recordStatus", "updateTime", "hukouDiv", "residenceDiv",
    }  # fmt: skip
