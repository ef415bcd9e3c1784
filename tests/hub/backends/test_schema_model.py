"""The reader of declarations: the parts of XML Schema that the small vocabulary of the other tests does not use."""

from pathlib import Path

from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.contract.xml import parse, serialise


def load(folder: Path, schema: str) -> LxmlSchemaRegistry:
    """A registry with one schema ``s.xsd`` in urn:t."""
    names = 'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" xmlns:p="urn:pophub:privacy:1.0"'
    head = f'<xs:schema {names} targetNamespace="urn:t" elementFormDefault="qualified">'
    (folder / "s.xsd").write_text(f"{head}{schema}</xs:schema>", encoding="utf-8")
    return LxmlSchemaRegistry([folder])


def struct(inside: str) -> str:
    """A document element of a complex type."""
    return f'<xs:element name="r"><xs:complexType>{inside}</xs:complexType></xs:element>'


def cut(registry: LxmlSchemaRegistry, inside: str, attributes: str = "") -> str:
    """What is left inside a document element."""
    element = registry.project("s.xsd", parse(f'<r xmlns="urn:t" {attributes}>{inside}</r>'.encode()), fill={}, basis=frozenset())
    return (
        serialise(element)
        .decode()
        .replace(' xmlns="urn:t"', "")
        .replace("<r/>", "")
        .removeprefix("<r")
        .removesuffix("</r>")
        .removeprefix(">")
    )


def test_an_element_that_may_not_occur_is_not_declared(tmp_path: Path) -> None:
    """With maxOccurs 0 a view leaves an element out."""
    registry = load(
        tmp_path, struct('<xs:sequence><xs:element name="a" minOccurs="0" maxOccurs="0"/><xs:element name="b"/></xs:sequence>')
    )
    assert list(registry.fields("s.xsd")) == ["b"]
    assert cut(registry, "<a>1</a><b>2</b>") == "<b>2</b>"


def test_an_element_declared_twice_is_repeated(tmp_path: Path) -> None:
    """a, b, a: there may be two of a."""
    each = [f'<xs:element name="{name}" type="xs:string"/>' for name in "aba"]
    fields = load(tmp_path, struct(f"<xs:sequence>{''.join(each)}</xs:sequence>")).fields("s.xsd")
    assert [(path, info.repeated) for path, info in fields.items()] == [("a", True), ("b", False)]


def test_a_repeated_group_repeats_its_elements_and_an_optional_one_requires_none(tmp_path: Path) -> None:
    """Occurrence is that of the element and of the groups around it."""
    fields = load(
        tmp_path,
        '<xs:group name="G"><xs:sequence><xs:element name="a"/></xs:sequence></xs:group>'
        + struct(
            '<xs:sequence><xs:group ref="t:G" maxOccurs="9"/><xs:sequence minOccurs="0"><xs:element name="b"/></xs:sequence></xs:sequence>'
        ),
    ).fields("s.xsd")
    assert [(info.required, info.repeated) for info in fields.values()] == [(True, True), (False, False)]


def test_a_restriction_declares_only_what_it_repeats(tmp_path: Path) -> None:
    """Elements are those of the restriction; attributes are inherited unless prohibited."""
    base = '<xs:sequence><xs:element name="a" minOccurs="0"/><xs:element name="b"/></xs:sequence><xs:attributeGroup ref="t:A"/>'
    narrow = '<xs:sequence><xs:element name="b"/></xs:sequence><xs:attribute name="v" use="prohibited"/>'
    registry = load(
        tmp_path,
        '<xs:attributeGroup name="A"><xs:attribute name="v"/><xs:attribute name="w"/></xs:attributeGroup>'
        f'<xs:complexType name="Base">{base}</xs:complexType>'
        + struct(f'<xs:complexContent><xs:restriction base="t:Base">{narrow}</xs:restriction></xs:complexContent>'),
    )
    assert cut(registry, "<a>1</a><b>2</b>", 'v="1" w="2"') == ' w="2"><b>2</b>'


def test_an_empty_type_holds_no_text(tmp_path: Path) -> None:
    """A mark without content cannot carry a value into a view."""
    registry = load(tmp_path, struct('<xs:sequence><xs:element name="a"><xs:complexType/></xs:element></xs:sequence>'))
    assert cut(registry, "<a>1</a>") == "<a/>"


def test_an_imported_file_without_namespace_keeps_none(tmp_path: Path) -> None:
    """Only include gives a file the namespace of the includer."""
    (tmp_path / "plain.xsd").write_text('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"/></xs:schema>')
    registry = load(
        tmp_path, '<xs:import schemaLocation="plain.xsd"/>' + struct('<xs:sequence><xs:element ref="a"/></xs:sequence>')
    )
    assert cut(registry, "<a>1</a>") == ""
    assert ">2</" in cut(registry, '<a xmlns="">2</a>')


def test_a_container_passes_its_basis_on(tmp_path: Path) -> None:
    """What stands inside a block that needs a basis needs it too; a class of its own wins."""
    own = '<xs:element name="b"><xs:annotation><xs:appinfo><p:privacy class="free"/></xs:appinfo></xs:annotation></xs:element>'
    inner = f'<xs:complexType><xs:sequence>{own}<xs:element name="c"/></xs:sequence></xs:complexType>'
    mark = '<xs:annotation><xs:appinfo><p:privacy class="sensitive" basis="levy"/></xs:appinfo></xs:annotation>'
    element = f'<xs:element name="a">{mark}{inner}</xs:element>'
    fields = load(tmp_path, struct(f"<xs:sequence>{element}</xs:sequence>")).fields("s.xsd")
    assert [(info.privacy, info.basis) for info in fields.values()] == [
        ("sensitive", "levy"),
        ("free", "levy"),
        ("sensitive", "levy"),
    ]
