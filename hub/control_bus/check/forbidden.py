"""Paths and fields that must not exist, as declarations: who may never learn what, however long the chain.

Source: privacy policy of the requirements, section "who may see what" (paths 1-4, 7, 8); the families and recipients it
names are known here by pattern alone, so that a rule waits for a family that is not plugged in yet. Names: ``source:<adapter>``,
``channel:<channel>``, ``system:<adapter>``, ``view:<recipient>``. Of path 5 keys are proved by the key theme, texts by the masking
of every outlet; path 6 by the privacy theme. 9, 11 and 12 concern single rows and stand in the rules of the flows concerned.
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
    """Views matching ``views`` declare no field of these privacy classes or legal bases, and none whose path matches ``paths``.

    ``views`` and ``allowed`` are ``<recipient>`` or ``<recipient>/<channel>``; what matches ``allowed_paths`` is no fault.
    """

    rule: str
    views: tuple[str, ...]
    zh: str
    en: str
    classes: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    paths: str = ""
    allowed: tuple[str, ...] = ()
    allowed_paths: str = ""


@dataclass(frozen=True, slots=True)
class NoType:
    """No channel matching ``channels``, and no view of it, has an element of a code list matching ``types``."""

    rule: str
    channels: tuple[str, ...]
    types: tuple[str, ...]
    zh: str
    en: str


_POLICE: Final = ("source:police*", "channel:police.*", "system:police*", "view:police*")
_HEALTH: Final = (
    "channel:health.*",
    "channel:equal.*",
    "channel:notice.contraception*",
    "channel:notice.surgery*",
    "channel:service.check*",
    "channel:ecert.*",
)
_HEALTH_FROM: Final = (*_HEALTH, "source:health*", "source:ehycert*")
_HEALTH_TO: Final = (*_HEALTH, "system:health*", "system:ehycert*", "view:health*", "view:phc*", "view:ehycert*", "view:ecert*")
_LOW: Final = ("village*", "ent*", "sydj*", "lydx*", "dss*", "sms*", "todo*", "document*", "portal*", "log*")
_REPRODUCTIVE: Final = r"[pP]regnan|[cC]ontracept|[oO]peration|[sS]urgery|[tT]erminat|[aA]bort|(^|/)(edd|lmp|expectedDate)$"
_SCANS: Final = r"(^|/)(photo|material|scan|attachment)(/|$)"

NO_PATHS: Final = (
    NoPath(
        "1",
        _HEALTH_FROM,
        _POLICE[1:],
        "卫生、避孕节育、证照信息不得流向公安",
        "health, contraception and certificates never reach the police",
    ),
    NoPath(
        "1",
        _POLICE[:2],
        _HEALTH_TO,
        "公安信息不得流向卫生、避孕节育、证照",
        "what the police send never reaches health, contraception or certificates",
    ),
    NoPath(
        "2",
        ("channel:equal.disease*",),
        ("system:*", "view:*"),
        "疾病信息只到流入地单位，统计方只得计数",
        "disease goes to the unit of residence alone, and as counts to statistics",
        allowed=("view:residence*", "view:dss*", "system:dss*"),
    ),
    NoPath(
        "3",
        ("channel:health.*maternal*", "channel:health.*terminat*", "channel:health.*premarital*"),
        ("system:*", "view:*"),
        "孕产、终止妊娠、婚检记录本身不出卫生系统",
        "maternal, termination and premarital records themselves never leave health",
        allowed=("system:health*", "view:health*", "view:phc*"),
        direct=True,
    ),
    NoPath(
        "3",
        ("channel:health.delivery", "channel:health.vaccination", "channel:health.birth_certificate"),
        ("system:*", "view:*"),
        "分娩、出生证、接种记录本身不送任何单位，只留比对任务",
        "deliveries, birth certificates and vaccinations are compared; the records themselves go to nobody",
        direct=True,
    ),
    NoPath(
        "3",
        ("channel:health.comparison", "channel:health.handling"),
        ("system:*", "view:*"),
        "比对任务及其处理只到承办单位",
        "a comparison and its handling reach the unit that must act alone",
        allowed=("view:hukou_unit", "view:residence_unit", "view:birthplace_unit"),
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
        "4", _LOW, "避孕节育、妊娠、手术信息不得给该接收方", "contraception, pregnancy and operations are not for this recipient",
        bases=("contraception", "pregnancy", "surgery"), paths=_REPRODUCTIVE,
    ),
    NoField(
        "1", ("police*",), "给公安的视图不得含敏感信息", "a view for the police holds nothing sensitive",
        classes=("sensitive",), bases=("contraception", "pregnancy", "keySubject"),
    ),
    NoField(
        "1", ("police*",), "公安只见姓名和证件号码", "the police see name and number alone",
        classes=("identifying",), allowed_paths=r"(^|/)(name|idNo|policeRecordId)$",
    ),
    NoField("7", ("village*", "sms*", "dss*"), "扫描件和照片不得给该接收方", "scans and photos are not for this recipient", paths=_SCANS),
    NoField(
        "7", ("padis*",), "除一孩登记协查的材料外，扫描件不得给国家平台",
        "scans are not for the national platform, but for the materials of a first-child enquiry",
        paths=r"(^|/)(material|scan|attachment)(/|$)", allowed=("padis*/enquiry.request",),
    ),
    NoField("7", ("padis*/enquiry.*",), "协查不带照片给国家平台", "enquiries carry no photo to the national platform", paths=r"(^|/)photo(/|$)"),
    NoField(
        "8", ("dss*", "stat*", "supervis*"), "统计方和监管方只见计数", "statistics and supervisors see counts alone",
        classes=("identifying", "sensitive"),
    ),
    NoField("8", ("export*", "survey*"), "导出只含编码，不含身份信息", "exports are coded and name nobody", classes=("identifying",)),
    NoField("8", ("sms*",), "短信视图不得含敏感信息", "a view for text messages holds nothing sensitive", classes=("sensitive",)),
    NoField(
        "8", ("sms*",), "短信视图只含电话号码", "a view for text messages names nobody, it holds a number to send to",
        classes=("identifying",), allowed_paths=r"(^|/)(mobile|phone)$",
    ),
)  # fmt: skip
NO_TYPES: Final = (
    NoType(
        "10", ("notice.*",), ("*}CL_TERMINATE", "CL_TERMINATE"), "通报不得携带终止妊娠代码（含自然流产）",
        "no notice carries how a pregnancy ended, a miscarriage among it",
    ),
)  # fmt: skip
