"""电子婚育证: lives of women through the monthly batches, as worked out by hand (rows H of the domain's table)."""

from __future__ import annotations

import pytest

from hub.contract.message import Document
from tests.flows.ehycert.monthly import Paper, months, woman

A = "359901199005100022"
"""Born 1990-05-10."""


def test_h1_the_first_month_end_after_going_out() -> None:
    """H1: gone to another province on 2025-01-15: in the batch of January, valid; in no later one."""
    paper = Paper()
    for name in months("2024-12", "2025-04"):
        paper.run(name, woman(A, "1990-05-10", "2025-01-15"))
    assert paper.sent == {"2025-01": [A]}
    assert paper.title() == "有效"


def test_h2_not_before_eighteen() -> None:
    """H2: born 2007-03-20, gone out 2024-06-01: none until 2025-02, in the batch of March."""
    number = _checked("359902200703200080")
    paper = Paper()
    for name in months("2024-06", "2025-05"):
        paper.run(name, woman(number, "2007-03-20", "2024-06-01"))
    assert paper.sent == {"2025-03": [number]}
    assert paper.title() == "有效"


def test_h11_refused_then_corrected() -> None:
    """H11: January is refused (code 2), the number is corrected on 02-12: February, and one certificate, valid."""
    wrong = "359901199005100102"
    paper = Paper(said=lambda record: "2" if record.text("holder/idNo") == wrong else "0")
    paper.run("2025-01", woman(wrong, "1990-05-10", "2025-01-15"))
    assert paper.title() == "上传被拒"
    paper.run("2025-02", woman(A, "1990-05-10", "2025-01-15"))
    paper.run("2025-03", woman(A, "1990-05-10", "2025-01-15"))
    assert paper.sent == {"2025-01": [wrong], "2025-02": [A]}
    assert paper.title() == "有效"
    assert list(paper.states) == ["D000000901"]


def test_a_refused_record_is_sent_again_unchanged() -> None:
    """A refusal leaves no key behind: the same version goes with the next batch, until it is accepted."""
    answers = iter(("9", "9", "1"))
    paper = Paper(said=lambda _record: next(answers))
    for name in months("2025-01", "2025-05"):
        paper.run(name, woman(A, "1990-05-10", "2025-01-15"))
    assert list(paper.sent) == ["2025-01", "2025-02", "2025-03"]
    assert paper.title() == "有效"


@pytest.mark.parametrize(
    ("home", "issued"),
    [("350111001000", False), ("350181001000", True), ("350203001000", True)],
    ids=["h12-urban-to-urban", "h13-to-a-county-city", "to-an-urban-district-of-another-prefecture"],
)
def test_h12_h13_within_the_prefecture(home: str, issued: bool) -> None:
    """H12: 350102 → 350111, both 市辖区 of 3501: none. H13: 350102 → 350181: a certificate."""
    paper = Paper()
    paper.run("2025-01", woman(A, "1990-05-10", "2025-01-15", flowType="2", residenceDiv=home))
    assert bool(paper.sent) is issued


def test_h14_a_month_that_is_caught_up_has_its_own_date() -> None:
    """H14: gone out 02-10, back 03-05, caught up in April: in February's batch (she was out on 02-28), not in March's."""
    back = woman(A, "1990-05-10", "2025-02-10", recordStatus="2", cancelDate="2025-03-05")
    paper = Paper()
    for name in ("2025-02", "2025-03"):
        paper.run(name, back)
    assert paper.sent == {"2025-02": [A]}


def test_h16_a_third_place_is_a_new_version() -> None:
    """H16: gone on to a third place: the next version with the new residence; the certificate stays valid."""
    seen: list[str | None] = []
    paper = Paper(said=lambda record: seen.append(record.text("residenceDiv")) or "0")  # type: ignore[func-returns-value]
    paper.run("2025-01", woman(A, "1990-05-10", "2025-01-15"))
    paper.run("2025-06", woman(A, "1990-05-10", "2025-06-02", residenceDiv="310104001000"))
    assert seen == ["440106001000", "310104001000"]
    assert paper.title() == "有效"


