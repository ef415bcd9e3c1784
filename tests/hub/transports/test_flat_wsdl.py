"""A contract in one document says what its files say: the same names, and the same verdict on every sample."""

from __future__ import annotations

from pathlib import Path

import pytest
import zeep
from lxml import etree

from hub.transports.contract_files import ContractFiles
from tests.soap_door import PUBLIC_URL, SCHEMAS

XSD = "{http://www.w3.org/2001/XMLSchema}"
SERVICES = sorted(file.stem.removesuffix("-1.0") for file in (SCHEMAS / "services").glob("*.wsdl"))
CANONICAL = SCHEMAS / "canonical" / "1.0"
HEAD = (
    '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:w"><types>'
    '<xs:schema targetNamespace="urn:w" elementFormDefault="qualified">{}</xs:schema></types></definitions>'
)
SCHEMA = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:o="urn:o" {} elementFormDefault="qualified">{}</xs:schema>'


def whole(service: str) -> etree._Element:
    """A service's contract in one document."""
    published = ContractFiles([SCHEMAS], PUBLIC_URL, {}).get(f"services/{service}-1.0.wsdl", whole=True)
    assert published
    return etree.fromstring(published.data)


def made(folder: Path, files: dict[str, str]) -> etree._Element:
    """What becomes of a contract ``w.wsdl`` and its files."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    published = ContractFiles([folder], PUBLIC_URL, {}).get("w.wsdl", whole=True)
    assert published
    return etree.fromstring(published.data)


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_left_to_fetch(service: str) -> None:
    """There is one schema for each namespace, it includes nothing, and what it imports stands before it."""
    seen: list[str] = []
    for schema in whole(service).iter(f"{XSD}schema"):
        assert [i.get("schemaLocation") for i in schema.iter(f"{XSD}import", f"{XSD}include")] == [None] * len(
            schema.findall(f"{XSD}import")
        )
        assert {i.get("namespace") for i in schema.iter(f"{XSD}import")} <= set(seen)
        seen.append(schema.get("targetNamespace", ""))
    assert len(seen) == len(set(seen)) > 4


@pytest.mark.parametrize("service", SERVICES)
def test_it_declares_what_its_files_declare(service: str, tmp_path: Path) -> None:
    """A client finds the same elements and types, with the same content, in the one document and in the files."""
    flat = tmp_path / "flat.wsdl"
    flat.write_bytes(etree.tostring(whole(service)))
    one, many = (zeep.Client(str(f)).wsdl.types for f in (flat, SCHEMAS / "services" / f"{service}-1.0.wsdl"))  # type: ignore[no-untyped-call]
    for kind in ("elements", "types"):
        said, expected = ({str(e.qname): e.signature() for e in getattr(s, kind)} for s in (one, many))
        assert len(said) >= 8
        assert said == expected


@pytest.mark.parametrize("service", SERVICES)
def test_no_contract_has_a_union(service: str) -> None:
    """JAX-WS makes a list of a union type, and zeep cannot name one: contracts do without."""
    assert list(whole(service).iter(f"{XSD}union")) == []


def test_every_sample_gets_the_same_verdict(tmp_path: Path) -> None:
    """The schemas in the one document accept what the files accept and refuse what they refuse, facet by facet."""
    for schema in whole("enquiry").iter(f"{XSD}schema"):
        for wanted in schema.iter(f"{XSD}import"):
            wanted.set("schemaLocation", _file(wanted.get("namespace", "")))
        (tmp_path / _file(schema.get("targetNamespace", ""))).write_bytes(etree.tostring(schema))
    verdicts = []
    for folder in (f for f in (CANONICAL / "samples").iterdir() if (tmp_path / _file(f"urn:pophub:{f.name}:1.0")).exists()):
        if folder.name.endswith("_reply"):
            continue  # the contract has the asking unit's view of it
        flat, original = (
            etree.XMLSchema(etree.parse(str(f)))
            for f in (tmp_path / _file(f"urn:pophub:{folder.name}:1.0"), CANONICAL / f"{folder.name}.xsd")
        )
        for sample in folder.rglob("*.xml"):
            document = etree.parse(str(sample))
            assert flat.validate(document) == original.validate(document) == (sample.parent.name != "invalid"), sample
            verdicts.append(sample.parent.name != "invalid")
    assert verdicts.count(True) > 10
    assert verdicts.count(False) > 10


def test_a_structure_file_takes_the_namespace_of_each_who_includes_it(tmp_path: Path) -> None:
    """A file without namespace, included by two: each has its types, and refers to its own."""
    inner = '<xs:complexType name="T"><xs:sequence><xs:element name="e" type="U"/></xs:sequence></xs:complexType><xs:simpleType name="U"><xs:restriction base="xs:string"/></xs:simpleType>'
    outer = '<xs:include schemaLocation="inner.xsd"/><xs:element name="x" type="t:T"/>'
    imports = "".join(f'<xs:import namespace="urn:{n}" schemaLocation="{n}.xsd"/>' for n in "ab")
    files = {f"{n}.xsd": SCHEMA.format(f'xmlns:t="urn:{n}" targetNamespace="urn:{n}"', outer) for n in "ab"}
    root = made(tmp_path, {"w.wsdl": HEAD.format(imports), "inner.xsd": SCHEMA.format("", inner), **files})
    found = {}
    for element in root.iter(f"{XSD}element"):
        prefix, _, local = element.get("type", "").partition(":")
        found[element.getroottree().getpath(element)] = (element.get("name"), element.nsmap[prefix], local)
    assert sorted(found.values()) == [("e", "urn:a", "U"), ("e", "urn:b", "U"), ("x", "urn:a", "T"), ("x", "urn:b", "T")]


def test_what_a_file_blocks_stays_blocked(tmp_path: Path) -> None:
    """The blockDefault of one file, or the same of several, holds in the one document; different ones are refused."""
    files = {
        "o.xsd": SCHEMA.format('targetNamespace="urn:o" blockDefault="#all"', '<xs:include schemaLocation="p.xsd"/>' + NAMED),
        "p.xsd": SCHEMA.format('targetNamespace="urn:o"', ""),
    }
    wsdl = {"w.wsdl": HEAD.format(A.format("o.xsd"))}
    [schema] = made(tmp_path, {**wsdl, **files}).iter(f"{XSD}schema")
    assert schema.get("blockDefault") == "#all"
    other = {"p.xsd": SCHEMA.format('targetNamespace="urn:o" blockDefault="extension"', "")}
    with pytest.raises(ValueError, match="urn:o: two files block differently"):
        made(tmp_path, {**wsdl, **files, **other})


A = '<xs:import namespace="urn:o" schemaLocation="{}"/>'
NAMED = '<xs:element name="x" type="xs:string"/>'


@pytest.mark.parametrize(
    ("imports", "files", "said"),
    [
        (A.format("no.xsd"), {}, "w.wsdl: no.xsd is not a published file"),
        (A.format("../../etc/passwd"), {}, "is not a published file"),
        (A.format("o.xsd"), {"o.xsd": SCHEMA.format('targetNamespace="urn:other"', "")}, "o.xsd: the schema cannot stand"),
        (A.format("o.xsd"), {"o.xsd": SCHEMA.format('targetNamespace="urn:o" finalDefault="#all"', "")}, "o.xsd: the schema cannot stand"),
        (
            A.format("o.xsd") + A.format("p.xsd"),
            {f"{n}.xsd": SCHEMA.format('targetNamespace="urn:o"', NAMED) for n in "op"},
            "urn:o: two files declare one name",
        ),
    ],
)  # fmt: skip
def test_what_cannot_stand_in_one_document_is_refused(tmp_path: Path, imports: str, files: dict[str, str], said: str) -> None:
    """A missing file, a strange namespace, defaults of a schema's own and a name declared twice are named, not published."""
    with pytest.raises(ValueError, match=said):
        made(tmp_path, {"w.wsdl": HEAD.format(imports), **files})


def _file(namespace: str) -> str:
    return namespace.replace(":", "_").replace("/", "_") + ".xsd"
