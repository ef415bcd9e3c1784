"""What the simulated platform writes of notices: checks of made-up women of ours in other provinces, and receipts for our notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from lxml import etree

from adapters.padis.simulator.envelope import stamp
from adapters.padis.simulator.people import AFAR, add, short, subject_of
from hub.contract.xml import Element

_CHECKS = (("Y", {"YQJG": "WY"}), ("Y", {"YQJG": "YY"}), ("H", {"HQJG": "ZC"}), ("YH", {"YQJG": "WY", "HQJG": "WH"}))


def notice(rng: Random, number: str, place: str, now: datetime, person: Mapping[str, Any] | None = None) -> Element:
    """A BYTB of another province about a woman whose hukou is said to be at ``place`` (12 digits, zeros at the end may be missing)."""
    place = short(place)
    who, home, afar = subject_of(rng, "2", place, person)
    kind, results = rng.choice(_CHECKS)
    root = etree.Element("BYTB")
    add(root, FQXT="PADIS", TBH=number)
    subject = etree.SubElement(root, "DX")
    add(subject, XM=who["XM"], ZJLX="A", ZJHM=who["ZJHM"], XB=who["XB"], CSRQ=who["CSRQ"], HJDQH=home, XZDQH=afar)
    checked = now - timedelta(days=rng.randrange(1, 20))
    add(
        root,
        XZDQH=afar,
        LRRQ=f"{now - timedelta(days=rng.randrange(30, 300)):%Y%m%d}",
        HJDQH=place,
        JCLB=kind,
        JCRQ=f"{checked:%Y%m%d}",
    )
    add(root, **results, JGDM=f"{rng.randrange(10**8, 10**9)}", JGMC="示例服务站", JGLB="JS", TBLY="SG")
    add(root, TBDQH=afar, TBYH=f"{afar}L001", TBSJ=stamp(now))
    return root


def women(known: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the known about whom there may be a notice."""
    return [person for person in known if person["sex"] == "2"]


def receipt(told: Element, now: datetime, result: str) -> Element:
    """A TBQR by the unit told: JS received, GX received and updated, CW wrong."""
    root = _answer(told, now, result)
    more = {"CW": {"THYY": "CW"}, "GX": {"DJLY": "TB", "SFGX": "1"}}.get(result, {"DJLY": "WD"})
    add(root, **more)
    return root


def returned(told: Element, now: datetime) -> Element:
    """A TBQR with TH: the unit told is not the right one; another one beyond the border is."""
    root, place = _answer(told, now, "TH"), told.findtext("HJDQH", "")
    add(root, THYY="QX", ZQDQH=next(afar for afar in AFAR if not place.startswith(afar)))
    return root


def _answer(told: Element, now: datetime, result: str) -> Element:
    place = told.findtext("PFDQH", "") or told.findtext("HJDQH", "")
    root = etree.Element("TBQR")
    add(root, FQXT=told.findtext("FQXT", ""), TBH=told.findtext("TBH", ""), TBLX="BY", SF="BR", QRJG=result)
    add(root, JSDQH=place, JSYH=f"{place}L001", JSSJ=stamp(now))
    return root
