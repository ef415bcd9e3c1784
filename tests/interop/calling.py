"""What a client program and the hub say to each other in four calls, and what each of them must have come to."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.interop import programs, tools
from tests.interop.programs import Make, Program
from tests.interop.running_hub import RunningHub

DISPATCHED: Final = "2"
"""State of an enquiry that waits for its answer (CL_ENQSTATE); nobody answers here."""
GOOD_PHONE, BAD_PHONE = "0591-5081234", "call me"


@dataclass(frozen=True)
class Client:
    """A toolkit as a client: its program, the SOAP versions it speaks, the credential it shows.

    ``apart``: the version is settled when the program is built.
    """

    name: str
    tool: tools.Tool
    make: Make
    versions: tuple[str, ...]
    credential: str
    apart: bool = False


BASIC, TOKEN = "HTTP Basic", "UsernameToken"
CLIENTS: Final = (
    Client("PHP SoapClient", tools.PHP, programs.php("clients/php/client.php"), ("1.1", "1.2"), BASIC),
    Client("Node soap", tools.NODE, programs.node("clients/node/client.js"), ("1.1", "1.2"), TOKEN),
    Client("gSOAP (C)", tools.GSOAP, programs.gsoap("clients/gsoap/client.c", "Client"), ("1.1", "1.2"), BASIC, apart=True),
    Client("JAX-WS (Java)", tools.JAXWS, programs.java("clients/java/Client.java"), ("1.1", "1.2"), BASIC),
    Client("suds (Python)", tools.SUDS, programs.python("clients/suds/client.py"), ("1.1",), TOKEN),
    Client("zeep (Python)", tools.ZEEP, programs.python("clients/zeep/client.py"), ("1.1", "1.2"), BASIC),
)
PAIRS: Final = tuple((client, version) for client in CLIENTS for version in client.versions)


@dataclass(frozen=True)
class Conversation:
    """What the client told after each call; what the hub's REST interface and its store said. Messages are counted."""

    sent: Mapping[str, Any]
    again: Mapping[str, Any]
    asked: Mapping[str, Any]
    refused: Mapping[str, Any]
    rest_receipt: str
    rest_state: str
    stored_first: int
    stored_at_last: int


def converse(hub: RunningHub, program: Program, version: str, number: int) -> Conversation:
    """Submit, submit again, ask once the hub has dispatched it, submit something bad. ``number`` makes person and enquiry unique."""
    enquiry_no, person = f"INTEROP-{number}", id_number(number)

    def client(*words: str) -> Mapping[str, Any]:
        command = (*program.command, version, *words)
        environment = program.environ(HUB_URL=hub.url, HUB_NAME=hub.name, HUB_SECRET=hub.secret)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, f"{words}: {(done.stdout + done.stderr)[-3000:]}"
        return dict(json.loads(done.stdout))

    before = hub.stored()
    sent = client("submit", enquiry_no, person, GOOD_PHONE)
    assert "hubId" in sent, sent
    first = hub.stored() - before
    again = client("submit", enquiry_no, person, GOOD_PHONE)
    assert hub.await_state(enquiry_no, DISPATCHED), hub.state(enquiry_no)
    asked = client("status", enquiry_no)
    refused = client("submit", f"{enquiry_no}-BAD", id_number(number + 1), BAD_PHONE)
    return Conversation(
        sent, again, asked, refused, hub.receipt(str(sent.get("hubId"))), hub.state(enquiry_no), first, hub.stored() - before
    )


def submitted(seen: Conversation) -> None:
    """The client has the receipt that the hub keeps, of one message newly stored."""
    assert seen.sent["duplicate"] is False
    assert seen.sent["receipt"] == seen.rest_receipt
    assert seen.stored_first == 1


def sent_again(seen: Conversation) -> None:
    """The same enquiry under the same MessageID brings the same receipt, and no second message."""
    assert seen.again == {**seen.sent, "duplicate": True}
    assert seen.stored_at_last == 1


def told_status(seen: Conversation) -> None:
    """The client reads the state that the hub tells over REST."""
    assert seen.asked == {"enquiries": [{"hubId": seen.sent["hubId"], "state": seen.rest_state}]}
    assert seen.rest_state == DISPATCHED


def refused(seen: Conversation) -> None:
    """The client catches the typed fault with its stable code, place and blame; nothing was stored."""
    assert seen.refused == {"fault": {"code": "Client.Schema.Pattern", "path": "/enquiryRequest/contactPhone", "blame": "caller"}}
    assert seen.stored_at_last == 1


OPERATIONS: Final[Mapping[str, Callable[[Conversation], None]]] = {
    "submit": submitted, "status": told_status, "typed fault": refused, "re-send": sent_again,
}  # fmt: skip


def id_number(number: int) -> str:
    """A made-up citizen number (area code never issued) of a woman; another birthday for each number."""
    body = f"359901{1960 + number // 300 % 60}{1 + number // 25 % 12:02d}{1 + number % 25:02d}002"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]
