"""The register, simulated. ``main(port, ledger)`` runs it until SIGTERM; each report is registered, and answered at once."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from hub.contract.encodings import encode
from hub.contract.errors import ClientError
from hub.contract.xml import Element, parse, serialise
from hub.testkit.ledger import Ledger, entry_digest, entry_id, entry_lane, read_ledger
from hub.testkit.simulator import serve
from hub.testkit.spoilers import Arrival
from hub.testkit.wire import Answer
from hub.transports.own_schema import OwnSchema

_SCHEMA = Path(__file__).resolve().parents[3] / "schemas" / "cadastre" / "1.0" / "exchange.xsd"
_DECLARED = b'<?xml version="1.0" encoding="GB18030"?>'


def main(port: int, ledger: Path) -> None:
    """Serve on 127.0.0.1; ``<ledger>.answers`` keeps what is to be collected."""
    serve(Register(ledger), port, ledger)


class Register:
    """Implements `hub.testkit.simulator.Simulated`. Order: ``{"originate": [document…]}``, answers as text."""

    path = "/register"

    def __init__(self, ledger: Path) -> None:
        answers = ledger.with_name(ledger.name + ".answers")
        self._answers = [str(line["answer"]) for line in read_ledger(answers) if "answer" in line]
        self._ledger, self._kept = Ledger(ledger), Ledger(answers)
        self._schema = OwnSchema(_SCHEMA)
        self._lock = threading.Lock()
        self._asked: set[str] = set()

    def receive(self, body: bytes) -> Arrival:
        """Read a call; it must be GB18030 and say so."""
        try:
            call = parse(body)
        except ClientError:
            call = None
        if call is None or not body.startswith(_DECLARED) or not self._schema.accepts(call):
            return Arrival("unreadable", lambda: _receipt("-", "10"), lambda _code: _receipt("-", "10"))
        key = call.findtext("流水号", "-")
        if call.tag == "问果":
            return Arrival("result", lambda: self._result(call.findtext("票号", "-")), lambda _code: _receipt("-", "10"))
        if call.tag == "取件":
            return Arrival("collect", lambda: self._page(call), lambda _code: _receipt("-", "10"))
        self._ledger.add({"t": "call", **facts(call[1]), "key": key})
        return Arrival("report", lambda: self._register(call[1], key), lambda _code: _receipt(key, "10"))

    def _register(self, report: Element, key: str) -> Answer:
        self._ledger.write({"t": "effect", **facts(report), "key": key})
        now = datetime.now(timezone(timedelta(hours=8)))
        owner, street = report.findtext("房主", ""), report.findtext("街巷", "")[:10]
        answer = parse("<门牌答复><申报号/><结果>同意</结果><门牌/><房主/><时间/></门牌答复>".encode())
        texts = {"申报号": report.findtext("申报号", ""), "门牌": f"{street}7号", "房主": owner, "时间": f"{now:%Y%m%d%H%M%S}"}
        for name, text in texts.items():
            answer.find(name).text = text
        self._publish([answer])
        return _receipt(key, "20", f"T-{key}"[:40]) if street.endswith("待勘") else _receipt(key, "00")

    def _result(self, ticket: str) -> Answer:
        """The first time somebody is still on the way, then the report stands."""
        with self._lock:
            first = ticket not in self._asked
            self._asked.add(ticket)
        return _receipt("-", "20", ticket) if first else _receipt("-", "00")

    def _publish(self, answers: list[Element]) -> None:
        with self._lock:
            for answer in answers:
                self._kept.write({"answer": serialise(answer).decode()})
                self._answers.append(serialise(answer).decode())

    def _page(self, call: Element) -> Answer:
        after, count = int(call.findtext("起", "0")), int(call.findtext("数", "1"))
        with self._lock:
            shown, more = self._answers[after : after + count], after + count < len(self._answers)
        parts = "".join(f"<件><序>{after + n}</序>{text}</件>" for n, text in enumerate(shown, start=1))
        return _answer(f"<来件><尚有>{str(more).lower()}</尚有>{parts}</来件>")

    def order(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make answers available. Raises ValueError for anything else."""
        if set(order) != {"originate"}:
            raise ValueError("unknown order; known: faults, seed, originate")
        answers = [parse(text.encode()) for text in order["originate"]]
        if not all(answer.tag == "门牌答复" and self._schema.accepts(answer) for answer in answers):
            raise ValueError("not answers")
        self._publish(answers)
        return {"originated": len(answers)}

    def state(self) -> Mapping[str, Any]:
        """How many answers there are."""
        return {"answers": len(self._answers)}

    def close(self) -> None:
        """Close both files."""
        self._kept.close()
        self._ledger.close()


def facts(report: Element) -> dict[str, str]:
    """Id, lane and digest of a report, as its sender computes them."""
    number = report.findtext("申报号", "")
    digest = entry_digest(number, report.findtext("房主", ""), report.findtext("街巷", ""))
    return {"id": entry_id("housenumber.report", number), "lane": entry_lane(number), "digest": digest}


def _receipt(key: str, code: str, ticket: str = "") -> Answer:
    told = f"<票号>{ticket}</票号>" if ticket else ""
    return _answer(f"<回执><流水号>{key}</流水号><码>{code}</码>{told}</回执>")


def _answer(text: str) -> Answer:
    return Answer(_DECLARED + encode(text, "GB18030"), content_type="text/xml; charset=GB18030")
