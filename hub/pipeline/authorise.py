"""Authorise: deny by default. A spoke sends only granted channels, only in the name of its own places."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hub.contract.errors import FORBIDDEN, NO_BASIS, NOT_YOUR_PLACE, ClientError
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine

BEIJING = timedelta(hours=8)


def authorise_channel(machine: Machine, work: Inbound) -> None:
    """Raises ClientError ``Client.Forbidden`` for a channel that was not granted (before the body is looked at).

    In production also ``Client.NoBasis`` when the flow has no declared legal basis, or its review has lapsed; what was
    accepted before is still delivered.
    """
    if work.spoke and work.channel.name not in work.spoke.sends:
        raise ClientError(FORBIDDEN, channel=work.channel.name)
    if machine.synthetic_only:
        return
    basis = machine.basis.get(machine.catalogue.flow_of[work.channel.name].name)
    if basis is None or not basis.covers((datetime.now(UTC) + BEIJING).date()):
        raise ClientError(NO_BASIS)


def authorise_place(machine: Machine, work: Inbound) -> None:
    """Raises ClientError ``Client.NotYourPlace`` when header or body names a unit outside the spoke's jurisdictions."""
    if not work.spoke:
        return
    day = (datetime.now(UTC) + BEIJING).date().isoformat()
    named = work.channel.place.of(work.message()) if work.channel.place else None
    for division in (work.from_div, named):
        if division and not machine.directory.inside(work.spoke, division, day):
            raise ClientError(NOT_YOUR_PLACE)
    if named and not work.from_div:
        work.from_div, message = named, work.message()
        work.read = replace(message, header=replace(message.header, from_div=named))
