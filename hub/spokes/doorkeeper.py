"""Who may come in: a credential, then the quota. The same for SOAP and REST, before anything of the message is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from hub.contract.errors import REPLAYED, SECURITY, ClientError
from hub.pipeline.machine import Machine
from hub.ports.nonces import Nonces
from hub.ports.spoke_registry import Spoke
from hub.spokes.quotas import Quotas
from hub.transports.soap_call import SoapCall
from hub.transports.soap_security import SKEW, username_token, without_password

_REMEMBERED_MS: Final = int(2 * SKEW.total_seconds() * 1000)


class Doorkeeper:
    """Without ``quotas`` nobody is counted; without ``nonces`` no security token is taken."""

    def __init__(self, machine: Machine, quotas: Quotas | None = None, nonces: Nonces | None = None) -> None:
        self._machine, self._quotas, self._nonces = machine, quotas, nonces

    @contextmanager
    def admitted(self, authorization: str | None) -> Iterator[Spoke]:
        """The spoke of an HTTP credential, counted in its quota for as long as the block lasts.

        Raises ClientError ``Client.Unauthenticated``, ServerError ``Server.Throttled``.
        """
        spoke = self._machine.directory.authenticate(authorization)
        with self._counted(spoke):
            yield spoke

    @contextmanager
    def before_reading(self, authorization: str | None) -> Iterator[Spoke | None]:
        """For SOAP: as `admitted` when there is an HTTP credential; without one, None: the envelope must hold it."""
        if authorization is None or self._quotas is None:
            yield self._machine.directory.authenticate(authorization) if authorization is not None else None
            return
        spoke = self._machine.directory.authenticate(authorization)
        self._quotas.enter(spoke.name)
        try:
            yield spoke
        finally:
            self._quotas.leave(spoke.name)

    @contextmanager
    def caller(self, call: SoapCall) -> Iterator[tuple[Spoke, bytes]]:
        """The spoke of a parsed call, and the request's bytes as they may be kept: never with a password in them.

        Raises as `admitted`, and ClientError ``Client.Security``, ``Client.PasswordDigest``, ``Client.ClockSkew``,
        ``Client.Replayed``. One credential only: two are ambiguous.
        """
        now = self._machine.clock.now()
        token = username_token(call.headers, datetime.fromtimestamp(now / 1000, UTC)) if call.headers else None
        if token is None:
            yield call.admitted or self._machine.directory.authenticate(call.authorization), call.raw
            return
        if call.authorization is not None or self._nonces is None:
            raise ClientError(SECURITY, path="Header/Security")
        spoke = self._machine.directory.verify(token.name, token.password)
        kept = without_password(call.raw, token.password)
        key = hashlib.sha256(f"{spoke.name}\0".encode() + token.nonce).digest()[:16]
        if not self._nonces.first(key, now + _REMEMBERED_MS):
            raise ClientError(REPLAYED, path="Header/Security/UsernameToken/Nonce")
        with self._counted(spoke):
            yield spoke, kept

    @contextmanager
    def _counted(self, spoke: Spoke) -> Iterator[None]:
        if self._quotas is None:
            yield
            return
        self._quotas.enter(spoke.name)
        try:
            yield
        finally:
            self._quotas.leave(spoke.name)
