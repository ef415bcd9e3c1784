"""One hub for all clients, and each program built and each conversation held once a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from tests.interop.calling import Client, Conversation, converse
from tests.interop.programs import Program
from tests.interop.running_hub import RunningHub, running
from tests.interop.serving import Server, served

Hold = Callable[[Client, str], Conversation]
Reach = Callable[[Server], str]


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A served hub."""
    with running(tmp_path_factory.mktemp("hub")) as made:
        yield made


@pytest.fixture(scope="session")
def hold(hub: RunningHub, tmp_path_factory: pytest.TempPathFactory) -> Hold:
    """Holds the conversation of a client in one SOAP version. Raises AssertionError, each time, when it breaks off."""
    held: dict[tuple[str, str], Conversation | AssertionError] = {}
    built: dict[tuple[str, str], Program] = {}
    numbers = count(0, 2)

    def ready(client: Client, version: str) -> Program:
        key = client.name, version if client.apart else ""
        if key not in built:
            built[key] = client.make(f"{hub.url}/soap/enquiry?wsdl", tmp_path_factory.mktemp("client"), version)
        return built[key]

    def once(client: Client, version: str) -> Conversation:
        key = client.name, version
        if key not in held:
            try:
                held[key] = converse(hub, ready(client, version), version, next(numbers))
            except AssertionError as broken:
                held[key] = broken
        found = held[key]
        if isinstance(found, AssertionError):
            raise found
        return found

    return once


@pytest.fixture(scope="session")
def reach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reach]:
    """Starts a server once and gives its address. Raises AssertionError when it cannot be built or does not come up."""
    addresses: dict[str, str] = {}
    with ExitStack() as running_servers:

        def once(server: Server) -> str:
            if server.name not in addresses:
                folder = tmp_path_factory.mktemp("server")
                addresses[server.name] = running_servers.enter_context(served(server, folder))
            return addresses[server.name]

        yield once
