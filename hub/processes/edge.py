"""The edge: SOAP, REST and contracts in one WSGI application under granian (one worker)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from hub import assembly
from hub.backends.log_tap import configure_logging
from hub.backends.sql.status import MessageStatusSql
from hub.discovery import schema_roots
from hub.pipeline.machine import Machine
from hub.processes import lifeline
from hub.processes.hint import HintSender
from hub.processes.interpreter import settle_down
from hub.processes.turns import BodyAside, Turns
from hub.settings import Settings, load
from hub.spokes.rest import rest_app
from hub.spokes.submission import Submission, services
from hub.transports.soap_server import soap_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication


def serve(settings: Settings) -> int:
    """Serve until told to stop. The worker is a process of its own; it builds its machine after the fork."""
    lifeline.hold()
    Granian(
        "hub.processes.edge:worker", factory=True, interface=Interfaces.WSGI, address=settings.host, port=settings.edge_port,
        workers=1, blocking_threads=settings.edge_threads, backpressure=4096, backlog=4096, log_access=False, log_enabled=False,
        http1_settings=HTTP1Settings(keep_alive=True), workers_kill_timeout=10,
    ).serve()  # fmt: skip
    return 0


def worker() -> WSGIApplication:
    """Build the application in the worker process."""
    lifeline.hold()
    configure_logging("edge")
    settings = load()
    found = assembly.find(settings)
    machine = assembly.machine(settings, found, "edge", lifeline.stop_now)
    turns = Turns()
    machine.store.on_commit(HintSender(settings.home))
    made = application(settings, replace(machine, aside=turns.aside), turns)
    settle_down()
    return made


def application(settings: Settings, machine: Machine, turns: Turns) -> WSGIApplication:
    """The dispatcher: ``/soap/`` and ``/contracts/`` to the door, everything else to REST."""
    roots = schema_roots(settings.folders)
    door = soap_app(
        services(machine, roots, Submission(machine)), public_url=settings.base_url, schema_roots=roots,
        on_refused=lambda code, correlation, _remote: machine.tap.step(correlation, "door", code, 0.0),
    )  # fmt: skip
    rest = rest_app(machine, MessageStatusSql(assembly.engine_of(machine)))

    def dispatch(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        environ["wsgi.input"] = BodyAside(environ["wsgi.input"], turns)
        with turns.mine():
            return (door if path.startswith(("/soap/", "/contracts")) else rest)(environ, start_response)

    return dispatch
