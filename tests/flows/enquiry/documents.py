"""Canonical enquiries and feedback about made-up people, as the tests need them."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

NAME, ID_NO, BORN, PHONE = "欧阳测试", "359902198808070017", "1988-08-07", "13000000000"
ADDRESS = "延平区梅山街道中山路一百二十八号"
SIMING_UNIT, YANPING_UNIT, JIANYANG_UNIT = "350203001000", "350702001000", "350703001000"
ELSEWHERE = "360102001001"
"""A place in another province (江西)."""


def request(
    no: str, *, kind: str = "1", origin: str = "1", urgency: str = "2", keys: Sequence[str] = (), stated: str = "350702001001",
    applicant: str = SIMING_UNIT, id_no: str = "", name: str = "", born: str = BORN, question: str = "请核实。", resolved: str = "",
) -> bytes:  # fmt: skip
    """An ``enquiryRequest``. Without ``id_no`` and ``name`` the person has those of nobody else, made from the enquiry number."""
    name = name or NAME + "".join("零一二三四五六七八九甲乙丙丁戊己"[n] for b in no.encode() for n in divmod(b, 16))
    number = id_no or f"3599011990{crc32(no.encode()) % 10**8:08d}"
    return (
        f'<enquiryRequest xmlns="urn:pophub:enquiry.request:1.0"><enquiryNo>{no}</enquiryNo><enquiryType>{kind}</enquiryType>'
        f"<origin>{origin}</origin><urgency>{urgency}</urgency>{''.join(f'<keySubject>{k}</keySubject>' for k in keys)}"
        f"<subject><name>{name}</name><certType>01</certType><idNo>{number}</idNo><sex>1</sex><birthDate>{born}</birthDate>"
        f"<hukouDiv>350702001001</hukouDiv><hukouAddr>{ADDRESS}</hukouAddr><mobile>{PHONE}</mobile></subject>"
        f"<statedToDiv>{stated}</statedToDiv>{f'<resolvedToDiv>{resolved}</resolvedToDiv>' if resolved else ''}<item>01</item>"
        f"<question>{question}</question><applicantDiv>{applicant}</applicantDiv><applicantUser>{applicant[:9]}L001</applicantUser>"
        f"<contactName>林志强</contactName><contactPhone>0592-5081234</contactPhone>"
        f"<submitTime>2026-03-02T09:00:00+08:00</submitTime></enquiryRequest>"
    ).encode()


def feedback(no: str, seq: int = 1, *, origin_system: str = "FJFPIS", unit: str = YANPING_UNIT, answer: str = "属实") -> bytes:
    """An ``enquiryFeedback`` with result 4 (not reached), which needs no person."""
    return (
        f'<enquiryFeedback xmlns="urn:pophub:enquiry.feedback:1.0"><originSystem>{origin_system}</originSystem>'
        f"<enquiryNo>{no}</enquiryNo><feedbackSeq>{seq}</feedbackSeq><result>4</result>"
        f"<itemAnswer><item>01</item><answer>{answer}</answer></itemAnswer><reason>联系不上</reason>"
        f"<feedbackDiv>{unit}</feedbackDiv><feedbackUser>{unit[:9]}L001</feedbackUser>"
        f"<feedbackTime>2026-03-03T10:00:00+08:00</feedbackTime></enquiryFeedback>"
    ).encode()


def returned(
    no: str, seq: int = 1, *, origin_system: str = "FJFPIS", unit: str = YANPING_UNIT, suggested: str = "", reason: str = "1"
) -> bytes:
    """An ``enquiryReturn``; without ``suggested`` the unit knows no better place."""
    return (
        f'<enquiryReturn xmlns="urn:pophub:enquiry.return:1.0"><originSystem>{origin_system}</originSystem><enquiryNo>{no}</enquiryNo>'
        f"<returnSeq>{seq}</returnSeq><returnReason>{reason}</returnReason>{f'<suggestedDiv>{suggested}</suggestedDiv>' if suggested else ''}"
        f"<returnDiv>{unit}</returnDiv><returnUser>{unit[:9]}L001</returnUser><returnTime>2026-03-04T10:00:00+08:00</returnTime></enquiryReturn>"
    ).encode()


def withdraw(no: str, *, origin_system: str = "FJFPIS", reason: str = "2") -> bytes:
    """An ``enquiryWithdraw``."""
    return (
        f'<enquiryWithdraw xmlns="urn:pophub:enquiry.withdraw:1.0"><originSystem>{origin_system}</originSystem><enquiryNo>{no}</enquiryNo>'
        f"<reason>{reason}</reason><byUser>350203001L001</byUser><time>2026-03-04T10:00:00+08:00</time></enquiryWithdraw>"
    ).encode()


def withdrawn(no: str, *, origin_system: str = "FJFPIS", removed: str = "true") -> bytes:
    """An ``enquiryWithdrawn``."""
    return (
        f'<enquiryWithdrawn xmlns="urn:pophub:enquiry.withdrawn:1.0"><originSystem>{origin_system}</originSystem><enquiryNo>{no}</enquiryNo>'
        f"<removed>{removed}</removed><byUser>350702001L001</byUser><time>2026-03-05T10:00:00+08:00</time></enquiryWithdrawn>"
    ).encode()
