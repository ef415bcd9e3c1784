"""The edge: SOAP, REST and contracts under granian (one worker, one computing thread).

What is sent to the hub runs on the loop's thread as fibers and waits only for the store, a query for its partner as well,
which is asked in threads of its own. Everything else, which may read the store or build pages, runs in a pool of threads; the health of the process is told without either.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings

from hub import assembly
from hub.backends.log_tap import configure_logging
from hub.backends.meter_prometheus import MeterPrometheus
from hub.backends.nonce_file import NonceFile
from hub.backends.sql.status import MessageStatusSql
from hub.contract.adapter import Adapter, QueryPartner
from hub.discovery import schema_roots
from hub.pipeline.machine import Machine
from hub.processes import fibers, lifeline, rsgi
from hub.processes.figures import Speaker, interface_of
from hub.processes.hint import HintSender
from hub.processes.interpreter import keep_to_a_core, settle_down
from hub.processes.query_desk import QueryDeskPooled
from hub.processes.turns import Turns
from hub.settings import QuotaSettings, Settings, load
from hub.spokes.asking import Asking, Recognised
from hub.spokes.doorkeeper import Doorkeeper
from hub.spokes.quotas import Quota, Quotas
from hub.spokes.rest import rest_app
from hub.spokes.submission import Submission, services, wsdls
from hub.spokes.system_calls import SystemCalls, system_services
from hub.transports.arrival import ARRIVED
from hub.transports.soap_server import soap_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

_HEALTHY = b'{"status": "ok"}'


def serve(settings: Settings) -> int:
    """Serve until told to stop. The worker is a process of its own; it builds its machine after the fork."""
    lifeline.hold()
    os.environ[lifeline.PARENT] = str(os.getpid())
    if settings.own_cores:
        keep_to_a_core(settings.home, 0)
    Granian(
        "hub.processes.edge:worker", factory=True, interface=Interfaces.RSGI, address=settings.host, port=settings.edge_port,
        workers=1, loop=Loops.uvloop, backpressure=4096, backlog=4096, log_access=False, log_enabled=False,
        http=HTTPModes.http1, websockets=False, http1_settings=HTTP1Settings(keep_alive=True), workers_kill_timeout=10,
    ).serve()  # fmt: skip
    return 0


def worker() -> Edge:
    """Build the application in the worker process."""
    lifeline.hold()
    configure_logging("edge")
    settings = load()
    found = assembly.find(settings)
    meter = MeterPrometheus(found.catalogue.channels, found.catalogue.adapter, found.catalogue.queries, found.catalogue.batches_in)
    machine = assembly.machine(settings, found, "edge", lifeline.stop_now, meter)
    machine.store.on_commit(HintSender(settings.home))
    made = Edge(settings, replace(machine, desk=query_desk(settings, machine)))
    Speaker(settings.home, "edge", meter.registry)
    settle_down()
    return made


class Edge:
    """The RSGI application."""

    def __init__(self, settings: Settings, machine: Machine) -> None:
        self._pool = ThreadPoolExecutor(settings.edge_threads, thread_name_prefix="edge")
        self._meter = machine.meter
        self._application = application(settings, replace(machine, elsewhere=self._elsewhere))
        self._fibers: fibers.Fibers | None = None
        self._turns = Turns()
        self._is_query = Recognised(machine, wsdls(machine, schema_roots(settings.folders)).values())

    def _elsewhere(self, call: Callable[[], Any]) -> Any:
        return fibers.elsewhere(self._pool, call)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """One request."""
        if scope.path == "/healthz" and scope.method == "GET":
            protocol.response_bytes(200, [("content-type", "application/json")], _HEALTHY)
            return
        environ = await rsgi.environ_of(scope, protocol)
        began = time.perf_counter()
        if self._is_query(environ):
            environ[ARRIVED] = time.monotonic()
            await self._turns.take()
        status, fields, body = await self._answer(environ)
        self._meter.answered(interface_of(scope.path), time.perf_counter() - began)
        protocol.response_bytes(status, fields, body)

    async def _answer(self, environ: rsgi.Environ) -> rsgi.Reply:
        path = environ["PATH_INFO"]
        posted = environ["REQUEST_METHOD"] == "POST" and path.startswith(("/soap/", "/api/v1/messages/"))
        if posted or path.startswith("/api/v1/queries/"):
            if self._fibers is None:
                self._fibers = fibers.Fibers()
            return await self._fibers.run(lambda: rsgi.call(self._application, environ))
        return await asyncio.get_running_loop().run_in_executor(self._pool, rsgi.call, self._application, environ)


def query_desk(settings: Settings, machine: Machine) -> QueryDeskPooled:
    """Where this process asks the systems that answer queries."""

    def connect(adapter: Adapter) -> QueryPartner:
        if adapter.ask is None:
            raise assembly.NotReady(f"adapters.{adapter.name}: answers queries but has no way to be asked")
        return adapter.ask(settings.adapters.get(adapter.name, {}))

    return QueryDeskPooled(machine.catalogue.adapters, connect, machine.tap, meter=machine.meter)


def application(settings: Settings, machine: Machine) -> WSGIApplication:
    """The dispatcher: ``/soap/`` and ``/contracts/`` to the door, everything else to REST."""
    roots = schema_roots(settings.folders)
    keeper = Doorkeeper(machine, _quotas(settings), NonceFile(machine.clock, settings.home / "run" / "nonces"))
    for_spokes = services(machine, roots, Asking(machine, keeper, Submission(machine, keeper)))
    for_systems = system_services(machine, roots, SystemCalls(machine, keeper))
    door = soap_app(
        (*for_spokes, *for_systems), public_url=settings.base_url, schema_roots=roots,
        on_refused=lambda code, correlation, _remote: _refused(machine, code, correlation), admit=keeper.before_reading,
    )  # fmt: skip
    rest = rest_app(machine, MessageStatusSql(assembly.engine_of(machine)), keeper)

    def dispatch(environ: dict[str, Any], start_response: StartResponse) -> Any:
        path = environ.get("PATH_INFO", "")
        return (door if path.startswith(("/soap/", "/contracts")) else rest)(environ, start_response)

    return dispatch


def _quotas(settings: Settings) -> Quotas:
    own = {name: Quota(q.per_minute, q.per_day, q.concurrent) for name, q in settings.quotas.items()}
    usual = settings.quotas.get("default") or QuotaSettings()
    return Quotas(Quota(usual.per_minute, usual.per_day, usual.concurrent), own)


def _refused(machine: Machine, code: str, correlation: str) -> None:
    """A request that never reached a handler."""
    machine.meter.refused("", "stranger", code)
    machine.tap.step(correlation, "door", code, 0.0)
