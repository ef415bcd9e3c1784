"""Notices (通报) of checks, told where a woman lives, received where her hukou is, within the province and across its border."""

from typing import Final

from demo.families.family import Family, Grants, Route
from demo.families.notice.director import NoticeDirector
from demo.families.notice.facts import NOTICE as _NOTICE
from demo.families.notice.facts import RECEIPT
from demo.families.notice.side import NoticeSide

_CHANNELS: Final = (_NOTICE, RECEIPT)
NOTICE: Final = Family(
    name="notice",
    first="第一份通报已送达。 The first notice has arrived.",
    routes=(
        Route("notice-to-padis", "避孕节育通报 → 国家平台"),
        Route("notice-to-unit", "避孕节育通报 → 户籍地单位"),
        Route("receipt-to-padis", "接收确认 → 国家平台", filtered=True),
        Route("receipt-to-unit", "接收确认 → 现居住地单位", filtered=True),
    ),
    grants={"FJFPIS": Grants(_CHANNELS, _CHANNELS, ("notice.status",))},
    side=NoticeSide,
    director=NoticeDirector,
    partners=("padis",),
)
