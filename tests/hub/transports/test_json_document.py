"""The JSON decoder and reader against anything: a fault with a code, or a tree; never an exception of a library, never a value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.contract.errors import KINDS, ClientError
from hub.contract.shape import Facets, Shape
from hub.transports.json_document import pointer_of, read_document
from hub.transports.json_reader import MAX_DEPTH, read_json

SHAPE = LxmlSchemaRegistry().shape("canonical/1.0/enquiry.request.xsd", "enquiryRequest")
NAMES = {
    *SHAPE.children,
    *(name for child in SHAPE.children.values() for name in child.children),
    "spouse",
    "child",
    "person",
    "flow",
}
NAMES |= {name for part in ("spouse", "child") for name in SHAPE.children["subject"].children[part].children}
NAMES |= {name for part in ("person", "flow") for name in SHAPE.children["importable"].children[part].children}
_NAMES = st.one_of(st.sampled_from([*SHAPE.children, *SHAPE.children["subject"].children]), st.text(max_size=4))
_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(["\ud800", "\x00", "\uffff"])
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    _LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_NAMES, inner, max_size=6)), max_leaves=30
)


def outcome(data: bytes) -> str:
    """``tree``, or the code of the fault; a pointer holds names of the schema and numbers alone."""
    refused: ClientError | None = None
    try:
        read_document(read_json(data), SHAPE)
    except ClientError as fault:
        refused = fault
    if refused is None:
        return "tree"
    steps = (refused.pointer or "").split("/")[1:]
    assert all(step.isdigit() or step in NAMES for step in steps), steps
    assert refused.code in KINDS
    return refused.code


@settings(max_examples=300, deadline=None)
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass"))))
def test_any_bytes(data: bytes) -> None:
    """Whatever bytes arrive."""
    outcome(data)


@settings(max_examples=300, deadline=None)
@given(value=ANYTHING)
def test_any_json(value: Any) -> None:
    """Whatever JSON arrives, with the right names in the wrong places."""
    outcome(json.dumps(value).encode())


@settings(max_examples=200, deadline=None)
@given(cut=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_byte_changed(cut: int, byte: int) -> None:
    """A good document with one byte changed."""
    good = json.dumps(
        {"enquiryNo": "XC1", "subject": {"name": "测试", "childrenCount": 2, "nameRareFlag": True}, "item": ["01"]}
    ).encode()
    data = bytearray(good)
    data[cut % len(data)] = byte
    outcome(bytes(data))
    assert outcome(good) == "tree"


def test_a_type_within_itself_is_bounded() -> None:
    """A type that contains itself may nest to the bound and no deeper, and is no reason to give up."""
    leaf = Shape("{urn:x}text", "text", "text", "", required=False, repeated=False, filled_by_hub=False, choice=0, facets=Facets())
    node = Shape("{urn:x}node", "node", "node", "", required=False, repeated=False, filled_by_hub=False, choice=0, facets=None)
    node.children.update(node=node, text=leaf)

    def nested(levels: int) -> bytes:
        return b'{"node":' * levels + b'{"text":"x"}' + b"}" * levels

    assert len(list(read_document(read_json(nested(MAX_DEPTH - 2)), node).iter())) == MAX_DEPTH
    for levels in (MAX_DEPTH - 1, 500, 200_000):
        with pytest.raises(ClientError) as fault:
            read_document(read_json(nested(levels)), node)
        assert fault.value.code == "Client.TooLarge"


@pytest.mark.parametrize(("path", "pointer"), [
    ("/enquiryRequest", ""), ("/enquiryRequest/subject/idNo", "/subject/idNo"), ("/enquiryRequest/item[3]", "/item/2"),
    ("/enquiryRequest/item", "/item/0"), ("/enquiryRequest/subject/child[2]/name", "/subject/child/1/name"),
    ("/enquiryRequest/*[4]", ""), ("/enquiryRequest/subject/*[1]", "/subject"), ("", ""),
])  # fmt: skip
def test_pointers(path: str, pointer: str) -> None:
    """An element path becomes a JSON pointer, arrays counted from 0; what the schema does not know ends it."""
    assert pointer_of(path, SHAPE) == pointer
