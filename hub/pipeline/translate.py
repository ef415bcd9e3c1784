"""Translate: a system's own vocabulary to canonical. Spokes speak canonical already."""

from __future__ import annotations

from hub.contract.errors import TRANSLATION, FlowError, HubError
from hub.contract.xml import Element
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine


def translate_in(machine: Machine, work: Inbound) -> None:
    """Replace the document by its canonical form. Raises FlowError ``Flow.Translation``, whatever a translator stumbles over."""
    if work.adapter is None:
        return
    try:
        canonical: object = work.adapter.translator.to_canonical(work.channel.name, work.document)
    except HubError:
        raise
    except Exception as fault:
        machine.tap.event("translator.failed", adapter=work.adapter.name, channel=work.channel.name, kind=type(fault).__name__)
        raise FlowError(TRANSLATION) from fault
    if not isinstance(canonical, Element):
        raise FlowError(TRANSLATION)
    work.document = canonical
