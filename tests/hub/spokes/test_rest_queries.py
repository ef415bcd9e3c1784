"""Queries by REST and SOAP: the same answer, the same codes, nothing that identifies anybody in an address, a fault or a log."""

from __future__ import annotations

import base64
import json
import logging
from typing import Any

import falcon.testing
import pytest
from lxml import etree

from hub.backends.sql.status import MessageStatusSql
from hub.contract.errors import QUERY_BUSY, QUERY_CAP, QUERY_FAILED, QUERY_LATE, QUERY_REFUSED, ServerError
from hub.discovery import schema_roots
from hub.spokes.asking import Asking
from hub.spokes.doorkeeper import Doorkeeper
from hub.spokes.rest import rest_app
from hub.spokes.submission import Submission, services
from hub.transports.soap_server import soap_app
from tests.flows.enquiry.documents import request
from tests.hub.pipeline.asking import ID_NO, NAME, USER, Platform, case_question, status_question, with_desk
from tests.hub.pipeline.rig import SIMING, Rig

XML = {"Content-Type": "application/xml"}
ENV = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}


class Caller:
    """Siming's spoke over HTTP."""

    def __init__(self, rig: Rig) -> None:
        self.rest = falcon.testing.TestClient(rest_app(rig.machine, MessageStatusSql(rig.store.engine)))
        keeper = Doorkeeper(rig.machine)
        door = soap_app(
            services(rig.machine, schema_roots(()), Asking(rig.machine, keeper, Submission(rig.machine, keeper))),
            public_url="http://hub.test", schema_roots=schema_roots(()), on_refused=lambda *_: None,
        )  # fmt: skip
        self.soap = falcon.testing.TestClient(door)  # type: ignore[arg-type]
        login = base64.b64encode(f"{SIMING}:{rig.secret(SIMING)}".encode()).decode()
        self.login = {"Authorization": f"Basic {login}", "Pophub-From-User": USER}

    def post(self, name: str, body: bytes, path: str = "", **headers: str) -> falcon.testing.Result:
        return self.rest.simulate_post(f"/api/v1/queries/{name}{path}", body=body, headers={**self.login, **XML, **headers})

    def get(self, query: str) -> falcon.testing.Result:
        return self.rest.simulate_get(f"/api/v1/queries/{query}", headers=self.login)

    def call(self, operation: str, body: bytes, version: str) -> falcon.testing.Result:
        head = f'<h:Header xmlns:h="urn:pophub:header:1.0"><h:fromUser>{USER}</h:fromUser></h:Header>'
        envelope = f'<e:Envelope xmlns:e="{ENV[version]}"><e:Header>{head}</e:Header><e:Body>{body.decode()}</e:Body></e:Envelope>'
        action = f"urn:pophub:enquiry:{operation}"
        told = {"Content-Type": "text/xml", "SOAPAction": f'"{action}"'} if version == "1.1" else {
            "Content-Type": f'application/soap+xml; action="{action}"'
        }  # fmt: skip
        return self.soap.simulate_post("/soap/enquiry", body=envelope, headers={**self.login, **told})


@pytest.fixture
def caller(rig: Rig) -> Caller:
    """A platform that knows one person, and an enquiry of the caller's."""
    with_desk(rig, Platform())
    rig.submit(SIMING, request("XC1"))
    rig.plan()
    return Caller(rig)


def reply(result: falcon.testing.Result, version: str = "") -> bytes:
    """The reply element in canonical form."""
    root = etree.fromstring(result.content)
    return etree.tostring(root[0][0] if version else root, method="c14n", exclusive=True)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize(("operation", "name", "body"), [
    ("QueryEnquiryStatus", "enquiry.status", status_question("XC1")), ("QueryEnquiryStatus", "enquiry.status", status_question()),
    ("QueryEnquiryCase", "enquiry.case", case_question()),
])  # fmt: skip
def test_soap_and_rest_answer_alike(caller: Caller, operation: str, name: str, body: bytes, version: str) -> None:
    """Both SOAP versions and REST give the same element; nothing may be kept on the way."""
    rest, soap = caller.post(name, body), caller.call(operation, body, version)
    assert (rest.status_code, soap.status_code) == (200, 200)
    assert reply(rest) == reply(soap, version)
    assert len(reply(rest)) > 200
    assert (rest.headers["cache-control"], rest.headers["content-type"]) == ("no-store", "application/xml; charset=utf-8")


def test_get_answers_what_identifies_nobody(caller: Caller) -> None:
    """By day and state in the address; the same as the document says."""
    got = caller.get("enquiry.status?fromDate=2026-03-02&toDate=2026-03-02")
    assert got.status_code == 200
    assert reply(got) == reply(caller.post("enquiry.status", status_question()))


@pytest.mark.parametrize(("path", "status", "code"), [
    ("enquiry.status?enquiryNo=XC1", 400, "Client.Request"),
    ("enquiry.status?fromDate=2026-03-02&fromDate=2026-03-03&toDate=2026-03-02", 400, "Client.Request"),
    ("enquiry.status?fromDate=2026-03-02", 422, "Client.Schema.Missing"),
    ("enquiry.status?fromDate=%00&toDate=2026-03-02", 400, "Client.Request"),
    (f"enquiry.case?idNo={ID_NO}", 405, "Client.Method"),
    (f"{ID_NO}?x=1", 404, "Client.UnknownOperation"),
])  # fmt: skip
def test_an_address_names_nobody(caller: Caller, path: str, status: int, code: str) -> None:
    """A parameter that is not open is refused, whatever it holds, and not repeated in the answer."""
    got = caller.get(path)
    assert (got.status_code, got.json["code"]) == (status, code)
    assert ID_NO not in got.text
    assert caller.post("enquiry.case", case_question(), f"?name={ID_NO}").json["code"] == "Client.Request"


