"""A home with traffic: one enquiry asked, fetched and answered inside the province, one waiting, one refused."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub import assembly
from hub.contract.errors import ClientError
from hub.contract.operation import Operation, OperationClass
from hub.contract.outcome import Pending, Released
from hub.contract.xml import parse
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine
from hub.pipeline.order import plan, receive
from hub.pipeline.settle import settlement
from hub.settings import load

SAMPLES = Path(__file__).parents[3] / "schemas/canonical/1.0/samples"
NUMBER = "359904199211300374"
ENQUIRY = "XC20261120-0005"
NAME = "阿卜杜拉·艾山·吐尔逊"
MESSAGE_ID = "urn:uuid:of-the-first"
USER = "U359904199211300374"
TOML = """
profile = "legacy"
[[spokes]]
name = "east"
title = "流动人口系统（厦门）"
system = "FJFPIS"
sends = ["enquiry.request", "enquiry.feedback", "enquiry.return", "enquiry.withdraw", "enquiry.withdrawn",
  "notice.contraception", "notice.contraception_receipt", "police.handling"]
receives = ["enquiry.request", "enquiry.feedback", "enquiry.withdraw", "enquiry.withdrawn",
  "notice.contraception", "notice.contraception_receipt", "police.record"]
places = ["3502"]
[[spokes]]
name = "west"
title = "流动人口系统（南平）"
system = "FJFPIS"
sends = ["enquiry.request", "enquiry.feedback", "enquiry.return", "enquiry.withdraw", "enquiry.withdrawn",
  "notice.contraception", "notice.contraception_receipt", "police.handling"]
receives = ["enquiry.request", "enquiry.feedback", "enquiry.withdraw", "enquiry.withdrawn",
  "notice.contraception", "notice.contraception_receipt", "police.record"]
places = ["3507"]
[[spokes]]
name = "police"
title = "省公安厅流动人口平台"
system = "POLICE"
speaks = "police"
sends = ["police.bulk_push"]
places = ["35"]
[[spokes]]
name = "resident"
title = "全员人口系统"
system = "FJPIS"
sends = ["health.handling"]
receives = ["health.comparison", "health.handling"]
places = ["35"]
[[spokes]]
name = "phc"
title = "基层卫生信息系统"
system = "PHC"
speaks = "health"
sends = ["health.delivery"]
receives = []
places = ["35"]
"""
PERSONAL = (NUMBER, ENQUIRY, NAME, USER, MESSAGE_ID, "林志强", "0592-5081234", "查无此人")
"""Values of the messages: none of them may ever be printed."""


@dataclass(frozen=True)
class Traffic:
    """The home and the hub ids of what went through it."""

    home: Path
    request: str
    feedback: str
    waiting: str
    refused: str


def ready_home(folder: Path, toml: str = TOML) -> Path:
    """A home after ``pophub init``."""
    (folder / "pophub.toml").write_text(toml, encoding="utf-8")
    assembly.initialise(load(folder))
    return folder


def home_with_traffic(folder: Path) -> Traffic:
    """Make it, in this process, through the pipeline's own steps."""
    settings = load(ready_home(folder))
    machine = assembly.machine(settings, assembly.find(settings), "test", pytest.fail)
    try:
        request = _send(machine, "east", "enquiry.request", _request(ENQUIRY, "350702001000"), MESSAGE_ID)
        _deliver(machine)
        feedback = _send(machine, "west", "enquiry.feedback", _feedback(), "urn:uuid:of-the-answer")
        _deliver(machine)
        waiting = _send(machine, "east", "enquiry.request", _request("XC20261120-0009", "653101001001"), "urn:uuid:of-another")
        refused = _refused(machine)
        return Traffic(folder, request, feedback, waiting, refused)
    finally:
        machine.store.close()


def _request(number: str, to: str) -> bytes:
    text = (SAMPLES / "enquiry.request/minority-name.xml").read_text(encoding="utf-8")
    return text.replace(ENQUIRY, number).replace("<statedToDiv>653101001001", f"<statedToDiv>{to}").encode()


def _feedback() -> bytes:
    text = (SAMPLES / "enquiry.feedback/result3-not-found.xml").read_text(encoding="utf-8")
    return text.replace("XC20261120-0003", ENQUIRY).encode()


def _inbound(machine: Machine, spoke: str, channel: str, data: bytes, message_id: str) -> Inbound:
    return Inbound(
        correlation_id="test", received=data, document=parse(data), channel=machine.catalogue.channels[channel], message_id=message_id,
        spoke=machine.directory.named(spoke), from_user=USER,
    )  # fmt: skip


def _send(machine: Machine, spoke: str, channel: str, data: bytes, message_id: str) -> str:
    from hub.contract.message import show_hub_id

    accepted = receive(machine, _inbound(machine, spoke, channel, data, message_id))
    for planned in plan(machine, list(machine.store.unplanned(10))):
        machine.store.plan(planned).result(10)
    return show_hub_id(accepted.id)


def _deliver(machine: Machine) -> None:
    """One attempt that finds the mailbox away, one that succeeds, then the spoke fetches and acknowledges."""
    operation = Operation("mailbox", machine.catalogue.flows[0].channels[0].name, OperationClass.IDEMPOTENT, "")
    for outcome in (Released("away", retry_after=0.0), Pending("mailbox")):
        (claimed,) = machine.store.claim("mailbox", 5, "test", 30_000).result(10)
        machine.store.settle(settlement(machine, operation, claimed, outcome)).result(10)
        time.sleep(0.002)
    for spoke in ("east", "west"):
        items = machine.store.mailbox(spoke, 5, 60_000).result(10)
        machine.store.acknowledge(spoke, [(i.message, i.lease) for i in items]).result(10)


def _refused(machine: Machine) -> str:
    from sqlalchemy import select

    from hub.backends.sql.tables import INVALID_MESSAGE
    from hub.contract.message import show_hub_id

    data = _request("XC20261120-0010", "350702001000").replace(b"<sex>1</sex>", b"<sex>8</sex>")
    with pytest.raises(ClientError):
        receive(machine, _inbound(machine, "east", "enquiry.request", data, "urn:uuid:of-the-bad"))
    with machine.store.engine.connect() as connection:  # type: ignore[attr-defined]
        return show_hub_id(connection.execute(select(INVALID_MESSAGE.c.id)).scalar_one())
