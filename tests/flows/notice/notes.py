"""Canonical notices and receipts about made-up women, and how the rules see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from zlib import crc32

from hub.contract.case import Case
from hub.contract.message import ChannelName, Document, Header, Message
from hub.contract.xml import parse

SIMING_UNIT, YANPING_UNIT, JIANYANG_UNIT = "350203001000", "350702001000", "350703001000"
ELSEWHERE = "360102001001"
"""A place in another province (江西)."""
CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=CHINA)


def notice(
    no: str, *, hukou: str = "350702001001", unit: str = SIMING_UNIT, id_no: str = "", person_id: str = "", checked: str = "2026-02-27",
    kind: str = "1", org: str = "426600321", result: str = "0", address: str = "梅山街道一百二十八号",
) -> bytes:  # fmt: skip
    """A ``noticeContraception``. Without ``id_no`` the woman has the number of nobody else; ``-`` gives her none."""
    number = id_no or f"3599011990{crc32(no.encode()) % 10**8:08d}"
    who = "<noIdReason>补办中</noIdReason>" if id_no == "-" else f"<idNo>{number}</idNo>"
    return (
        f'<noticeContraception xmlns="urn:pophub:notice.contraception:1.0"><noticeNo>{no}</noticeNo><subject>'
        f"{f'<personId>{person_id}</personId>' if person_id else ''}<name>测试女</name><certType>01</certType>{who}<sex>2</sex>"
        f"<birthDate>1990-05-10</birthDate><maritalStatus>21</maritalStatus><hukouDiv>{hukou}</hukouDiv><hukouAddr>{address}</hukouAddr>"
        f"<mobile>13800000001</mobile></subject><residenceDiv>350203001002</residenceDiv><inDate>2025-10-08</inDate>"
        f"<hukouDiv>{hukou}</hukouDiv><checkKind>{kind}</checkKind><checkDate>{checked}</checkDate><pregnancyResult>{result}</pregnancyResult>"
        f"<checkOrgCode>{org}</checkOrgCode><source>1</source><noticeDiv>{unit}</noticeDiv><noticeUser>{unit[:9]}L001</noticeUser>"
        f"<noticeTime>2026-03-02T09:00:00+08:00</noticeTime></noticeContraception>"
    ).encode()


def receipt(
    no: str,
    result: str = "1",
    *,
    origin_system: str = "FJFPIS",
    unit: str = YANPING_UNIT,
    correct: str = "",
    at: str = "2026-03-04",
) -> bytes:
    """A ``noticeContraceptionReceipt``; ``correct`` is the place that a return names."""
    return (
        f'<noticeContraceptionReceipt xmlns="urn:pophub:notice.contraception_receipt:1.0"><originSystem>{origin_system}</originSystem>'
        f"<noticeNo>{no}</noticeNo><noticeType>8</noticeType><role>1</role><result>{result}</result><receiveDiv>{unit}</receiveDiv>"
        f"<receiveUser>{unit[:9]}L001</receiveUser><receiveTime>{at}T10:00:00+08:00</receiveTime>"
        f"{'<reasonCode>1</reasonCode>' if result in '23' else ''}{f'<correctDiv>{correct}</correctDiv>' if correct else ''}"
        f"</noticeContraceptionReceipt>"
    ).encode()


def message(document: bytes, from_system: str = "FJFPIS", sender: str = "") -> Message:
    """A message from a system: the national platform's own sender, else the spoke ``sender``, else one called so."""
    root = parse(document)
    channel = str(root.tag).removeprefix("{urn:pophub:").partition(":")[0]
    sender = "system:padis" if from_system == "PADIS" else sender or "sender"
    return Message(1, Header("m", ChannelName(channel), "1.0", sender, from_system), Document(root), NOON)


def case(state: str = "2", data: Mapping[str, str] | None = None, **facts: str) -> Case:
    """A notice of Siming's that Yanping has, unless the facts say otherwise."""
    known = {"type": "8", "origin": "FJFPIS", "teller": SIMING_UNIT, "told": YANPING_UNIT, "receiver": "spoke:sender", **facts}
    return Case(7, state, NOON, known if data is None else data)
