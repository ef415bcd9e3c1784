"""Schemas compiled by two threads at once: neither takes the other's included files away."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from hub.backends import schema_files
from hub.backends.schema_registry import LxmlSchemaRegistry

SCHEMAS = Path(__file__).parents[2] / "schemas"


def test_the_earlier_compilation_ends_during_the_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compilation that began first and ends while another reads its includes leaves the other whole."""
    true, earlier_inside, later_inside = schema_files._Served.resolve, threading.Event(), threading.Event()

    def compile_one() -> None:
        LxmlSchemaRegistry((SCHEMAS,)).check("padis/1.0/exchange.xsd")

    earlier = threading.Thread(target=compile_one)

    def resolve(self: object, *given: object) -> object:
        if threading.current_thread() is earlier:
            earlier_inside.set()
            later_inside.wait(0.3)
        elif not later_inside.is_set():
            later_inside.set()
            earlier.join(5)
        return true(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(schema_files._Served, "resolve", resolve)
    earlier.start()
    assert earlier_inside.wait(10)
    LxmlSchemaRegistry((SCHEMAS,)).check("canonical/1.0/enquiry.request.xsd")
    assert not earlier.is_alive()
