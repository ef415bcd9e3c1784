"""Clients that others made submit, are refused, send again and ask, knowing nothing but the address of a served WSDL."""

from __future__ import annotations

import pytest

from tests.interop.calling import OPERATIONS, PAIRS, Client
from tests.interop.conftest import Hold


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("client", "version"), PAIRS, ids=[f"{client.name}-{version}" for client, version in PAIRS])
def test_a_client_and_the_hub_come_to_the_same(client: Client, version: str, operation: str, hold: Hold) -> None:
    """Receipt, state and fault are to the client what they are to the hub, and what was sent twice is stored once."""
    client.tool.demand()
    OPERATIONS[operation](hold(client, version))
