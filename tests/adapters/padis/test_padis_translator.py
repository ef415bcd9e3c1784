"""The translator: everything the view holds arrives in PADIS's words and comes back as it was; both sides stay valid."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.padis import ADAPTER
from adapters.padis.translator import NO_NUMBER_REASON
from adapters.padis.values import DATE, DIVISION, NAME, NUMBER, TIME
from adapters.padis.vocabulary import ENQUIRY_FEEDBACK, ENQUIRY_REQUEST, NOTICE_CONTRACEPTION, NOTICE_RECEIPT, Group, Leaf
from hub.contract.errors import FlowError
from hub.contract.message import ChannelName
from hub.contract.xml import Element, canonical_form, parse, serialise
from tests.adapters.padis.padis_platform import FEEDBACK, NOTICE, RECEIPT, REGISTRY, REQUEST, SAMPLES, SCHEMAS

DOCUMENTS = {REQUEST: ENQUIRY_REQUEST, FEEDBACK: ENQUIRY_FEEDBACK, NOTICE: NOTICE_CONTRACEPTION, RECEIPT: NOTICE_RECEIPT}
OWN = sorted(p for p in SAMPLES.glob("*/*.xml") if p.parent.name in DOCUMENTS)
CANONICAL = sorted(p for p in (SCHEMAS / "canonical" / "1.0" / "samples").glob("*/*.xml") if p.parent.name in DOCUMENTS)


def channel_of(path: Path) -> ChannelName:
    return ChannelName(path.parent.name)


def to_own(channel: ChannelName, view: Element) -> Element:
    """Translated, and valid in PADIS's schema."""
    operation = ADAPTER.operation_for(channel)
    assert operation is not None
    own = parse(serialise(ADAPTER.translator.from_canonical(channel, view)))
    REGISTRY.validate(operation.schema, own)
    return own


def to_canonical(channel: ChannelName, own: Element) -> Element:
    """Translated, and valid in the canonical schema."""
    canonical = parse(serialise(ADAPTER.translator.to_canonical(channel, own)))
    REGISTRY.validate(f"canonical/1.0/{channel}.xsd", canonical)
    return canonical


def view_of(channel: ChannelName, document: Element) -> Element:
    return REGISTRY.project(f"views/padis/{channel}-1.0.xsd", document, fill={}, basis=frozenset({"contraception", "pregnancy"}))


