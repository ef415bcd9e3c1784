"""Paths and fields that must not exist, as declarations: who may never learn what, however long the chain.

Source: privacy policy of the requirements, section "who may see what" (paths 1-4, 7, 8); the families and recipients it
names are known here by pattern alone, so that a rule waits for a family that is not plugged in yet. Names: ``source:<adapter>``,
``channel:<channel>``, ``system:<adapter>``, ``view:<recipient>``. Paths 5, 6 are proved by the key and privacy themes; 9-12
concern single rows and stand in the rules of the flows concerned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class NoPath:
    """No chain from a node of ``start`` to one of ``end`` (shell patterns), except to ``allowed``.

    ``direct``: only the channel's own routes count, not what a flow makes of it.
    """

    rule: str
    start: tuple[str, ...]
    end: tuple[str, ...]
    zh: str
    en: str
    allowed: tuple[str, ...] = ()
    direct: bool = False


@dataclass(frozen=True, slots=True)
class NoField:
    """Views matching ``views`` declare no field of these privacy classes or legal bases, and none whose path matches ``paths``."""

    rule: str
    views: tuple[str, ...]
    zh: str
    en: str
    classes: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    paths: str = ""


_POLICE: Final = ("source:police*", "channel:police.*", "system:police*", "view:police*")
_HEALTH: Final = (
    "source:health*",
    "channel:health.*",
    "channel:equal.*",
    "channel:notice.contraception*",
    "channel:notice.surgery*",
    "channel:service.check*",
    "channel:ecert.*",
    "source:ehycert*",
)
_HEALTH_OUT: Final = (
    "channel:health.*",
    "channel:equal.*",
    "channel:notice.*",
    "channel:service.check*",
    "channel:ecert.*",
    "system:health*",
    "system:ehycert*",
)
_LOW: Final = ("village*", "ent*", "sydj*", "lydx*", "dss*", "sms*", "todo*", "document*", "portal*")

NO_PATHS: Final = (
    NoPath(
        "1",
        _HEALTH,
        _POLICE,
        "卫生、避孕节育、证照信息不得流向公安",
        "health, contraception and certificates never reach the police",
    ),
    NoPath(
        "1",
        _POLICE[:2],
        _HEALTH_OUT,
        "公安信息不得流向卫生、通报、证照",
        "what the police send never reaches health, notices or certificates",
    ),
    NoPath(
        "2",
        ("channel:equal.disease*",),
        ("system:*", "view:*"),
        "疾病信息只到流入地单位",
        "disease goes to the unit of residence alone",
        allowed=("view:residence*",),
        direct=True,
    ),
    NoPath(
        "2",
        ("channel:equal.disease*",),
        ("system:sms*", "view:sms*", "view:portal*", "view:phc*", "system:phc*"),
        "疾病信息不得到短信、门户、基层卫生",
        "disease never reaches SMS, portal or primary care",
    ),
    NoPath(
        "3",
        ("channel:health.maternal*", "channel:health.termination*", "channel:health.premarital*"),
        ("system:*", "view:*"),
        "孕产、终止妊娠、婚检记录本身不出卫生系统",
        "maternal, termination and premarital records themselves never leave health",
        allowed=("system:health*", "view:health*", "view:phc*"),
        direct=True,
    ),
    NoPath(
        "3",
        ("channel:health.reverse*",),
        ("system:*", "view:*"),
        "反推只到报送单位或本人乡镇卫生院",
        "corrections go back to the sender or the woman's own health centre alone",
        allowed=("system:health*", "view:phc*"),
        direct=True,
    ),
)
NO_FIELDS: Final = (
    NoField(
        "4",
        _LOW,
        "避孕节育、妊娠、手术信息不得给该接收方",
        "contraception, pregnancy and operations are not for this recipient",
        bases=("contraception", "pregnancy", "surgery"),
    ),
    NoField(
        "1",
        ("police*",),
        "给公安的视图不得含敏感信息",
        "a view for the police holds nothing sensitive",
        classes=("sensitive",),
        bases=("contraception", "pregnancy", "keySubject"),
    ),
    NoField(
        "7",
        ("village*", "sms*", "dss*"),
        "扫描件和照片不得给该接收方",
        "scans and photos are not for this recipient",
        paths=r"(^|/)(photo|material|scan|attachment)(/|$)",
    ),
    NoField("7", ("padis*",), "照片不得给国家平台", "photos are not for the national platform", paths=r"(^|/)photo(/|$)"),
    NoField("8", ("dss*", "stat*"), "统计方只见计数", "statistics see counts alone", classes=("identifying", "sensitive")),
    NoField("8", ("sms*",), "短信视图不得含敏感信息", "a view for text messages holds nothing sensitive", classes=("sensitive",)),
)
