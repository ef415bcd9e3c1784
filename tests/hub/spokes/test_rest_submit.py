"""Submitting over REST: what is answered, what is refused and how, and that SOAP and REST give the same receipt."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from hub.backends.nonce_file import NonceFile
from hub.contract.message import show_hub_id
from hub.contract.xml import parse
from hub.spokes.doorkeeper import Doorkeeper
from hub.spokes.submission import SERVICES, Submission
from hub.transports.soap_call import SoapCall
from tests.flows.enquiry.documents import NAME, PHONE, SIMING_UNIT, request
from tests.hub.pipeline.rig import JIANYANG, SIMING, YANPING, Rig
from tests.hub.spokes.rest_client import CANARY, RestSpoke, assert_problem, basic

REQUEST = "enquiry.request"
Spoke = RestSpoke


def form(no: str = "XC1", **changes: Any) -> dict[str, Any]:
    """The enquiry of `request` in JSON."""
    made: dict[str, Any] = {}
    for child in parse(request(no)):
        name = etree.QName(child).localname
        value = {etree.QName(c).localname: c.text for c in child} if len(child) else child.text
        made[name] = [value] if name == "item" else value
    return {**made, **changes}


def subject(**changes: Any) -> dict[str, Any]:
    """A subject with something else in it."""
    return {"subject": {**form()["subject"], **changes}}


@pytest.fixture
def siming(rig: Rig) -> RestSpoke:
    """A spoke that may send."""
    return RestSpoke(rig, SIMING)


def test_a_new_message_and_the_look_at_it(siming: RestSpoke, rig: Rig) -> None:
    """202 with hub id, moment, lane number and receipt; the address given finds state and the same receipt."""
    answer = siming.submit(REQUEST, form())
    assert answer.status_code == 202 and "idempotent-replayed" not in answer.headers
    told = answer.json
    assert told["duplicate"] is False and told["laneNo"] == 1 and told["acceptedAt"] == "2026-03-02T09:00:00.000+08:00"
    seen = siming.get(answer.headers["location"]).json
    assert (seen["hubId"], seen["state"], seen["receipt"]) == (told["hubId"], "accepted", told["receipt"])
    assert siming.get(answer.headers["location"] + "/receipt").json == {"hubId": told["hubId"], "receipt": told["receipt"]}
    bare = siming.get(answer.headers["location"] + "/receipt", Accept="application/jose")
    assert (bare.headers["content-type"], bare.text) == ("application/jose", told["receipt"])


@pytest.mark.parametrize("media", ["application/xml", "text/xml", "text/xml; charset=utf-8", 'application/xml; charset="UTF-8"'])
def test_xml_is_taken_in_both_media_types(siming: RestSpoke, media: str) -> None:
    """XML may come as application/xml or text/xml, and is answered in XML when asked for."""
    answer = siming.submit(REQUEST, request("XC1"), media=media, Accept="application/xml")
    assert (answer.status_code, answer.headers["content-type"]) == (202, "application/xml; charset=utf-8")
    root = etree.fromstring(answer.content)
    assert root.tag == f"{{{SERVICES}}}submitResponse" and root.findtext(f"{{{SERVICES}}}duplicate") == "false"


@pytest.mark.parametrize(("charset", "codec"), [("gb18030", "gb18030"), ("utf-16", "utf-16")])
def test_charset_as_at_the_soap_door(siming: RestSpoke, charset: str, codec: str) -> None:
    """The charset of the transport counts, and must agree with the bytes."""
    data = request("XC1").decode().encode(codec)
    assert siming.submit(REQUEST, data, media=f"application/xml; charset={charset}").status_code == 202
    assert_problem(siming.submit(REQUEST, request("XC2"), media="text/xml; charset=utf-16"), 400, "Client.Encoding")
    assert_problem(siming.submit(REQUEST, b"\xef\xbb\xbf" + request("XC2"), media="text/xml; charset=gbk"), 400, "Client.Encoding")


def test_soap_and_rest_are_one_door(siming: RestSpoke, rig: Rig) -> None:
    """The same document over SOAP, then REST in JSON and XML: one message, the same receipt bytes."""
    submission = Submission(rig.machine, Doorkeeper(rig.machine, None, NonceFile(rig.clock)))
    wsa = etree.fromstring('<MessageID xmlns="http://www.w3.org/2005/08/addressing">urn:soap:1</MessageID>')
    call = SoapCall(
        "enquiry", "x", parse(request("XC1")), (wsa,), "1.1", request("XC1"), None, siming.headers["Authorization"], "", "c"
    )
    receipt = submission(call).findtext(f"{{{SERVICES}}}receipt")
    for body, key in ((form(), "urn:soap:1"), (request("XC1"), "urn:soap:1"), (form(), "urn:other")):
        answer = siming.submit(REQUEST, body, key)
        assert (answer.status_code, answer.json["receipt"], answer.json["duplicate"]) == (200, receipt, True)


def test_headers_are_those_of_soap(siming: RestSpoke, rig: Rig) -> None:
    """Every Pophub field lands where its SOAP element would."""
    answer = siming.submit(REQUEST, form(), Pophub_From_Div=SIMING_UNIT, Pophub_From_User="%E5%BC%A0%E4%B8%89", Pophub_Test="true",
                           Pophub_Relates_To="urn:earlier", Pophub_Created_At="2026-03-02T08:59:00+08:00")  # fmt: skip
    assert answer.status_code == 202
    ((div, user, test, correlation),) = rig.rows("SELECT from_div, from_user, test, correlation_hash FROM message")
    assert (div, user, test, bytes(correlation)) == (
        SIMING_UNIT,
        "张三",
        1,
        rig.machine.keyring.index("correlation", "urn:earlier"),
    )


@pytest.mark.parametrize(("field", "value", "path"), [
    ("From-Div", "35", "Pophub-From-Div"), ("From-Div", f"{SIMING_UNIT}, {SIMING_UNIT}", "Pophub-From-Div"), ("From-User", "", "Pophub-From-User"),
    ("From-User", "%ff", "Pophub-From-User"), ("From-User", "x" * 65, "Pophub-From-User"), ("From-User", "%0d%0aSet-Cookie:x", "Pophub-From-User"),
    ("Created-At", "2026-03-02T08:59:00Z", "Pophub-Created-At"), ("Created-At", "2026-13-02T08:59:00+08:00", "Pophub-Created-At"),
    ("Test", "1", "Pophub-Test"), ("Relates-To", "a b", "Pophub-Relates-To"), (CANARY, "x", "Pophub-*"),
])  # fmt: skip
def test_wrong_headers(siming: RestSpoke, field: str, value: str, path: str) -> None:
    """A field that is wrong, sent twice or unknown is named; its value is not."""
    answer = siming.submit(REQUEST, form(), **{f"Pophub-{field}": value})
    assert assert_problem(answer, 400, "Client.Header")["path"] == path


@pytest.mark.parametrize("key", [None, "", " ", "a b", "x" * 129, "a,b", '"a', '"a" , "b"', "é", '""', "a\tb"])
def test_wrong_keys(siming: RestSpoke, key: str | None) -> None:
    """The Idempotency-Key is required: 1 to 128 visible characters, once."""
    assert_problem(siming.submit(REQUEST, form(), Idempotency_Key=key), 400, "Client.MessageId")  # type: ignore[arg-type] # None leaves it out


def test_a_quoted_key_is_the_bare_one(siming: RestSpoke) -> None:
    """``"k"`` (the draft's form) and ``k`` (the habit) are one key; used for other content it conflicts, naming the first."""
    first = siming.submit(REQUEST, form(), key="k-1")
    assert siming.submit(REQUEST, form(), key='"k-1"').json["hubId"] == first.json["hubId"]
    told = assert_problem(siming.submit(REQUEST, form("XC2"), key="k-1"), 409, "Client.IdConflict", "XC2")
    assert told["ref"] == first.json["hubId"] and told["blame"] == "caller"


def _many(n: int) -> str:
    return json.dumps(form(item=["01"] * n))


HOSTILE: list[tuple[str, str | bytes, int, str, str | None]] = [
    ("nothing", b" ", 400, "Client.Empty", None),
    ("cut short", json.dumps(form())[:-9], 400, "Client.Json", None),
    ("two documents", "{}{}", 400, "Client.Json", None),
    ("comment", '{"a": 1 /* no */}', 400, "Client.Json", None),
    ("NaN", '{"enquiryNo": NaN}', 400, "Client.Json", None),
    ("-Infinity", '{"enquiryNo": -Infinity}', 400, "Client.Json", None),
    ("control character", '{"enquiryNo": "a\nb"}', 400, "Client.Json", None),
    ("byte order mark", b"\xef\xbb\xbf{}", 400, "Client.Encoding", None),
    ("UTF-16", json.dumps(form()).encode("utf-16"), 400, "Client.Encoding", None),
    ("bare bytes", b'{"enquiryNo": "\xff"}', 400, "Client.Encoding", None),
    ("deep arrays", "[" * 100_000, 413, "Client.TooLarge", None),
    ("deep objects", '{"subject":' * 20_000, 413, "Client.TooLarge", None),
    ("large", b'{"question": "' + b"x" * 2_097_152 + b'"}', 413, "Client.TooLarge", None),
    ("many", _many(10_001), 413, "Client.TooLarge", None),
    ("array", "[]", 422, "Client.Json.Kind", ""),
    ("null document", "null", 422, "Client.Json.Kind", ""),
    ("unknown member", json.dumps(form(**{CANARY: "x"})), 422, "Client.Json.Unknown", ""),
    ("unknown within", json.dumps(form(**subject(**{CANARY: "x"}))), 422, "Client.Json.Unknown", "/subject"),
    ("prototype", json.dumps(form(__proto__={})), 422, "Client.Json.Unknown", ""),
    ("XML attribute", json.dumps(form(**{"@xmlns": "urn:x"})), 422, "Client.Json.Unknown", ""),
    ("twice", json.dumps(form())[:-1] + f', "enquiryNo": "{CANARY}"}}', 400, "Client.Json.Duplicate", "/enquiryNo"),
    ("twice within", json.dumps(form()).replace('"sex"', f'"name": "{CANARY}", "sex"'), 400, "Client.Json.Duplicate", "/subject/name"),
    ("null", json.dumps(form(question=None)), 422, "Client.Json.Kind", "/question"),
    ("number for a code", json.dumps(form(enquiryType=1)), 422, "Client.Json.Kind", "/enquiryType"),
    ("boolean for a text", json.dumps(form(enquiryNo=True)), 422, "Client.Json.Kind", "/enquiryNo"),
    ("object for a text", json.dumps(form(enquiryNo={"a": CANARY})), 422, "Client.Json.Kind", "/enquiryNo"),
    ("text for an object", json.dumps(form(subject=CANARY)), 422, "Client.Json.Kind", "/subject"),
    ("one for an array", json.dumps(form(item="01")), 422, "Client.Json.Kind", "/item"),
    ("array for one", json.dumps(form(enquiryNo=["XC1"])), 422, "Client.Json.Kind", "/enquiryNo"),
    ("over-long number", json.dumps(form(**subject(childrenCount=10**400))), 422, "Client.Json.Kind", "/subject/childrenCount"),
    ("huge exponent", json.dumps(form()).replace('"certType"', '"childrenCount": 1e999999, "certType"'), 422, "Client.Json.Kind", "/subject/childrenCount"),
    ("fraction", json.dumps(form(**subject(childrenCount=1.5))), 422, "Client.Json.Kind", "/subject/childrenCount"),
    ("lone surrogate", json.dumps(form()).replace("XC1", "\\ud800"), 422, "Client.Json.Character", "/enquiryNo"),
    ("reversed pair", json.dumps(form()).replace("XC1", "\\udc00\\ud800"), 422, "Client.Json.Character", "/enquiryNo"),
    ("NUL", json.dumps(form(enquiryNo="a\x00")), 422, "Client.Json.Character", "/enquiryNo"),
    ("not a character", json.dumps(form(enquiryNo="a\uffff")), 422, "Client.Json.Character", "/enquiryNo"),
    ("array of nothing", json.dumps(form(item=[])), 422, "Client.Schema.Missing", ""),
    ("wrong code", json.dumps(form(item=["01", CANARY])), 422, "Client.Schema.Enumeration", "/item/1"),
    ("wrong pattern", json.dumps(form(**subject(birthDate="19880807"))), 422, "Client.Schema.Type", "/subject/birthDate"),
    ("too long", json.dumps(form(**subject(name="长" * 51))), 422, "Client.Schema.Length", "/subject/name"),
    ("missing", json.dumps({k: v for k, v in form().items() if k != "origin"}), 422, "Client.Schema.Missing", ""),
    ("real person", json.dumps(form(**subject(idNo="110101199003070017"))), 422, "Client.SyntheticOnly", None),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "code", "pointer"), [h[1:] for h in HOSTILE], ids=[h[0] for h in HOSTILE])
