"""Queries: questions, replies and their views hold on every sample; a reply's view shows nobody who was asked about."""

from collections.abc import Callable
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from tests.schemas.schema_reading import QUERIES, channel_file, flat, query_view_files, samples

Opened = Callable[[Path], xmlschema.XMLSchema10]
Compiled = Callable[[Path], etree.XMLSchema]
VIEWS = {
    "padis/enquiry.case": {"name", "idNo", "purpose"},
    "asking_unit/enquiry.case_reply": {
        "found", "more", "person", "person/name", "person/sex", "person/birthDate", "person/hukouDiv", "person/residenceDiv",
        "person/maritalStatus", "person/ecertStatus",
    },
    "police/police.case": {"name", "idNo", "purpose"},
    "asking_unit/police.case_reply": {
        "found", "more", "record", "record/name", "record/sex", "record/birthDate", "record/hukouDiv", "record/residenceDiv",
    },
    "ecert/ecert.verify": {"name", "idNo", "purpose"},
    "asking_unit/ecert.verify_reply": {
        "found", "more", "suggestEnquiry", "notCovered", "coverage", *(f"coverage/{name}" for name in ("provinceDiv", "from", "to")), "certificate",
        *(f"certificate/{name}" for name in (
            "certNo", "nationalNo", "holder", "holder/name", "holder/certType", "holder/sex", "holder/birthDate", "holder/hukouDiv",
            "maritalStatus", "marriageDate", "spouse", "spouse/name", "spouse/certType", "spouse/idNo", "childrenCount", "child",
            "child/birthDate", "child/sex", "child/birthOrder", "child/alive", "child/birthAct", "outDate", "residenceDiv", "issueDiv",
            "issueDate", "status", "version", "mark", "mark/markKind", "mark/item", "mark/eventDate", "mark/markedAt", "cancelled",
            "cancellation", "cancellation/date", "cancellation/reason", "printable",
        )),
    },
    "asking_unit/enquiry.status_reply": {
        "more", "enquiry", "enquiry/hubId", "enquiry/enquiryType", "enquiry/state", "enquiry/stateTitle", "enquiry/openedAt",
        "enquiry/resolvedToDiv", "enquiry/dueAt", "enquiry/result",
    },
    "residence_unit/notice.status_reply": {
        "more", "notice", "notice/hubId", "notice/noticeType", "notice/state", "notice/stateTitle", "notice/openedAt",
        "notice/resolvedToDiv", "notice/dueAt", "notice/result",
    },
}  # fmt: skip
"""What each recipient may see, written by hand from the allow-list."""
UNMASKED = {"asking_unit/enquiry.status_reply", "residence_unit/notice.status_reply"}
"""Replies that name nobody."""
MASKS = {"name": "name", "birthDate": "year", "idNo": "idNo", "certNo": "idNo", "nationalNo": "idNo"}
"""How each identifying value is masked, wherever a reply shows it."""
WRONG = (
    ("ecert.verify", "<name>张测试</name><idNo>359901199005100022</idNo>"),
    ("ecert.verify", "<name>张测试</name><idNo>359901900510002</idNo><purpose>4</purpose>"),
    ("ecert.verify_reply", "<found>false</found><more>false</more><suggestEnquiry>true</suggestEnquiry>"),
    ("enquiry.case", "<name>张测试</name><purpose>2</purpose>"),
    ("enquiry.case", "<idNo>359901199005100022</idNo><name>张测试</name><purpose>2</purpose>"),
    ("enquiry.case", "<name>张测试</name><idNo>35990119900510002x</idNo><purpose>2</purpose>"),
    ("enquiry.case", "<name>张%</name><idNo>359901199005100022</idNo><purpose>0</purpose>"),
    ("enquiry.case", "<name>张测试</name><idNo>359901199005100022</idNo>"),
    ("police.case", "<name>张测试</name><idNo>359901199005100022</idNo>"),
    ("police.case", "<name>张测试</name><idNo>E12345678</idNo><purpose>2</purpose>"),
    ("police.case", "<name>张测试</name><idNo>359901199005100022</idNo><purpose>2</purpose><hukouDiv>350203001000</hukouDiv>"),
    ("police.case_reply", "<found>true</found>"),
    ("enquiry.status", ""),
    ("enquiry.status", "<enquiryNo>XC1</enquiryNo><fromDate>2026-11-01</fromDate><toDate>2026-11-01</toDate>"),
    ("enquiry.status", "<fromDate>2026-11-01</fromDate>"),
    ("enquiry.status", "<fromDate>2026-11-31</fromDate><toDate>2026-12-01</toDate>"),
    ("enquiry.status", "<fromDate>2026-11-01</fromDate><toDate>2026-12-01</toDate><state>8</state>"),
    ("notice.status", "<noticeNo>TB1</noticeNo><fromDate>2026-11-01</fromDate><toDate>2026-11-01</toDate>"),
    ("notice.status", "<fromDate>2026-11-01</fromDate><toDate>2026-12-01</toDate><state>8</state>"),
    ("notice.status_reply", "<more>false</more><notice><hubId>12</hubId></notice>"),
    ("enquiry.case_reply", "<found>true</found>"),
    ("enquiry.status_reply", "<more>false</more><enquiry><hubId>12</hubId></enquiry>"),
)  # fmt: skip


