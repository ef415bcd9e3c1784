"""A view only takes away: what it declares is the channel's, and what its recipient may not see it does not declare."""

from collections.abc import Callable
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from tests.schemas.schema_reading import CHANNELS, Declared, case_data_views, channel_file, flat, samples, view_files

Opened = Callable[[Path], xmlschema.XMLSchema10]
Compiled = Callable[[Path], etree.XMLSchema]
NEVER = {
    "personId", "childId", "noIdReason", "nameRareFlag", "idNoCheck", "ethnicity", "nationality", "education", "hukouType", "hukouNature",
    "relationToHead", "workUnit", "landlordOrEmployer", "photo", "fingerprint", "birthCertNo", "recordStatus", "cancelDate", "cancelReason", "updateTime",
}  # fmt: skip
STREET = {"hukouAddr", "residenceAddr", "householdNo", "phone"}
UNTOLD = NEVER - {"photo"} | STREET | {"mobile"}
FAMILY = {"maritalStatus", "marriageDate", "spouse", "child", "childrenCount"}
CHECK = {"checkKind", "checkDate", "pregnancyResult", "expectedDate", "iudResult", "contraception", "contraceptionDate"}
CONTRACEPTION = {"contraception", "contraceptionDate", "contraceptionBlock"}
ABSENT = {
    "padis/enquiry.request": NEVER | STREET | CONTRACEPTION,
    "padis/enquiry.feedback": NEVER | STREET,
    "asked_unit/enquiry.request": NEVER | CONTRACEPTION | {"material", "base64", "href"},
    "asking_unit/enquiry.feedback": NEVER | {"material", "base64", "href"},
    "padis/notice.contraception": UNTOLD | FAMILY,
    "hukou_unit/notice.contraception": UNTOLD | FAMILY,
    "padis/notice.contraception_receipt": {"matchedPersonId", "photo"},
    "residence_unit/notice.contraception_receipt": {"matchedPersonId", "photo"},
}
PRESENT = {
    "padis/enquiry.request": {"mobile", "spouse", "child", "pregnant", "expectedDate", "material", "contactPhone", "resolvedToDiv", "resolvedBy", "effectiveTime", "dueAt"},
    "padis/enquiry.feedback": {"originSystem", "mobile", "pregnancy", "contraceptionBlock", "ecert", "permit", "itemAnswer", "newDiv"},
    "asked_unit/enquiry.request": STREET | {"mobile", "spouse", "child", "pregnant", "expectedDate", "flow", "resolvedToDiv", "resolvedBy", "effectiveTime", "dueAt"},
    "asking_unit/enquiry.feedback": STREET | CONTRACEPTION | {"originSystem", "pregnancy", "ecert", "permit", "child", "spouse", "flow"},
    "padis/notice.contraception": CHECK | {"originSystem", "resolvedToDiv", "dueAt", "checkOrgCode", "flow", "photo", "fingerprintVerified", "noticeDiv"},
    "hukou_unit/notice.contraception": CHECK | {"originSystem", "resolvedBy", "dueAt", "checkOrgCode", "flow", "photo", "fingerprintVerified", "noticeDiv"},
    "padis/notice.contraception_receipt": {"originSystem", "noticeNo", "result", "reasonCode", "correctDiv", "photoCompared", "fingerprintVerified"},
    "residence_unit/notice.contraception_receipt": {"originSystem", "noticeNo", "result", "reasonCode", "correctDiv", "registerUpdated", "proofPrinted"},
}  # fmt: skip
BASIS = {
    "checkKind": "pregnancy",
    "checkDate": "pregnancy",
    "pregnancyResult": "pregnancy",
    "iudResult": "contraception",
    "pregnant": "pregnancy",
    "expectedDate": "pregnancy",
    "pregnancy": "pregnancy",
    "lmp": "pregnancy",
    "edd": "pregnancy",
} | dict.fromkeys(CONTRACEPTION, "contraception")


def channel_of(view_file: Path) -> Path:
    """The channel a view narrows, told by its file name."""
    return channel_file(view_file.name.removesuffix("-1.0.xsd"))


def key(view_file: Path) -> str:
    """<recipient>/<channel> of a view."""
    return f"{view_file.parent.name}/{view_file.name.removesuffix('-1.0.xsd')}"


def project(document: etree._ElementTree, declared: dict[str, Declared]) -> etree._ElementTree:
    """Drops every element whose path is not declared, in place."""

    def visit(node: etree._Element, path: str) -> None:
        for child in list(node.iterchildren(etree.Element)):
            below = f"{path}/{etree.QName(child).localname}"
            if below in declared:
                visit(child, below)
            else:
                node.remove(child)

    visit(document.getroot(), etree.QName(document.getroot()).localname)
    return document


def test_the_views_are_the_listed_ones() -> None:
    """Exactly these views of channels with a person exist, each judged below."""
    assert {key(v) for v in view_files()} == set(ABSENT) == set(PRESENT)


