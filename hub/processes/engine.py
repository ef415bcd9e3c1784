"""The engine: planner, outlets, feeds, timers. Everything it knows is in the store; it may be killed at any moment."""

from __future__ import annotations

import signal
import threading
import uuid
from dataclasses import replace

from hub import assembly
from hub.backends.log_tap import configure_logging
from hub.backends.meter_prometheus import MeterPrometheus
from hub.contract.adapter import Partner
from hub.contract.operation import Operation
from hub.discovery import Found, schema_roots
from hub.pipeline.machine import Machine
from hub.ports.records import Claimed
from hub.processes import lifeline
from hub.processes.feeds import FeedReader
from hub.processes.figures import Speaker
from hub.processes.hint import HintListener
from hub.processes.interpreter import keep_to_a_core, settle_down
from hub.processes.outlets import OperationOf, Outlet
from hub.processes.planner import Planner
from hub.processes.ready import Beacon
from hub.processes.schedules import Schedules
from hub.processes.sources import Sources
from hub.processes.splitting import Splitting
from hub.processes.timers import Timers
from hub.settings import Settings
from hub.spokes.mailbox import MAILBOX_SLOTS, MailboxPartner
from hub.spokes.operation import spoke_operation
from hub.spokes.push import PUSH_SLOTS, PushPartner


def serve(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT."""
    lifeline.hold()
    if settings.own_cores:
        keep_to_a_core(settings.home, 1)
    configure_logging("engine")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    found = assembly.find(settings)
    meter = _meter(found)
    engine = Engine(settings, found, assembly.machine(settings, found, "engine", lifeline.stop_now, meter))
    speaker = Speaker(settings.home, "engine", meter.registry)
    settle_down()
    beacon = Beacon(settings.home, "engine")
    stop.wait()
    beacon.close()
    engine.close()
    speaker.close()
    return 0


def _meter(found: Found) -> MeterPrometheus:
    of = found.catalogue
    sent = {str(batch.wrapper): name for name, batch in of.batches_out.items()}
    return MeterPrometheus(of.channels, of.adapter, batches=of.batches_in, sent=sent, schedules=of.schedules)


class Engine:
    """The threads of one engine process."""

    def __init__(self, settings: Settings, found: Found, machine: Machine) -> None:
        self._settings = settings
        self._owner = uuid.uuid4().hex[:16]
        self._work = threading.Event()
        if settings.store_url.startswith("sqlite"):
            machine.store.release_orphans(self._owner)
        self._hints = HintListener(settings.home, self._work)
        plugged_in = assembly.plugged_in(settings, found.adapters)
        partners = {a.name: a.connect(settings.adapters.get(a.name, {})) for a in plugged_in}
        asked = ((a, partners[a.name]) for a in found.adapters if a.lookups and a.name in settings.adapters)
        machine = replace(machine, sources=Sources(asked, machine.tap, meter=machine.meter))
        self._machine = machine
        self._silent = [partners[a.name] for a in found.adapters if a.name in partners and not a.operations]
        self._outlets: dict[str, Outlet] = {}
        self._unusable: set[str] = set()
        for adapter in found.adapters:
            if adapter.operations:
                self._outlets[f"system:{adapter.name}"] = self._system_outlet(adapter.name, partners[adapter.name])
        self._outlets["mailbox"] = self._outlet("mailbox", MailboxPartner(machine.clock), spoke_operation, MAILBOX_SLOTS)
        self._add_push_outlets()
        self._planner = Planner(machine, self._work, self._wake, settings.planner_batch)
        self._timers = Timers(machine, self._add_push_outlets)
        self._feeds = [
            FeedReader(machine, a, f, partners[a.name], self._work.set)
            for a in found.adapters
            for f in a.feeds
            if f.needs is None or settings.adapters.get(a.name, {}).get(f.needs)
        ]
        self._splitting = Splitting(machine, self._owner, self._work.set)
        since = {name: schedule.since for name, schedule in settings.schedules.items()}
        connected = {a.name: (a, partners[a.name]) for a in found.adapters if a.name in partners}
        self._schedules = Schedules(machine, connected, since, self._wake)
        self._work.set()

    def close(self) -> None:
        """Stop taking work, finish what is under way, close the store."""
        self._schedules.stop()
        self._splitting.stop()
        for feed in self._feeds:
            feed.stop()
        self._timers.stop()
        self._planner.stop()
        for outlet in self._outlets.values():
            outlet.stop()
        self._hints.close()
        for partner in self._silent:
            partner.close()
        self._machine.store.close()

    def _wake(self) -> None:
        for outlet in list(self._outlets.values()):
            outlet.wake()

    def _outlet(self, name: str, partner: Partner, operation_of: OperationOf, slots: int) -> Outlet:
        return Outlet(
            name, self._machine, partner, operation_of, slots=slots, owner=self._owner, lease_seconds=self._settings.lease_seconds
        )

    def _system_outlet(self, name: str, partner: Partner) -> Outlet:
        adapter = self._machine.catalogue.adapter[name]
        operations = {o.name: o for o in adapter.operations}

        def operation_of(claimed: Claimed) -> Operation:
            return operations[claimed.operation]

        return self._outlet(f"system:{name}", partner, operation_of, max(o.max_in_flight for o in adapter.operations))

    def _add_push_outlets(self) -> None:
        """A dispatcher for every push spoke; new ones are found while running. An unusable address is that spoke's trouble alone."""
        for spoke in self._machine.directory.all():
            name = f"push:{spoke.name}"
            if not spoke.push_url or name in self._outlets or spoke.push_url in self._unusable:
                continue
            try:
                partner = PushPartner(spoke, self._machine, schema_roots(self._settings.folders))
            except ValueError:
                self._unusable.add(spoke.push_url)
                self._machine.tap.event("push.unusable", spoke=spoke.name)
                continue
            self._outlets[name] = self._outlet(name, partner, spoke_operation, PUSH_SLOTS)
