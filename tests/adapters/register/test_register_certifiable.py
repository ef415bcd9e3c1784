"""Who may have a certificate as of a day (4.9 E1): the lives of the requirements' table, by hand, and the pages of the extract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from adapters.register import ADAPTER
from adapters.register.certifiable import CERTIFIABLE, flowed_out
from adapters.register.loader import load
from adapters.register.reader import Register
from hub.contract.extract import ExtractPage, ExtractSource
from tests.adapters.register.test_register_reader import FIRST_CARD, LI, ZHANG, entry, role, written

OUT = {"flowType": "4", "flowReason": "01", "outDate": "2025-01-15", "inDate": "2025-01-15"}
H2_NUMBER, H3_NUMBER, LEAP, MALE = "359901200703200026", "35990119750801002X", "359901200802290020", LI
CHILD = {
    "childId": "K1",
    "name": "张一",
    "birthDate": "2016-01-01",
    "sex": "1",
    "birthOrder": "1",
    "alive": True,
    "birthCertNo": "X350000001",
}


def woman(person: str, number: str = ZHANG, born: str = "1990-05-10", **more: Any) -> dict[str, Any]:
    """Somebody of 350102001000 who went to another province on 2025-01-15."""
    who = {"birthDate": born, "managedType": "4", "residenceDiv": "360102000000", "flow": OUT}
    return entry(person, "张三", number, **{**who, **more})


def back(day: str, reason: str = "1", **more: Any) -> dict[str, Any]:
    """A resident again since a day."""
    return {"managedType": "1", "residenceDiv": "350102001000", "cancelDate": day, "cancelReason": reason, **more}


LIVES: dict[str, tuple[dict[str, Any], str, bool]] = {
    "H1 out": (woman("P"), "2025-01-31", True),
    "H1 before she went": (woman("P"), "2025-01-14", False),
    "H1 on the day": (woman("P"), "2025-01-15", True),
    "H2 17": (woman("P", H2_NUMBER, "2007-03-20"), "2025-02-28", False),
    "H2 18": (woman("P", H2_NUMBER, "2007-03-20"), "2025-03-31", True),
    "H3 the day before 50": (woman("P", H3_NUMBER, "1975-08-01"), "2025-07-31", True),
    "H3 50": (woman("P", H3_NUMBER, "1975-08-01"), "2025-08-01", False),
    "born on 29 February, before 1 March": (woman("P", LEAP, "2008-02-29"), "2026-02-28", False),
    "born on 29 February, on 1 March": (woman("P", LEAP, "2008-02-29"), "2026-03-01", True),
    "H5 came back": (woman("P", **back("2025-06-05")), "2025-06-30", False),
    "H5 out again": (woman("P", flow={**OUT, "outDate": "2025-10-10"}, cancelDate="2025-06-05", cancelReason="1"), "2025-10-31", True),
    "H6 dead, an outflow by mistake": (
        woman("P", flow={**OUT, "outDate": "2025-06-10"}, recordStatus="2", cancelDate="2025-05-03", cancelReason="3"), "2025-06-30", False,
    ),
    "H12 between districts": (
        woman("P", residenceDiv="350111001000", flow={**OUT, "flowType": "2"}), "2025-01-31", False,
    ),
    "H13 from a district to a city": (woman("P", residenceDiv="350181001000", flow={**OUT, "flowType": "2"}), "2025-01-31", True),
    "within the county": (woman("P", residenceDiv="350102002000", flow={**OUT, "flowType": "1"}), "2025-01-31", False),
    "another city": (woman("P", residenceDiv="350203001000", flow={**OUT, "flowType": "3"}), "2025-01-31", True),
    "H14 caught up: out that month, back the next": (woman("P", **back("2025-03-05")), "2025-02-28", True),
    "H14 to another city, back": (
        woman("P", **back("2025-03-05", flow={**OUT, "flowType": "2"}, inflow=[{"inDate": "2025-01-15", "residenceDiv": "350181001000"}])),
        "2025-02-28", True,
    ),
    "H16 to a third place": (
        woman("P", role=[role("1", "350102001000"), role("2", "350203001000", "2")], cancelDate="2025-01-20", cancelReason="2"),
        "2025-01-31", True,
    ),
    "H17 a man": (woman("P", MALE, "1988-08-07", sex="1"), "2025-01-31", False),
    "H18 15 digits": (woman("P", FIRST_CARD), "2025-01-31", False),
    "H18 15 digits, hers": (woman("P", "359904900510002"), "2025-01-31", True),
    "a wrong check character": (woman("P", ZHANG[:-1] + "3"), "2025-01-31", False),
    "a number of another birth date": (woman("P", ZHANG, "1990-05-11"), "2025-01-31", False),
    "no number": ({**woman("P"), "idNo": "", "noIdReason": "未办"}, "2025-01-31", False),
    "never out": (entry("P", "张三", ZHANG), "2025-01-31", False),
    "of another province": (
        woman("P", managedType="2", hukouDiv="360102000000", residenceDiv="350102001000"), "2025-01-31", False,
    ),
    "cancelled": (woman("P", recordStatus="2", cancelDate="2025-01-20", cancelReason="4"), "2025-01-31", False),
}  # fmt: skip


@pytest.mark.parametrize("name", LIVES)
def test_who_is_in_as_of_a_day(tmp_path: Path, name: str) -> None:
    """Age, number, state and flow on the day itself."""
    person, day, expected = LIVES[name]
    if not person["idNo"]:
        del person["idNo"]
    url = {"url": f"sqlite:///{tmp_path}/register.db"}
    assert not load(url, written(tmp_path, person), False).bad
    register = Register(url)
    page = register.extract(CERTIFIABLE, {"asOf": day}, "", 10)
    register.close()
    assert [record["personId"] for record in page.records] == (["P"] if expected else [])


@pytest.fixture
def register(url: str, tmp_path: Path) -> Iterator[Register]:
    """Twelve women, every third of them back since long, and two with a family."""
    spouse = {"name": "李四", "certType": "01", "idNo": LI}
    permit = [{"permitNo": "YH1", "kind": "1", "issueDate": "2015-05-01"}]
    many = [woman(f"P{n:02d}", **(back("2025-01-20") if n % 3 == 0 else {})) for n in range(1, 13)]
    family = woman("A1", "359904900510002", maritalStatus="20", marriageDate="2015-05-01", spouse=spouse, child=[CHILD], childrenCount=1,
                   permit=permit, ethnicity="22", role=[{**role("1", "350102001000"), "updateTime": "2025-03-01T00:00:00.000002+08:00"}])  # fmt: skip
    load({"url": url}, written(tmp_path, *many, family), False)
    made = Register({"url": url})
    yield made
    made.close()


def drawn(register: Register, limit: int, day: str = "2025-01-31") -> list[ExtractPage]:
    """All pages."""
    pages = [register.extract(CERTIFIABLE, {"asOf": day}, "", limit)]
    while pages[-1].after:
        pages.append(register.extract(CERTIFIABLE, {"asOf": day}, pages[-1].after, limit))
    return pages


@pytest.mark.parametrize("limit", [1, 2, 5, 13, 100])
def test_pages_give_each_record_once(register: Register, limit: int) -> None:
    """Whatever the size of a page: never more than the limit, all of them, each once, in one order."""
    pages = drawn(register, limit)
    assert all(len(page.records) <= limit for page in pages)
    assert [record["personId"] for page in pages for record in page.records] == [
        "A1",
        *(f"P{n:02d}" for n in range(1, 13) if n % 3),
    ]


def test_a_page_reads_no_more_than_its_rows(register: Register) -> None:
    """One statement a page, limited by the database: never the whole table in memory."""
    seen: list[str] = []
    event.listen(register._engine, "before_cursor_execute", lambda _c, _cur, statement, *_: seen.append(statement))
    drawn(register, 100)
    assert len(seen) == 1 and "LIMIT" in seen[0].upper()


def test_a_record_is_what_a_certificate_is_made_of(register: Register) -> None:
    """Flat text, the number in its form of 18, children as JSON without names, numbers or certificates; version grows with any side's change."""
    record = dict(drawn(register, 100)[0].records[0])
    children = json.loads(record.pop("children"))
    assert children == [{"birthDate": "2016-01-01", "sex": "1", "birthOrder": "1", "alive": "true"}]
    moment = datetime(2025, 2, 28, 16, 0, 0, 2, UTC)
    assert record == {
        "personId": "A1", "name": "张三", "certType": "01", "idNo": "359904199005100021", "sex": "2",
        "birthDate": "1990-05-10", "ethnicity": "22", "hukouDiv": "350102001000", "residenceDiv": "360102000000", "maritalStatus": "20",
        "marriageDate": "2015-05-01", "childrenCount": "1", "spouseName": "李四", "spouseCertType": "01", "spouseIdNo": LI,
        "permitNo": "YH1", "permitKind": "1", "permitIssueDate": "2015-05-01", "flowType": "4", "outDate": "2025-01-15",
        "issueDiv": "350102001000", "version": f"{int(moment.timestamp())}000002",
    }  # fmt: skip
    assert set(record) | {"children"} <= set(CERTIFIABLE.gives)


def test_the_manifest_offers_it(register: Register) -> None:
    """The connection is a source of extracts; a day that is none is refused as such."""
    assert ADAPTER.extracts == (CERTIFIABLE,) and isinstance(register, ExtractSource)
    with pytest.raises(ValueError, match="month"):
        register.extract(CERTIFIABLE, {"asOf": "2025-13-01"}, "", 1)


def test_away_is_an_os_error(tmp_path: Path) -> None:
    """A register that is not there raises OSError: the batch is made later."""
    register = Register({"url": f"sqlite:///{tmp_path}/none.db"})
    with pytest.raises(OSError, match=r"Error$"):
        register.extract(CERTIFIABLE, {"asOf": "2025-01-31"}, "", 1)


def test_an_entry_without_roles_is_its_own_side() -> None:
    """The type of the entry says which side it is."""
    person = woman("P")
    assert flowed_out(person, "2025-01-31") and not flowed_out({**person, "managedType": "2"}, "2025-01-31")
