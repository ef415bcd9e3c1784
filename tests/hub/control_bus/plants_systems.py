"""Faults planted in what systems bring by themselves (services, callers that speak) and in what flows emit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hub.contract.adapter import Adapter
from hub.contract.batch import BatchOut, Schedule
from hub.contract.decision import Decision, Emit
from hub.contract.extract import Extract
from hub.contract.message import ChannelName
from hub.contract.service import Push, Service
from hub.contract.xml import reparse
from hub.settings import ScheduleSettings
from tests.hub.control_bus.plants import (
    FEEDBACK,
    REQUEST,
    SCHEMAS,
    Plant,
    Planted,
    a_spoke,
    adapter,
    both,
    decides,
    flow,
    settings,
    spokes,
    written,
)

OWN = "padis/1.0/xc01.xsd"
WSDL = "padis/1.0/exchange.wsdl"


def service(**changes: Any) -> Plant:
    """The platform with a service of its own at the hub: the one operation of its exchange, handing over enquiries."""

    def made(_: Adapter) -> tuple[Service, ...]:
        push = Push(REQUEST, OWN, OWN, lambda _: "1", lambda own, _: own)
        of: dict[str, Any] = {"name": "padis-in", "wsdl": WSDL, "operations": {"exchange": push}}
        return (Service(**{**of, **{k: v(push) if callable(v) else v for k, v in changes.items()}}),)

    return adapter(services=made)


def _described(*_: Any) -> Any:
    raise NotImplementedError


MONTHLY = ChannelName("enquiry.monthly")
BATCH = BatchOut(MONTHLY, "每月", REQUEST, REQUEST, "request-to-padis", _described, (), _described, _described)
SCHEDULE = Schedule("enquiry.monthly", "每月", "month", "people.some", MONTHLY, _described, _described)


def extracts() -> Plant:
    """The platform with an extract, and a translator that frames parts."""

    def framing(one: Adapter) -> Any:
        inner = one.translator
        return SimpleNamespace(version="0", to_canonical=inner.to_canonical, from_canonical=inner.from_canonical, frame=_described)

    return adapter(extracts=(Extract("people.some", "一些人", (), ()),), translator=framing)


def sends(**changes: Any) -> Plant:
    """The flow with a batch out, otherwise declared."""
    return both(extracts(), flow(batches=(replace(BATCH, **changes),)))


def scheduled(**changes: Any) -> Plant:
    """The flow with a schedule, otherwise declared."""
    return both(sends(), flow(schedules=(replace(SCHEDULE, **changes),)))


def _emits(document: str) -> Decision:
    return Decision(emits=(Emit(FEEDBACK, reparse(document.encode()), "1"),))


SAMPLE = (SCHEMAS / "canonical/1.0/samples/enquiry.feedback/full.xml").read_text(encoding="utf-8")
BROKEN: Path = SCHEMAS / WSDL
SYSTEM_PLANTS = (
    Planted("emit.channel", flow(emits={REQUEST: ("enquiry.feedbak",)}), "routes/enquiry · emits", "no channel enquiry.feedbak", "enquiry.feedback?"),
    Planted("rule.emit", decides(_emits(SAMPLE)), "channel enquiry.request", "emits enquiry.feedback, which is not declared"),
    Planted("rule.emit", both(flow(emits={REQUEST: (FEEDBACK,)}), decides(_emits("<x/>"))), "channel enquiry.request", "does not satisfy its schema"),
    Planted("sending.channel", sends(wrapper=ChannelName("enquiry.pack")), "batch enquiry.monthly", "enquiry.pack is not in this flow"),
    Planted("sending.route", sends(route="request-to-padi"), "batch enquiry.monthly", "no route request-to-padi takes", "request-to-padis?"),
    Planted("sending.frame", flow(batches=(BATCH,)), "batch enquiry.monthly", "frames no parts"),
    Planted("schedule.extract", scheduled(extract="people.som"), "schedule enquiry.monthly", "no single adapter gives extract people.som", "people.some?"),
    Planted("schedule.batch", scheduled(batch=ChannelName("enquiry.montly")), "schedule enquiry.monthly", "no batch out enquiry.montly", "enquiry.monthly?"),
    Planted("schedule.twice", both(scheduled(), flow(schedules=(SCHEDULE, SCHEDULE))), "schedule enquiry.monthly", "exists more than once"),
    Planted("settings.schedule", both(scheduled(), settings(schedules={"enquiry.montly": ScheduleSettings(since="202601")})), "schedules.enquiry.montly", "no schedule", "enquiry.monthly?"),
    Planted("settings.schedule", both(scheduled(), settings(schedules={"enquiry.monthly": ScheduleSettings(since="20260101")})), "schedules.enquiry.monthly", "must be a period"),
    Planted("push.contract", spokes(a_spoke(receives=frozenset({"enquiry.return"}), push_url="http://127.0.0.1:9/soap")), "spoke east", "no delivery contract takes enquiry.return"),
    Planted("feed.setting", adapter(feeds=lambda a: (replace(a.feeds[0], needs="ulr"),)), "feed download", "no setting ulr", "url?"),
    Planted("service.name", service(name="enquiry"), "service enquiry", "has the name of flow enquiry"),
    Planted("schema.missing", service(wsdl="padis/1.0/exchnge.wsdl"), "service padis-in", "padis/1.0/exchnge.wsdl"),
    Planted("service.wsdl", both(written("padis/2.0/empty.wsdl", "<a/>"), service(wsdl="padis/2.0/empty.wsdl")), "service padis-in", "cannot be used"),
    Planted("service.operation", service(operations=lambda p: {"exchnge": p}), "service padis-in", "exchnge stands in only one", "exchange?"),
    Planted("schema.missing", service(operations=lambda p: {"exchange": replace(p, reply_schema="padis/1.0/no.xsd")}), "padis-in · exchange", "padis/1.0/no.xsd"),
    Planted("feed.unasked", both(flow(sources={FEEDBACK: ("padis",)}), service()), "service padis-in", "does not name padis as a source of enquiry.request"),
    Planted("spoke.speaks", spokes(a_spoke(speaks="pads")), "spoke east", "no adapter pads", "padis?"),
    Planted("spoke.speaks", both(service(), spokes(a_spoke(speaks="padis"))), "spoke east", "no service of adapter padis takes enquiry.feedback"),
)  # fmt: skip
