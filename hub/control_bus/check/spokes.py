"""Spokes: grants name channels that exist, places are real divisions, and no two spokes claim one place for one channel."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from hub.contract.flow import UnitRecipient
from hub.contract.service import Push
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.subject import Subject
from hub.ports.spoke_registry import Place, Spoke
from hub.reference.division_code import is_well_formed


def grants_are_known(subject: Subject) -> Iterator[Fault]:
    """A grant names a channel, one to send perhaps a batch; one to receive names a channel that some route takes to units."""
    channels = {*subject.catalogue.channels, *subject.catalogue.batches_in}
    to_units = {r.channel for f in subject.catalogue.flows for r in f.routes if isinstance(r.to, UnitRecipient)}
    for spoke in subject.spokes:
        for word, granted in (("sends", spoke.sends), ("receives", spoke.receives)):
            known = {*channels, *subject.catalogue.batches_in} if word == "sends" else set(channels)
            for name in sorted(granted - known):
                yield Fault(
                    _place(subject, spoke),
                    "spoke.channel",
                    f"{word} 中没有报文类型 {name}。",
                    f"{word}: there is no channel {name}.",
                    did_you_mean(name, known),
                )
        for name in sorted(spoke.asks - set(subject.catalogue.queries)):
            hint = did_you_mean(name, subject.catalogue.queries)
            yield Fault(
                _place(subject, spoke), "spoke.query", f"asks 中没有查询 {name}。", f"asks: there is no query {name}.", hint
            )
        for name in sorted((spoke.receives & set(channels)) - to_units):
            yield Fault(
                _place(subject, spoke),
                "spoke.unreached",
                f"没有路由把 {name} 送给单位。",
                f"no route takes {name} to units.",
                "请去掉该授权。 Drop the grant.",
            )


def systems_are_their_own(subject: Subject) -> Iterator[Fault]:
    """No spoke passes for an external system: rules tell them apart by the system code."""
    systems = {a.system: a.name for a in subject.catalogue.adapters}
    for spoke in subject.spokes:
        if spoke.system in systems and spoke.speaks != systems[spoke.system]:
            yield Fault(
                _place(subject, spoke), "spoke.system", f"系统代码 {spoke.system} 属于外部系统 {systems[spoke.system]}。",
                f"system code {spoke.system} belongs to the external system {systems[spoke.system]}.", "请用业务应用自己的代码。 Use a code of its own.",
            )  # fmt: skip


def tongues_are_known(subject: Subject) -> Iterator[Fault]:
    """Whoever speaks an adapter's vocabulary sends only what that adapter's services and batches take, and receives nothing here."""
    for spoke in subject.spokes:
        if spoke.speaks is None:
            continue
        adapter = subject.catalogue.adapter.get(spoke.speaks)
        if adapter is None:
            hint = did_you_mean(spoke.speaks, subject.catalogue.adapter)
            yield Fault(
                _place(subject, spoke), "spoke.speaks", f"没有适配器 {spoke.speaks}。", f"there is no adapter {spoke.speaks}.", hint
            )
            continue
        taken = {p.channel for s in adapter.services for p in s.operations.values() if isinstance(p, Push)} | {
            *(adapter.batches or {})
        }
        for name in sorted({*spoke.sends, *spoke.receives, *spoke.asks} - taken):
            yield Fault(
                _place(subject, spoke), "spoke.speaks", f"适配器 {adapter.name} 的服务不收 {name}。",
                f"no service of adapter {adapter.name} takes {name}.", "请去掉该授权。 Drop the grant.",
            )  # fmt: skip


def names_are_spokes_own(subject: Subject) -> Iterator[Fault]:
    """Two entries of the settings never share a name."""
    names = [s.name for s in subject.settings.spokes]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield Fault(
            "pophub.toml · spokes", "name.twice", f"接入方 {name} 重名。", f"spoke {name} exists {names.count(name)} times."
        )


def places_are_real(subject: Subject) -> Iterator[Fault]:
    """Each jurisdiction that holds today is a division in force; a spoke that takes part in anything has one."""
    for spoke in subject.spokes:
        if not spoke.places and (spoke.sends or spoke.receives or spoke.asks):
            yield Fault(_place(subject, spoke), "spoke.place", "没有辖区。", "has no place.", "请填写 places。 State its places.")
        for place in spoke.places:
            if place.valid_to is None or subject.today.isoformat() <= place.valid_to:
                yield from _division(subject, spoke, place.prefix)


def _division(subject: Subject, spoke: Spoke, prefix: str) -> Iterator[Fault]:
    if not is_well_formed(prefix):
        yield Fault(
            _place(subject, spoke), "spoke.place", f"辖区 {prefix} 不是 2、4、6、9 或 12 位区划代码。",
            f"place {prefix} is no division code of 2, 4, 6, 9 or 12 digits.",
        )  # fmt: skip
    elif not subject.divisions.exists(prefix, subject.today):
        heir = subject.divisions.successor(prefix, subject.today)
        hint = f"现为 {heir}。 It is {heir} now." if heir else did_you_mean(prefix, _neighbours(subject, prefix))
        yield Fault(
            _place(subject, spoke), "spoke.place", f"区划 {prefix} 今天无效。", f"division {prefix} is not in force today.", hint
        )


def _neighbours(subject: Subject, prefix: str) -> Iterator[str]:
    """Divisions of the same level under the one above."""
    levels = (2, 4, 6, 9, 12)
    level = len(prefix)
    above = prefix[: levels[max(levels.index(level) - 1, 0)]] if level > 2 else ""
    return (d.code[:level] for d in subject.divisions.under(above, level, subject.today))  # type: ignore[arg-type]


def places_do_not_tie(subject: Subject) -> Iterator[Fault]:
    """Two spokes that receive one channel never have the same prefix at the same time: nothing would choose between them.

    Unless they are of two systems, and the channel's routes name the system.
    """
    told = {r.channel for f in subject.catalogue.flows for r in f.routes if isinstance(r.to, UnitRecipient) and r.to.by_system}
    for one, other in combinations([s for s in subject.spokes if s.enabled], 2):
        for channel in sorted((one.receives & other.receives) - (told if one.system != other.system else set())):
            for prefix in sorted({p.prefix for p in one.places for q in other.places if p.prefix == q.prefix and _together(p, q)}):
                yield Fault(
                    _place(subject, one), "spoke.tie", f"与 {other.name} 同时以辖区 {prefix} 接收 {channel}，无法取舍。",
                    f"and {other.name} both receive {channel} for place {prefix}: nothing decides between them.",
                    "请分清辖区或授权。 Part their places or grants.",
                )  # fmt: skip


def _together(one: Place, other: Place) -> bool:
    last = "9999-99-99"
    return max(one.valid_from, other.valid_from) <= min(one.valid_to or last, other.valid_to or last)


def _place(subject: Subject, spoke: Spoke) -> str:
    return f"spoke {spoke.name} ({'store' if spoke.name in subject.registered else 'pophub.toml'})"
