"""An ``Authorization`` header taken apart: HTTP Basic (RFC 7617) or Bearer (RFC 6750)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field

from hub.contract.errors import UNAUTHENTICATED, ClientError


@dataclass(frozen=True, slots=True)
class Credential:
    """What a caller shows: the SHA-256 of its secret, with its name for HTTP Basic and without one for a bearer key."""

    name: str | None
    digest: bytes = field(repr=False)


def digest(secret: str) -> bytes:
    """SHA-256 of a secret as it came; what is not valid text gives a digest of nothing that was ever handed out."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def read_authorization(authorization: str | None) -> Credential:
    """The credential of a header. Raises ClientError ``Client.Unauthenticated`` for anything else than the two."""
    scheme, _, given = (authorization or "").partition(" ")
    if scheme.lower() == "bearer" and given.strip():
        return Credential(None, digest(given.strip()))
    try:
        name, colon, secret = base64.b64decode(given.strip(), validate=True).decode("utf-8").partition(":")
    except (ValueError, binascii.Error):
        raise ClientError(UNAUTHENTICATED) from None
    if scheme.lower() != "basic" or not colon:
        raise ClientError(UNAUTHENTICATED)
    return Credential(name, digest(secret))
