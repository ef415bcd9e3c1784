"""The registry on a small vocabulary of its own: verdicts, places, labels, index."""

from pathlib import Path

import pytest
import xmlschema

from hub.backends.schema_files import SchemaFault
from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.contract.errors import ClientError
from hub.contract.xml import Element, parse

FOLDER = Path(__file__).parent / "schemas"
VISIT = "canonical/visit.xsd"
REGISTRY = LxmlSchemaRegistry([FOLDER])
SECOND_OPINION = xmlschema.XMLSchema10(FOLDER / VISIT, allow="local")
GOOD = """<visitRequest xmlns="urn:test:visit">
<visitNo>V1</visitNo>
<subject>
<name>林小梅</name><idNo>359901199003071223</idNo>
<sex>2</sex>
<child><name>林一</name><noIdReason>新生儿</noIdReason><sex>1</sex></child>
<child><name>林二</name><noIdReason>新生儿</noIdReason>
<sex>1</sex></child>
</subject>
<item unit="1">a</item><item unit="2">b</item>
<day>2026-11-22</day>
</visitRequest>"""


def fault_of(document: str) -> ClientError:
    """The fault for a document that xmlschema refuses as well."""
    element = parse(document.encode())
    assert not SECOND_OPINION.is_valid(element)
    with pytest.raises(ClientError) as refused:
        REGISTRY.validate(VISIT, element)
    return refused.value


def test_a_good_document_passes_both_validators() -> None:
    """The sample the other tests spoil is valid, by lxml and by xmlschema."""
    element = parse(GOOD.encode())
    REGISTRY.validate(VISIT, element)
    assert SECOND_OPINION.is_valid(element)


@pytest.mark.parametrize(
    ("old", "new", "code", "path", "line", "label", "expected"),
    [
        ("359901199003071223", "３５９９０１199003071223", "Pattern", "subject/idNo", 4, "公民身份号码 (idNo)", None),
        ("<sex>1</sex></child>\n</subject>", "<sex>3</sex></child>\n</subject>", "Enumeration", "subject/child[2]/sex", 8, "性别代码 (sex)", None),
        ("<idNo>359901199003071223</idNo>", "", "Missing", "subject", 5, "有姓名者 (subject)", "idNo, noIdReason"),
        ("<name>林小梅</name>", "", "Missing", "subject", 4, "有姓名者 (subject)", "name"),
        ("<subject>", "<subject><sex>1</sex>", "Unexpected", "subject/sex[1]", 3, "性别代码 (sex)", "name"),
        ("<day>2026-11-22</day>\n", "", "Missing", "", 1, "走访请求 (visitRequest)", "day"),
        ("<visitNo>V1</visitNo>", "<visitNo>V1</visitNo><visitNo>V2</visitNo>", "Unexpected", "visitNo[2]", 2, "走访 编号 (visitNo)", "resolvedTo, subject"),
        ("<day>", "<remark>x</remark><remark>y</remark><day>", "Unexpected", "remark[2]", 11, "备注 (remark)", "timing, day"),
        ("<day>2026-11-22</day>", "<day>2026-11-22</day><remark>x</remark>", "Unexpected", "remark", 11, "备注 (remark)", None),
        ("2026-11-22", "2026-02-30", "Type", "day", 11, "day", None),
        ("林小梅", "林" * 21, "Length", "subject/name", 4, "姓名 (name)", None),
        ('unit="2"', 'unit="9"', "Enumeration", "item[2]/@unit", 10, "项目 (item)", None),
        ('unit="2"', 'unit="2" more="1"', "Attribute", "item[2]", 10, "项目 (item)", None),
        ('<item unit="2">b</item>', "", "Missing", "", 11, "走访请求 (visitRequest)", "item"),
        ("<day>", "stray<day>", "Content", "", 1, "走访请求 (visitRequest)", None),
        ("visitRequest", "visitDemand", "Unexpected", None, 1, "未知元素 (unknown element)", "remark, visitRequest"),
    ],
)  # fmt: skip
def test_a_fault_names_code_place_line_and_label(
    old: str, new: str, code: str, path: str | None, line: int, label: str, expected: str | None
) -> None:
    """Labels come from the element, its reference, its type or what the type extends, through include and import."""
    fault = fault_of(GOOD.replace(old, new))
    assert fault.code == f"Client.Schema.{code}"
    assert fault.path == ("/*" if path is None else f"/visitRequest/{path}".rstrip("/"))
    assert (fault.line, fault.facts["label"], fault.facts.get("expected")) == (line, label, expected)


@pytest.mark.parametrize("form", ["default", "prefixed", "mixed", "two prefixes", "enveloped"])
def test_the_place_is_found_however_the_namespace_is_written(form: str) -> None:
    """Default namespace, prefixes, both, or as a part of a larger document whose siblings do not count."""
    text = GOOD.replace("<sex>1</sex></child>\n</subject>", "<sex>3</sex></child>\n</subject>")
    if form in ("prefixed", "mixed", "two prefixes"):
        text = text.replace("<", "<v:").replace("<v:/", "</v:").replace("xmlns=", "xmlns:v=")
    if form == "mixed":
        text = text.replace("<v:child>", '<child xmlns="urn:test:visit">').replace("</v:child>", "</child>")
    if form == "two prefixes":
        text = text.replace("<v:child><v:name>林二", '<w:child xmlns:w="urn:test:visit"><v:name>林二').replace(
            "</v:child>\n</v:subject>", "</w:child>\n</v:subject>"
        )
    element: Element = parse(text.encode())
    if form == "enveloped":
        element = parse(f'<e:E xmlns:e="urn:e"><visitRequest xmlns="urn:test:visit"/>{text}<e:x/></e:E>'.encode())[1]
    with pytest.raises(ClientError) as refused:
        REGISTRY.validate(VISIT, element)
    assert (refused.value.path, refused.value.line) == ("/visitRequest/subject/child[2]/sex", 8)


