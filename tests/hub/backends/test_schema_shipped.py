"""The schemas that are shipped: each loads, and xmlschema reads the same tree and gives the same verdicts."""

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
import xmlschema
from xmlschema.validators import XsdElement, XsdGroup

from hub.backends.schema_registry import OWN_SCHEMAS, LxmlSchemaRegistry
from hub.contract.errors import ClientError
from hub.contract.xml import Element, parse

REGISTRY = LxmlSchemaRegistry()
SCHEMAS = REGISTRY.names()
REQUEST = "canonical/1.0/enquiry.request.xsd"
ENQUIRY = """<enquiryRequest xmlns="urn:pophub:enquiry.request:1.0">
<enquiryNo>XC0001</enquiryNo><enquiryType>2</enquiryType><origin>1</origin><urgency>1</urgency>
<subject><name>林小梅</name><certType>01</certType><idNo>359901199003071223</idNo><sex>2</sex>
<birthDate>1990-03-07</birthDate><maritalStatus>10</maritalStatus><hukouDiv>350102001001</hukouDiv></subject>
<flow><flowType>1</flowType><flowReason>01</flowReason><outDate>2026-01-02</outDate></flow>
<statedToDiv>350203001001</statedToDiv><item>01</item><applicantDiv>350102001001</applicantDiv>
<applicantUser>350102P001</applicantUser><contactName>陈平</contactName><contactPhone>0591-87654321</contactPhone>
<submitTime>2026-11-22T10:00:00+08:00</submitTime></enquiryRequest>"""
SPOILS = [
    ("", ""), ("359901199003071223", "35990119900307122x"), ("359901199003071223", "３５９９０1199003071223"),
    ("<sex>2</sex>", "<sex>5</sex>"), ("<sex>2</sex>", ""), ("1990-03-07", "1990-02-30"), ("+08:00", "Z"), ("<item>01</item>", ""),
    ("<item>01</item>", "<item>01</item><item>01</item>"), ("林小梅", ""), ("林小梅", "林" * 51), ("<origin>1</origin>", "<origin>1</origin><origin>1</origin>"),
    ("<flow>", '<flow a="1">'), ("350203001001", "3502"), ("<urgency>1</urgency>", "<urgency> 1</urgency>"), ("enquiryRequest", "enquiryRequests"),
]  # fmt: skip


def paths(element: XsdElement, above: str = "", inside: tuple[object, ...] = ()) -> Iterator[tuple[str, bool, bool]]:
    """(path, may be absent, may be repeated) of every element below, as xmlschema sees them."""
    content = getattr(element.type, "content", None)
    if content in inside or not isinstance(content, XsdGroup):
        return
    for child in content.iter_elements():
        if isinstance(child, XsdElement):
            path = f"{above}{child.local_name}"
            yield path, child.min_occurs == 0, (child.max_occurs or 2) > 1
            yield from paths(child, path + "/", (*inside, content))


@pytest.mark.parametrize("schema", SCHEMAS)
def test_xmlschema_reads_the_same_declarations(schema: str) -> None:
    """Same document elements, same paths in the same order; what one calls optional or repeated the other does too."""
    second = xmlschema.XMLSchema10(OWN_SCHEMAS / schema, allow="local")
    own = [e for e in second.elements.values() if e.target_namespace == second.target_namespace]
    assert REGISTRY.root_of(schema)[1] == {e.local_name for e in own}
    for root in own:
        ours = REGISTRY.fields(schema, root.local_name)
        theirs = {path: (absent, many) for path, absent, many in paths(root)}
        assert list(ours) == list(theirs)
        for path, (absent, many) in theirs.items():
            assert not (absent and ours[path].required), path
            assert ours[path].repeated or not many, path


@pytest.mark.skipif(REQUEST not in SCHEMAS, reason="needs the schemas folder of the product")
@pytest.mark.parametrize(("old", "new"), SPOILS)
def test_both_validators_agree_on_an_enquiry(old: str, new: str) -> None:
    """Valid and spoiled documents get one verdict from lxml and xmlschema."""
    element: Element = parse((ENQUIRY.replace(old, new) if old else ENQUIRY).encode())
    valid = not old or new.count("<item>") == 2
    with nullcontext() if valid else pytest.raises(ClientError, match=r"Client\.Schema\."):
        REGISTRY.validate(REQUEST, element)
    assert xmlschema.XMLSchema10(OWN_SCHEMAS / REQUEST, allow="local").is_valid(element) is valid
