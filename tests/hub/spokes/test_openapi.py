"""The OpenAPI document: valid 3.1, derived from the schemas, true of the samples, and without a secret or a person in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import falcon.testing
import pytest
from jsonschema import Draft202012Validator
from lxml import etree
from openapi_spec_validator import OpenAPIV31SpecValidator

from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.backends.sql.status import MessageStatusSql
from hub.contract.errors import KINDS
from hub.contract.shape import Shape
from hub.spokes.rest import rest_app
from tests.hub.pipeline.rig import SPOKES, Rig

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "schemas/canonical/1.0/samples"


@pytest.fixture
def client(rig: Rig) -> falcon.testing.TestClient:
    """A caller without credentials."""
    return falcon.testing.TestClient(rest_app(rig.machine, MessageStatusSql(rig.store.engine)))


@pytest.fixture
def document(client: falcon.testing.TestClient) -> Any:
    """The published document."""
    return client.simulate_get("/api/v1/openapi.json").json


def test_it_is_valid(document: Any) -> None:
    """The validator of the OpenAPI Initiative's schema has no complaint."""
    assert [str(e) for e in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_address_is_described_and_every_description_answers(
    rig: Rig, client: falcon.testing.TestClient, document: Any
) -> None:
    """Each channel and each look has its path; each path of the document is one the application knows."""
    channels = {f"/api/v1/messages/{name}" for name in rig.machine.catalogue.channels}
    channels |= {f"/api/v1/queries/{name}" for name in rig.machine.catalogue.queries}
    assert channels < set(document["paths"])
    assert {"/api/v1/messages/{hubId}", "/api/v1/messages/{hubId}/receipt", "/api/v1/mailbox", "/api/v1/mailbox/ack"} < set(
        document["paths"]
    )
    for path, item in document["paths"].items():
        for method in set(item) - {"parameters"}:
            answer = client.simulate_request(method.upper(), path.replace("{hubId}", "10001-5"))
            code = None if method == "head" else answer.json["code"]
            assert (answer.status_code, code) == (401, None if method == "head" else "Client.Unauthenticated"), path
            assert str(answer.status_code) in item[method]["responses"]


def test_labels_lists_and_errors_are_those_of_the_sources(document: Any) -> None:
    """Labels come from the annotations, code lists with their labels from the XSD, errors from the one table."""
    schemas = document["components"]["schemas"]
    person = schemas["enquiry.request.PersonCore"]
    assert person["properties"]["idNo"] == {"$ref": "#/components/schemas/codes.IdOrCertNo", "title": "证件号码"}
    assert person["properties"]["idNoCheck"]["readOnly"] is True
    assert {"oneOf": [{"required": ["idNo"]}, {"required": ["noIdReason"]}]} in person["allOf"]
    assert schemas["codes.CL_HUKOUNAT"]["x-labels"] == {"1": "非农业", "2": "农业", "3": "居民", "9": "其他"}
    assert schemas["codes.Date"]["format"] == "date" and schemas["codes.Bool"]["enum"] == [True, False, "true", "false"]
    assert set(schemas["Problem"]["properties"]["code"]["enum"]) == {code for code in KINDS if not code.startswith("Flow.")}


def as_json(element: Any, shape: Shape) -> Any:
    """A sample in JSON, by the rules of the interface."""
    if shape.facets is not None:
        return element.text or ""
    made: dict[str, Any] = {}
    for child in element:
        name = etree.QName(child).localname
        value = as_json(child, shape.children[name])
        made[name] = [*made.get(name, []), value] if shape.children[name].repeated else value
    return made


FILES = sorted(p.relative_to(SAMPLES) for p in SAMPLES.rglob("*.xml") if p.stat().st_size and "full" not in p.name)
ONLY_XML = {
    "empty",
    "wrong-namespace",
    "no-namespace",
    "nil",
    "substituted-type",
    "unknown-attribute",
    "element-in-text",
    "text-between",
    "foreign-element",
    "wrong-order",
    "repeated",
    "extra-element",
}
"""Kinds of fault that cannot be written in JSON, or are refused before any schema."""
ONLY_XSD = {
    "impossible-date",
    "impossible-month",
    "hour-24",
    "not-base64",
    "outside-reference",
    "blank-at-end",
    "retired-code",
    "zero",
}
"""What a JSON Schema need not see; whatever it does see is right."""


def documents(rig: Rig) -> dict[str, tuple[str, str]]:
    """Schema and root of every channel, question and reply (as its only askers see it)."""
    found = {name: (c.schema, c.root) for name, c in rig.machine.catalogue.channels.items()}
    for query in rig.machine.catalogue.queries.values():
        (view,) = {asker.view for asker in query.askers}
        found[query.name] = (query.request.schema, query.request.root)
        found[query.reply.name] = (query.reply.view_schema(view), query.reply.root)
    return found


@pytest.mark.parametrize("file", FILES, ids=str)
def test_samples_agree_with_the_json_schema(rig: Rig, document: Any, file: Path) -> None:
    """Good samples satisfy the JSON Schema of their channel; bad ones do not, but for what only an XSD can say."""
    if file.parent.name == "invalid" and file.stem in ONLY_XML:
        return
    shape = rig.machine.schemas.shape(*documents(rig)[file.parts[0]])
    value = as_json(etree.parse(SAMPLES / file, etree.XMLParser(remove_comments=True)).getroot(), shape)
    schema = {"$ref": f"#/components/schemas/{file.parts[0]}", "components": document["components"]}
    complaints = [e.json_path for e in Draft202012Validator(schema).iter_errors(value)]
    if file.parent.name != "invalid":
        assert complaints == []
    elif file.stem not in ONLY_XSD:
        assert complaints


def test_it_is_public_and_says_nothing_of_this_hub(rig: Rig, client: falcon.testing.TestClient) -> None:
    """No credentials needed; no spoke, secret, place, host or path in it; a caller that has it gets 304."""
    answer = client.simulate_get("/api/v1/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    for spoke in SPOKES:
        for said in (f'"{spoke.name}"', spoke.title, rig.secret(spoke.name)):
            assert said not in answer.text
    assert not [word for word in (str(rig.home), "127.0.0.1", "localhost", "/home/", "/work/") if word in answer.text]
    again = client.simulate_get("/api/v1/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert json.loads(answer.text)["openapi"] == "3.1.0"


def test_every_channel_has_a_json_form(rig: Rig) -> None:
    """No type of a channel says anything by order, repetition of a name or attributes, which JSON could not say."""
    seen: list[Shape] = []

    def look(shape: Shape) -> None:
        if shape not in seen:
            seen.append(shape)
            assert shape.plain, shape.tag
            for child in shape.children.values():
                look(child)

    for schema, root in documents(rig).values():
        look(rig.machine.schemas.shape(schema, root))
    assert len(seen) > 100


@pytest.mark.parametrize(("content", "plain"), [
    ('<xs:sequence><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:int" maxOccurs="9"/></xs:sequence>', True),
    ('<xs:choice><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string"/></xs:choice>', True),
    ('<xs:choice maxOccurs="9"><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string"/></xs:choice>', False),
    ('<xs:sequence><xs:choice maxOccurs="9"><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string"/></xs:choice></xs:sequence>', False),
    ('<xs:sequence><xs:sequence maxOccurs="2"><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string"/></xs:sequence></xs:sequence>', False),
    ('<xs:sequence><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string"/><xs:element name="a" type="xs:string"/></xs:sequence>', False),
    ('<xs:sequence><xs:element name="a" type="xs:string"/></xs:sequence><xs:attribute name="b"/>', False),
])  # fmt: skip
def test_what_json_cannot_say_is_known(tmp_path: Path, content: str, plain: bool) -> None:
    """Repeated groups, one name in two places and attributes have no JSON form."""
    (tmp_path / "x.xsd").write_text(
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="x"><xs:complexType>{content}</xs:complexType></xs:element></xs:schema>',
        encoding="utf-8",
    )
    assert LxmlSchemaRegistry([tmp_path]).shape("x.xsd", "x").plain is plain