def test_hostile_json(siming: RestSpoke, rig: Rig, body: str | bytes, status: int, code: str, pointer: str | None) -> None:
    """Refused with its code and a pointer of the schema's own names; no value comes back; the next good request works."""
    data = body if isinstance(body, bytes) else body.encode()
    told = assert_problem(siming.submit(REQUEST, data, media="application/json"), status, code, NAME, PHONE, "19880807", "长长")
    assert told.get("pointer") == pointer and "path" not in told
    assert siming.submit(REQUEST, form("XC99")).status_code == 202
    assert rig.rows("SELECT COUNT(*) FROM message") == [(1,)]


@pytest.mark.parametrize(("body", "code", "path", "line"), [
    (request("XC1").replace(b"<sex>1", b"<sex>7"), "Client.Schema.Enumeration", "/enquiryRequest/subject/sex", 1),
    (request("XC1").replace(b"<sex>", b"\n<sex>").replace(b"<item>01</item>", b""), "Client.Schema.Missing", "/enquiryRequest", 2),
    (b"<other/>", "Client.Schema.Unexpected", None, 1),
    (request("XC1").replace(b"enquiry.request:1.0", b"enquiry.request:2.0"), "Client.Schema.Unexpected", None, 1),
])  # fmt: skip
def test_xml_faults_have_path_and_line(siming: RestSpoke, body: bytes, code: str, path: str | None, line: int) -> None:
    """A fault in XML is told by path and line."""
    told = assert_problem(siming.submit(REQUEST, body), 422, code, NAME)
    assert (told.get("path"), told.get("line"), told.get("pointer")) == (path, line, None)


