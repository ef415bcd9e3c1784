"""The views of comparisons: each is a part of its channel, in order, and shows its recipient what the allow-list grants, no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from tests.schemas.schema_reading import SCHEMAS, channel_file, flat, samples

Opened = Callable[[Path], xmlschema.XMLSchema10]
Compiled = Callable[[Path], etree.XMLSchema]
_CASE = {
    "comparisonId", "version", "sourceType", "sourceKey", "sourceKey/orgCode", "sourceKey/recordNo", "newbornOrder", "ruleVersion", "comparedAt",
    "outcome", "outcomeReason", "side", "assignedDiv", "assignedBy", "dueAt", "state",
}  # fmt: skip
_SUBJECT = {
    "subject",
    *(f"subject/{n}" for n in ("name", "certType", "idNo", "sex", "birthDate", "hukouAddr", "residenceAddr", "mobile")),
}
_EVENT = {"event", *(f"event/{n}" for n in ("eventDate", "orgName", "birthCertNo", "sex"))}
_ACTING = {
    "matchedPerson", "matchedChild", "matchMethod", "firstBirthdayPassed", "diff", "diff/field", "diff/healthValue", "diff/registerValue",
}  # fmt: skip
_NOBODY = {"subject/hukouDiv", "subject/residenceDiv", "father", "father/name", "father/certType", "father/hukouDiv"}
SHOWN = {
    "hukou_unit": _CASE | _SUBJECT | _EVENT | _ACTING,
    "residence_unit": _CASE | _SUBJECT | _EVENT | _ACTING,
    "birthplace_unit": _CASE | _SUBJECT | _EVENT | _NOBODY,
}
"""What each recipient may see of a comparison, written by hand from the allow-list."""


def view(recipient: str) -> Path:
    """The view of a comparison."""
    return SCHEMAS / "views" / recipient / "health.comparison-1.0.xsd"


@pytest.mark.parametrize("recipient", SHOWN)
def test_a_view_shows_what_is_granted(recipient: str, opened: Opened) -> None:
    """Exactly the listed paths, each with the label, class and type of a value as in the channel, in the channel's order."""
    seen, whole = flat(opened(view(recipient))), flat(opened(channel_file("health.comparison")))
    assert {p.partition("/")[2] for p in seen} - {""} == SHOWN[recipient]
    assert [p for p in whole if p in seen] == list(seen)
    for path, one in seen.items():
        assert (one.label == whole[path].label or "father" in path) and one.privacy["class"] == whole[path].privacy["class"], path
        assert one.optional == whole[path].optional, path


@pytest.mark.parametrize("recipient", SHOWN)
def test_every_comparison_fits(recipient: str, opened: Opened, compiled: Compiled) -> None:
    """Each sample, stripped of what the view does not show, is valid under it; the full one as it stands is not."""
    declared = flat(opened(view(recipient)))
    for file in samples("health.comparison", valid=True):
        tree = etree.parse(str(file))
        assert file.stem != "full" or not compiled(view(recipient)).validate(tree)
        _strip(tree.getroot(), "healthComparison", set(declared))
        compiled(view(recipient)).assertValid(tree)


def _strip(node: etree._Element, path: str, declared: set[str]) -> None:
    for child in list(node.iterchildren(etree.Element)):
        below = f"{path}/{etree.QName(child).localname}"
        if below in declared:
            _strip(child, below, declared)
        else:
            node.remove(child)


@pytest.mark.parametrize("name", ["health.delivery", "health.vaccination", "health.result", "health.comparison", "health.handling"])
def test_samples_hold_and_reach_everything(name: str, opened: Opened, compiled: Compiled) -> None:
    """Each sample is valid under both validators; full.xml holds every element but inner parts of persons."""
    files = samples(name, valid=True)
    assert len(files) >= 2
    for file in files:
        compiled(channel_file(name)).assertValid(etree.parse(str(file)))
        opened(channel_file(name)).validate(str(file))
    (full,) = (file for file in files if file.stem == "full")
    names = {etree.QName(e).localname for e in etree.parse(str(full)).iter(etree.Element)}
    missing = {p for p in flat(opened(channel_file(name))) if p.rpartition("/")[2] not in names}
    assert {p.rpartition("/")[2] for p in missing} <= {
        "ethnicity",
        "nationality",
        "hukouAddr",
        "residenceDiv",
        "residenceAddr",
        "mobile",
        "hukouDiv",
    }