@pytest.mark.parametrize("path", OWN, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_our_samples_come_back_as_they_were(path: Path) -> None:
    """Each sample of PADIS is valid, becomes a valid canonical document, and comes back the same (but for who asks)."""
    channel, own = channel_of(path), parse(path.read_bytes())
    operation = ADAPTER.operation_for(channel)
    assert operation is not None
    REGISTRY.validate(operation.schema, own)
    canonical = to_canonical(channel, own)
    again = to_own(channel, view_of(channel, canonical))
    if channel in (REQUEST, NOTICE):
        own[0].text = again[0].text = None
    assert _squeezed(again) == _squeezed(own)


@pytest.mark.parametrize("path", CANONICAL, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_canonical_samples_survive_the_journey(path: Path) -> None:
    """Whatever PADIS may see of a canonical sample is in the document it gets: translated back, nothing is missing or changed."""
    channel = channel_of(path)
    view = view_of(channel, parse(path.read_bytes()))
    if view.find("{*}material/{*}href") is not None:
        with pytest.raises(FlowError):
            ADAPTER.translator.from_canonical(channel, view)
        return
    back = to_canonical(channel, to_own(channel, view))
    for person in back.iterchildren("{*}subject", "{*}verifiedSubject"):
        for reason in person.findall("{*}noIdReason"):
            person.remove(reason)
    assert canonical_form(back) == canonical_form(parse(serialise(view)))


@pytest.mark.parametrize("channel", list(DOCUMENTS))
def test_the_dictionary_knows_every_element_of_the_view(channel: ChannelName) -> None:
    """No element that PADIS may see is left without a word in its vocabulary (attachments by reference are refused as a whole)."""
    known = set(_paths(DOCUMENTS[channel]))
    seen = set(REGISTRY.fields(f"views/padis/{channel}-1.0.xsd")) - {""}
    assert seen - known == {REQUEST: {"material/href"}, NOTICE: {"photo/href"}}.get(channel, set())


def test_words_really_differ() -> None:
    """PADIS's document shares no element name with the canonical one: a passed-through element would be seen."""
    leaves = {name for group in DOCUMENTS.values() for name in _names(group)}
    assert all(canonical != own for canonical, own in leaves)


def test_the_asking_system_is_named() -> None:
    """PADIS is told which system asks: the one that the view names, else the floating register."""
    view = view_of(REQUEST, parse((SCHEMAS / "canonical/1.0/samples/enquiry.request/type1-inflow.xml").read_bytes()))
    assert to_own(REQUEST, view).findtext("FQXT") == "FJFPIS"
    named = parse(serialise(view).replace(b"<enquiryNo>", b"<originSystem>XMPIS</originSystem><enquiryNo>", 1))
    assert to_own(REQUEST, named).findtext("FQXT") == "XMPIS"


def test_what_partners_may_send_loosely_is_made_strict() -> None:
    """Full-width digits, a lower-case x and blanks of a number, and dots and blanks of a name, are put right; a missing number gets its reason."""
    text = next(p for p in OWN if p.stem == "inflow-from-another-province").read_text(encoding="utf-8")
    loose = text.replace("<XM>谢阳秀<", "<XM> 阿依古丽•买买提 <").replace(
        "359961200408010138", " ３５９９６１２００４０８０１０１３x"
    )
    subject = to_canonical(REQUEST, parse(loose.encode())).find("{*}subject")
    assert subject is not None
    assert subject.findtext("{*}name") == "阿依古丽·买买提"
    assert subject.findtext("{*}idNo") == "35996120040801013X"
    without = text.replace("    <ZJHM>359961200408010138</ZJHM>\n", "")
    assert without != text
    subject = to_canonical(REQUEST, parse(without.encode())).find("{*}subject")
    assert subject is not None
    assert [part.text for part in subject][2] == NO_NUMBER_REASON


@given(st.from_regex(r"[1-9][0-9]{11}", fullmatch=True))
def test_divisions_come_back(division: str) -> None:
    """Every 12-digit division is shortened to a level (2, 4, 6, 9, 12) and restored."""
    assert len(DIVISION.own(division)) in (2, 4, 6, 9, 12)
    assert DIVISION.canonical(DIVISION.own(division)) == division


@pytest.mark.parametrize(
    ("form", "canonical", "own"),
    [
        (DIVISION, "350102001000", "350102001"),
        (DIVISION, "350100000000", "3501"),
        (DIVISION, "350110000000", "350110"),
        (DIVISION, "350000000000", "35"),
        (DATE, "2025-03-03", "20250303"),
        (DATE, "2025-03", "202503"),
        (DATE, "2025", "2025"),
        (TIME, "2025-03-03T09:30:00+08:00", "20250303093000"),
        (TIME, "2025-03-03T09:30:00.123456+08:00", "20250303093000123456"),
        (NUMBER, "闽 A-1", "闽 A-1"),
        (NAME, "㛃䶮𠮷", "㛃䶮𠮷"),
    ],
)
def test_values_have_one_form_each(form: object, canonical: str, own: str) -> None:
    """Dates, times, divisions, numbers and names in both forms."""
    assert form.own(canonical) == own  # type: ignore[attr-defined]
    assert form.canonical(own) == canonical  # type: ignore[attr-defined]


def _squeezed(element: Element) -> list[tuple[str, str]]:
    return [(str(part.tag), (part.text or "").strip()) for part in element.iter()]


def _paths(group: Group, above: str = "") -> list[str]:
    found = []
    for part in group.parts:
        path = f"{above}{part.canonical}"
        found.append(path)
        if isinstance(part, Group):
            found += _paths(part, f"{path}/")
    return found


def _names(group: Group | Leaf) -> set[tuple[str, str]]:
    below = group.parts if isinstance(group, Group) else ()
    return {(group.canonical, group.own)}.union(*(_names(part) for part in below))


@pytest.mark.parametrize(
    ("element", "ours", "theirs"),
    [
        ("enquiryType", "CL_ENQ", "T_XCLX"),
        ("origin", "CL_ENQORIGIN", "T_LY"),
        ("urgency", "CL_URG", "T_JJCD"),
        ("certType", "CL_CERT", "T_ZJLX"),
        ("maritalStatus", "CL_MARITAL", "T_HYZK"),
        ("managedType", "CL_MANAGED", "T_GLLX"),
        ("flowType", "CL_FLOWTYPE", "T_LDLX"),
        ("result", "CL_ENQRESULT", "T_FKJG"),
        ("result", "CL_RECEIPT", "T_QRJG"),
        ("importedFrom", "CL_IMPORT", "T_DRLY"),
        ("checkKind", "CL_CHECK", "T_JCLB"),
        ("pregnancyResult", "CL_PREG", "T_YQJG"),
        ("iudResult", "CL_IUD", "T_HQJG"),
        ("checkOrgType", "CL_ORGTYPE", "T_JGLB"),
        ("source", "CL_SOURCE", "T_TBLY"),
        ("role", "CL_ROLE", "T_JSSF"),
        ("registeredFrom", "CL_REGFROM", "T_DJLY"),
        ("reasonCode", "CL_RETURN", "T_THYY"),
    ],
)
def test_codes_mean_the_same(element: str, ours: str, theirs: str) -> None:
    """Each code of a list is translated to the code of the same Chinese label, all of them, both ways."""
    of = [NOTICE_RECEIPT] if ours == "CL_RECEIPT" else [ENQUIRY_FEEDBACK] if element == "result" else DOCUMENTS.values()
    (form,) = {leaf.form for group in of for leaf in _leaves(group) if leaf.canonical == element}
    canonical, own = _labels(ours, *(SCHEMAS / "codes").glob("*.xsd")), _labels(theirs, SCHEMAS / "padis/1.0/codes.xsd")
    assert {form.own(code): label for code, label in canonical.items()} == own
    assert {form.canonical(code): label for code, label in own.items()} == canonical


def _leaves(group: Group) -> list[Leaf]:
    return [leaf for part in group.parts for leaf in ([part] if isinstance(part, Leaf) else _leaves(part))]


def _labels(list_name: str, *files: Path) -> dict[str, str]:
    xs = "{http://www.w3.org/2001/XMLSchema}"
    return {
        code.get("value", ""): code.findtext(f"{xs}annotation/{xs}documentation", "")
        for file in files
        for kind in parse(file.read_bytes()).iter(f"{xs}simpleType")
        if kind.get("name") == list_name
        for code in kind.iter(f"{xs}enumeration")
    }
