"""Documents cut to views: what a view does not declare cannot pass."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.contract.errors import FlowError
from hub.contract.xml import Element, local_name, parse, serialise

FOLDER = Path(__file__).parent / "schemas"
VISIT, CLINIC = "canonical/visit.xsd", "views/clinic/visit.xsd"
REGISTRY = LxmlSchemaRegistry([FOLDER])
NS = "urn:test:visit"
SENT = f"""<v:visitRequest xmlns:v="{NS}" xmlns:left="urn:left:over" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="urn:x x.xsd" stray="1">
  <v:visitNo>V1</v:visitNo> text <v:resolvedTo>sent</v:resolvedTo>
  <v:subject><v:name kind="x">林&lt;&amp;小梅</v:name><v:idNo>359901199003071223</v:idNo><v:idNoCheck>sent</v:idNoCheck>
    <v:sex>2</v:sex><v:contraception>1</v:contraception><left:name>other</left:name>
    <v:child><v:name>林一</v:name><v:noIdReason>新生儿</v:noIdReason><v:idNoCheck>sent</v:idNoCheck><v:sex>1</v:sex></v:child>
  </v:subject>
  <v:item unit="1" hint="h" more="m">a</v:item><v:item unit="2">b</v:item>
  <v:timing><v:from>2026-01-01</v:from><v:due>2026-01-02</v:due></v:timing>
  <v:day>2026-11-22</v:day>
</v:visitRequest>"""


def cut(schema: str, fill: dict[str, str] | None = None, basis: tuple[str, ...] = (), document: str = SENT) -> Element:
    """The projected document."""
    return REGISTRY.project(schema, parse(document.encode()), fill=fill or {}, basis=frozenset(basis))


def names(element: Element) -> list[str]:
    """Local names of the children, in order."""
    return [local_name(child) for child in element]


def test_only_declared_elements_and_attributes_pass() -> None:
    """Undeclared elements, attributes, text between elements and left-over prefixes are not in the result."""
    expected = f'<visitRequest xmlns="{NS}"><visitNo>V1</visitNo><subject><name>林&lt;&amp;小梅</name><sex>2</sex></subject><day>2026-11-22</day></visitRequest>'
    assert serialise(cut(CLINIC)).decode() == expected


def test_the_result_satisfies_the_view() -> None:
    """A good document cut to a view is valid there, with the hub's own elements set."""
    REGISTRY.validate(CLINIC, cut(CLINIC, {"resolvedTo": "350102", "subject/idNoCheck": "1"}))


def test_hub_filled_elements_stand_at_their_place_and_replace_what_was_sent() -> None:
    """Only fill sets them, wherever the sender put his own; structures are filled whole."""
    fill = {"timing/due": "2026-12-01", "subject/idNoCheck": "1", "timing/from": "2026-11-23", "resolvedTo": "350102"}
    result = cut(VISIT, fill)
    assert names(result) == ["visitNo", "resolvedTo", "subject", "item", "item", "timing", "day"]
    assert names(result[2])[:4] == ["name", "idNo", "idNoCheck", "sex"]
    assert [e.text for e in (result[1], result[2][2], result[5][0], result[5][1])] == ["350102", "1", "2026-11-23", "2026-12-01"]
    assert b">sent<" not in serialise(result)


def test_a_hub_filled_element_after_everything_sent_is_appended() -> None:
    """Its place may be the last."""
    result = cut(VISIT, {"timing/from": "a", "timing/due": "b"}, document=f'<visitRequest xmlns="{NS}"><visitNo/></visitRequest>')
    assert names(result) == ["visitNo", "timing"]


def test_fill_sets_only_what_the_view_marks() -> None:
    """A path of an ordinary, an undeclared or an unsent element changes nothing."""
    fill = {"visitNo": "x", "nothing": "x", "subject/name": "x", "subject/child/idNoCheck": "x", "day/more": "x"}
    assert serialise(cut(CLINIC, fill)) == serialise(cut(CLINIC))
    alone = f'<visitRequest xmlns="{NS}"><visitNo>V1</visitNo></visitRequest>'
    assert names(cut(CLINIC, {"subject/idNoCheck": "1"}, document=alone)) == ["visitNo"]


def test_fill_reaches_each_occurrence_of_what_was_sent_around_it() -> None:
    """A path into a repeated element sets its hub-filled part in every one."""
    children = "<child><sex/></child><child><name/></child>"
    result = cut(
        VISIT, {"subject/child/idNoCheck": "1"}, document=f'<visitRequest xmlns="{NS}"><subject>{children}</subject></visitRequest>'
    )
    assert [names(child) for child in result[0]] == [["idNoCheck", "sex"], ["name", "idNoCheck"]]


def test_what_needs_a_basis_passes_only_with_it() -> None:
    """Elements and attributes alike; the basis is asked for each call."""
    without, with_it, other = cut(VISIT), cut(VISIT, basis=("contraception",)), cut(VISIT, basis=("levy",))
    assert with_it.find(f".//{{{NS}}}contraception") is not None
    assert (without.find(f".//{{{NS}}}contraception"), other.find(f".//{{{NS}}}contraception")) == (None, None)
    assert with_it[2].items() == [("unit", "1"), ("hint", "h")]
    assert without[2].items() == [("unit", "1")]


def test_a_type_that_contains_itself_is_cut_at_every_depth() -> None:
    """A child is a person: the same rules hold inside."""
    child = cut(VISIT).find(f"{{{NS}}}subject/{{{NS}}}child")
    assert child is not None
    assert names(child) == ["name", "noIdReason", "sex"]


def test_another_document_element_is_refused() -> None:
    """A view of something else gives an error and not an empty document."""
    with pytest.raises(FlowError) as refused:
        cut(CLINIC, document='<visitRequest xmlns="urn:test:other"/>')
    assert refused.value.code == "Flow.ViewInvalid"


def test_the_source_is_left_as_it_was() -> None:
    """Several recipients are served from one document."""
    element = parse(SENT.encode())
    before = serialise(element)
    REGISTRY.project(CLINIC, element, fill={"resolvedTo": "x"}, basis=frozenset())
    assert serialise(element) == before


NAMES = ("visitNo", "resolvedTo", "subject", "name", "sex", "day", "idNo", "child", "free", "a-b")
TREES = st.recursive(
    st.builds("<{0}>{1}</{0}>".format, st.sampled_from(NAMES), st.sampled_from(["", "x", "&lt;b/&gt;", "&#13;]]&gt;"])),
    lambda inner: st.builds(lambda n, parts: f"<{n}>{''.join(parts)}</{n}>", st.sampled_from(NAMES), st.lists(inner, max_size=5)),
    max_leaves=25,
)


@given(st.lists(TREES, max_size=5))
def test_no_document_brings_an_undeclared_path_through(parts: list[str]) -> None:
    """Whatever is nested in whatever: every path in the result is one of the view's, in the order sent."""
    result = cut(CLINIC, document=f'<visitRequest xmlns="{NS}">{"".join(parts)}</visitRequest>')
    declared = {path for path, info in REGISTRY.fields(CLINIC).items() if not info.filled_by_hub}
    for element in result.iterdescendants():
        above = [local_name(a) for a in element.iterancestors()][-2::-1]
        assert "/".join([*above, local_name(element)]) in declared
    sent = [p[1:].partition(">")[0] for p in parts]
    assert names(result) == [n for n in sent if n in declared]
