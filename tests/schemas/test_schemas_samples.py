"""The samples are what they say: valid ones hold for three validators, invalid ones break the one rule they name."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import xmlschema
from lxml import etree

CANONICAL = Path(__file__).parents[2] / "schemas" / "canonical" / "1.0"
CONTENT, PATTERN, CODE, LENGTH = "ELEMENT_CONTENT", "CVC_PATTERN_VALID", "CVC_ENUMERATION_VALID", "CVC_MAXLENGTH_VALID"
VALUE = "CVC_DATATYPE_VALID_1_2_1"
RULE_BROKEN = {
    "missing-required": CONTENT, "missing-choice": CONTENT, "missing-answer": CONTENT, "both-of-choice": CONTENT, "extra-element": CONTENT,
    "wrong-order": CONTENT, "repeated": CONTENT, "empty-block": CONTENT, "foreign-element": CONTENT, "no-namespace": CONTENT,
    "wrong-namespace": "CVC_ELT_1", "nil": "CVC_ELT_3_1", "substituted-type": "CVC_ELT_4_3", "text-between": "CVC_COMPLEX_TYPE_2_3",
    "unknown-attribute": "CVC_TYPE_3_1_1", "element-in-text": "CVC_TYPE_3_1_2",
    "pattern": PATTERN, "short-code": PATTERN, "empty": PATTERN, "blank-at-end": PATTERN, "date-with-zone": PATTERN, "time-without-zone": PATTERN,
    "hour-24": PATTERN, "not-a-boolean": PATTERN, "out-of-range": PATTERN, "outside-reference": PATTERN, "not-base64": PATTERN, "lower-case-system": PATTERN,
    "enumeration": CODE, "retired-code": CODE, "full-width-code": CODE, "too-long": LENGTH,
    "impossible-date": VALUE, "zero": VALUE, "full-width-digits": PATTERN, "lower-case-x": PATTERN, "impossible-month": PATTERN,
}  # fmt: skip

Opened = Callable[[Path], xmlschema.XMLSchema10]
Compiled = Callable[[Path], etree.XMLSchema]


def schema_of(sample: Path) -> Path:
    """The channel a sample belongs to, told by its folder."""
    folder = sample.parent.parent if sample.parent.name == "invalid" else sample.parent
    return CANONICAL / f"{folder.name}.xsd"


def test_valid_samples_hold(valid_sample: Path, opened: Opened, compiled: Compiled) -> None:
    """A valid sample holds under lxml and under xmlschema."""
    compiled(schema_of(valid_sample)).assertValid(etree.parse(str(valid_sample)))
    opened(schema_of(valid_sample)).validate(str(valid_sample))


def test_invalid_samples_break_the_rule_they_name(invalid_sample: Path, opened: Opened, compiled: Compiled) -> None:
    """An invalid sample is refused by both, names its kind in its first line, and breaks that rule on one line only."""
    kind = invalid_sample.stem
    assert invalid_sample.read_text(encoding="utf-8").startswith(f"<!-- {kind}: ")
    schema = compiled(schema_of(invalid_sample))
    assert not schema.validate(etree.parse(str(invalid_sample)))
    errors: list[Any] = list(cast("Any", schema.error_log))
    assert errors[0].type_name == f"SCHEMAV_{RULE_BROKEN[kind]}"
    assert len({e.line for e in errors}) == 1
    assert not opened(schema_of(invalid_sample)).is_valid(str(invalid_sample))


def test_enough_kinds_are_refused() -> None:
    """At least fourteen kinds of invalid documents exist, and every named rule has its sample."""
    kinds = {p.stem for p in CANONICAL.glob("samples/*/invalid/*.xml")}
    assert kinds == set(RULE_BROKEN)
    assert len(kinds) >= 14


def test_xmllint_gives_the_same_verdicts(channel: str, xmllint: str) -> None:
    """The command-line tool agrees with the other two, document by document."""
    files = sorted((CANONICAL / "samples" / channel).rglob("*.xml"))
    done = subprocess.run(
        [xmllint, "--nonet", "--noout", "--schema", str(CANONICAL / f"{channel}.xsd"), *map(str, files)],
        capture_output=True,
        timeout=60,
        check=False,
    )
    said = done.stderr.decode()
    assert len(files) >= 20
    for file in files:
        verdict = "fails to validate" if file.parent.name == "invalid" else "validates"
        assert re.search(rf"^{re.escape(str(file))} {verdict}$", said, re.MULTILINE), file


def test_bench_message_is_the_measured_one(opened: Opened) -> None:
    """The load test's message has 27 filled elements, Chinese text and about 1.6 kB of UTF-8."""
    file = CANONICAL / "samples/enquiry.request/bench.xml"
    leaves = [e for e in etree.parse(str(file)).iter(etree.Element) if len(e) == 0]
    assert len(leaves) == 27
    assert all(leaf.text for leaf in leaves)
    assert 1500 <= len(file.read_bytes()) <= 1700


def test_samples_cover_types_results_and_hard_names() -> None:
    """The valid samples hold enquiry types 1–4, results 1–5, the dot of minority names, rare characters and a name of 50."""
    texts: dict[str, set[str]] = {}
    for file in CANONICAL.glob("samples/*/*.xml"):
        for node in etree.parse(str(file)).iter(etree.Element):
            texts.setdefault(etree.QName(node).localname, set()).add(node.text or "")
    assert texts["enquiryType"] == set("1234")
    assert texts["result"] == set("12345")
    names = "".join(texts["name"])
    assert all(c in names for c in "·䶮𠮷")
    assert max(map(len, texts["name"])) == 50


def test_people_in_samples_are_invented() -> None:
    """Every citizen number in a sample begins with an address code that was never issued: 359901 to 359999."""
    found = 0
    for file in CANONICAL.glob("samples/**/*.xml"):
        for number in re.findall(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])", file.read_text(encoding="utf-8")):
            assert 359901 <= int(number[:6]) <= 359999, file
            found += 1
    assert found > 20
