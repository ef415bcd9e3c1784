"""Faults planted in what systems bring by themselves (services, callers that speak) and in what flows emit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from hub.contract.adapter import Adapter
from hub.contract.decision import Decision, Emit
from hub.contract.service import Push, Service
from hub.contract.xml import reparse
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


def _emits(document: str) -> Decision:
    return Decision(emits=(Emit(FEEDBACK, reparse(document.encode()), "1"),))


SAMPLE = (SCHEMAS / "canonical/1.0/samples/enquiry.feedback/full.xml").read_text(encoding="utf-8")
BROKEN: Path = SCHEMAS / WSDL
SYSTEM_PLANTS = (
    Planted("emit.channel", flow(emits={REQUEST: ("enquiry.feedbak",)}), "routes/enquiry · emits", "no channel enquiry.feedbak", "enquiry.feedback?"),
    Planted("rule.emit", decides(_emits(SAMPLE)), "channel enquiry.request", "emits enquiry.feedback, which is not declared"),
    Planted("rule.emit", both(flow(emits={REQUEST: (FEEDBACK,)}), decides(_emits("<x/>"))), "channel enquiry.request", "does not satisfy its schema"),
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