@pytest.mark.parametrize(("media", "status", "code"), [
    ("", 415, "Client.ContentType"), ("text/plain", 415, "Client.ContentType"), ("application/soap+xml", 415, "Client.ContentType"),
    ("application/json; charset=utf-8; charset=utf-8", 415, "Client.ContentType"), ("application/json; profile=x", 415, "Client.ContentType"),
    ("application/json; charset=gbk", 400, "Client.Encoding"), ("multipart/form-data; boundary=x", 415, "Client.ContentType"),
])  # fmt: skip
def test_other_content(siming: RestSpoke, media: str, status: int, code: str) -> None:
    """What is neither XML nor JSON is 415, compressed bodies too."""
    assert_problem(siming.submit(REQUEST, form(), Content_Type=media), status, code)
    assert_problem(siming.submit(REQUEST, form(), Content_Encoding="gzip"), 415, "Client.ContentType")


def test_length_must_be_stated(siming: RestSpoke) -> None:
    """Neither Content-Length nor chunks: 411."""
    answer = siming.client.simulate_post(
        f"/api/v1/messages/{REQUEST}", headers={**siming.headers, "Content-Type": "application/json", "Idempotency-Key": "x"}
    )
    assert_problem(answer, 411, "Client.Length")


@pytest.mark.parametrize("accept", ["text/html", "application/pdf, image/*", "application/json;q=0"])
def test_an_answer_that_cannot_be_given(siming: RestSpoke, rig: Rig, accept: str) -> None:
    """406 before anything is accepted."""
    assert_problem(siming.submit(REQUEST, form(), Accept=accept), 406, "Client.NotAcceptable")
    assert_problem(siming.get("/api/v1/messages/10001-0", Accept=accept), 406, "Client.NotAcceptable")
    assert rig.rows("SELECT COUNT(*) FROM message") == [(0,)]


