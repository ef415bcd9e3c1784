"""Batches that go out and the schedules that make them: everything they name is there, and the system can take parts."""

from __future__ import annotations

from collections.abc import Iterator

from hub.contract.batch import BatchOut, Framing, Schedule
from hub.contract.flow import Flow, SystemRecipient
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.subject import Subject


def batches_go_somewhere(subject: Subject) -> Iterator[Fault]:
    """Each goes along a route of its record to a system that takes it in parts; wrapper and record are channels of the flow."""
    for flow in subject.catalogue.flows:
        for batch in flow.batches:
            if isinstance(batch, BatchOut):
                yield from _batch(subject, flow, batch)


def _batch(subject: Subject, flow: Flow, batch: BatchOut) -> Iterator[Fault]:
    place = f"routes/{flow.name} · batch {batch.name}"
    for name in (batch.wrapper, batch.record):
        if flow.channel(name) is None:
            hint = did_you_mean(name, (c.name for c in flow.channels))
            yield Fault(place, "sending.channel", f"报文类型 {name} 不在该流程中。", f"channel {name} is not in this flow.", hint)
    route = flow.route(batch.route)
    if route is None or route.channel != batch.record or not isinstance(route.to, SystemRecipient):
        hint = did_you_mean(batch.route, (r.name for r in flow.routes if r.channel == batch.record))
        yield Fault(
            place, "sending.route", f"没有把 {batch.record} 送给外部系统的路由 {batch.route}。",
            f"no route {batch.route} takes {batch.record} to a system.", hint,
        )  # fmt: skip
        return
    adapter = subject.catalogue.adapter.get(route.to.name)
    if adapter is not None and not isinstance(adapter.translator, Framing):
        yield Fault(
            place, "sending.frame", f"适配器 {adapter.name} 的转换不能装批。", f"the translator of adapter {adapter.name} frames no parts.",
            "请实现 frame。 Give it frame.",
        )  # fmt: skip


def schedules_have_sources(subject: Subject) -> Iterator[Fault]:
    """Each schedule draws an extract that one adapter answers, for a batch of its flow."""
    names = [s.name for f in subject.catalogue.flows for s in f.schedules]
    for flow in subject.catalogue.flows:
        for schedule in flow.schedules:
            yield from _schedule(subject, flow, schedule)
            if names.count(schedule.name) > 1:
                yield Fault(_place(flow, schedule), "schedule.twice", "重名。", "exists more than once.")
    for name, given in subject.settings.schedules.items():
        if name not in names:
            yield Fault(
                f"pophub.toml · schedules.{name}", "settings.schedule", f"没有定时任务 {name}。", f"there is no schedule {name}.",
                did_you_mean(name, names),
            )  # fmt: skip
        elif len(given.since) != (6 if _every(subject, name) == "month" else 8):
            yield Fault(
                f"pophub.toml · schedules.{name}", "settings.schedule", "since 应为该周期的写法（月 YYYYMM，日 YYYYMMDD）。",
                "since must be a period of it (month YYYYMM, day YYYYMMDD).",
            )  # fmt: skip


def _every(subject: Subject, name: str) -> str:
    return next(s.every for f in subject.catalogue.flows for s in f.schedules if s.name == name)


def _schedule(subject: Subject, flow: Flow, schedule: Schedule) -> Iterator[Fault]:
    drawn = [e.name for a in subject.catalogue.adapters for e in a.extracts]
    if drawn.count(schedule.extract) != 1:
        yield Fault(
            _place(flow, schedule), "schedule.extract", f"没有唯一的适配器提供取数 {schedule.extract}。",
            f"no single adapter gives extract {schedule.extract}.", did_you_mean(schedule.extract, drawn),
        )  # fmt: skip
    batches = [b.name for b in flow.batches if isinstance(b, BatchOut)]
    if schedule.batch not in batches:
        yield Fault(
            _place(flow, schedule), "schedule.batch", f"该流程没有发出的批次 {schedule.batch}。",
            f"this flow has no batch out {schedule.batch}.", did_you_mean(schedule.batch, batches),
        )  # fmt: skip


def _place(flow: Flow, schedule: Schedule) -> str:
    return f"routes/{flow.name} · schedule {schedule.name}"
