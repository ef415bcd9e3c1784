"""Faults of documents against their schema: kind, place, label; never a value."""

from pathlib import Path
from typing import Any

import pytest
import xmlschema

from hub.backends.schema_kinds import KINDS
from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.contract.errors import SCHEMA, SCHEMA_ATTRIBUTE, SCHEMA_MISSING, ClientError
from hub.contract.xml import parse

SECRET = "7Q7"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
SCHEMA_TEXT = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" xmlns="urn:t" '
    'elementFormDefault="qualified">{}</xs:schema>'
)


def simple(facets: str, base: str = "string") -> str:
    """A document element of a restricted simple type."""
    return f'<xs:element name="r"><xs:simpleType><xs:restriction base="xs:{base}">{facets}</xs:restriction></xs:simpleType></xs:element>'


def struct(inside: str, more: str = "", use: str = "") -> str:
    """A document element of a complex type."""
    return f'<xs:element name="r" {use}><xs:complexType {more}>{inside}</xs:complexType></xs:element>'


SEQUENCE = struct('<xs:sequence><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string"/></xs:sequence>')
TEXT_WITH = '<xs:simpleContent><xs:extension base="xs:string">{}</xs:extension></xs:simpleContent>'
MIXED = struct('<xs:sequence><xs:element name="a" minOccurs="0"/></xs:sequence>', 'mixed="true"', 'fixed="abc"')
LISTED = simple("").replace('<xs:restriction base="xs:string"></xs:restriction>', '<xs:list itemType="xs:boolean"/>')
UNION = LISTED.replace('<xs:list itemType="xs:boolean"/>', '<xs:union memberTypes="xs:boolean xs:date"/>')
TABLE = [
    ("SCHEMAV_ELEMENT_CONTENT", SEQUENCE, "<r><a/><x/></r>"),
    ("SCHEMAV_CVC_ELT_1", SEQUENCE, "<x/>"),
    ("SCHEMAV_CVC_ELT_2", '<xs:element name="r" type="xs:string" abstract="true"/>', f"<r>{SECRET}</r>"),
    ("SCHEMAV_CVC_TYPE_3_1_2", simple(""), "<r><x/></r>"),
    ("SCHEMAV_CVC_COMPLEX_TYPE_2_1", struct(""), f"<r>{SECRET}</r>"),
    ("SCHEMAV_CVC_COMPLEX_TYPE_2_2", struct(TEXT_WITH.format("")), "<r><x/></r>"),
    ("SCHEMAV_CVC_COMPLEX_TYPE_2_3", SEQUENCE, f"<r><a/><b/>{SECRET}</r>"),
    ("SCHEMAV_CVC_PATTERN_VALID", simple('<xs:pattern value="[0-9]"/>'), f"<r>{SECRET}</r>"),
    ("SCHEMAV_CVC_DATATYPE_VALID_1_2_3", UNION, f"<r>{SECRET}</r>"),
    ("SCHEMAV_CVC_ENUMERATION_VALID", simple('<xs:maxLength value="1"/><xs:enumeration value="1"/>'), f"<r>{SECRET}</r>"),
    ("SCHEMAV_CVC_LENGTH_VALID", simple('<xs:length value="1"/>'), f"<r>{SECRET}</r>"),
    ("SCHEMAV_CVC_MINLENGTH_VALID", simple('<xs:minLength value="9"/>'), f"<r>{SECRET}</r>"),
    ("SCHEMAV_CVC_MAXLENGTH_VALID", simple('<xs:maxLength value="1"/>'), f"<r>{SECRET}</r>"),
    ("SCHEMAV_CVC_DATATYPE_VALID_1_2_1", simple("", "date"), f"<r>{SECRET}</r>"),
    ("SCHEMAV_CVC_DATATYPE_VALID_1_2_2", LISTED, f"<r>true {SECRET}</r>"),
    ("SCHEMAV_CVC_MININCLUSIVE_VALID", simple('<xs:minInclusive value="9"/>', "int"), "<r>7</r>"),
    ("SCHEMAV_CVC_MAXINCLUSIVE_VALID", simple('<xs:maxInclusive value="5"/>', "int"), "<r>7</r>"),
    ("SCHEMAV_CVC_MINEXCLUSIVE_VALID", simple('<xs:minExclusive value="7"/>', "int"), "<r>7</r>"),
    ("SCHEMAV_CVC_MAXEXCLUSIVE_VALID", simple('<xs:maxExclusive value="7"/>', "int"), "<r>7</r>"),
    ("SCHEMAV_CVC_TOTALDIGITS_VALID", simple('<xs:totalDigits value="1"/>', "decimal"), "<r>77</r>"),
    ("SCHEMAV_CVC_FRACTIONDIGITS_VALID", simple('<xs:fractionDigits value="1"/>', "decimal"), "<r>7.77</r>"),
    ("SCHEMAV_CVC_ELT_5_2_2_2_1", MIXED, f"<r>{SECRET}</r>"),
    ("SCHEMAV_CVC_ELT_5_2_2_2_2", '<xs:element name="r" type="xs:string" fixed="abc"/>', f"<r>{SECRET}</r>"),
    ("SCHEMAV_CVC_ELT_3_1", simple(""), f'<r {XSI} xsi:nil="true"/>'),
    ("SCHEMAV_CVC_ELT_3_2_1", struct("", "", 'nillable="true"'), f'<r {XSI} xsi:nil="true">{SECRET}</r>'),
    ("SCHEMAV_CVC_ELT_3_2_2", '<xs:element name="r" type="xs:string" fixed="a" nillable="true"/>', f'<r {XSI} xsi:nil="true"/>'),
    ("SCHEMAV_CVC_ELT_4_2", simple(""), f'<r {XSI} xmlns:q="urn:{SECRET}" xsi:type="q:x"/>'),
    ("SCHEMAV_CVC_ELT_4_3", simple("", "date"), f'<r {XSI} xmlns:x="http://www.w3.org/2001/XMLSchema" xsi:type="x:int">7</r>'),
    ("SCHEMAV_CVC_TYPE_2", '<xs:complexType name="T" abstract="true"/><xs:element name="r" type="T"/>', "<r/>"),
    ("SCHEMAV_CVC_TYPE_3_1_1", simple(""), f'<r x="{SECRET}"/>'),
    ("SCHEMAV_CVC_WILDCARD", struct('<xs:anyAttribute namespace="##other"/>'), f'<r xmlns:q="urn:q" q:x="{SECRET}"/>'),
    ("SCHEMAV_CVC_AU", struct('<xs:attribute name="v" fixed="1"/>'), f'<r v="{SECRET}"/>'),
    ("SCHEMAV_CVC_COMPLEX_TYPE_3_2_1", struct('<xs:attribute name="v"/>'), f'<r x="{SECRET}"/>'),
    ("SCHEMAV_CVC_COMPLEX_TYPE_3_2_2", struct('<xs:anyAttribute namespace="##other"/>'), f'<r x="{SECRET}"/>'),
    ("SCHEMAV_CVC_COMPLEX_TYPE_4", struct('<xs:attribute name="v" use="required"/>'), "<r/>"),
]


