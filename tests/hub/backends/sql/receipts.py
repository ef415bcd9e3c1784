"""Receipts and audit records verified as a stranger would, from the rows and the public key alone."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.contract.message import show_hub_id
from tests.hub.pipeline.rig import Rig

START = bytes(32)


@dataclass(frozen=True)
class Receipt:
    """A stored receipt and what the store says of its message."""

    segment: int
    no: int
    message: int
    jws: str
    lane_no: int | None
    digest: bytes
    id_hash: bytes
    accepted_at: int


def receipts(rig: Rig) -> list[Receipt]:
    """Every receipt, by segment and number."""
    query = (
        "SELECT r.segment, r.no, r.message_id, r.jws, m.lane_no, m.content_digest, min(i.hash), m.accepted_at FROM receipt r "
        "JOIN message m ON m.id = r.message_id JOIN message_identity i ON i.message_id = m.id GROUP BY r.message_id ORDER BY 1, 2"
    )
    return [Receipt(*row) for row in rig.rows(query)]


def unbase64(text: str) -> bytes:
    """Base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def receipt_faults(found: Sequence[Receipt], key: bytes) -> list[str]:
    """What is wrong with the receipts of one segment; nothing when the whole segment verifies."""
    public, previous, faults = Ed25519PublicKey.from_public_bytes(key), START, []
    for place, receipt in enumerate(found, 1):
        header, body, signature = receipt.jws.split(".")
        try:
            public.verify(unbase64(signature), f"{header}.{body}".encode())
        except InvalidSignature:
            faults.append(f"{place}: signature")
            previous = hashlib.sha256(receipt.jws.encode()).digest()
            continue
        claims = json.loads(unbase64(body))
        stated = (claims["hub"], unbase64(claims["mid"]), unbase64(claims["dig"]), claims["lane"], claims["iat"])
        if stated != (show_hub_id(receipt.message), receipt.id_hash, receipt.digest, receipt.lane_no or 0, receipt.accepted_at):
            faults.append(f"{place}: claims")
        if (
            (claims["seg"], claims["no"]) != (receipt.segment, receipt.no)
            or receipt.no != place
            or unbase64(claims["prev"]) != previous
        ):
            faults.append(f"{place}: chain")
        previous = hashlib.sha256(receipt.jws.encode()).digest()
    return faults


def audit_faults(records: Sequence[tuple[Any, ...]]) -> list[int]:
    """The places of the records of one segment that do not follow from the one before."""
    previous, faults = START, []
    for place, (segment, no, at, who, action, subject, result, prev_hash, hash_) in enumerate(records, 1):
        said = "\x1f".join(map(str, (segment, no, at, who, action, subject, result)))
        if no != place or prev_hash != previous or hash_ != hashlib.sha256(prev_hash + said.encode()).digest():
            faults.append(place)
        previous = hash_
    return faults
