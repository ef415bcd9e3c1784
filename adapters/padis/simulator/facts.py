"""What the ledger says of a document: id, lane and digest, computed from the platform's own words alone."""

from __future__ import annotations

from typing import Final, NamedTuple

from hub.contract.xml import Element
from hub.testkit.ledger import entry_digest, entry_id, entry_lane

_TYPES: Final = {"LR": "1", "LC": "2", "HQ": "3", "YH": "4"}
_RESULTS: Final = {"SS": "1", "GZ": "2", "CW": "3", "LX": "4", "QC": "5"}
_RETURNS: Final = {"QX": "1", "QH": "2", "CW": "3", "XX": "4", "QT": "9"}
_CHECKS: Final = {"Y": "1", "H": "2", "YH": "3"}
_ROLES: Final = {"BR": "1", "NF": "2", "NA": "3", "SF": "4"}
_RECEIPTS: Final = {"JS": "1", "TH": "2", "CW": "3", "GX": "4"}
_WITHDRAWALS: Final = {"LR": "1", "CF": "2", "LK": "3", "QT": "9"}


class Facts(NamedTuple):
    """The three names of a document in every ledger."""

    id: str
    digest: str
    lane: str


def facts(document: Element) -> Facts:
    """Of a document of XC01 to XC07; key and digest parts are those of the canonical vocabulary."""
    if document.tag in ("BYTB", "TBQR"):
        return _of_a_notice(document)
    system, number = document.findtext("FQXT", ""), document.findtext("XCH", "")
    lane = entry_lane(system, number)
    if document.tag == "XCFK":
        seq = document.findtext("FKXH", "")
        digest = entry_digest(number, seq, _RESULTS[document.findtext("FKJG", "")])
        return Facts(entry_id("enquiry.feedback", system, number, seq), digest, lane)
    if document.tag != "XCQQ":
        return _of_the_case(document, system, number, lane)
    born = document.findtext("DCDX/CSRQ", "")
    digest = entry_digest(
        number, _TYPES[document.findtext("XCLX", "")], document.findtext("DCDX/XM", ""), document.findtext("DCDX/ZJHM", ""),
        f"{born[:4]}-{born[4:6]}-{born[6:]}", document.findtext("DJDQH", "").ljust(12, "0"),
    )  # fmt: skip
    return Facts(entry_id("enquiry.request", system, number), digest, lane)


def _of_the_case(document: Element, system: str, number: str, lane: str) -> Facts:
    """Of an XCTH (enquiry.return), XCCH (enquiry.withdraw) or XCCQ (enquiry.withdrawn)."""
    if document.tag == "XCTH":
        seq, place = document.findtext("THXH", ""), document.findtext("THDQH", "").ljust(12, "0")
        digest = entry_digest(number, seq, _RETURNS[document.findtext("THYY", "")])
        return Facts(entry_id("enquiry.return", system, number, place, seq), digest, lane)
    if document.tag == "XCCH":
        digest = entry_digest(number, _WITHDRAWALS[document.findtext("CHYY", "")])
        return Facts(entry_id("enquiry.withdraw", system, number), digest, lane)
    removed = {"1": "true", "0": "false"}[document.findtext("SFCX", "")]
    return Facts(entry_id("enquiry.withdrawn", system, number), entry_digest(number, removed), lane)


def _of_a_notice(document: Element) -> Facts:
    """Of a BYTB (notice.contraception) or TBQR (notice.contraception_receipt). A correction has another result, and so another id."""
    system, number = document.findtext("FQXT", ""), document.findtext("TBH", "")
    lane = entry_lane(system, number)
    if document.tag == "BYTB":
        checked = document.findtext("JCRQ", "")
        digest = entry_digest(
            number, _CHECKS[document.findtext("JCLB", "")], f"{checked[:4]}-{checked[4:6]}-{checked[6:]}", document.findtext("DX/XM", ""),
            document.findtext("DX/ZJHM", ""), document.findtext("HJDQH", "").ljust(12, "0"),
        )  # fmt: skip
        return Facts(entry_id("notice.contraception", system, number), digest, lane)
    place, correct = document.findtext("JSDQH", "").ljust(12, "0"), document.findtext("ZQDQH", "")
    result = _RECEIPTS[document.findtext("QRJG", "")]
    id_ = entry_id("notice.contraception_receipt", system, number, place, _ROLES[document.findtext("SF", "")], result)
    return Facts(id_, entry_digest(number, result, correct.ljust(12, "0") if correct else ""), lane)
