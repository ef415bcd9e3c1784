"""Comparisons and handlings, written out: what the flow of tasks is tried on."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hub.contract.case import Case
from hub.contract.message import ChannelName, Document, Header, Message
from hub.contract.xml import parse

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2024, 3, 6, 9, 0, tzinfo=CHINA)
TOWN_A, TOWN_B, HOSPITAL = "350702001000", "350203002000", "350203001000"
_SIDES = {"1": ("1", TOWN_A), "2": ("2", TOWN_B), "9": ("3", HOSPITAL)}


def comparison(
    outcome: str, side: str = "1", version: int = 1, *, father: bool = True, birthday: str = "", copy: str = "", unit: str = ""
) -> bytes:
    """A canonical comparison; who must act follows from the side."""
    by, place = ("4", "350000000000") if outcome == "Q" else _SIDES[side]
    person = "<name>林小芳</name><certType>01</certType><idNo>359901199005100022</idNo>"
    parts = (
        f"<comparisonId>B10234-7.1</comparisonId><version>{version}</version><sourceType>2</sourceType>",
        "<sourceKey><orgCode>426600010</orgCode><recordNo>D1</recordNo></sourceKey><newbornOrder>1</newbornOrder>",
        f"<ruleVersion>1.0</ruleVersion><comparedAt>2024-03-06T09:00:00+08:00</comparedAt><outcome>{outcome}</outcome><side>{side}</side>",
        f"<subject>{person}</subject>", "<father><name>林志强</name><certType>99</certType></father>" if father else "",
        "<event><eventDate>2024-03-05</eventDate><orgName>示例妇幼保健院</orgName></event>",
        f"<assignedDiv>{unit or place}</assignedDiv><assignedBy>{by}</assignedBy>", f"<copyDiv>{copy}</copyDiv>" if copy else "",
        f"<firstBirthdayPassed>{birthday}</firstBirthdayPassed>" if birthday else "", "<state>1</state>",
    )  # fmt: skip
    return f'<healthComparison xmlns="urn:pophub:health.comparison:1.0">{"".join(parts)}</healthComparison>'.encode()


def handling(
    code: str, reason: str = "", *, ref: str = "", letter: str = "", seq: int = 1, number: str = "B10234-7.1", unit: str = TOWN_A
) -> bytes:
    """A canonical handling."""
    more = (("reasonCode", reason), ("registerRef", ref), ("documentNo", letter))
    given = "".join(f"<{name}>{value}</{name}>" for name, value in more if value)
    return (
        f'<healthHandling xmlns="urn:pophub:health.handling:1.0"><comparisonId>{number}</comparisonId><handlingSeq>{seq}</handlingSeq>'
        f"<handling>{code}</handling>{given}<handleDiv>{unit}</handleDiv><handleUser>350702001P001</handleUser>"
        "<handleTime>2024-03-08T10:00:00+08:00</handleTime></healthHandling>"
    ).encode()


def message(document: bytes, sender: str = "unit") -> Message:
    """The message of a canonical document."""
    root = parse(document)
    channel = str(root.tag).rpartition("}")[0].removeprefix("{urn:pophub:").removesuffix(":1.0")
    return Message(1, Header("M1", ChannelName(channel), "1.0", sender, "FJPIS"), Document(root), NOW)


def case_of(document: bytes, state: str = "1", handler: str = "spoke:unit") -> Case:
    """The case that a first comparison leaves behind when its unit has it."""
    from routes.health_comparison.flow import FLOW

    return Case(1, state, NOW, {**FLOW.decide(message(document), {}, None).data, "handler": handler})