@pytest.mark.parametrize(("body", "headers", "code"), [
    (b"", {}, "Client.Length"),
    (case_question(), {"Content-Type": "text/plain"}, "Client.ContentType"),
    (status_question(), {}, "Client.UnknownOperation"),
    (b"<!DOCTYPE a><a/>", {}, "Client.Doctype"),
    (b"x" * (2 * 1024 * 1024 + 1), {}, "Client.TooLarge"),
    (case_question(), {"Pophub-From-Div": "350203"}, "Client.Header"),
    (case_question(), {"Pophub-From-Div": "350702001000"}, "Client.NotYourPlace"),
    (case_question(), {"Authorization": "Basic eDp5"}, "Client.Unauthenticated"),
])  # fmt: skip
def test_what_is_refused(caller: Caller, body: bytes, headers: dict[str, str], code: str) -> None:
    """By the codes that SOAP has as well."""
    got = caller.post("enquiry.case", body, **headers)
    assert got.json["code"] == code
    assert NAME not in got.text


@pytest.mark.parametrize("kind", [QUERY_BUSY, QUERY_LATE, QUERY_FAILED, QUERY_REFUSED, QUERY_CAP])
def test_each_way_to_no_answer_has_a_code(caller: Caller, monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    """The same code in REST and SOAP, when to come again, whose fault it is; no value of the question."""

    def fail(*_: object) -> None:
        raise ServerError(kind)

    monkeypatch.setattr("hub.spokes.rest_queries.ask", fail)
    monkeypatch.setattr("hub.spokes.asking.ask", fail)
    rest = caller.post("enquiry.case", case_question())
    soap = [caller.call("QueryEnquiryCase", case_question(), version) for version in ENV]
    assert (rest.status_code, rest.json["code"], rest.json["blame"]) == (kind.http, kind.code, kind.blame)
    assert rest.json["correlationId"] == rest.headers["pophub-correlation-id"]
    for said in (rest, *soap):
        assert ("retry-after" in said.headers) == (kind.http in (429, 503))
        assert not [value for value in (NAME, ID_NO, USER) if value in said.text]
    assert all(f">{kind.code}</" in said.text for said in soap)


def test_nothing_is_logged_of_it(caller: Caller, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    """Answered or refused, no log line holds a value of question or answer, nor who asked."""
    caplog.set_level(logging.DEBUG)
    caller.post("enquiry.case", case_question())
    caller.post("enquiry.case", case_question(purpose="9"))
    caller.call("QueryEnquiryCase", case_question(), "1.1")
    said = caplog.text + "".join(capsys.readouterr())
    assert not [value for value in (NAME, ID_NO, "1990-05-10", USER, "GACX") if value in said]


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(("name", "xml", "question"), [
    ("enquiry.status", status_question("XC1"), {"enquiryNo": "XC1"}),
    ("enquiry.status", status_question(), {"toDate": "2026-03-02", "fromDate": "2026-03-02"}),
    ("enquiry.case", case_question(), {"purpose": "2", "name": NAME, "idNo": ID_NO}),
])  # fmt: skip
def test_json_says_the_same(caller: Caller, name: str, xml: bytes, question: dict[str, str]) -> None:
    """A question in JSON is answered in JSON, with the elements of the XML; ``Accept`` may ask for the other."""
    told = caller.post(name, json.dumps(question).encode(), **JSON)
    assert (told.status_code, told.headers["content-type"], told.headers["cache-control"]) == (200, "application/json", "no-store")
    (rows,) = (value for value in told.json.values() if isinstance(value, list))
    assert len(rows) == 1
    element = etree.fromstring(caller.post(name, xml).content)
    assert [e.text for e in element.iter() if not len(e)] == _leaves(told.json)
    assert reply(caller.post(name, json.dumps(question).encode(), Accept="application/xml", **JSON)) == reply(
        caller.post(name, xml)
    )
    assert caller.post(name, xml, Accept="application/json").json == told.json
    assert caller.post(name, xml, Accept="text/html").json["code"] == "Client.NotAcceptable"


def _leaves(value: Any) -> list[str]:
    """In the order of the schema, in which they are written."""
    if isinstance(value, str):
        return [value]
    return [leaf for inner in (value.values() if isinstance(value, dict) else value) for leaf in _leaves(inner)]


@pytest.mark.parametrize(("question", "code", "pointer"), [
    ({"name": NAME, "idNo": ID_NO, "purpose": "9"}, "Client.Schema", "/purpose"),
    ({"name": NAME, "idNo": [ID_NO], "purpose": "2"}, "Client.Json.Kind", "/idNo"),
    ({"name": NAME, ID_NO: ID_NO}, "Client.Json.Unknown", ""),
])  # fmt: skip
def test_json_faults_point_by_names_of_the_contract(caller: Caller, question: dict[str, Any], code: str, pointer: str) -> None:
    """The place is a JSON pointer; nothing that was asked is repeated."""
    got = caller.post("enquiry.case", json.dumps(question).encode(), **JSON)
    assert got.json["code"].startswith(code) and got.json["pointer"] == pointer and "path" not in got.json
    assert not [value for value in (NAME, ID_NO) if value in got.text]


def test_a_user_may_have_any_name(caller: Caller) -> None:
    """As in a submission, what is not ASCII comes percent-encoded; fields that nobody knows are refused."""
    assert caller.post("enquiry.case", case_question(), **{"Pophub-From-User": "%E5%BC%A0"}).status_code == 200
    assert caller.post("enquiry.case", case_question(), **{"Pophub-Form-User": "x"}).json["code"] == "Client.Header"
