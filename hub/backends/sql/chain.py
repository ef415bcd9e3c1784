"""The hash chains of one process: its audit records and its receipts. Heads move only after a commit.

Each process start opens a segment of its own, so that accepting is never serialised between processes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Heads:
    """Where the chains of a segment stand."""

    audit_no: int = 0
    audit_hash: bytes = GENESIS
    receipt_no: int = 0
    receipt_hash: bytes = GENESIS


def audit_hash(previous: bytes, *fields: str | int) -> bytes:
    """SHA-256 over the previous hash and the record's fields, joined by U+001F (UTF-8); no field holds that character."""
    return hashlib.sha256(previous + "\x1f".join(map(str, fields)).encode()).digest()


def b64(data: bytes) -> str:
    """Base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


class Chain:
    """The pending chain of one transaction; `heads` becomes the segment's truth when the commit has succeeded."""

    def __init__(self, segment: int, heads: Heads, sign: Callable[[bytes], bytes], signer: str) -> None:
        self.segment, self.heads, self._sign = segment, heads, sign
        self._header = b64(json.dumps({"alg": "EdDSA", "kid": signer, "typ": "pophub-receipt"}).encode())

    def audit(self, at: int, who: str, action: str, subject: str, result: str) -> dict[str, object]:
        """The row of one audit record."""
        no = self.heads.audit_no + 1
        before = self.heads.audit_hash
        now = audit_hash(before, self.segment, no, at, who, action, subject, result)
        self.heads = Heads(no, now, self.heads.receipt_no, self.heads.receipt_hash)
        return {"segment": self.segment, "no": no, "at": at, "who": who, "action": action, "object": subject,
                "result": result, "prev_hash": before, "hash": now}  # fmt: skip

    def receipt(self, message: int, shown: str, id_hash: bytes, digest: bytes, lane_no: int | None, at: int) -> dict[str, object]:
        """The row of one receipt: a compact JWS (RFC 7515, EdDSA) that names the receipt before it."""
        no = self.heads.receipt_no + 1
        claims = (
            f'{{"hub":"{shown}","mid":"{b64(id_hash)}","dig":"{b64(digest)}","lane":{lane_no or 0},"iat":{at},'
            f'"seg":{self.segment},"no":{no},"prev":"{b64(self.heads.receipt_hash)}"}}'
        )
        body = f"{self._header}.{b64(claims.encode())}"
        jws = f"{body}.{b64(self._sign(body.encode('ascii')))}"
        head = hashlib.sha256(jws.encode("ascii")).digest()
        self.heads = Heads(self.heads.audit_no, self.heads.audit_hash, no, head)
        return {"message_id": message, "segment": self.segment, "no": no, "jws": jws}
