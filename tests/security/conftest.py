"""Fixtures of the door tests: whatever a test sends, nothing of it may leak and the next good request must work."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from tests.soap_door import CANARY, Door, envelope, said, say


@pytest.fixture
def door(capfd: pytest.CaptureFixture[str]) -> Iterator[Door]:
    """A door that afterwards proves itself: no value in replies, log or output, and it still serves."""
    told = io.StringIO()
    listener = logging.StreamHandler(told)
    root = logging.getLogger()
    before = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    door = Door()
    try:
        yield door
        door.handler = said
        for version in ("1.1", "1.2"):
            assert door.post(envelope(say("你好"), version=version), version).status == 200
    finally:
        root.removeHandler(listener)
        root.setLevel(before)
    out, err = capfd.readouterr()
    assert CANARY not in told.getvalue() + out + err
    assert not any(CANARY.encode() in reply.body for reply in door.replies)
    assert not any(CANARY in str(reply.headers) for reply in door.replies)