def key(view: Path) -> str:
    """<recipient>/<query> of a view."""
    return f"{view.parent.name}/{view.name.removesuffix('-1.0.xsd')}"


def document(query: str, inside: str) -> etree._Element:
    """A document of a query by hand."""
    head, *rest = query.replace(".", "_").split("_")
    root = head + "".join(word.capitalize() for word in rest)
    return etree.fromstring(f'<{root} xmlns="urn:pophub:{query}:1.0">{inside}</{root}>')


@pytest.mark.parametrize("query", QUERIES)
def test_samples_hold(query: str, opened: Opened, compiled: Compiled) -> None:
    """Each query has samples, valid under both validators."""
    files = samples(query, valid=True)
    assert len(files) >= 2
    for file in files:
        compiled(channel_file(query)).assertValid(etree.parse(str(file)))
        opened(channel_file(query)).validate(str(file))


@pytest.mark.parametrize(("query", "inside"), WRONG)
def test_what_is_wrong_is_refused(query: str, inside: str, opened: Opened, compiled: Compiled) -> None:
    """Both validators say no."""
    made = document(query, inside)
    assert not compiled(channel_file(query)).validate(etree.ElementTree(made))
    assert not opened(channel_file(query)).is_valid(etree.tostring(made))


def test_each_view_shows_what_its_recipient_may_see() -> None:
    """The views are the listed ones, and hold exactly the listed paths, no less and no more."""
    shown = {}
    for file in query_view_files():
        paths = flat(xmlschema.XMLSchema10(str(file), allow="local"))
        shown[key(file)] = {p.partition("/")[2] for p in paths} - {""}
    assert shown == VIEWS


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_a_view_is_a_subset_of_its_query(view: str, opened: Opened) -> None:
    """Same type, count, label and class as in the query; only a mask may be added, in a reply to every identifying value."""
    (file,) = (v for v in query_view_files() if key(v) == view)
    seen, whole = flat(opened(file)), flat(opened(channel_file(view.partition("/")[2])))
    for path, one in seen.items():
        other = whole[path]
        assert (one.type, one.repeats, one.label, one.optional) == (other.type, other.repeats, other.label, other.optional), path
        assert {k: v for k, v in one.privacy.items() if k != "mask"} == other.privacy, path
    if view.endswith("_reply"):
        leaves = {p: d for p, d in seen.items() if not any(q.startswith(p + "/") for q in seen)}
        masked = {p.rpartition("/")[2]: d.privacy.get("mask") for p, d in leaves.items() if d.privacy["class"] == "identifying"}
        assert bool(masked) is (view not in UNMASKED)
        assert masked.items() <= MASKS.items()