def test_grants_and_places(rig: Rig, siming: RestSpoke) -> None:
    """An unknown channel is 404, one that was not granted 403 (before the body is read), another's place 403."""
    assert_problem(siming.submit("enquiry.nothing", form()), 404, "Client.UnknownOperation")
    assert_problem(
        siming.submit(REQUEST, form(applicantDiv="350702001000", applicantUser="350702001L001")), 403, "Client.NotYourPlace"
    )
    rig.write("DELETE FROM spoke_grant WHERE direction = 'send'")
    rig.machine.directory._read_at = float("-inf")
    assert_problem(siming.submit(REQUEST, b"{", media="application/json"), 403, "Client.Forbidden")


def test_refused_content_is_evidence(rig: Rig, siming: RestSpoke) -> None:
    """What a schema refuses is kept encrypted, in JSON as in XML; what cannot be read or was not granted is not."""
    siming.submit(REQUEST, form(unknown="x"))
    siming.submit(REQUEST, form(origin="77"))
    siming.submit(REQUEST, request("XC1").replace(b"<sex>1", b"<sex>7"))
    siming.submit(REQUEST, b"{", media="application/json")
    kept = rig.rows("SELECT code, path, raw FROM invalid_message ORDER BY id")
    assert [(code, path) for code, path, _ in kept] == [
        ("Client.Json.Unknown", None), ("Client.Schema.Enumeration", "/enquiryRequest/origin"), ("Client.Schema.Enumeration", "/enquiryRequest/subject/sex"),
    ]  # fmt: skip
    assert not [raw for _, _, raw in kept if b"enquiryNo" in raw]


