"""The list of themes, and the report of running them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from hub.control_bus.check import (
    batches,
    cases,
    deliveries,
    grants,
    keys,
    lookups,
    packages,
    paths,
    privacy,
    profile,
    queries,
    query_samples,
    routes,
    rules,
    samples,
    schedules,
    schemas,
    sources,
    spokes,
    views,
)
from hub.control_bus.check.fault import Fault
from hub.control_bus.check.samples import canonical_samples, inexpressible_samples
from hub.control_bus.check.subject import Subject

Theme = Callable[[Subject], Iterator[Fault]]
THEMES: Final[tuple[Theme, ...]] = (
    packages.packages_load,
    packages.names_are_unique,
    packages.channel_names,
    schemas.schemas_compile,
    schemas.channels_have_schemas,
    views.views_are_subsets,
    routes.routes_lead_somewhere,
    routes.operations_are_known,
    routes.channels_begin_and_end,
    routes.requests_can_be_answered,
    routes.emits_are_wanted,
    queries.queries_have_schemas,
    queries.queries_can_be_answered,
    queries.query_operations_are_whole,
    queries.query_paths_exist,
    queries.replies_have_rows,
    queries.replies_are_masked,
    sources.sources_bring_what_they_say,
    sources.feeds_are_wanted,
    sources.services_are_whole,
    batches.batches_have_records,
    batches.own_batches_are_whole,
    lookups.lookups_are_provided,
    keys.key_parts_exist,
    keys.hub_filled_agrees,
    cases.cases_are_whole,
    schedules.batches_go_somewhere,
    schedules.schedules_have_sources,
    samples.partner_samples_hold,
    samples.canonical_samples_hold,
    batches.batch_samples_hold,
    query_samples.query_samples_hold,
    rules.rules_are_total,
    privacy.elements_are_marked,
    privacy.bases_are_declared,
    privacy.forbidden_facts_have_no_place,
    paths.no_forbidden_path,
    paths.no_forbidden_field,
    paths.no_forbidden_type,
    grants.views_hold_what_is_granted,
    deliveries.delivery_contracts_speak_views,
    deliveries.pushes_have_contracts,
    spokes.grants_are_known,
    spokes.systems_are_their_own,
    spokes.tongues_are_known,
    spokes.names_are_spokes_own,
    spokes.places_are_real,
    spokes.places_do_not_tie,
    profile.settings_name_what_exists,
    profile.production_has_a_basis,
    profile.legacy_stays_at_home,
)
"""In the order in which a reader would mend things: what a later theme builds on comes first."""


@dataclass(frozen=True, slots=True)
class Report:
    """Every fault, what could not be looked at, and how much was."""

    faults: tuple[Fault, ...]
    notes: tuple[tuple[str, str], ...]
    counted: dict[str, int]


def prove(subject: Subject, notes: tuple[tuple[str, str], ...] = ()) -> Report:
    """Run every theme; one that breaks on what another reports is itself a fault, never a crash."""
    found: list[Fault] = []
    for theme in THEMES:
        try:
            found += theme(subject)
        except Exception as fault:  # noqa: BLE001 - the operator gets every other fault all the same
            name, kind = theme.__name__, type(fault).__name__
            found.append(
                Fault(f"check {name}", "check.broken", f"此项检查无法完成：{kind}。", f"this check could not finish: {kind}.")
            )
    return Report(tuple(dict.fromkeys(found)), (*notes, *_notes(subject)), _counted(subject))


def _notes(subject: Subject) -> Iterator[tuple[str, str]]:
    if not subject.spokes:
        yield "没有接入方：授权、辖区与收发两端未检查。", "no spokes: grants, places, senders and receivers were not looked at."
    for recipient in grants.ungranted(subject):
        yield f"接收方 {recipient} 没有授权表，其视图未对照。", f"recipient {recipient} has no grants: its views were not compared."
    yield from lookups.unconfigured(subject)
    for _, query in subject.queries():
        if subject.spokes and not any(query.name in spoke.asks for spoke in subject.spokes):
            yield f"没有接入方可用查询 {query.name}。", f"no spoke may ask {query.name}."
    yield from batches.unsent(subject)
    for sample, route in inexpressible_samples(subject):
        yield f"{sample} 无法沿路由 {route} 表达给对方。", f"{sample} cannot be expressed for the partner of route {route}."
    yield from _sampleless(subject)


def _sampleless(subject: Subject) -> Iterator[tuple[str, str]]:
    for adapter in subject.catalogue.adapters:
        folder = subject.folders.get(f"adapters.{adapter.name}")
        for channel in sorted({c for feed in adapter.feeds for c in feed.channels}):
            if folder and not any((folder / "samples" / channel).glob("*.xml")):
                yield f"适配器 {adapter.name} 没有 {channel} 的样例。", f"adapter {adapter.name} has no sample of {channel}."


def _counted(subject: Subject) -> dict[str, int]:
    catalogue = subject.catalogue
    return {
        "adapters": len(catalogue.adapters),
        "flows": len(catalogue.flows),
        "channels": len(catalogue.channels),
        "routes": sum(len(f.routes) for f in catalogue.flows),
        "queries": len(catalogue.queries),
        "schemas": len(subject.schemas.names()),
        "samples": sum(len(canonical_samples(subject, c)) for c in catalogue.channels.values()),
        "spokes": len(subject.spokes),
    }
