"""Records of the police, handlings of units and facts of the register, as the tests of 公安信息共享 need them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from hub.contract.case import Case
from hub.contract.decision import Decision
from hub.contract.flow import Facts
from hub.contract.lookup import Fact
from hub.contract.message import ChannelName, Document, Header, Message
from hub.contract.xml import parse
from routes.police_share.rules import decide

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=CHINA)
NAME, ID_NO, LANDLORD, EMPLOYER, PREMISES = "欧阳测试", "359902198808070017", "示例房东甲", "示例工厂乙", "示例公寓丙"
SIMING, SIMING_UNIT, GULOU_UNIT, CANGSHAN_UNIT = "350203001000", "350203001000", "350102001000", "350104001000"
ELSEWHERE = "360102000000"
POLICE = "gongan"
"""The spoke as which the police platform calls."""
_FIELDS = {
    "policeRecordId": "GA-1", "opType": "1", "name": NAME, "idNo": ID_NO, "sex": "1", "ethnicity": "01", "birthDate": "1988-08-07",
    "hukouDiv": ELSEWHERE, "hukouAddr": "示例路1号", "residenceDiv": SIMING, "residenceAddr": "示例街8号", "arriveDate": "2026-02-10",
    "registerDate": "2026-03-01", "plannedLeaveDate": "2027-03-01", "stayReason": "务工", "premisesKind": "01", "premisesName": PREMISES,
    "landlord": LANDLORD, "employer": EMPLOYER, "mobile": "13900000001", "permitNo": "JZ1", "cancelKind": None, "policeOrgCode": "350203610000",
    "updateTime": "2026-03-01T09:30:00+08:00",
}  # fmt: skip


def record(**changed: str | None) -> bytes:
    """A ``policeRecord``, complete and of premises 01; None leaves an element out."""
    values = {**_FIELDS, **changed}
    inside = "".join(f"<{name}>{text}</{name}>" for name, text in values.items() if text is not None)
    return f'<policeRecord xmlns="urn:pophub:police.record:1.0">{inside}</policeRecord>'.encode()


def handling(
    no: str = "GA-1", seq: int = 1, what: str = "1", *, unit: str = SIMING_UNIT, bulk: str = "", reason: str = ""
) -> bytes:
    """A ``policeHandling``."""
    more = (f"<bulkNo>{bulk}</bulkNo>" if bulk else "") + (f"<reason>{reason}</reason>" if reason else "")
    return (
        f'<policeHandling xmlns="urn:pophub:police.handling:1.0"><policeRecordId>{no}</policeRecordId><handlingSeq>{seq}</handlingSeq>'
        f"<handling>{what}</handling>{more}<handleDiv>{unit}</handleDiv><handleUser>{unit[:9]}L001</handleUser>"
        "<handleTime>2026-03-03T10:00:00+08:00</handleTime></policeHandling>"
    ).encode()


def message(document: bytes, sender: str = POLICE, at: datetime = NOON) -> Message:
    """A message as the rules see it."""
    root = parse(document)
    channel = str(root.tag).removeprefix("{urn:pophub:").partition(":")[0]
    return Message(1, Header("m", ChannelName(channel), "1.0", sender, "POLICE"), Document(root), at)


def case(state: str = "0", **data: str) -> Case:
    """A candidate that the spoke ``siming`` has."""
    return Case(7, state, NOON, {"unit": "spoke:siming", "place": SIMING, "updated": "2026-03-01T09:30:00+08:00", **data})


def floating_at(place: str, status: str = "1") -> Mapping[str, tuple[Fact, ...]]:
    """What the register says of somebody kept as floating at a place."""
    return {"known": ({"side": "2", "managedType": "2", "managedDiv": place, "recordStatus": status},)}


def decided(document: bytes, facts: Facts | None = None, known: Case | None = None, sender: str = POLICE) -> Decision:
    """What the rules decide."""
    return decide(message(document, sender), facts if facts is not None else {"known": ()}, known)
