"""查验 end to end: a real hub, a real simulator, a spoke that asks over REST."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.flows.ehycert.ecert_home import EcertHome, ecert_home

NOBODY = "359902199207140048"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EcertHome]:
    """One hub for the questions of this file."""
    with ecert_home(tmp_path_factory.mktemp("verify")) as started:
        yield started


def test_a_certificate_is_found_and_masked(home: EcertHome) -> None:
    """The asker learns that the certificate is valid; name, birth date and numbers come masked."""
    ((name, number),) = home.tell(issued={"count": 1, "seed": 3})["issued"]
    status, reply = home.verify(name, number)
    assert status == 200, reply
    (certificate,) = reply["certificate"]
    assert (reply["found"], certificate["status"], certificate["printable"], reply["suggestEnquiry"]) == (
        "true",
        "1",
        "true",
        "false",
    )
    assert certificate["holder"]["name"] == name[0] + "**"
    assert certificate["holder"]["birthDate"] == number[6:10]
    assert number not in str(reply)
    assert name not in str(reply)


def test_a_cancelled_one_says_so(home: EcertHome) -> None:
    """E6: found, with 已注销, the day and the reason."""
    ((name, number),) = home.tell(issued={"count": 1, "seed": 4})["issued"]
    home.tell(cancelled={number: ["20250605", "4"]})
    _, reply = home.verify(name, number)
    (certificate,) = reply["certificate"]
    assert (certificate["cancelled"], certificate["cancellation"], certificate["printable"]) == (
        "true", {"date": "2025-06-05", "reason": "4"}, "false",
    )  # fmt: skip


def test_a_miss_suggests_an_enquiry(home: EcertHome) -> None:
    """E8: nobody is found where the province takes part: an enquiry is suggested."""
    _, reply = home.verify("陈测试", NOBODY)
    assert (reply["found"], reply["suggestEnquiry"], reply["notCovered"]) == ("false", "true", "false")
    assert reply["certificate"] == []


def test_a_province_outside_the_pilot(home: EcertHome) -> None:
    """E10: notCovered, with the dated list, and no enquiry suggested."""
    home.tell(pilot={"43": ["20140701", ""]})
    _, reply = home.verify("陈测试", NOBODY)
    assert (reply["suggestEnquiry"], reply["notCovered"]) == ("false", "true")
    assert reply["coverage"] == [{"provinceDiv": "430000000000", "from": "2014-07-01"}]
    home.tell(pilot={"35": ["20140701", ""]})


def test_who_asks_states_a_user(home: EcertHome) -> None:
    """E11: a look without a user is refused before anybody looks."""
    status, reply = home.verify("陈测试", NOBODY, user=None)
    assert status in {400, 403}, reply


def test_the_looks_of_a_day_at_one_person_are_capped(home: EcertHome) -> None:
    """Twenty looks at a person and day, misses count; the next one is refused. Every look is on record, the person only as a hash."""
    who = "359902199207140208"
    statuses = [home.verify("陈测试", who)[0] for _ in range(21)]
    assert statuses[:20] == [200] * 20
    assert statuses[20] == 429
    assert who not in "".join(p.read_text(errors="replace") for p in home.folder.glob("*.log"))
