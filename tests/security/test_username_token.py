"""UsernameToken over SOAP: PasswordText, once, in time; every other way has a clear fault; no password is kept anywhere."""

from __future__ import annotations

import base64
import itertools
import os
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

import pytest

from hub.backends.nonce_file import NonceFile
from hub.discovery import schema_roots
from hub.spokes.doorkeeper import Doorkeeper
from hub.spokes.quotas import Quota, Quotas
from hub.spokes.submission import Submission, services
from hub.transports.soap_server import soap_app
from tests.flows.enquiry.documents import request
from tests.hub.pipeline.rig import CHINA, SIMING, START, Rig
from tests.hub.spokes.rest_client import basic

OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE, WSU = OASIS + "wssecurity-secext-1.0.xsd", OASIS + "wssecurity-utility-1.0.xsd"
TEXT, DIGEST = (f"{OASIS}username-token-profile-1.0#Password{kind}" for kind in ("Text", "Digest"))
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_numbers = itertools.count(1)


class Caller:
    """Speaks to the whole SOAP side of the hub, in process."""

    def __init__(self, rig: Rig, quotas: Quotas | None = None, nonces: NonceFile | None = None) -> None:
        self.rig = rig
        door = Doorkeeper(rig.machine, quotas, nonces or NonceFile(rig.clock))
        roots = schema_roots(())
        self._app = soap_app(
            services(rig.machine, roots, Submission(rig.machine, door)), public_url="http://hub.example", schema_roots=roots,
            on_refused=lambda *_: None, admit=door.before_reading,
        )  # fmt: skip

    def send(
        self, security: str, authorization: str | None = None, body: str | None = None, codec: str = "utf-8"
    ) -> tuple[int, str, dict[str, str]]:
        """Status, body and header fields of one submission under a security header."""
        import io

        document = body if body is not None else request(f"XC{next(_numbers)}").decode()
        envelope = (
            f'<s:Envelope xmlns:s="{SOAP}"><s:Header><a:MessageID xmlns:a="http://www.w3.org/2005/08/addressing">urn:t:{next(_numbers)}'
            f"</a:MessageID>{security}</s:Header><s:Body>{document}</s:Body></s:Envelope>"
        ).encode(codec)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST", "PATH_INFO": "/soap/enquiry", "CONTENT_TYPE": f"text/xml; charset={codec}", "CONTENT_LENGTH": str(len(envelope)),
            "HTTP_SOAPACTION": "urn:pophub:enquiry:SubmitEnquiryRequest", "wsgi.input": io.BytesIO(envelope),
        }  # fmt: skip
        if authorization:
            environ["HTTP_AUTHORIZATION"] = authorization
        told: list[Any] = []
        answer = b"".join(self._app(environ, lambda *a: told.extend(a)))  # type: ignore[arg-type] # a WSGI callable of a test
        return int(told[0].split()[0]), answer.decode(), {k.lower(): v for k, v in told[1]}

    def token(self, **changes: str | None) -> str:
        """A security header; keys are the parts, None leaves one out."""
        parts = {
            "Username": SIMING, "Password": self.rig.secret(SIMING), "Nonce": base64.b64encode(os.urandom(16)).decode(),
            "Created": moment(0), "Type": TEXT, "more": "", "inside": "", **changes,
        }  # fmt: skip
        kind = f' Type="{parts["Type"]}"' if parts["Type"] else ""
        written = "".join(
            f"<{prefix}:{name}{kind if name == 'Password' else ''}>{parts[name]}</{prefix}:{name}>"
            for prefix, name in (("w", "Username"), ("w", "Password"), ("w", "Nonce"), ("u", "Created"))
            if parts[name] is not None
        )
        return (
            f'<w:Security xmlns:w="{WSSE}" xmlns:u="{WSU}" xmlns:s="{SOAP}" s:mustUnderstand="1"><w:UsernameToken u:Id="t">{written}'
            f"{parts['inside']}</w:UsernameToken>{parts['more']}</w:Security>"
        )


def moment(seconds: float) -> str:
    """A Created so many seconds from the hub's time."""
    return (START + timedelta(seconds=seconds)).astimezone(CHINA).isoformat(timespec="milliseconds")


@pytest.fixture
def caller(rig: Rig) -> Caller:
    return Caller(rig)


def assert_fault(reply: tuple[int, str, dict[str, str]], code: str, status: int = 500) -> None:
    assert f"<s:code>{code}</s:code>" in reply[1], reply[1]
    assert reply[0] == status


