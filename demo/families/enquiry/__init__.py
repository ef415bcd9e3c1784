"""Enquiries (协查): asked between the spokes and across the border, answered, given back, taken back."""

from typing import Final

from demo.families.enquiry.director import EnquiryDirector
from demo.families.enquiry.facts import CHANNELS, RETURN
from demo.families.enquiry.questions import CASE, STATUS
from demo.families.enquiry.side import EnquirySide
from demo.families.enquiry.tried import LEAST, problems, tried
from demo.families.family import Family, Grants, Route

ENQUIRY: Final = Family(
    name="enquiry",
    first="第一笔协查已反馈。 The first enquiry has been answered.",
    routes=(
        Route("request-to-padis", "跨省协查 → 国家平台"),
        Route("request-to-unit", "协查 → 被协查地单位"),
        Route("feedback-to-padis", "协查反馈 → 国家平台", filtered=True),
        Route("feedback-to-unit", "协查反馈 → 发起单位", filtered=True),
        Route("return-to-hub", "协查退回 → 枢纽", kept=True, filtered=True),
        Route("withdraw-to-padis", "协查撤回 → 国家平台", filtered=True),
        Route("withdraw-to-unit", "协查撤回 → 被协查地单位", filtered=True),
        Route("withdrawn-to-padis", "撤回确认 → 国家平台", filtered=True),
        Route("withdrawn-to-unit", "撤回确认 → 发起单位", filtered=True),
    ),
    grants={"FJFPIS": Grants(CHANNELS, tuple(channel for channel in CHANNELS if channel != RETURN), (STATUS, CASE))},
    side=EnquirySide,
    director=EnquiryDirector,
    partners=("padis",),
    news="enquiry.feedback:",
    tried=tried,
    least=LEAST,
    problems=problems,
)
