"""What may be asked about notices: whether one's own were received (from the cases; requirements, 通报接收)."""

from __future__ import annotations

from typing import Final

from hub.contract.channel import Part
from hub.contract.message import ChannelName
from hub.contract.query import Asker, CaseSeen, FromCases, Query
from routes.notice import states


def row(case: CaseSeen) -> dict[str, str]:
    """One notice as its sender sees it: codes and moments, in the order of the schema."""
    told = {
        "hubId": case.message,
        "noticeType": case.data.get("type"),
        "state": case.state,
        "stateTitle": states.TITLES[case.state],
        "openedAt": case.opened_at.isoformat(timespec="seconds"),
        "resolvedToDiv": case.owed_by,
        "dueAt": case.due_at.isoformat(timespec="seconds") if case.due_at else None,
        "result": case.data.get("result"),
    }
    return {name: value for name, value in told.items() if value}


STATUS: Final = Query(
    name=ChannelName("notice.status"),
    title="通报接收情况查询",
    source=FromCases((Part("@fromSystem"), Part("noticeNo")), row, since="fromDate", until="toDate", state="state"),
    askers=(Asker("residence_unit"),),
    row="notice",
    open=("fromDate", "toDate", "state"),
)
