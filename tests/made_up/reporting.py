"""A spoke that reports house numbers, through an ordinary SOAP toolkit that knows the hub's ``?wsdl`` and nothing else."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
from collections.abc import Sequence
from typing import Any

import requests
import zeep

SPOKE, CALLER = "fjpis", "menpai"


def report(number: str, owner: str = "林建秀", street: str = "二号街", place: str = "350203001000") -> str:
    """A canonical report."""
    return (
        f'<housenumberReport xmlns="urn:pophub:housenumber.report:1.0"><reportNo>{number}</reportNo><ownerName>{owner}</ownerName>'
        f"<street>{street}</street><reportDiv>{place}</reportDiv><reportTime>2026-03-01T09:00:00+08:00</reportTime></housenumberReport>"
    )


def reports(records: Sequence[str]) -> bytes:
    """A batch of reports as a spoke writes it."""
    return f'<batch xmlns="urn:pophub:batch:1.0">{"".join(records)}</batch>'.encode()


class BatchSender:
    """Sends batches over REST, in parts, and asks how they stand."""

    def __init__(self, port: int, name: str, secret: str) -> None:
        self._port = port
        self._authorization = "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()

    def send(self, name: str, message_id: str, data: bytes, count: int, part: int = 40_000) -> str:
        """Upload and complete; the hub id. Repeating it is harmless."""
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        manifest = {"Idempotency-Key": message_id, "Repr-Digest": f"sha-256=:{digest}:", "Pophub-Count": str(count)}
        begun = self.ask("POST", f"/api/v1/batches/{name}", b"", **manifest)
        place = f"/api/v1/batches/{begun['hubId']}"
        for offset in range(int(begun.get("offset", len(data))), len(data), part):
            piece = data[offset : offset + part]
            self.ask("PATCH", place, piece, **{"Upload-Offset": str(offset), "Content-Type": "application/partial-upload"})
        return str(self.ask("POST", f"{place}/complete", b"")["hubId"])

    def standing(self, hub_id: str) -> dict[str, Any]:
        """State and counts."""
        return self.ask("GET", f"/api/v1/batches/{hub_id}")

    def outcomes(self, hub_id: str) -> list[dict[str, Any]]:
        """Every record's."""
        return list(self.ask("GET", f"/api/v1/batches/{hub_id}/records?max=10000")["items"])

    def ask(self, method: str, path: str, body: bytes | None = None, **fields: str) -> dict[str, Any]:
        """One request; the JSON of its answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(method, path, body, {"Authorization": self._authorization, **fields})
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status < 300, text
            return dict(json.loads(text)) if text else {}
        finally:
            connection.close()


class Reporter:
    """Submits reports, reads its mailbox, asks what became of a message."""

    def __init__(self, port: int, secret: str) -> None:
        session = requests.Session()
        session.trust_env, session.auth = False, (SPOKE, secret)
        transport = zeep.Transport(session=session, timeout=15, operation_timeout=15)
        self._client: Any = zeep.Client(f"http://127.0.0.1:{port}/soap/housenumber?wsdl", transport=transport)
        self._port = port
        self._authorization = "Basic " + base64.b64encode(f"{SPOKE}:{secret}".encode()).decode()

    def report(self, number: str, owner: str, street: str) -> str:
        """Submit a report; the hub id of the receipt."""
        answer = self._client.service.SubmitHousenumberReport(
            reportNo=number, ownerName=owner, street=street, contactPhone="0592-1234567", reportDiv="350203001000",
            reportTime="2026-03-01T09:00:00+08:00",
            _soapheaders={"messageId": f"urn:test:{number}", "header": {"fromDiv": "350203001000"}},
        )  # fmt: skip
        assert answer.receipt.count(".") == 2
        return str(answer.hubId)

    def mailbox(self) -> list[dict[str, Any]]:
        """Fetch and acknowledge what waits."""
        items = self._ask("GET", "/api/v1/mailbox")["items"]
        if items:
            self._ask("POST", "/api/v1/mailbox/ack", {"items": [{"hubId": i["hubId"], "lease": i["lease"]} for i in items]})
        return list(items)

    def deliveries(self, hub_id: str) -> list[dict[str, Any]]:
        """The deliveries of a message, as the hub tells its sender."""
        return list(self._ask("GET", f"/api/v1/messages/{hub_id}")["deliveries"])

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)
        try:
            connection.request(method, path, json.dumps(body) if body else None, {"Authorization": self._authorization})
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 200, text
            return dict(json.loads(text))
        finally:
            connection.close()
