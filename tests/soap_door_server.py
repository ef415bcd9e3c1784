"""The door behind the real HTTP server, in a process of its own: ``app`` is what that process serves."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hub.contract.errors import SCHEMA_PATTERN, ClientError
from hub.contract.xml import Element
from hub.processes import rsgi
from hub.transports.soap_server import SoapCall, SoapService, soap_app
from tests.soap_door import SAY, SCHEMAS, VOICE, said

_ROOT = Path(__file__).parents[1]


def answer(call: SoapCall) -> Element:
    """Answers, unless the text asks for a refusal."""
    if call.payload.findtext(f"{{{SAY}}}text") == "refuse":
        raise ClientError(SCHEMA_PATTERN, path="say/text", line=3, label="文本")
    return said(call)


class Door:
    """The SOAP application alone, under the edge's own way from the server to WSGI."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """One request."""
        environ = await rsgi.environ_of(scope, protocol)
        protocol.response_bytes(*rsgi.call(self._application, environ))


if "DOOR_URL" in os.environ:
    served = soap_app(
        [
            SoapService("voice", VOICE / "services/voice-1.0.wsdl", answer),
            SoapService("enquiry", SCHEMAS / "services/enquiry-1.0.wsdl", answer),
        ],
        public_url=os.environ["DOOR_URL"],
        schema_roots=[SCHEMAS, VOICE],
        on_refused=lambda *told: None,
    )
    app = Door(served)


@contextmanager
def serving(log: Path) -> Iterator[int]:
    """Serve with granian on a free port of 127.0.0.1 until the block ends; its output goes to ``log``."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "tests.soap_door_server:app", "--interface", "rsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--http", "1", "--no-ws"]
    environ = os.environ | {"DOOR_URL": f"http://127.0.0.1:{port}", "PYTHONPATH": str(_ROOT)}
    with log.open("wb") as out, subprocess.Popen(command, cwd=_ROOT, env=environ, stdout=out, stderr=out) as process:
        try:
            _wait_for(port, process, log)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    for port in range(21_100 + os.getpid() % 5_000, 31_000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise OSError("no free port")


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)
    raise TimeoutError(log.read_text(errors="replace"))
