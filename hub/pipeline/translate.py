"""Translate: a system's own vocabulary to canonical. Spokes speak canonical already."""

from __future__ import annotations

from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine


def translate_in(_machine: Machine, work: Inbound) -> None:
    """Replace the document by its canonical form. Raises FlowError ``Flow.Translation`` from the translator."""
    if work.adapter:
        work.document = work.adapter.translator.to_canonical(work.channel.name, work.document)
