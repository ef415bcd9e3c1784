"""Canonical enquiries (协查) about a synthetic person, and the answers to them, as bytes ready to be sent.

Written as the schemas ``canonical/1.0/enquiry.request.xsd`` and ``enquiry.feedback.xsd`` want them: UTF-8 with an XML
declaration, one default namespace, no blank between elements.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from demo.province.bodies import as_day, as_document, as_stamp, user_of
from demo.province.person import Elements, Person
from hub.reference.calendar import CHINA

SOME_MONDAY: Final = datetime(2025, 3, 3, 9, 30, tzinfo=CHINA)

EnquiryType = Literal["1", "2", "3", "4"]
"""CL_ENQ: 1 inflow, 2 outflow, 3 move of the hukou, 4 first-child registration."""

Result = Literal["1", "2", "3", "4", "5"]
"""CL_ENQRESULT: 1 true, 2 corrected, 3 nobody of that name, 4 not reached, 5 moved away."""

_CORE: Final = (
    "name", "cert_type", "id_no", "sex", "birth_date", "hukou_div", "hukou_addr", "residence_div", "residence_addr", "mobile",
)  # fmt: skip
_ITEM_BLOCKS: Final = {"02": ("spouse",), "03": ("marital_status", "marriage_date")}
_ITEMS: Final = {"1": ("01",), "2": ("01", "12"), "3": ("01",), "4": ("01", "10")}
_CHILDREN: Final = "2010"
_PREGNANCY: Final = timedelta(days=200)


def enquiry_types(person: Person) -> tuple[EnquiryType, ...]:
    """The types that make sense for a person: 1 to 3 when hukou and residence are two townships with a flow between them,
    4 as well when married without children. None for people who do not float, and for children.
    """
    if person.flow is None or person.birth_date >= _CHILDREN:
        return ()
    return ("1", "2", "3", "4") if person.spouse and not person.child else ("1", "2", "3")


def enquiry_request(
    person: Person,
    enquiry_no: str,
    enquiry_type: EnquiryType = "1",
    *,
    key_subjects: Sequence[str] = (),
    origin: str = "1",
    urgency: str = "3",
    items: Sequence[str] = (),
    stated: str | None = None,
    submitted: datetime = SOME_MONDAY,
) -> bytes:
    """An ``enquiryRequest`` about a person, in the province or across its border as the person's places have it.

    Type 2 goes from the hukou side to the residence side, the others from residence to hukou. ``items`` are codes of
    CL_ENQITEM, by default what the type needs; ``stated`` is where the applicant believes the person to be, by default the truth.
    A block beyond the minimum is sent only for an item asked. Raises
    ``ValueError`` for a type that makes no sense for the person (see :func:`enquiry_types`).
    """
    if enquiry_type not in enquiry_types(person):
        raise ValueError(f"an enquiry of type {enquiry_type} makes no sense for this person")
    home, here = person.hukou_div, person.residence_div
    asking, asked = (home, here) if enquiry_type == "2" else (here, home)
    items = items or _ITEMS[enquiry_type]
    body: Elements = {
        "enquiryNo": enquiry_no,
        "enquiryType": enquiry_type,
        "origin": origin,
        "urgency": urgency,
        "keySubject": list(key_subjects),
        "subject": _subject(person, items),
    }
    if person.flow is not None and enquiry_type in ("1", "2"):
        body["flow"] = person.elements("flow")["flow"]
    body |= _asked(asking, stated or asked, items, submitted)
    return as_document("enquiry.request", body | _own_part(person, enquiry_type, submitted))


def _asked(asking: str, stated: str, items: Sequence[str], submitted: datetime) -> Elements:
    """What is asked, where, and by whom."""
    return {
        "statedToDiv": stated,
        "item": list(items),
        "applicantDiv": asking,
        "applicantUser": user_of(asking),
        "contactName": "示例经办人",
        "contactPhone": "0591-00000000",
        "submitTime": as_stamp(submitted),
    }


def enquiry_feedback(
    person: Person,
    enquiry_no: str,
    *,
    origin_system: str = "FJFPIS",
    seq: int = 1,
    result: Result = "1",
    items: Sequence[str] = ("01",),
    feedback_div: str | None = None,
    answered: datetime = SOME_MONDAY + timedelta(days=3),
) -> bytes:
    """An ``enquiryFeedback`` (协查反馈) by the hukou side, or by ``feedback_div``.

    ``result`` is a code of CL_ENQRESULT: 1 and 2 carry the verified person, 3 to 5 a reason, 5 the new place too. Each item
    asked gets one answer.
    """
    div = feedback_div or person.hukou_div
    found = result in ("1", "2")
    body: Elements = {
        "originSystem": origin_system,
        "enquiryNo": enquiry_no,
        "feedbackSeq": str(seq),
        "result": result,
    }
    if found:
        body["verifiedSubject"] = _subject(person, items)
    answers: list[Elements] = [{"item": item, "answer": "已核实" if found else "未能核实"} for item in items]
    body["itemAnswer"] = answers
    if not found:
        body["reason"] = "示例：经核查未能确认"
    if result == "5":
        body["newDiv"] = person.residence_div
    body |= {"feedbackDiv": div, "feedbackUser": user_of(div), "feedbackTime": as_stamp(answered)}
    return as_document("enquiry.feedback", body)


def enquiry_return(
    enquiry_no: str, *, origin_system: str, unit: str, suggested: str, seq: int = 1, returned: datetime = SOME_MONDAY
) -> bytes:
    """An ``enquiryReturn`` (协查退回) by a unit: not its jurisdiction, another place suggested."""
    body: Elements = {
        "originSystem": origin_system, "enquiryNo": enquiry_no, "returnSeq": str(seq), "returnReason": "1", "suggestedDiv": suggested,
        "returnDiv": unit, "returnUser": user_of(unit), "returnTime": as_stamp(returned),
    }  # fmt: skip
    return as_document("enquiry.return", body)


def enquiry_withdraw(enquiry_no: str, *, origin_system: str, unit: str, at: datetime = SOME_MONDAY) -> bytes:
    """An ``enquiryWithdraw`` (协查撤回) by the unit that asked: asked twice."""
    body: Elements = {
        "originSystem": origin_system, "enquiryNo": enquiry_no, "reason": "2", "byUser": user_of(unit), "time": as_stamp(at),
    }  # fmt: skip
    return as_document("enquiry.withdraw", body)


def enquiry_withdrawn(enquiry_no: str, *, origin_system: str, unit: str, at: datetime = SOME_MONDAY) -> bytes:
    """An ``enquiryWithdrawn`` (协查撤回确认) by the unit that was asked: removed."""
    body: Elements = {
        "originSystem": origin_system, "enquiryNo": enquiry_no, "removed": "true", "byUser": user_of(unit), "time": as_stamp(at),
    }  # fmt: skip
    return as_document("enquiry.withdrawn", body)


def _subject(person: Person, items: Sequence[str]) -> Elements:
    blocks = [name for item in items for name in _ITEM_BLOCKS.get(item, ())]
    return person.elements(*_CORE, *blocks)


def _own_part(person: Person, enquiry_type: EnquiryType, submitted: datetime) -> Elements:
    """The elements that only types 3 and 4 have."""
    if enquiry_type == "3":
        return {
            "fromHukouDiv": person.hukou_div,
            "toHukouDiv": person.residence_div,
            "moveDate": as_day(submitted),
            "moveReason": "示例：投靠亲属",
        }
    if enquiry_type != "4" or person.spouse is None or person.marriage_date is None:
        return {}
    own = person.elements("name", "cert_type", "id_no", "sex", "birth_date", "hukou_div", "residence_div", "mobile")
    spouse = person.elements("spouse")["spouse"]
    wife, husband = (own, spouse) if person.sex == "2" else (spouse, own)
    return {
        "wife": wife,
        "husband": husband,
        "marriageDate": person.marriage_date,
        "pregnant": "true",
        "expectedDate": as_day(submitted + _PREGNANCY),
    }
