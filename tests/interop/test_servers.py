"""The hub's SOAP client calls servers that others made, and comes to the right outcome whatever they answer."""

from __future__ import annotations

import pytest

from tests.interop.conftest import Reach
from tests.interop.serving import ANSWERS, SERVERS, Server


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("server", SERVERS, ids=[server.name for server in SERVERS])
def test_the_hub_comes_to_the_right_outcome(server: Server, answer: str, reach: Reach) -> None:
    """A good answer is the reply, a fault its code alone; a late or unreadable answer leaves open what the partner did."""
    server.tool.demand()
    ANSWERS[answer](reach(server))
