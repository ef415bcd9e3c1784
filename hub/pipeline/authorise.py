"""Authorise: deny by default. A spoke sends only granted channels, only in the name of its own places."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hub.contract.errors import FORBIDDEN, NOT_YOUR_PLACE, ClientError
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine

BEIJING = timedelta(hours=8)


def authorise_channel(_machine: Machine, work: Inbound) -> None:
    """Raises ClientError ``Client.Forbidden`` for a channel that was not granted (before the body is looked at)."""
    if work.spoke and work.channel.name not in work.spoke.sends:
        raise ClientError(FORBIDDEN, channel=work.channel.name)


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
