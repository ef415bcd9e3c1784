"""A receipt, verified as a stranger would: compact JWS (RFC 7515) with EdDSA (RFC 8037), and claims that fit the answer."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class ReceiptCheck:
    """Verifies the receipts of one hub. ``key`` is its raw Ed25519 public key (32 bytes); ValueError for anything else."""

    def __init__(self, key: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(key)
        self._numbers: dict[tuple[object, object], str] = {}

    def wrong(self, acked: Mapping[str, Any]) -> bool:
        """Whether the receipt of an ``acked`` line is missing or forged, states another hub id (or lane number, where the
        answer states one) than the answer did, or carries the number of another receipt.
        """
        receipt = str(acked.get("receipt", ""))
        try:
            signed, _, signature = receipt.rpartition(".")
            header, _, body = signed.partition(".")
            self._key.verify(_bytes(signature), signed.encode("ascii"))
            algorithm, claims = json.loads(_bytes(header))["alg"], json.loads(_bytes(body))
            number = claims["seg"], claims["no"]
            stated = claims["hub"], claims["lane"] if "laneNo" in acked else None
        except (InvalidSignature, ValueError, KeyError, TypeError):
            return True
        first = self._numbers.setdefault(number, receipt)
        return algorithm != "EdDSA" or first != receipt or stated != (acked.get("hub"), acked.get("laneNo"))


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
