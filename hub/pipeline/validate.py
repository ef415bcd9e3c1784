"""Validate: against the sender's own schema first, against the canonical one in any case."""

from __future__ import annotations

from typing import cast

from hub.contract.errors import SYNTHETIC_ONLY, ClientError
from hub.contract.xml import Element, plain
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine
from hub.pipeline.questioning import Questioning

SYNTHETIC_PREFIX = "3599"
"""Address codes 359901 to 359999 were never issued (GB/T 2260); numbers with them belong to nobody."""


def validate_own(machine: Machine, work: Inbound) -> None:
    """A system's document against its own XSD. Raises ClientError ``Client.Schema.*``."""
    if work.own_schema:
        machine.schemas.validate(work.own_schema, work.document)


def validate(machine: Machine, work: Inbound) -> None:
    """The document against the canonical XSD, then in its one plain form; in the demonstration profile only made-up people pass."""
    machine.schemas.validate(work.channel.schema, work.document)
    work.document = plain(work.document)
    _made_up(machine, work.document)


def validate_question(machine: Machine, work: Questioning) -> None:
    """A query's question, as `validate`."""
    machine.schemas.validate(work.query.request.schema, work.document)
    work.document = plain(work.document)
    _made_up(machine, work.document)


def _made_up(machine: Machine, document: Element) -> None:
    if machine.synthetic_only:
        for number in document.iter("{*}idNo"):
            if not (number.text or "").startswith(SYNTHETIC_PREFIX):
                raise ClientError(SYNTHETIC_ONLY, line=cast("int | None", number.sourceline))
