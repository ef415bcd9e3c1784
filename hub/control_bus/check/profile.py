"""Settings against what is plugged in: adapters and flows they name exist; the profile's conditions hold today.

production: a flow runs only with a declared legal basis that covers the day (PIPL art. 6, 13, 34; reviewed at least every
12 months). legacy, the demonstration profile: no partner and no spoke beyond this machine can be configured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from hub.contract.basis import Basis
from hub.contract.flow import Flow
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.subject import Subject
from hub.settings import BasisSettings

_REVIEW = timedelta(days=366)


def settings_name_what_exists(subject: Subject) -> Iterator[Fault]:
    """``[adapters.<name>]`` and its keys, ``[basis.<flow>]`` and its fields, ``[caps.<query>]`` are known."""
    for name, given in subject.settings.adapters.items():
        adapter = subject.catalogue.adapter.get(name)
        place = f"pophub.toml · adapters.{name}"
        if adapter is None:
            yield Fault(
                place,
                "settings.adapter",
                f"没有适配器 {name}。",
                f"there is no adapter {name}.",
                did_you_mean(name, subject.catalogue.adapter),
            )
            continue
        known = adapter.settings
        for key in sorted(set(given) - set(known or given)):
            yield Fault(place, "settings.key", f"没有设置项 {key}。", f"there is no setting {key}.", did_you_mean(key, known or ()))
    for name in sorted(set(subject.settings.caps) - set(subject.catalogue.queries)):
        hint = did_you_mean(name, subject.catalogue.queries)
        yield Fault(f"pophub.toml · caps.{name}", "settings.caps", f"没有查询 {name}。", f"there is no query {name}.", hint)
    flows = {f.name: f for f in subject.catalogue.flows}
    for name, basis in subject.settings.basis.items():
        place = f"pophub.toml · basis.{name}"
        if name not in flows:
            yield Fault(place, "settings.basis", f"没有流程 {name}。", f"there is no flow {name}.", did_you_mean(name, flows))
            continue
        for group in sorted(set(basis.fields) - set(flows[name].basis.fields)):
            hint = did_you_mean(group, flows[name].basis.fields)
            yield Fault(
                place, "settings.basis", f"流程 {name} 没有字段组 {group}。", f"flow {name} has no field group {group}.", hint
            )


def production_has_a_basis(subject: Subject) -> Iterator[Fault]:
    """In production every flow has a declared legal basis that covers today and is reviewed in time."""
    if subject.settings.profile != "production":
        return
    for flow in subject.catalogue.flows:
        declared = subject.settings.basis.get(flow.name)
        place = f"pophub.toml · basis.{flow.name}"
        if declared is None:
            yield Fault(
                place, "basis.missing", f"生产口径下流程 {flow.name}（{flow.title}）没有声明法定依据。", f"flow {flow.name} has no declared legal basis.",
                f"请在 pophub.toml 中填写 [basis.{flow.name}]。 Fill in [basis.{flow.name}] in pophub.toml.",
            )  # fmt: skip
        else:
            yield from _covers(subject, flow, place, declared)


def _covers(subject: Subject, flow: Flow, place: str, declared: BasisSettings) -> Iterator[Fault]:
    basis = Basis(
        declared.legal_document_no,
        declared.purpose,
        declared.approving_body,
        declared.retention_days,
        declared.review_date,
        declared.valid_from,
    )
    if not basis.covers(subject.today):
        yield Fault(
            place, "basis.lapsed", f"流程 {flow.name} 的法定依据今天无效：自 {basis.valid_from} 起，复核日 {basis.review_date}。",
            f"the legal basis of flow {flow.name} does not cover today: valid from {basis.valid_from}, review due {basis.review_date}.",
            "请复核并更新 review_date。 Review it and set a new review_date.",
        )  # fmt: skip
    if basis.review_date > subject.today + _REVIEW:
        yield Fault(
            place,
            "basis.review",
            f"复核日 {basis.review_date} 超过 12 个月。",
            f"review date {basis.review_date} is more than 12 months ahead.",
        )


def legacy_stays_at_home(subject: Subject) -> Iterator[Fault]:
    """In the demonstration profile every address of a partner or spoke is on this machine."""
    if subject.settings.profile != "legacy":
        return
    for place, url in _addresses(subject):
        if not on_loopback(url):
            yield Fault(
                place, "legacy.address", f"演示/历史口径只能连接本机：{urlsplit(url).hostname or '-'}。",
                f"the demonstration profile talks to this machine alone, not to {urlsplit(url).hostname or '-'}.",
                "请改用模拟器，或改用生产口径。 Use a simulator, or the production profile.",
            )  # fmt: skip


def _addresses(subject: Subject) -> Iterator[tuple[str, str]]:
    for adapter in subject.catalogue.adapters:
        values: Mapping[str, str] = {**(adapter.settings or {}), **subject.settings.adapters.get(adapter.name, {})}
        yield from ((f"adapters.{adapter.name}.{key}", value) for key, value in values.items() if "://" in value)
    yield from ((f"spoke {spoke.name} · push_url", spoke.push_url) for spoke in subject.spokes if spoke.push_url)


def on_loopback(url: str) -> bool:
    """Whether the host of a URL is this machine, by name or address, or a file on it. No name is looked up."""
    try:
        parts = urlsplit(url)
        if not parts.netloc and not parts.query:
            return True
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