def refuse(folder: Path, schema: str, document: str) -> tuple[ClientError, list[str]]:
    """The fault for a document, and the type names of libxml2's complaints; xmlschema must refuse it as well."""
    (folder / "s.xsd").write_text(SCHEMA_TEXT.format(schema), encoding="utf-8")
    registry = LxmlSchemaRegistry([folder])
    element = parse(document.encode())
    with pytest.raises(ClientError) as refused:
        registry.validate("s.xsd", element)
    assert not xmlschema.XMLSchema10(folder / "s.xsd").is_valid(element)
    said: Any = registry._schemas["s.xsd"].idle[0].error_log  # what the validator itself said
    return refused.value, [entry.type_name for entry in said]


def test_every_kind_in_the_table_is_provoked() -> None:
    """A line of the mapping without a document that proves it is a guess."""
    assert {name for name, _, _ in TABLE} == set(KINDS)


@pytest.mark.parametrize(("name", "schema", "document"), TABLE, ids=[row[0] for row in TABLE])
def test_each_complaint_becomes_its_kind_and_no_value_is_told(tmp_path: Path, name: str, schema: str, document: str) -> None:
    """libxml2 still says what the table expects; the fault has its kind, a path, a line, and nothing that was sent."""
    fault, said = refuse(tmp_path, schema, document.replace("<r", '<r xmlns="urn:t"', 1))
    assert name in said
    assert fault.kind is KINDS[name]
    assert fault.path is not None
    assert fault.line == 1
    told = " ".join((fault.zh, fault.en, fault.path, str(fault), repr(fault), *fault.facts.values()))
    assert SECRET not in told
    assert "7" not in told


