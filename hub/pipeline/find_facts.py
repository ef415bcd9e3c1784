"""Find facts: every lookup that a group of messages needs, asked once for the whole group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from hub.contract.channel import key_values
from hub.contract.lookup import Fact, Need, Question
from hub.pipeline.machine import Machine
from hub.pipeline.planning import Planning


def find_facts(machine: Machine, works: Sequence[Planning]) -> list[Planning]:
    """Fill the facts; returns the works that can be decided now. The others wait: a system they need is away."""
    asked: dict[str, set[Question]] = {}
    for work in works:
        for need, question in _questions(machine, work):
            asked.setdefault(need.lookup, set()).update((question,) if question else ())
    found = {lookup: machine.sources.ask(lookup, sorted(questions)) if questions else {} for lookup, questions in asked.items()}
    return [work for work in works if _fill(machine, work, found)]


def _questions(machine: Machine, work: Planning) -> list[tuple[Need, Question | None]]:
    return [
        (need, key_values(need.parts, work.message))
        for need in work.flow.needs
        if need.channel == work.channel.name and machine.sources.answers(need.lookup)
    ]


def _fill(machine: Machine, work: Planning, found: Mapping[str, Mapping[Question, tuple[Fact, ...]] | None]) -> bool:
    facts = {}
    for need, question in _questions(machine, work):
        answers = found[need.lookup]
        if answers is None:
            return False
        facts[need.fact] = answers.get(question, ()) if question else ()
    work.facts = facts
    return True


def waiting_channels(machine: Machine) -> frozenset[str]:
    """The channels whose messages need a system that is away."""
    away = machine.sources.away()
    needs = chain.from_iterable(flow.needs for flow in machine.catalogue.flows) if away else ()
    return frozenset(need.channel for need in needs if need.lookup in away)
