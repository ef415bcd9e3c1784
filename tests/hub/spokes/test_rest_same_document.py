"""One document in JSON and in XML is one message: same digest, and the second is answered with the first receipt."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hub.contract.errors import ClientError
from hub.contract.shape import Shape
from hub.contract.xml import canonical_form, parse, plain
from hub.transports.json_document import read_document
from hub.transports.json_reader import read_json
from tests.flows.enquiry.documents import ELSEWHERE, SIMING_UNIT
from tests.hub.pipeline.rig import SIMING, Rig
from tests.hub.spokes.rest_client import RestSpoke
from tests.shaped_documents import as_xml, document

_MADE_UP = st.integers(0, 10**8 - 1).map(lambda n: f"3599011990{n:08d}")
_NUMBER = st.integers(0, 10**15).map(lambda n: f"XC{n}")
_PERSON = {"certType": "01", "idNo": _MADE_UP}
GIVEN: dict[str, dict[str, Any]] = {
    "enquiry.request": {
        "enquiryNo": _NUMBER, "applicantDiv": SIMING_UNIT, "statedToDiv": ELSEWHERE, "photo": None, "material": None, "subject/noIdReason": None,
        **{f"{who}/{name}": value for who in ("subject", "subject/spouse", "wife", "husband", "importable/person") for name, value in _PERSON.items()},
        "subject/child/idNo": _MADE_UP,
    },
    "enquiry.feedback": {
        "enquiryNo": _NUMBER, "feedbackDiv": SIMING_UNIT, "verifiedSubject/noIdReason": None,
        **{f"{who}/{name}": value for who in ("verifiedSubject", "verifiedSubject/spouse", "spouse", "importable/person") for name, value in _PERSON.items()},
        "child/idNo": _MADE_UP, "verifiedSubject/child/idNo": _MADE_UP,
    },
}  # fmt: skip
_PROPERTY = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)


def shape_of(rig: Rig, channel: str) -> tuple[str, Shape]:
    """Schema and shape of a channel."""
    declared = rig.machine.catalogue.channels[channel]
    return declared.schema, rig.machine.schemas.shape(declared.schema, declared.root)


def valid(rig: Rig, schema: str, value: Any, shape: Shape) -> bool:
    """Whether the XSD takes it."""
    try:
        rig.machine.schemas.validate(schema, parse(as_xml(value, shape).encode()))
    except ClientError:
        return False
    return True


@pytest.mark.parametrize("channel", sorted(GIVEN))
@pytest.mark.parametrize("json_first", [True, False])
def test_json_and_xml_are_one_message(rig: Rig, channel: str, json_first: bool) -> None:
    """Over documents of every shape, with other prefixes and indentation: same hub id, same receipt bytes, one message stored."""
    schema, shape = shape_of(rig, channel)
    spoke = RestSpoke(rig, SIMING)
    sent = []

    @_PROPERTY
    @given(value=document(shape, GIVEN[channel]), prefix=st.sampled_from(["", "x"]), blank=st.sampled_from(["", "\n  "]))
    def holds(value: Any, prefix: str, blank: str) -> None:
        assume(valid(rig, schema, value, shape))
        xml = as_xml(value, shape, prefix=prefix, blank=blank).encode()
        forms = [value, xml] if json_first else [xml, value]
        first = spoke.submit(channel, forms[0])
        if first.status_code == 409:  # another generated document used its number
            return
        assert first.status_code in (200, 202), first.text
        if first.status_code == 200:
            return
        sent.append(first.json["hubId"])
        for again in (spoke.submit(channel, forms[1]), spoke.submit(channel, forms[0])):
            assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true"), again.text
            assert again.json == {**first.json, "duplicate": True}

    holds()
    assert len(sent) >= 10
    assert rig.rows("SELECT COUNT(*) FROM message") == [(len(sent),)]


@pytest.mark.parametrize("channel", sorted(GIVEN))
def test_the_digest_is_over_the_same_bytes(rig: Rig, channel: str) -> None:
    """What the digest is made of is byte for byte the same; booleans and integers may be literals."""
    _, shape = shape_of(rig, channel)

    @_PROPERTY
    @given(value=document(shape, GIVEN[channel]), prefix=st.sampled_from(["", "x"]))
    def holds(value: Any, prefix: str) -> None:
        import json

        xml = canonical_form(plain(parse(as_xml(value, shape, prefix=prefix, blank="\n").encode())))
        for form in (value, with_literals(value, shape)):
            written = json.dumps(form, ensure_ascii=False).encode()
            assert canonical_form(read_document(read_json(written), shape)) == xml
        assert canonical_form(read_document(read_json(json.dumps(value).encode()), shape)) == xml

    holds()


def with_literals(value: Any, shape: Shape) -> Any:
    """The same document with JSON literals wherever they may stand."""
    if shape.facets is not None:
        if shape.facets.literal == "boolean":
            return value == "true"
        return int(value) if shape.facets.literal == "integer" and str(int(value)) == value else value
    return {
        name: [with_literals(v, shape.children[name]) for v in inner]
        if shape.children[name].repeated
        else with_literals(inner, shape.children[name])
        for name, inner in reversed(value.items())
    }