def test_h17_no_man() -> None:
    """H17: 男, gone to another province: refused before the upload, no certificate."""
    paper = Paper()
    paper.run("2025-01", woman("359902198808070017", "1988-08-07", "2025-01-15", sex="1"))
    assert (paper.sent, paper.title()) == ({}, None)


def test_h18_an_old_number_is_upgraded() -> None:
    """H18: born 1990, a number of 15 digits: upgraded (CL_IDCHECK 9), in the batch under its 18 characters."""
    paper = Paper()
    paper.run("2025-01", woman("359901900510002", "1990-05-10", "2025-01-15"))
    assert paper.sent == {"2025-01": [A]}


@pytest.mark.parametrize(
    "differs",
    [
        {"idNo": "359901199005100023"},
        {"idNo": "359901199005100010"},
        {"idNo": "35990119900510"},
        {"idNo": ""},
        {"birthDate": "1990-05-11"},
        {"birthDate": "1990"},
        {"recordStatus": "2"},
        {"recordStatus": "2", "cancelDate": "2025-01-31"},
        {"outDate": "2025-02-01"},
        {"outDate": ""},
        {"flowType": "1"},
        {"hukouDiv": "430102001000"},
        {"sex": "9"},
    ],
    ids=str,
)
def test_who_is_left_out(differs: dict[str, str]) -> None:
    """A number that is not verified, no complete birth date, no record in force, not out at the month's end, not of our province."""
    paper = Paper()
    paper.run("2025-01", woman(A, "1990-05-10", "2025-01-15", **{k: v for k, v in differs.items() if k not in ("birthDate", "outDate")})
              | {k: v for k, v in differs.items() if k in ("birthDate", "outDate")})  # fmt: skip
    assert paper.sent == {}


@pytest.mark.parametrize(
    ("born", "number", "first", "last"),
    [
        ("1975-08-01", "359901197508010046", "2025-06", "2025-07"),
        ("1976-02-29", "359901197602290046", "2025-06", "2026-02"),
    ],
    ids=["fifty-on-08-01", "born-on-29-february"],
)
def test_fifty_is_too_old(born: str, number: str, first: str, last: str) -> None:
    """The batch of the month before the 50th birthday is the last; who was born on 29 February has it on 1 March."""
    issued = []
    for name in months(first, "2026-04"):
        paper = Paper()
        paper.run(name, woman(_checked(number), born, "2025-01-15"))
        issued += list(paper.sent)
    assert issued == months(first, last)


def test_a_family_in_the_record() -> None:
    """What the register gives stands in the record; of the children those of whom everything is known."""
    made: list[Document] = []
    paper = Paper(said=lambda record: made.append(record) or "0")  # type: ignore[func-returns-value]
    paper.run(
        "2025-01",
        woman(
            A, "1990-05-10", "2025-01-15", maritalStatus="21", marriageDate="2012-10-01", spouseName="王测试", spouseIdNo="359902198808070017",
            childrenCount="1", contraception="30", issueDiv="350102002000", certNo="FJ1", permitNo="DJ1", permitKind="1", permitIssueDate="2014-12-01",
            children='[{"birthDate": "2015-06", "sex": "1", "birthOrder": "1", "alive": "true"}, {"birthDate": "2018", "sex": "2"}]',
        ),
    )  # fmt: skip
    (record,) = made
    told = {path: record.text(path) for path in (
        "certNo", "maritalStatus", "marriageDate", "spouse/name", "spouse/idNo", "childrenCount", "contraception", "issueDiv", "issueDate", "status", "permitInfo/kind",
        "version",
    )}  # fmt: skip
    assert told == {
        "certNo": "FJ1", "maritalStatus": "21", "marriageDate": "2012-10-01", "spouse/name": "王测试", "spouse/idNo": "359902198808070017",
        "childrenCount": "1", "contraception": "30", "issueDiv": "350102002000", "issueDate": "2025-01-31", "status": "5", "version": "20250115", "permitInfo/kind": "1",
    }  # fmt: skip
    assert record.texts("child/birthDate") == ("2015-06",)


def _checked(number: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return number[:17] + "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=False)) % 11]
