"""A spoke that reports house numbers, through an ordinary SOAP toolkit that knows the hub's ``?wsdl`` and nothing else."""

from __future__ import annotations

import base64
import http.client
import json
from typing import Any

import requests
import zeep

SPOKE = "fjpis"


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
