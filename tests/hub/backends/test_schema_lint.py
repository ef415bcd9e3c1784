"""Patterns that XML Schema permits and the product refuses."""

from pathlib import Path

import pytest

from hub.backends.schema_files import SchemaFault
from hub.backends.schema_lint import pattern_faults
from hub.backends.schema_registry import LxmlSchemaRegistry

DIGIT, NESTED = "full-width", "variable quantifier"


@pytest.mark.parametrize(
    "pattern",
    [
        "[0-9]{6}", "[1-9][0-9]{16}[0-9X]", r"[^\t\n\r ]*", r".*\+08:00", "(18|19|20)[0-9]{2}", "([0-9]{1,3})?",
        "[0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?[PL][0-9]{3}", "([0-9]{4}){1,3}", "(ab|c)*", r"\\d", r"[\\d]", r"\(a+\)+",
        "[(a+)+]", "[a-z-[aeiou+]]+", r"\p{Lu}+", "a{2,}", "([+*]x)+",
    ],
)  # fmt: skip
def test_a_plain_pattern_passes(pattern: str) -> None:
    """Fixed counts may be repeated, an optional group may hold anything, escaped signs and classes mean themselves."""
    assert list(pattern_faults(pattern)) == []


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        (r"\d{6}", DIGIT), (r"[\dX]", DIGIT), (r"\p{Nd}", DIGIT), (r"\\\d", DIGIT), (r"[a-z-[\d]]", DIGIT), (r"\p{N}", DIGIT),
        ("(a+)+b", NESTED), ("(a*)*", NESTED), ("(a?)+", NESTED), ("(a{1,3}){2}", NESTED), ("((a+)b){2,}", NESTED),
        ("(a|b+)*", NESTED), ("([0-9]+,)*", NESTED), ("(x(a*)?y)*", NESTED),
    ],
)  # fmt: skip
def test_a_dangerous_pattern_is_refused(pattern: str, fault: str) -> None:
    """A digit escape takes full-width digits; a repeated group with a variable inside may backtrack for ever."""
    (sentence,) = pattern_faults(pattern)
    assert fault in sentence


def test_a_registry_does_not_load_a_schema_with_such_a_pattern(tmp_path: Path) -> None:
    """All of them are named, with file and line, also those of an included file."""
    schema = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{}
    <xs:simpleType name="{}"><xs:restriction base="xs:string">
    <xs:pattern value="{}"/></xs:restriction></xs:simpleType></xs:schema>"""
    (tmp_path / "a.xsd").write_text(schema.format('<xs:include schemaLocation="b.xsd"/>', "A", r"\d"))
    (tmp_path / "b.xsd").write_text(schema.format("", "B", "(a+)+"))
    with pytest.raises(SchemaFault) as refused:
        LxmlSchemaRegistry([tmp_path]).check("a.xsd")
    assert [f.partition(":")[0] for f in refused.value.faults] == ["a.xsd line 3", "b.xsd line 3"]


def test_derived_types_must_be_blocked(tmp_path: Path) -> None:
    """Where a closure derives complex types, every file of it says blockDefault="#all"; where none does, none need."""
    head = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"{}>'
    base = '<xs:complexType name="B"><xs:sequence/></xs:complexType></xs:schema>'
    derived = (
        '<xs:complexType name="D"><xs:complexContent><xs:extension base="B"/></xs:complexContent></xs:complexType></xs:schema>'
    )
    include = '<xs:include schemaLocation="b.xsd"/>'
    (tmp_path / "a.xsd").write_text(head.format("") + include + derived)
    (tmp_path / "b.xsd").write_text(head.format(' blockDefault="#all"') + base)
    with pytest.raises(SchemaFault) as refused:
        LxmlSchemaRegistry([tmp_path]).check("a.xsd")
    assert [f.partition(":")[0] for f in refused.value.faults] == ["a.xsd"]
    LxmlSchemaRegistry([tmp_path]).check("b.xsd")
    (tmp_path / "a.xsd").write_text(head.format(' blockDefault="#all"') + include + derived)
    LxmlSchemaRegistry([tmp_path]).check("a.xsd")