def test_a_view_is_a_subset_of_its_channel(view_file: Path, opened: Opened) -> None:
    """Each element path of a view exists in the channel, in the same namespace, with the same type, count, label and class."""
    view, channel = flat(opened(view_file)), flat(opened(channel_of(view_file)))
    assert opened(view_file).target_namespace == opened(channel_of(view_file)).target_namespace
    for path, seen in view.items():
        assert path in channel, f"added: {path}"
        whole = channel[path]
        assert (seen.type, seen.repeats, seen.label) == (whole.type, whole.repeats, whole.label), path
        assert seen.privacy.items() >= whole.privacy.items(), path
        assert seen.optional == whole.optional or path.endswith(("/idNo", "/checkKind", "/checkDate")), path


def test_a_view_takes_away_only_what_may_be_missing(view_file: Path, opened: Opened) -> None:
    """What a view leaves out of a structure it keeps is optional in the channel, or one side of a choice."""
    view, channel = flat(opened(view_file)), flat(opened(channel_of(view_file)))
    gone = [p for p in channel if p not in view and p.rpartition("/")[0] in view]
    assert gone
    assert [p for p in gone if not channel[p].optional] == []


def test_a_view_keeps_the_order_of_its_channel(view_file: Path, opened: Opened) -> None:
    """The elements of a view follow each other as they do in the channel."""
    view, channel = list(flat(opened(view_file))), list(flat(opened(channel_of(view_file))))
    assert [p for p in channel if p in set(view)] == view


def test_every_sample_projects_into_every_view(view_file: Path, opened: Opened, compiled: Compiled) -> None:
    """Each valid document, stripped of what the view does not declare, is valid under the view."""
    files = samples(key(view_file).partition("/")[2], valid=True)
    assert len(files) >= 7
    for file in files:
        projected = project(etree.parse(str(file)), flat(opened(view_file)))
        compiled(view_file).assertValid(projected)
        opened(view_file).validate(etree.tostring(projected))


def test_a_view_refuses_what_it_does_not_grant(view_file: Path, compiled: Compiled) -> None:
    """The document that holds everything is not valid under any view as it stands."""
    full = samples(key(view_file).partition("/")[2], valid=True)
    (file,) = (f for f in full if f.stem == "full")
    assert not compiled(view_file).validate(etree.parse(str(file)))


def test_the_full_sample_holds_every_element(channel: str, opened: Opened) -> None:
    """full.xml reaches every path of its channel but the unused sides of choices."""
    (file,) = (f for f in samples(channel, valid=True) if f.stem == "full")
    tree = etree.parse(str(file))
    root = etree.QName(tree.getroot()).localname
    reached = {root} | {
        "/".join([root, *(etree.QName(a).localname for a in reversed(list(n.iterancestors())[:-1])), etree.QName(n).localname])
        for n in tree.getroot().iterdescendants(etree.Element)
    }
    missing = {p.rpartition("/")[2] for p in set(flat(opened(channel_file(channel)))) - reached}
    assert missing <= {"noIdReason", "href", "base64"}


@pytest.mark.parametrize("view", sorted(ABSENT))
def test_what_a_recipient_may_not_see_is_not_declared(view: str, opened: Opened) -> None:
    """The fields the allow-list withholds from a recipient, listed by hand, appear at no depth of its view."""
    (file,) = (v for v in view_files() if key(v) == view)
    names = {p.rpartition("/")[2] for p in flat(opened(file))}
    assert names & ABSENT[view] == set()
    assert names >= PRESENT[view]


def test_dagger_fields_carry_their_basis(view_file: Path, opened: Opened) -> None:
    """In a view, pregnancy and contraception are delivered only with the declared basis they name, and nothing else is."""
    for path, seen in flat(opened(view_file)).items():
        assert seen.privacy.get("basis") == BASIS.get(path.rpartition("/")[2]), path


def test_no_unborn_child_has_a_sex(opened: Opened) -> None:
    """Below a pregnancy no element tells a sex, and the request says of a pregnancy only that it is and when it ends."""
    for channel in CHANNELS:
        paths = flat(opened(channel_file(channel)))
        assert not [p for p in paths if "/pregnan" in p and p.endswith(("/sex", "Sex"))]
    feedback = [p for p in flat(opened(channel_file("enquiry.feedback"))) if "/pregnancy/" in p]
    assert [p.rpartition("/")[2] for p in feedback] == ["pregnant", "lmp", "edd"]


def test_case_data_is_seen_whole(opened: Opened) -> None:
    """The views of a return, a withdrawal and its confirmation are those channels as they are: no element of them is personal but the number."""
    views = case_data_views()
    assert sorted(map(key, views)) == [
        "asked_unit/enquiry.withdraw", "asking_unit/enquiry.withdrawn", "padis/enquiry.return", "padis/enquiry.withdraw",
        "padis/enquiry.withdrawn",
    ]  # fmt: skip
    for view in views:
        whole = flat(opened(channel_of(view)))
        assert flat(opened(view)) == whole
        assert {path.rpartition("/")[2] for path, seen in whole.items() if seen.privacy["class"] != "free" and "/" in path} == {
            "enquiryNo"
        }