def test_a_complaint_without_a_line_in_the_table_is_the_general_fault(tmp_path: Path) -> None:
    """A duplicate key, whose sentence holds the value, is Client.Schema at its place."""
    unique = '<xs:unique name="u"><xs:selector xpath="*"/><xs:field xpath="."/></xs:unique>'
    keyed = SEQUENCE.replace('"/>', '" maxOccurs="9"/>').removesuffix("</xs:element>") + unique + "</xs:element>"
    fault, said = refuse(tmp_path, keyed, f'<r xmlns="urn:t"><a>{SECRET}</a><a>{SECRET}</a><b/></r>')
    assert said == ["SCHEMAV_CVC_IDC"]
    assert fault.kind is SCHEMA
    assert fault.path == "/r/a[2]"
    assert SECRET not in fault.zh + fault.en


@pytest.mark.parametrize("value", ["nil", "type"])
def test_a_broken_xsi_attribute_is_an_attribute_fault(tmp_path: Path, value: str) -> None:
    """libxml2 calls it a bad datatype of the element; it is the attribute that must go."""
    fault, _ = refuse(tmp_path, simple(""), f'<r xmlns="urn:t" {XSI} xsi:{value}="::{SECRET}"/>')
    assert fault.kind is SCHEMA_ATTRIBUTE
    assert fault.path == "/r"


def test_a_missing_repetition_is_missing(tmp_path: Path) -> None:
    """Too few of a repeated element: something is missing although one of them stands there."""
    fault, _ = refuse(
        tmp_path, SEQUENCE.replace('name="b"', 'name="b" minOccurs="2" maxOccurs="2"'), '<r xmlns="urn:t"><a/><b/></r>'
    )
    assert (fault.kind, fault.path, fault.facts["expected"]) == (SCHEMA_MISSING, "/r", "b")


def test_expected_names_are_names_of_the_schema(tmp_path: Path) -> None:
    """A wildcard has no name to show; libxml2's own way of writing it is left out."""
    fault, _ = refuse(tmp_path, struct('<xs:sequence><xs:any namespace="##other"/></xs:sequence>'), '<r xmlns="urn:t"><x/></r>')
    assert fault.facts == {"label": "未知元素 (unknown element)"}


@pytest.mark.parametrize("tag", [f"<p{SECRET}/>", f"""<x xmlns="urn:{SECRET}':(a)"/>""", f'<n:p{SECRET} xmlns:n="urn:{SECRET}"/>'])
def test_what_an_unknown_element_calls_itself_is_not_repeated(tmp_path: Path, tag: str) -> None:
    """A name or a namespace is the sender's and may hold anything."""
    fault, _ = refuse(tmp_path, SEQUENCE, f'<r xmlns="urn:t"><a/>{tag}</r>')
    assert (fault.code, fault.path) == ("Client.Schema.Unexpected", "/r/*[2]")
    assert fault.facts == {"label": "未知元素 (unknown element)", "expected": "b"}
