"""Sift: what a flow keeps of a record of a batch, before anything of it is stored."""

from __future__ import annotations

from hub.contract.errors import RULE_FAILED, FlowError
from hub.contract.message import Document
from hub.contract.xml import plain, serialise
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine

_LONGEST = 20


def sift(machine: Machine, work: Inbound) -> None:
    """Set what is kept and the flow's code. What was taken out is not in ``received`` either.

    Raises FlowError ``Flow.RuleFailed`` when the rule fails, or leaves a document that is not valid any more.
    """
    if work.sift is None:
        return
    try:
        sifted = work.sift(Document(work.document))
        work.outcome, work.kept = sifted.outcome[:_LONGEST], sifted.document is not None
        if sifted.document is not None and sifted.document is not work.document:
            machine.schemas.validate(work.channel.schema, sifted.document)
            work.document, work.read = plain(sifted.document), None
            work.received = serialise(work.document)
    except Exception as fault:
        machine.tap.event("sift.failed", channel=work.channel.name, kind=type(fault).__name__)
        raise FlowError(RULE_FAILED) from fault
