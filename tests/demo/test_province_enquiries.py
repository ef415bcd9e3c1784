"""Enquiries about synthetic people: the good ones are valid, each spoiled one is refused."""

from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

import pytest
from lxml import etree

from demo.province import SPOIL_KINDS, Person, enquiry_feedback, enquiry_request, enquiry_types, generate, spoil
from demo.province.enquiry_bodies import EnquiryType, Result
from hub.contract.errors import ClientError
from hub.contract.xml import Element, local_name, parse

SCHEMAS = Path(__file__).parents[2] / "schemas" / "canonical" / "1.0"
RESULTS: Final[tuple[Result, ...]] = ("1", "2", "3", "4", "5")
FLOATING = tuple(islice((person for person in generate(3000, seed=7) if person.flow), 500))
COUPLES = [person for person in FLOATING if person.spouse and not person.child]


@cache
def schema(channel: str) -> etree.XMLSchema:
    """The canonical schema of a channel."""
    return etree.XMLSchema(file=str(SCHEMAS / f"{channel}.xsd"))


def accepted(document: bytes) -> bool:
    """True when the document can be read and is valid for the channel its kind was written for."""
    channel = "enquiry.feedback" if b"<feedbackSeq>" in document else "enquiry.request"
    try:
        return schema(channel).validate(parse(document))
    except ClientError:
        return False


def value(document: bytes, *path: str) -> str | None:
    """The text at a path of local names below the root; ``None`` when there is no such element."""
    element: Element | None = parse(document)
    for name in path:
        element = next((child for child in element if local_name(child) == name), None) if element is not None else None
    return None if element is None else element.text


def bodies(person: Person) -> list[bytes]:
    """Every enquiry that makes sense for a person, and every answer."""
    requests = [enquiry_request(person, "XC0001", kind, items=("01", "02", "03")) for kind in enquiry_types(person)]
    return requests + [enquiry_feedback(person, "XC0001", result=result, items=("01", "03")) for result in RESULTS]


def test_every_body_of_five_hundred_people_is_valid() -> None:
    """Requests of all types and answers of all results, for people inside the province and across its border."""
    assert len(FLOATING) == 500
    assert {person.cross_province for person in FLOATING} == {True, False}
    refused = [body for person in FLOATING for body in bodies(person) if not accepted(body)]
    assert refused == []


@pytest.mark.parametrize("kind", SPOIL_KINDS)
def test_a_spoiled_body_is_refused(kind: str) -> None:
    """Each kind of fault is found in each type of request and in the answer, by the parser or by the schema."""
    for person in COUPLES[:10]:
        for good in [enquiry_request(person, "XC1", of) for of in enquiry_types(person)] + [enquiry_feedback(person, "XC1")]:
            assert accepted(good)
            assert not accepted(spoil(good, kind))


def test_there_are_enough_ways_to_be_wrong() -> None:
    """Faults of structure, of values and of form: thirty kinds, no two with the same result."""
    good = enquiry_request(COUPLES[0], "XC1")
    assert len(SPOIL_KINDS) >= 30
    assert len({spoil(good, kind) for kind in SPOIL_KINDS}) == len(SPOIL_KINDS)


def test_spoiling_never_leaves_a_document_good() -> None:
    """A kind that does not apply is an error, not a silent good document; an unknown kind is one too."""
    without_person = enquiry_feedback(COUPLES[0], "XC1", result="3")
    with pytest.raises(ValueError, match="does not apply"):
        spoil(without_person, "bad-enumeration")
    with pytest.raises(KeyError):
        spoil(without_person, "no such kind")
    with pytest.raises(ValueError, match="no root"):
        spoil(b"<a/>", "doctype")


