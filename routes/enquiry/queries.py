"""What may be asked about enquiries: how one's own stand (from the cases), and what the national platform knows of a person.

Sources: requirements, 协查反馈结果查询 and 个案信息查询 (跨省); caps and purposes ours, configurable.
"""

from __future__ import annotations

from typing import Final

from hub.contract.channel import Part
from hub.contract.message import ChannelName
from hub.contract.query import Asker, CaseSeen, FromCases, FromPartner, Query
from routes.enquiry import states


def row(case: CaseSeen) -> dict[str, str]:
    """One enquiry as its asker sees it: codes and moments, in the order of the schema."""
    told = {
        "hubId": case.message,
        "enquiryType": case.data.get("type"),
        "state": case.state,
        "stateTitle": states.TITLES[case.state],
        "openedAt": case.opened_at.isoformat(timespec="seconds"),
        "resolvedToDiv": case.owed_by,
        "dueAt": case.due_at.isoformat(timespec="seconds") if case.due_at else None,
        "result": case.data.get("result"),
    }
    return {name: value for name, value in told.items() if value}


STATUS: Final = Query(
    name=ChannelName("enquiry.status"),
    title="协查反馈结果查询",
    source=FromCases((Part("@fromSystem"), Part("enquiryNo")), row, since="fromDate", until="toDate", state="state"),
    askers=(Asker("asking_unit"),),
    row="enquiry",
    open=("fromDate", "toDate", "state"),
)
CASE: Final = Query(
    name=ChannelName("enquiry.case"),
    title="个案信息查询（跨省）",
    source=FromPartner("padis", "padis"),
    askers=(Asker("asking_unit", frozenset({"FJFPIS"})),),
    row="person",
    subject=(Part("idNo"),),
    purpose="purpose",
    needs_user=True,
)
