"""Canonical notices of a check (避孕节育情况报告单) about a synthetic woman, and the receipts for them, as bytes ready to be sent.

Written as the schemas ``canonical/1.0/notice.contraception.xsd`` and ``notice.contraception_receipt.xsd`` want them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal

from demo.province.bodies import as_document, as_stamp, user_of
from demo.province.person import Elements, Person

_CORE: Final = ("name", "cert_type", "id_no", "sex", "birth_date", "hukou_div", "residence_div", "mobile")
_RESULTS: Final[dict[str, Elements]] = {
    "1": {"pregnancyResult": "0"}, "2": {"iudResult": "1", "contraception": "30"}, "3": {"pregnancyResult": "0", "iudResult": "1"},
}  # fmt: skip
Check = Literal["1", "2", "3"]
"""CL_CHECK: 1 pregnancy, 2 IUD, 3 both."""
Received = Literal["1", "2", "3", "4"]
"""CL_RECEIPT: 1 received, 2 given back, 3 wrong, 4 received and updated."""
_MORE: Final[dict[str, Elements]] = {"1": {}, "2": {"reasonCode": "1"}, "3": {"reasonCode": "3"}, "4": {"registerUpdated": "true"}}


def noticed(person: Person) -> bool:
    """Whether there may be a notice about a person: a woman of 15 to 49 years who floats."""
    return person.sex == "2" and person.flow is not None and "1976" <= person.birth_date <= "2009"


def notice_contraception(
    person: Person, notice_no: str, *, kind: Check, checked: date, org: str, at: datetime, stated: str | None = None
) -> bytes:
    """A ``noticeContraception`` by the unit where the woman lives, to the place of her hukou, or where it is believed to be."""
    assert person.flow is not None
    body: Elements = {
        "noticeNo": notice_no, "subject": person.elements(*_CORE), "residenceDiv": person.residence_div, "inDate": person.flow.in_date,
        "hukouDiv": stated or person.hukou_div, "checkKind": kind, "checkDate": checked.isoformat(), **_RESULTS[kind],
        "checkOrgCode": org, "checkOrgName": "示例服务站", "checkOrgType": "1", "source": "1",
        "noticeDiv": person.residence_div, "noticeUser": user_of(person.residence_div), "noticeTime": as_stamp(at),
    }  # fmt: skip
    return as_document("notice.contraception", body)


def notice_receipt(
    notice_no: str, *, origin_system: str, unit: str, result: Received, at: datetime, correct: str | None = None
) -> bytes:
    """A ``noticeContraceptionReceipt`` by the unit told; with a return the right place, if it is known."""
    body: Elements = {
        "originSystem": origin_system, "noticeNo": notice_no, "noticeType": "8", "role": "1", "result": result, "receiveDiv": unit,
        "receiveUser": user_of(unit), "receiveTime": as_stamp(at), **_MORE[result],
    }  # fmt: skip
    if correct:
        body["correctDiv"] = correct
    return as_document("notice.contraception_receipt", body)
