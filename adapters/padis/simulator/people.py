"""What the simulated platform writes itself: enquiries of other provinces about made-up people, and answers to enquiries.

Identity numbers carry address codes that were never issued (359901 to 359999), so that nobody real can be meant.
"""

from __future__ import annotations

import copy
import json
import zlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from lxml import etree

from adapters.padis.simulator.envelope import stamp
from hub.contract.xml import Element

_SURNAMES: Final = "陈林黄张吴李郑王刘苏欧阳蔡杨叶许庄江周谢㛃龙"
_GIVEN: Final = "建秀明美志丽文华国英海玉燕龙凤阳伟清晓雪䶮𠮷芳琴"
_MINORITY: Final = ("阿依古丽·买买提", "次仁·卓玛", "巴特尔·乌云")
AFAR: Final = ("310104", "330106", "360102", "430104", "440106", "510107")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESULTS: Final = ("SS", "SS", "SS", "SS", "GZ", "GZ", "CW", "LX", "QC")
"""What the platform says of somebody it knows nothing about; by the person, so that the same one is always answered alike."""
_OF_KNOWN: Final = ("SS", "SS", "SS", "SS", "SS", "LX", "QC")

Population = Mapping[str, Mapping[str, Any]]
"""Register entries by document number (the form of ``pophub register load``); empty when the platform was given none."""


def read_population(path: Path) -> Population:
    """The people of a JSON Lines file; nobody when there is no such file."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as lines:
        return {entry["idNo"]: entry for entry in map(json.loads, lines) if entry.get("idNo")}


def enquiry(rng: Random, number: str, place: str, now: datetime, person: Mapping[str, Any] | None = None) -> Element:
    """An XCQQ of another province about a person whose hukou is said to be at ``place`` (12 digits, zeros at the end may be
    missing): somebody known who lives there, else somebody made up.
    """
    place = short(place)
    who, home, afar = subject_of(rng, rng.choice("12"), place, person)
    root = etree.Element("XCQQ")
    add(root, FQXT="PADIS", XCH=number, XCLX="LR", LY="LRDJ", JJCD="C")
    subject = etree.SubElement(root, "DCDX")
    add(subject, XM=who["XM"], ZJLX="A", ZJHM=who["ZJHM"], XB=who["XB"], CSRQ=who["CSRQ"], HYZK=who["HYZK"])
    add(subject, HJDQH=home, XZDQH=afar)
    flow = etree.SubElement(root, "LDXX")
    add(flow, LDLX="04", LDYY="01", LRRQ=f"{now - timedelta(days=rng.randrange(5, 300)):%Y%m%d}")
    add(root, DJDQH=place, XCXM="01,12", FQDQH=afar, FQYH=f"{afar}L001", LXR="示例经办人", LXDH="010-00000000", TJSJ=stamp(now))
    return root


def subject_of(rng: Random, sex: str, place: str, person: Mapping[str, Any] | None) -> tuple[dict[str, str], str, str]:
    """Somebody known, else somebody made up of that sex: identity in the platform's words, place of hukou, place of residence afar."""
    born, afar = date(1978, 1, 1) + timedelta(days=rng.randrange(10_000)), rng.choice(AFAR)
    who = {"XM": _name(rng), "ZJHM": _id_number(rng, born, sex), "XB": sex, "CSRQ": f"{born:%Y%m%d}", "HYZK": rng.choice("13")}
    if not person:
        return who, place, afar
    who |= {"XM": person["name"], "ZJHM": person["idNo"], "XB": person["sex"], "CSRQ": person["birthDate"].replace("-", "")}
    return who, short(person["hukouDiv"]), short(person["residenceDiv"])


def ask_about(known: Population, province: str, rng: Random) -> list[Mapping[str, Any]]:
    """Whom other provinces may ask about: the known whose hukou is in ``province`` and who live elsewhere, in random order."""
    found = [p for p in known.values() if p["hukouDiv"].startswith(province) and not p["residenceDiv"].startswith(province)]
    rng.shuffle(found)
    return found


def feedback(request: Element, now: datetime, known: Population) -> Element:
    """An XCFK by the unit that was asked. What it says follows from the person alone: who is asked about twice is answered alike."""
    result = _result(request, known)
    place = request.findtext("PFDQH") or request.findtext("DJDQH") or ""
    root = etree.Element("XCFK")
    add(root, FQXT=request.findtext("FQXT", ""), XCH=request.findtext("XCH", ""), FKXH="1", FKJG=result)
    found = result in ("SS", "GZ")
    subject = request.find("DCDX")
    if found and subject is not None:
        root.append(_verified(subject, known))
    for item in request.findtext("XCXM", "").split(","):
        add(etree.SubElement(root, "XMDF"), XM=item, DF="已核实" if found else "未能核实")
    if not found:
        add(root, YY="示例：经核查未能确认")
    if result == "QC":
        add(root, XDQH=AFAR[0])
    add(root, FKDQH=place, FKYH=f"{place}L001", FKSJ=stamp(now))
    return root


def returned(request: Element, now: datetime) -> Element:
    """An XCTH: the unit asked is not the right one; another one beyond the border is."""
    place = request.findtext("DJDQH", "")
    other = next(afar for afar in AFAR if not place.startswith(afar))
    root = etree.Element("XCTH")
    add(root, FQXT=request.findtext("FQXT", ""), XCH=request.findtext("XCH", ""), THXH="1", THYY="QX", JYDQH=other)
    add(root, THDQH=place, THYH=f"{place}L001", THSJ=stamp(now))
    return root


def withdrawal(enquiry: Element, now: datetime) -> Element:
    """An XCCH: the other province takes its enquiry back."""
    place = enquiry.findtext("FQDQH", "")
    root = etree.Element("XCCH")
    add(root, FQXT=enquiry.findtext("FQXT", ""), XCH=enquiry.findtext("XCH", ""), CHYY="CF", CHYH=f"{place}L001", CHSJ=stamp(now))
    return root


def removed(withdrawal: Element, now: datetime) -> Element:
    """An XCCQ: what was withdrawn is removed."""
    root = etree.Element("XCCQ")
    add(root, FQXT=withdrawal.findtext("FQXT", ""), XCH=withdrawal.findtext("XCH", ""), SFCX="1", QRYH="36L001", QRSJ=stamp(now))
    return root


def _result(request: Element, known: Population) -> str:
    name, number, born = (request.findtext(f"DCDX/{part}", "") for part in ("XM", "ZJHM", "CSRQ"))
    chance = zlib.crc32(f"{name}/{number}/{born}".encode())
    if not known:
        return _RESULTS[chance % len(_RESULTS)]
    person = known.get(number)
    if person is None or person["name"] != name:
        return "CW"
    return "GZ" if person["birthDate"].replace("-", "") != born else _OF_KNOWN[chance % len(_OF_KNOWN)]


def _verified(subject: Element, known: Population) -> Element:
    """The person asked about, with the birth date that the platform knows."""
    verified = copy.deepcopy(subject)
    verified.tag = "HSDX"
    person, born = known.get(subject.findtext("ZJHM", "")), verified.find("CSRQ")
    if person is not None and born is not None:
        born.text = person["birthDate"].replace("-", "")
    return verified


def add(parent: Element, **texts: str) -> None:
    """Append one element for each text, in order."""
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


def short(place: str) -> str:
    """A division as the platform writes it: without the zeros at its end."""
    kept = len(place.rstrip("0"))
    return place[: next(level for level in (2, 4, 6, 9, 12) if level >= kept)]
