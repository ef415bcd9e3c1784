"""The contracts that receiving spokes are given speak of views: what a view leaves out has no place in them either."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

from hub.backends.schema_files import XS
from hub.contract.errors import HubError
from hub.contract.flow import Flow, UnitRecipient
from hub.contract.xml import parse
from hub.control_bus.check.fault import Fault
from hub.control_bus.check.subject import Subject
from hub.transports.soap_wsdl import read_wsdl


def delivery_contracts_speak_views(subject: Subject) -> Iterator[Fault]:
    """``services/<flow>-delivery-<version>.wsdl`` imports, for each channel that goes to units, the view of that route."""
    for flow in subject.catalogue.flows:
        for wsdl in _contracts(subject, flow):
            yield from _imports(flow, wsdl)


def pushes_have_contracts(subject: Subject) -> Iterator[Fault]:
    """A spoke that is pushed to receives only what some delivery contract has an operation for; anything else needs its mailbox."""
    known = {operation for flow in subject.catalogue.flows for wsdl in _contracts(subject, flow) for operation in _operations(wsdl)}
    for spoke in subject.spokes:
        for name in sorted(spoke.receives if spoke.push_url else ()):
            channel = subject.catalogue.channels.get(name)
            if channel and f"Deliver{channel.root[:1].upper()}{channel.root[1:]}" not in known:
                yield Fault(
                    f"spoke {spoke.name}", "push.contract", f"{name} 没有推送接口，不能推送。", f"no delivery contract takes {name}: it cannot be pushed.",
                    "请由另一个用邮箱的接入方接收。 Let a spoke with a mailbox receive it.",
                )  # fmt: skip


def _operations(wsdl: Path) -> set[str]:
    try:
        return {o.name for binding in read_wsdl(wsdl).bindings.values() for o in binding.values()}
    except (ValueError, HubError):
        return set()


def _contracts(subject: Subject, flow: Flow) -> Iterator[Path]:
    """The file of each name that is in force: that of the first schemas folder."""
    found: dict[str, Path] = {}
    for root in subject.roots:
        for file in sorted((root / "services").glob(f"{flow.name}-delivery-*.wsdl")):
            found.setdefault(file.name, file)
    return iter(found.values())


def _imports(flow: Flow, wsdl: Path) -> Iterator[Fault]:
    views = {
        channel.namespace: {
            channel.view_schema(r.view) for r in flow.routes if r.channel == channel.name and isinstance(r.to, UnitRecipient)
        }
        for channel in flow.channels
    }
    place = f"schemas/services/{wsdl.name}"
    try:
        document = parse(wsdl.read_bytes())
    except HubError as fault:
        yield Fault(place, "contract.unreadable", fault.zh, fault.en)
        return
    for node in document.iter(XS + "import"):
        wanted = views.get(node.get("namespace") or "")
        location = posixpath.normpath(posixpath.join("services", node.get("schemaLocation") or ""))
        if wanted is not None and location not in wanted:
            yield Fault(
                place, "contract.view", f"引用 {location}，而该路由的视图是 {' '.join(sorted(wanted)) or '-'}。",
                f"imports {location}, but what goes to units is {' '.join(sorted(wanted)) or '-'}.",
            )  # fmt: skip
