"""Authorise: deny by default. A spoke sends only granted channels, only in the name of its own places."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hub.contract.errors import FORBIDDEN, HEADER, NO_BASIS, NOT_YOUR_PLACE, ClientError
from hub.pipeline.inbound import Inbound
from hub.pipeline.machine import Machine
from hub.pipeline.questioning import Questioning
from hub.ports.spoke_registry import Spoke

BEIJING = timedelta(hours=8)


def authorise_channel(machine: Machine, work: Inbound) -> None:
    """Raises ClientError ``Client.Forbidden`` for a channel that was not granted (before the body is looked at).

    In production also ``Client.NoBasis`` when the flow has no declared legal basis, or its review has lapsed; what was
    accepted before is still delivered.
    """
    if work.spoke and (
        work.channel.name not in work.spoke.sends or _tongue(work.spoke) != (work.adapter.name if work.adapter else "")
    ):
        raise ClientError(FORBIDDEN, channel=work.channel.name)
    _in_force(machine, machine.catalogue.flow_of[work.channel.name].name)


def authorise_batch(machine: Machine, spoke: Spoke, name: str, adapter: str | None) -> None:
    """As for a channel; the grant of the batch is that of its records. Raises ClientError ``Client.Forbidden`` or ``Client.NoBasis``.

    ``adapter`` is whose vocabulary it is written in, None for the canonical one.
    """
    if name not in spoke.sends or _tongue(spoke) != (adapter or ""):
        raise ClientError(FORBIDDEN, channel=name)
    _in_force(machine, machine.catalogue.flow_of_batch[name].name)


def _tongue(spoke: Spoke) -> str:
    """The adapter whose vocabulary it writes, empty for the canonical one: nobody writes in another's."""
    return spoke.speaks or ""


def authorise_query(machine: Machine, work: Questioning) -> None:
    """As for a channel; the asker must also be of a kind that the query declares, and say which user asks where it demands that.

    Raises ClientError ``Client.Forbidden``, ``Client.NoBasis``, ``Client.NotYourPlace`` or ``Client.Header``.
    """
    query, view = work.query, work.query.view_for(work.spoke.system)
    if query.name not in work.spoke.asks or view is None:
        raise ClientError(FORBIDDEN, channel=query.name)
    _in_force(machine, machine.catalogue.flow_of_query[query.name].name)
    if query.needs_user and not work.from_user:
        raise ClientError(HEADER, path="Header/fromUser")
    if work.from_div and not machine.directory.inside(work.spoke, work.from_div, _today()):
        raise ClientError(NOT_YOUR_PLACE)
    work.view = view


def _in_force(machine: Machine, flow: str) -> None:
    if machine.synthetic_only:
        return
    basis = machine.basis.get(flow)
    if basis is None or not basis.covers((datetime.now(UTC) + BEIJING).date()):
        raise ClientError(NO_BASIS)


def authorise_place(machine: Machine, work: Inbound) -> None:
    """Raises ClientError ``Client.NotYourPlace`` when header or body names a unit outside the spoke's jurisdictions."""
    if not work.spoke:
        return
    day = _today()
    named = work.channel.place.of(work.message()) if work.channel.place else None
    for division in (work.from_div, named):
        if division and not machine.directory.inside(work.spoke, division, day):
            raise ClientError(NOT_YOUR_PLACE)
    if named and not work.from_div:
        work.from_div, message = named, work.message()
        work.read = replace(message, header=replace(message.header, from_div=named))


def _today() -> str:
    return (datetime.now(UTC) + BEIJING).date().isoformat()
