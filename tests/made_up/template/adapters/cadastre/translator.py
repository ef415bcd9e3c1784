"""Canonical reports and answers ↔ the register's documents. Pure."""

from __future__ import annotations

import re

from lxml import etree

from hub.contract.message import ChannelName
from hub.contract.xml import Element

REPORT, ANSWER = ChannelName("housenumber.report"), ChannelName("housenumber.answer")
_REPORT = {"reportNo": "申报号", "ownerName": "房主", "street": "街巷", "reportDiv": "区划", "reportTime": "时间"}
_ANSWER = {
    "申报号": "reportNo",
    "结果": "result",
    "门牌": "houseNumber",
    "房主": "ownerName",
    "经办人": "clerkName",
    "时间": "answerTime",
}
_RESULTS = {"同意": "1", "不同意": "2"}


class CadastreTranslator:
    """Reports go out, answers come in; there is nothing else."""

    version = "1.0"

    def to_canonical(self, channel: ChannelName, own: Element) -> Element:
        """The canonical answer."""
        space = f"urn:pophub:{channel}:1.0"
        root = etree.Element(f"{{{space}}}housenumberAnswer", nsmap={None: space})
        for part in own:
            text = part.text or ""
            shown = _RESULTS[text] if part.tag == "结果" else _zoned(text) if part.tag == "时间" else text
            etree.SubElement(root, f"{{{space}}}{_ANSWER[str(part.tag)]}").text = shown
        return root

    def from_canonical(self, channel: ChannelName, view: Element) -> Element:
        """The register's report."""
        root = etree.Element("门牌申报")
        for name, word in _REPORT.items():
            text = view.findtext(f"{{urn:pophub:{channel}:1.0}}{name}", "")
            etree.SubElement(root, word).text = re.sub("[^0-9]", "", text[:19]) if name == "reportTime" else text
        return root


def _zoned(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:12]}:{text[12:14]}+08:00"
