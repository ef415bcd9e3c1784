"""What servers that others made answer to the hub's SOAP client, and the outcome that each answer must be to the hub."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from hub.testkit.conformance.simulated import free_port
from hub.transports.http_client import Ambiguous, HttpClient
from hub.transports.soap_client import PartnerFault, SoapClient
from tests.faults.processes import waited
from tests.interop import programs, tools
from tests.interop.programs import Make, Program

CONTRACT: Final = tools.ROOT / "schemas" / "padis" / "1.0" / "exchange.wsdl"
_PATIENCE: Final = 30.0
"""Seconds for an answer that does come: the first call of a virtual machine is slow."""


@dataclass(frozen=True)
class Server:
    """A toolkit as a server: its program, and the words before the port on its command line."""

    name: str
    tool: tools.Tool
    make: Make


def _php(_contract: str, _folder: Path, _version: str) -> Program:
    script = Path(__file__).parent / "servers/php/server.php"
    return Program(("php", "-S", "127.0.0.1:{port}", str(script)), {"PHP_CLI_SERVER_WORKERS": "4"})


def _with_port(make: Make) -> Make:
    def made(contract: str, folder: Path, version: str) -> Program:
        program = make(contract, folder, version)
        return Program((*program.command, "{port}"), program.environment)

    return made


SERVERS: Final = (
    Server("PHP SoapServer", tools.PHP, _php),
    Server("Node soap", tools.NODE, _with_port(programs.node("servers/node/server.js"))),
    Server("gSOAP (C)", tools.GSOAP, _with_port(programs.gsoap("servers/gsoap/server.c", "Server"))),
    Server("JAX-WS (Java)", tools.JAXWS, _with_port(programs.java("servers/java/Server.java"))),
    Server("spyne (Python)", tools.SPYNE, _with_port(programs.python("servers/spyne/server.py"))),
)


@contextlib.contextmanager
def served(server: Server, folder: Path) -> Iterator[str]:
    """Build a server and run it while the block runs; its address."""
    program, port = server.make(str(CONTRACT), folder, "1.1"), free_port()
    command = [word.replace("{port}", str(port)) for word in program.command]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=program.environ(CONTRACT=str(CONTRACT)), cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
    try:
        assert waited(lambda: process.poll() is not None or _listens(port), 60), "does not listen"
        assert process.poll() is None, (folder / "server.log").read_text(errors="replace")[-2000:]
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # with its children: PHP's workers outlive the process that started them
        process.wait()
        assert waited(lambda: not _listens(port), 10), "somebody still listens"


@contextlib.contextmanager
def _calling(url: str) -> Iterator[SoapClient]:
    client = SoapClient(CONTRACT, HttpClient(url))
    try:
        yield client
    finally:
        client.close()


def _good(url: str) -> None:
    with _calling(f"{url}/services/exchange") as client:
        for text in ("甲", "<a b='1'>&amp; 㛃𠮷 ]]></a>", "乙"):
            assert client.call("exchange", text, _PATIENCE)[0].text == f"回执 {text}"


def _fault(url: str) -> None:
    with _calling(f"{url}/services/exchange") as client, pytest.raises(PartnerFault) as caught:
        client.call("exchange", "fault", _PATIENCE)
    assert caught.value.code == "Server.Busy"


def _slow(url: str) -> None:
    with _calling(f"{url}/services/exchange") as client:
        with pytest.raises(Ambiguous) as caught:
            client.call("exchange", "slow", 0.5)
        assert caught.value.reason == "reply.timeout"
        # The next call takes another connection: the answer that comes late belongs to nobody.
        assert client.call("exchange", "丙", _PATIENCE)[0].text == "回执 丙"


def _unreadable(url: str) -> None:
    with _calling(f"{url}/broken") as client, pytest.raises(Ambiguous) as caught:
        client.call("exchange", "丁", _PATIENCE)
    assert caught.value.reason.startswith("reply.")


ANSWERS: Final[Mapping[str, Callable[[str], None]]] = {
    "good answer": _good, "SOAP fault": _fault, "slow answer": _slow, "unreadable reply": _unreadable,
}  # fmt: skip


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