@pytest.mark.parametrize(
    ("kind", "asking", "asked"),
    [
        ("1", "residence_div", "hukou_div"),
        ("2", "hukou_div", "residence_div"),
        ("3", "residence_div", "hukou_div"),
        ("4", "residence_div", "hukou_div"),
    ],
)
def test_who_asks_whom(kind: EnquiryType, asking: str, asked: str) -> None:
    """An outflow enquiry goes from the hukou to the residence, every other from the residence to the hukou."""
    person = COUPLES[0]
    document = enquiry_request(person, "XC1", kind)
    assert value(document, "applicantDiv") == getattr(person, asking)
    assert value(document, "statedToDiv") == getattr(person, asked)
    assert value(document, "enquiryType") == kind


def test_what_belongs_to_a_type_is_sent_with_it_alone() -> None:
    """Flow for types 1 and 2, the two hukou places for 3, the couple for 4: each with the woman as wife."""
    sent = {kind: enquiry_request(COUPLES[0], "XC1", kind) for kind in enquiry_types(COUPLES[0])}
    has = {kind: [value(sent[kind], *path) is not None for path in (("flow", "flowType"), ("toHukouDiv",), ("wife", "name"))]
           for kind in sent}  # fmt: skip
    assert has == {"1": [True, False, False], "2": [True, False, False], "3": [False, True, False], "4": [False, False, True]}
    for person in COUPLES[:20]:
        registration = enquiry_request(person, "XC1", "4")
        assert (value(registration, "wife", "sex"), value(registration, "husband", "sex")) == ("2", "1")


def test_a_block_is_sent_only_for_the_item_asked() -> None:
    """Marital data and the spouse travel when items 03 and 02 are asked, never otherwise."""
    person = COUPLES[0]
    plain, asked = enquiry_request(person, "XC1"), enquiry_request(person, "XC1", items=("01", "02", "03"))
    assert value(plain, "subject", "maritalStatus") is None
    assert value(plain, "subject", "spouse", "name") is None
    assert value(asked, "subject", "maritalStatus") == person.marital_status
    assert value(asked, "subject", "spouse", "name") == (person.spouse.name if person.spouse else None)


def test_no_enquiry_about_somebody_who_does_not_float() -> None:
    """Whoever has not moved is not enquired about, and an unmarried person has no first-child registration."""
    resident = next(person for person in generate(200, seed=7) if person.flow is None)
    single = next(person for person in FLOATING if person.spouse is None)
    assert enquiry_types(resident) == ()
    with pytest.raises(ValueError, match="makes no sense"):
        enquiry_request(resident, "XC1", "1")
    with pytest.raises(ValueError, match="makes no sense"):
        enquiry_request(single, "XC1", "4")


@pytest.mark.parametrize(("result", "verified", "reason", "new_place"), [
    ("1", True, False, False), ("2", True, False, False), ("3", False, True, False), ("4", False, True, False),
    ("5", False, True, True),
])  # fmt: skip
def test_what_an_answer_carries(result: Result, *, verified: bool, reason: bool, new_place: bool) -> None:
    """Results 1 and 2 carry the verified person, 3 to 5 a reason, 5 the new place."""
    document = enquiry_feedback(COUPLES[0], "XC1", result=result)
    assert (value(document, "verifiedSubject", "name") is not None) == verified
    assert (value(document, "reason") is not None) == reason
    assert (value(document, "newDiv") is not None) == new_place


def test_an_answer_names_the_enquiry_and_who_answers() -> None:
    """The system that asked and its number identify the enquiry; the hukou side answers unless another is given."""
    person = COUPLES[0]
    document = enquiry_feedback(person, "XC77", origin_system="PADIS", seq=2, feedback_div="350128107000")
    assert (value(document, "originSystem"), value(document, "enquiryNo"), value(document, "feedbackSeq")) == ("PADIS", "XC77", "2")
    assert value(document, "feedbackDiv") == "350128107000"
    assert value(document, "feedbackUser") == "350128107L001"
    assert value(enquiry_feedback(person, "XC77"), "feedbackDiv") == person.hukou_div
