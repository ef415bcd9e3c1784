"""What the simulated platform writes itself: enquiries of other provinces about made-up people, and answers to enquiries.

Identity numbers carry address codes that were never issued (359901 to 359999), so that nobody real can be meant.
"""

from __future__ import annotations

import copy
import zlib
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from lxml import etree

from adapters.padis.simulator.envelope import stamp
from hub.contract.xml import Element

_SURNAMES: Final = "陈林黄张吴李郑王刘苏欧阳蔡杨叶许庄江周谢㛃龙"
_GIVEN: Final = "建秀明美志丽文华国英海玉燕龙凤阳伟清晓雪䶮𠮷芳琴"
_MINORITY: Final = ("阿依古丽·买买提", "次仁·卓玛", "巴特尔·乌云")
_AFAR: Final = ("310104", "330106", "360102", "430104", "440106", "510107")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESULTS: Final = ("SS", "SS", "SS", "SS", "GZ", "GZ", "CW", "LX", "QC")


def enquiry(rng: Random, number: str, place: str, now: datetime) -> Element:
    """An XCQQ of another province about a person whose hukou is at ``place`` (12 digits, zeros at the end may be missing)."""
    sex, born = rng.choice("12"), date(1978, 1, 1) + timedelta(days=rng.randrange(10_000))
    afar, place = rng.choice(_AFAR), _short(place)
    root = etree.Element("XCQQ")
    _add(root, FQXT="PADIS", XCH=number, XCLX="LR", LY="LRDJ", JJCD="C")
    subject = etree.SubElement(root, "DCDX")
    _add(subject, XM=_name(rng), ZJLX="A", ZJHM=_id_number(rng, born, sex), XB=sex, CSRQ=f"{born:%Y%m%d}", HYZK=rng.choice("13"))
    _add(subject, HJDQH=place, XZDQH=afar)
    flow = etree.SubElement(root, "LDXX")
    _add(flow, LDLX="04", LDYY="01", LRRQ=f"{now - timedelta(days=rng.randrange(5, 300)):%Y%m%d}")
    _add(root, DJDQH=place, XCXM="01,12", FQDQH=afar, FQYH=f"{afar}L001", LXR="示例经办人", LXDH="010-00000000", TJSJ=stamp(now))
    return root


def feedback(request: Element, now: datetime) -> Element:
    """An XCFK by the unit that was asked; the result follows from the enquiry's number."""
    result = _RESULTS[zlib.crc32(request.findtext("XCH", "").encode()) % len(_RESULTS)]
    place = request.findtext("DJDQH", "")
    root = etree.Element("XCFK")
    _add(root, FQXT=request.findtext("FQXT", ""), XCH=request.findtext("XCH", ""), FKXH="1", FKJG=result)
    found = result in ("SS", "GZ")
    subject = request.find("DCDX")
    if found and subject is not None:
        verified = copy.deepcopy(subject)
        verified.tag = "HSDX"
        root.append(verified)
    for item in request.findtext("XCXM", "").split(","):
        _add(etree.SubElement(root, "XMDF"), XM=item, DF="已核实" if found else "未能核实")
    if not found:
        _add(root, YY="示例：经核查未能确认")
    if result == "QC":
        _add(root, XDQH=_AFAR[0])
    _add(root, FKDQH=place, FKYH=f"{place}L001", FKSJ=stamp(now))
    return root


def _add(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        etree.SubElement(parent, name).text = text


def _name(rng: Random) -> str:
    if rng.random() < 0.05:
        return rng.choice(_MINORITY)
    return rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2))))


def _id_number(rng: Random, born: date, sex: str) -> str:
    sequence = rng.randrange(1 if sex == "1" else 2, 996, 2)
    body = f"{rng.randrange(359901, 360000)}{born:%Y%m%d}{sequence:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def _short(place: str) -> str:
    kept = len(place.rstrip("0"))
    return place[: next(level for level in (2, 4, 6, 9, 12) if level >= kept)]
