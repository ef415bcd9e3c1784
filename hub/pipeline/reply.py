"""Reply: what a partner answered is checked and translated; then it is cut and masked to the asker's view. It is kept nowhere."""

from __future__ import annotations

from hub.contract.errors import INTERNAL, QUERY_FAILED, HubError, ServerError
from hub.contract.query import FromPartner
from hub.contract.xml import Element, local_name
from hub.pipeline.machine import Machine
from hub.pipeline.questioning import Questioning


def read_reply(machine: Machine, work: Questioning) -> None:
    """The partner's reply against its own schema, translated, against the canonical one, cut to the row cap.

    Raises ServerError ``Server.PartnerFailed``: what is wrong with it is the partner's, and holds its values.
    """
    try:
        if isinstance(work.query.source, FromPartner):
            work.reply = _canonical(machine, work)
        assert work.reply is not None
        machine.schemas.validate(work.query.reply.schema, work.reply)
    except Exception as fault:  # noqa: BLE001 - a reply that breaks a translator is the partner's fault or the adapter's
        code = fault.code if isinstance(fault, HubError) else type(fault).__name__
        machine.tap.event("query.reply", correlation=work.correlation_id, query=work.query.name, code=code)
        raise ServerError(QUERY_FAILED) from None
    _count(work, work.reply, work.caps(machine).rows)


def _canonical(machine: Machine, work: Questioning) -> Element:
    assert work.operation is not None
    if not isinstance(work.answered, Element):
        raise TypeError("not an element")
    machine.schemas.validate(work.operation.reply_schema, work.answered)
    return work.adapter(machine).translator.to_canonical(work.query.reply.name, work.answered)


def _count(work: Questioning, reply: Element, most: int) -> None:
    """Rows beyond the cap are cut off, and ``more`` says so."""
    rows = [child for child in reply if local_name(child) == work.query.row]
    for row in rows[most:]:
        reply.remove(row)
    if len(rows) > most:
        next(child for child in reply if local_name(child) == "more").text = "true"
    work.rows = min(len(rows), most)


def project_reply(machine: Machine, work: Questioning) -> None:
    """Cut and mask to the asker's view, and check that. Raises ServerError ``Server.Internal``: nothing else goes out."""
    flow = machine.catalogue.flow_of_query[work.query.name]
    basis, schema = machine.basis.get(flow.name), work.query.reply.view_schema(work.view)
    allowed = frozenset(basis.fields) if basis else frozenset(flow.basis.fields if machine.synthetic_only else ())
    assert work.reply is not None
    try:
        work.reply = machine.schemas.project(schema, work.reply, fill={}, basis=allowed)
        machine.schemas.validate(schema, work.reply)
    except Exception as fault:  # noqa: BLE001 - whatever the view stumbles over holds values of the reply
        code = fault.code if isinstance(fault, HubError) else type(fault).__name__
        machine.tap.event("query.view", correlation=work.correlation_id, query=work.query.name, code=code)
        raise ServerError(INTERNAL) from None
