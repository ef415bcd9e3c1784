"""The flow, in order. Read this file first; each step is one file and knows no other step.

    in the caller's thread      ACCEPT   authorise channel → validate own → translate → validate → authorise place → accept ‖ TX1
    in the engine, per record    RECORD  validate own → translate → validate → authorise place → sift ‖ TX1 of a group
    in the engine, in lane order PLAN    look up → find facts → decide → project (view, translate, validate) → emit → compose ‖ PLAN
    in the engine, per delivery DELIVER  claim ‖ TX2 → (ask) → call → settle ‖ TX3

Authentication comes before the list: without a sender there is no message.
"""

from __future__ import annotations

import time

from hub.contract.errors import INTERNAL, UNREADABLE, FlowError, HubError
from hub.pipeline.accept import accept, answer_of, keep_refused
from hub.pipeline.authorise import authorise_channel, authorise_place
from hub.pipeline.commit_plan import compose, compose_dead
from hub.pipeline.decide import decide
from hub.pipeline.emit import emit
from hub.pipeline.find_facts import find_facts
from hub.pipeline.inbound import Inbound, Step
from hub.pipeline.look_up import look_up
from hub.pipeline.machine import Machine
from hub.pipeline.planning import Planning
from hub.pipeline.project import project
from hub.pipeline.sift import sift
from hub.pipeline.translate import translate_in
from hub.pipeline.validate import validate, validate_own
from hub.ports.records import Accepted, Plan, ToPlan

ACCEPT: tuple[tuple[str, Step], ...] = (
    ("authorise channel", authorise_channel),
    ("validate own", validate_own),
    ("translate", translate_in),
    ("validate", validate),
    ("authorise place", authorise_place),
    ("accept", accept),
)
RECORD: tuple[Step, ...] = (validate_own, translate_in, validate, authorise_place, sift)
PLAN = (("decide", decide), ("project", project), ("emit", emit), ("compose", compose))


def submit(machine: Machine, work: Inbound) -> None:
    """Run ACCEPT up to the queued TX1. A refused document is kept as evidence; the error goes on to the caller."""
    for name, step in ACCEPT:
        began = time.perf_counter()
        try:
            step(machine, work)
        except HubError as fault:
            machine.tap.step(work.correlation_id, name, fault.code, time.perf_counter() - began)
            if name != "authorise channel":
                keep_refused(machine, work, fault)
            raise
        machine.tap.step(work.correlation_id, name, "ok", time.perf_counter() - began)


def receive(machine: Machine, work: Inbound) -> Accepted:
    """Run ACCEPT and wait for TX1. Whatever is refused is counted once, here, where its answer begins."""
    try:
        submit(machine, work)
        return answer_of(machine, work)
    except Exception as fault:
        code = fault.code if isinstance(fault, HubError) else INTERNAL.code
        machine.meter.refused(work.channel.name, "spoke" if work.spoke else "system", code)
        raise


def examine(machine: Machine, work: Inbound) -> None:
    """Run RECORD for one record of a batch. Raises HubError. Nothing is told to the wire tap: its outcome is a row."""
    for step in RECORD:
        step(machine, work)


def plan(machine: Machine, stored: list[ToPlan]) -> list[Plan]:
    """Run PLAN for a group: a plan per message, dead where it cannot be opened or its rules failed.

    A message that needs facts of a system that is away gets none: it stays accepted and waits.
    """
    works, lost = look_up(machine, stored)
    return [_plan_one(machine, work) for work in find_facts(machine, works)] + [compose_dead(row, UNREADABLE.code) for row in lost]


def _plan_one(machine: Machine, work: Planning) -> Plan:
    for name, step in PLAN:
        began = time.perf_counter()
        try:
            step(machine, work)
        except FlowError as fault:
            machine.tap.step(str(work.stored.id), name, fault.code, time.perf_counter() - began)
            return compose_dead(work.stored, fault.code)
        machine.tap.step(str(work.stored.id), name, "ok", time.perf_counter() - began)
    assert work.plan is not None
    return work.plan
