"""Samples: what the folders show as good goes all the way, in and out, and satisfies every schema it meets.

Partner samples stand in ``adapters/<system>/samples/<channel>/*.xml``, canonical ones in
``schemas/canonical/<version>/samples/<channel>/*.xml``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hub.backends.schema_files import SchemaFault
from hub.contract.adapter import Adapter
from hub.contract.channel import Channel
from hub.contract.errors import TRANSLATION, FlowError, HubError
from hub.contract.flow import Flow, Route, SystemRecipient
from hub.contract.message import Document
from hub.contract.xml import Element, parse
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.subject import Subject, route_place


def partner_samples_hold(subject: Subject) -> Iterator[Fault]:
    """Each sample of a system satisfies its schema; one that a feed may bring translates to a valid canonical document."""
    for adapter in subject.catalogue.adapters:
        folder = subject.folders.get(f"adapters.{adapter.name}")
        for shelf in sorted(p for p in (folder / "samples").glob("*") if p.is_dir()) if folder else ():
            channel = subject.catalogue.channels.get(shelf.name)
            if shelf.name in (adapter.batches or {}):
                continue
            if channel is None and any(shelf.name == f.name for _, q in subject.queries() for f in (q.request, q.reply)):
                continue
            if channel is None:
                hint = did_you_mean(shelf.name, subject.catalogue.channels)
                place = f"adapters/{adapter.name}/samples/{shelf.name}"
                yield Fault(place, "sample.channel", f"没有报文类型 {shelf.name}。", f"there is no channel {shelf.name}.", hint)
                continue
            for file in sorted(shelf.glob("*.xml")):
                yield from guarded(
                    f"adapters/{adapter.name}/samples/{shelf.name}/{file.name}", _from_partner(subject, adapter, channel, file)
                )


def _from_partner(subject: Subject, adapter: Adapter, channel: Channel, file: Path) -> Iterator[str]:
    """The steps one partner sample takes; raises where one fails."""
    fed = next((feed.channels[channel.name] for feed in adapter.feeds if channel.name in feed.channels), None)
    operation = adapter.operation_for(channel.name)
    schema = fed or (operation.schema if operation else None)
    if schema is None:
        return
    yield f"schemas/{schema}"
    own = parse(file.read_bytes())
    subject.schemas.validate(schema, own)
    if fed:
        yield f"{adapter.name} → {channel.name}"
        canonical = adapter.translator.to_canonical(channel.name, own)
        yield f"schemas/{channel.schema}"
        subject.schemas.validate(channel.schema, canonical)


def canonical_samples_hold(subject: Subject) -> Iterator[Fault]:
    """Each canonical sample is valid and, for every route, its view, its translation and the translation's schema hold.

    A translator may say of a document that its system cannot express it; when it says so of every sample, the route is a fault.
    """
    for flow, channel in subject.channels():
        files = canonical_samples(subject, channel)
        for file in files:
            yield from guarded(_place(channel, file), _valid(subject, channel, file))
            for route in flow.routes:
                if route.channel == channel.name:
                    yield from guarded(f"{_place(channel, file)} · route {route.name}", _along(subject, flow, channel, route, file))
        for route in flow.routes:
            if files and route.channel == channel.name and all(_inexpressible(subject, flow, channel, route, f) for f in files):
                yield Fault(
                    route_place(flow, route),
                    "sample.inexpressible",
                    "没有一个样例能转换给对方。",
                    "not one sample can be translated for the partner.",
                )


def inexpressible_samples(subject: Subject) -> Iterator[tuple[str, str]]:
    """The samples that a partner cannot be told, by their translator's own word: (sample, route)."""
    for flow, route, channel in subject.routes():
        for file in canonical_samples(subject, channel):
            if _inexpressible(subject, flow, channel, route, file):
                yield _place(channel, file), route.name


def _inexpressible(subject: Subject, flow: Flow, channel: Channel, route: Route, file: Path) -> bool:
    try:
        for _ in _along(subject, flow, channel, route, file):
            pass
    except _InexpressibleError:
        return True
    except Exception:  # noqa: BLE001 - reported where every sample is tried
        return False
    return False


class _InexpressibleError(Exception):
    """The translator's own refusal (Flow.Translation), as its contract allows."""


def _place(channel: Channel, file: Path) -> str:
    return f"schemas/canonical/{channel.version}/samples/{channel.name}/{file.name}"


def canonical_samples(subject: Subject, channel: Channel) -> list[Path]:
    """The good samples of a channel in every schemas folder."""
    return [
        f for root in subject.roots for f in sorted((root / "canonical" / channel.version / "samples" / channel.name).glob("*.xml"))
    ]


def _valid(subject: Subject, channel: Channel, file: Path) -> Iterator[str]:
    yield f"schemas/{channel.schema}"
    subject.schemas.validate(channel.schema, parse(file.read_bytes()))


def _along(subject: Subject, flow: Flow, channel: Channel, route: Route, file: Path) -> Iterator[str]:
    """Project, translate, validate - with every legal basis declared and with none."""
    adapter = subject.catalogue.adapter.get(route.to.name) if isinstance(route.to, SystemRecipient) else None
    operation = adapter.operation_for(channel.name) if adapter else None
    view_schema = channel.view_schema(route.view)
    for basis in (frozenset(flow.basis.fields), frozenset[str]()):
        document = parse(file.read_bytes())
        yield f"schemas/{view_schema}"
        view = subject.schemas.project(view_schema, document, fill=_fill(channel, document), basis=basis)
        subject.schemas.validate(view_schema, view)
        if adapter and operation:
            yield f"{channel.name} → {adapter.name}"
            own = _translated(adapter, channel, view)
            yield f"schemas/{operation.schema}"
            subject.schemas.validate(operation.schema, own)


def _translated(adapter: Adapter, channel: Channel, view: Element) -> Element:
    try:
        return adapter.translator.from_canonical(channel.name, view)
    except FlowError as fault:
        if fault.kind is not TRANSLATION:
            raise
        raise _InexpressibleError from fault


def _fill(channel: Channel, document: Element) -> dict[str, str]:
    """What the hub would fill: the sample's own texts at those places."""
    texts = {path: Document(document).text(path) for path in channel.hub_filled}
    return {path: text for path, text in texts.items() if text}


def guarded(place: str, steps: Iterator[str]) -> Iterator[Fault]:
    """Run the steps; the one that raises is the fault. A schema that does not load is reported by its own theme."""
    step = ""
    try:
        for name in steps:
            step = name
    except (SchemaFault, _InexpressibleError):
        return
    except HubError as fault:
        where = "".join(f" {said}" for said in (fault.path, f"line {fault.line}" if fault.line else None) if said)
        yield Fault(
            place,
            "sample.refused",
            f"{step}：{fault.zh}（{fault.code}{where}）",
            f"{step}: {fault.en} ({fault.code}{where})",
            fault.kind.advice,
        )
    except Exception as fault:  # noqa: BLE001 - a translator that raises anything else is a fault to report, not a crash
        yield Fault(
            place,
            "sample.translator",
            f"{step}：转换出错 {type(fault).__name__}。",
            f"{step}: the translator raised {type(fault).__name__}.",
        )