@pytest.mark.parametrize("changes", [
    {}, {"Type": None}, {"Created": START.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")},
    {"Created": moment(-299)}, {"Created": moment(299)}, {"more": f"<u:Timestamp><u:Created>{moment(0)}</u:Created><u:Expires>{moment(60)}</u:Expires></u:Timestamp>"},
], ids=["plain", "no type", "UTC", "early", "late", "timestamp"])  # fmt: skip
@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16"])
def test_a_good_token_is_taken(caller: Caller, changes: dict[str, str | None], codec: str) -> None:
    """PasswordText with Nonce and Created opens the door, and no byte of the password is kept with the message."""
    assert caller.send(caller.token(**changes), codec=codec)[0] == 200
    ((hub_id, key, data),) = caller.rig.rows("SELECT message_id, received_key, received FROM message_body")
    from hub.ports.records import Sealed

    kept = caller.rig.machine.keyring.open(f"message_body|received|{hub_id}", Sealed(key, data)).decode(codec)
    assert caller.rig.secret(SIMING) not in kept
    assert ">" + "*" * len(caller.rig.secret(SIMING)) + "<" in kept and "enquiryRequest" in kept


REFUSED: list[tuple[str, Callable[[Caller], dict[str, str | None]], str, int]] = [
    ("digest", lambda c: {"Type": DIGEST, "Password": "x"}, "Client.PasswordDigest", 500),
    ("other type", lambda c: {"Type": "urn:x"}, "Client.Security", 500),
    ("no nonce", lambda c: {"Nonce": None}, "Client.Security", 500),
    ("no created", lambda c: {"Created": None}, "Client.Security", 500),
    ("no password", lambda c: {"Password": None}, "Client.Security", 500),
    ("nonce no base64", lambda c: {"Nonce": "!!!"}, "Client.Security", 500),
    ("nonce short", lambda c: {"Nonce": "AAAA"}, "Client.Security", 500),
    ("created no time", lambda c: {"Created": "now"}, "Client.Security", 500),
    ("created without zone", lambda c: {"Created": "2026-03-02T09:00:00"}, "Client.Security", 500),
    ("old", lambda c: {"Created": moment(-301)}, "Client.ClockSkew", 500),
    ("from the future", lambda c: {"Created": moment(301)}, "Client.ClockSkew", 500),
    ("expired", lambda c: {"more": f"<u:Timestamp><u:Expires>{moment(-301)}</u:Expires></u:Timestamp>"}, "Client.ClockSkew", 500),
    ("two tokens", lambda c: {"more": "<w:UsernameToken/>"}, "Client.Security", 500),
    ("signature", lambda c: {"more": '<d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"/>'}, "Client.Security", 500),
    ("iteration", lambda c: {"inside": "<w:Iteration>1000</w:Iteration>"}, "Client.Security", 500),
    ("two names", lambda c: {"inside": "<w:Username>other</w:Username>"}, "Client.Security", 500),
    ("wrong password", lambda c: {"Password": "x" * 43}, "Client.Unauthenticated", 401),
    ("empty password", lambda c: {"Password": ""}, "Client.Unauthenticated", 401),
    ("unknown name", lambda c: {"Username": "nobody"}, "Client.Unauthenticated", 401),
    ("written in references", lambda c: {"Password": "".join(f"&#{ord(x)};" for x in c.rig.secret(SIMING))}, "Client.Unauthenticated", 401),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "status"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_is_not_taken(caller: Caller, changes: Callable[[Caller], dict[str, str | None]], code: str, status: int) -> None:
    """Each way that is not taken has its own fault; the password never comes back; nothing is stored."""
    reply = caller.send(caller.token(**changes(caller)))
    assert_fault(reply, code, status)
    assert caller.rig.secret(SIMING) not in reply[1]
    assert caller.rig.rows("SELECT COUNT(*) FROM message") == [(0,)]


def test_unknown_and_wrong_look_alike(caller: Caller) -> None:
    """Apart from the correlation id the two answers are the same bytes."""
    import re

    replies = [caller.send(caller.token(**c)) for c in ({"Username": "nobody"}, {"Password": "x" * 43})]
    stripped = {re.sub("<s:correlationId>.*?</s:correlationId>", "", body) for _, body, _ in replies}
    assert len(stripped) == 1


def test_a_token_counts_once(rig: Rig, caller: Caller) -> None:
    """The same nonce again is a replay, whatever else it carries; also for a restarted edge; a wrong password uses up nothing."""
    nonces = NonceFile(rig.clock, rig.home / "run" / "nonces")
    first = Caller(rig, nonces=nonces)
    nonce = base64.b64encode(b"0123456789abcdef").decode()
    assert_fault(first.send(first.token(Nonce=nonce, Password="x")), "Client.Unauthenticated", 401)
    token = first.token(Nonce=nonce)
    assert first.send(token)[0] == 200
    assert_fault(first.send(token), "Client.Replayed")
    assert_fault(first.send(first.token(Nonce=nonce, Created=moment(1))), "Client.Replayed")
    assert_fault(Caller(rig, nonces=NonceFile(rig.clock, rig.home / "run" / "nonces")).send(token), "Client.Replayed")
    rig.clock.advance(601)
    assert first.send(first.token(Nonce=nonce, Created=moment(601)))[0] == 200


def test_one_credential_only(caller: Caller) -> None:
    """A token beside an HTTP credential is ambiguous, even when both are right; a security header without a token says nothing."""
    right = basic(SIMING, caller.rig.secret(SIMING))
    assert_fault(caller.send(caller.token(), right), "Client.Security")
    empty = f'<w:Security xmlns:w="{WSSE}"/>'
    assert caller.send(empty, right)[0] == 200
    assert_fault(caller.send(empty), "Client.Unauthenticated", 401)
    assert_fault(caller.send(""), "Client.Unauthenticated", 401)


def test_a_bearer_key_opens_soap_too(caller: Caller) -> None:
    """The HTTP credential may be a key."""
    _, key = caller.rig.machine.directory._registry.add_key(SIMING, "")
    caller.rig.machine.directory._read_at = float("-inf")
    assert caller.send("", f"Bearer {key}")[0] == 200


def test_quota_over_soap(rig: Rig) -> None:
    """429 with the code of REST and a time to come again: before parsing with an HTTP credential, after it with a token."""
    caller = Caller(rig, Quotas(Quota(2, 100, 10), {}, lambda: 5.0))
    right = basic(SIMING, rig.secret(SIMING))
    assert [caller.send(caller.token())[0], caller.send("", right)[0]] == [200, 200]
    for reply in (caller.send("", right, body="<broken"), caller.send(caller.token())):
        assert_fault(reply, "Server.Throttled", 429)
        assert int(reply[2]["retry-after"]) > 0
    assert_fault(caller.send("", basic(SIMING, "wrong"), body="<broken"), "Client.Unauthenticated", 401)
