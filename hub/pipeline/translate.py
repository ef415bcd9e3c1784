"""Translate: a system's own vocabulary to canonical. Spokes speak canonical already."""

from __future__ import annotations

from hub.contract.errors import INTERNAL, TRANSLATION, FlowError, HubError, ServerError
from hub.contract.query import FromPartner
from hub.contract.xml import Element, encode
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine
from hub.pipeline.questioning import Questioning


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


def translate_question(machine: Machine, work: Questioning) -> None:
    """A question as its partner gets it: cut to its view, translated, valid. Raises ServerError ``Server.Internal``."""
    source = work.query.source
    if not isinstance(source, FromPartner) or work.operation is None:
        return
    adapter, schema = work.adapter(machine), work.query.request.view_schema(source.view)
    try:
        view = machine.schemas.project(schema, work.document, fill={}, basis=frozenset())
        machine.schemas.validate(schema, view)
        own = adapter.translator.from_canonical(work.query.name, view)
        machine.schemas.validate(work.operation.schema, own)
    except Exception as fault:
        code = fault.code if isinstance(fault, HubError) else type(fault).__name__
        machine.tap.event("query.untranslated", adapter=adapter.name, query=work.query.name, code=code)
        raise ServerError(INTERNAL) from fault
    work.own = encode(own, adapter.encoding)