def test_receipts_are_for_the_sender(rig: Rig, siming: RestSpoke) -> None:
    """The recipient sees the state without the receipt; strangers cannot tell a message from an unknown id, whatever they ask."""
    place = siming.submit(REQUEST, form()).headers["location"]
    rig.plan()
    rig.fill_mailboxes()
    recipient, stranger = RestSpoke(rig, YANPING), RestSpoke(rig, JIANYANG)
    assert "receipt" not in recipient.get(place).json
    answers = [recipient.get(f"{place}/receipt"), stranger.get(f"{place}/receipt"), stranger.get(place),
               stranger.get("/api/v1/messages/99999-1"), stranger.get("/api/v1/messages/99999-1/receipt")]  # fmt: skip
    told = [assert_problem(a, 404, "Client.NotFound") for a in answers]
    assert len({json.dumps({**t, "correlationId": ""}, sort_keys=True) for t in told}) == 1


def test_hub_that_cannot_store(rig: Rig, siming: RestSpoke) -> None:
    """503 with the time to come again; nothing was taken."""
    rig.store.close()
    answer = siming.submit(REQUEST, form())
    assert_problem(answer, 503, "Server.Unavailable")
    assert int(answer.headers["retry-after"]) > 0


def test_without_a_legal_basis(rig: Rig, siming: RestSpoke) -> None:
    """In production a flow without a basis is stopped before the body is looked at."""
    rig.machine = replace(rig.machine, synthetic_only=False)
    answer = RestSpoke(rig, SIMING).submit(REQUEST, b"{", media="application/json")
    assert_problem(answer, 503, "Client.NoBasis")
    assert "retry-after" not in answer.headers


def test_unexpected_errors_say_nothing(rig: Rig, siming: RestSpoke, capsys: pytest.CaptureFixture[str]) -> None:
    """500 without any detail; the correlation id finds the log line."""
    rig.write("ALTER TABLE receipt RENAME TO gone")
    told = assert_problem(siming.get(f"/api/v1/messages/{show_hub_id(10001)}"), 500, "Server.Internal")
    assert told["correlationId"] in capsys.readouterr().out


def test_no_credentials(rig: Rig, siming: RestSpoke) -> None:
    """401 with both challenges, before channel, header or body are looked at."""
    for authorization in (None, basic(SIMING, "wrong"), basic("nobody", "wrong"), "Bearer wrong", "Digest x"):
        answer = siming.submit("enquiry.nothing", b"{", media="text/plain", Idempotency_Key=None, Authorization=authorization)  # type: ignore[arg-type] # None leaves it out
        assert_problem(answer, 401, "Client.Unauthenticated")
        assert answer.headers["www-authenticate"] == 'Basic realm="pophub", charset="UTF-8", Bearer realm="pophub"'