def test_one_thread_needs_one_compiled_schema() -> None:
    """A validator goes back to the pool after a good and after a bad document."""
    registry = LxmlSchemaRegistry([FOLDER])
    for document in (GOOD, GOOD.replace("<sex>2</sex>", ""), GOOD):
        try:
            registry.validate(VISIT, parse(document.encode()))
        except ClientError:
            continue
    assert len(registry._schemas[VISIT].idle) == 1  # the pool has no other face


def test_type_substitution_is_blocked_where_the_schema_blocks_it() -> None:
    """xsi:type naming a narrower type is an attribute fault under blockDefault."""
    xsi = '<visitRequest xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="http://www.w3.org/2001/XMLSchema"'
    fault = fault_of(GOOD.replace("<visitRequest", xsi).replace("<day>", '<day i:type="x:string">'))
    assert (fault.code, fault.path) == ("Client.Schema.Attribute", "/visitRequest/day")


def test_a_schema_location_in_a_document_opens_nothing(tmp_path: Path) -> None:
    """A sender cannot bring a schema: the verdict is ours and the place it names is not read."""
    (tmp_path / "lax.xsd").write_text('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:test:visit"/>')
    bring = f'<visitRequest xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="urn:test:visit {tmp_path / "lax.xsd"}"'
    REGISTRY.validate(VISIT, parse(GOOD.replace("<visitRequest", bring).encode()))
    with pytest.raises(ClientError):
        REGISTRY.validate(VISIT, parse(GOOD.replace("<visitRequest", bring).replace("<visitNo>V1</visitNo>", "").encode()))


def test_root_digest_and_existence() -> None:
    """A schema is known by its path in the folders."""
    assert REGISTRY.root_of(VISIT) == ("urn:test:visit", frozenset({"visitRequest", "remark"}))
    assert len(REGISTRY.digest(VISIT)) == 64
    assert REGISTRY.digest(VISIT) != REGISTRY.digest("views/clinic/visit.xsd")
    assert REGISTRY.exists(VISIT)
    assert not REGISTRY.exists("canonical/other.xsd")


@pytest.mark.parametrize("call", ["validate", "project", "digest", "root_of", "fields", "check"])
def test_an_unknown_schema_is_a_schema_fault(call: str) -> None:
    """A missing file is the installation's fault, never the sender's."""
    element = parse(b"<a/>")
    arguments: dict[str, tuple[tuple[object, ...], dict[str, object]]] = {
        "validate": ((element,), {}), "project": ((element,), {"fill": {}, "basis": frozenset()}),
    }  # fmt: skip
    args, named = arguments.get(call, ((), {}))
    with pytest.raises(SchemaFault, match="not in the schemas folders"):
        getattr(REGISTRY, call)("canonical/other.xsd", *args, **named)


def test_a_schema_that_is_not_xsd_1_0_is_a_schema_fault(tmp_path: Path) -> None:
    """An undeclared type is found when the schema is loaded, before any message."""
    (tmp_path / "a.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="no"/></xs:schema>'
    )
    with pytest.raises(SchemaFault, match=r"a\.xsd"):
        LxmlSchemaRegistry([tmp_path]).check("a.xsd")


def test_the_index_tells_label_privacy_and_basis_by_path() -> None:
    """Marks come from the element or its type; what holds for a container holds for what it contains."""
    fields = REGISTRY.fields(VISIT, "visitRequest")
    assert list(fields)[:5] == ["visitNo", "resolvedTo", "subject", "subject/name", "subject/idNo"]
    contraception = fields["subject/contraception"]
    assert (contraception.label, contraception.privacy, contraception.basis) == ("避孕节育措施", "sensitive", "contraception")
    assert fields["subject/sex"].privacy == "identifying"
    assert fields["subject/idNoCheck"].filled_by_hub
    assert fields["timing/due"].filled_by_hub
    assert not fields["subject/name"].filled_by_hub
    assert fields["item"].repeated
    assert fields["item"].required
    assert not fields["subject/idNo"].required
    assert fields["subject"].required
    assert not fields["subject"].leaf
    assert fields["item"].leaf


def test_a_type_that_contains_itself_is_listed_once() -> None:
    """A child is a person again; the index ends there."""
    assert [path for path in REGISTRY.fields(VISIT, "visitRequest") if "child" in path] == ["subject/child"]


def test_the_index_needs_one_document_element() -> None:
    """Two to choose from, or none of the name, is an error and not a guess."""
    for root in (None, "nothing"):
        with pytest.raises(SchemaFault, match="one document element wanted"):
            REGISTRY.fields(VISIT, root)
