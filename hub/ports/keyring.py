"""Keys: sealing bodies, hashing identifiers, signing receipts. They live apart from the database."""

from __future__ import annotations

from typing import Protocol

from hub.ports.records import Sealed


class Keyring(Protocol):
    """Thread-safe. AES-256-GCM data keys per retention class and month; HMAC-SHA-256 index keys; an Ed25519 receipt key."""

    def seal(self, retention: str, place: str, data: bytes) -> Sealed:
        """Encrypt; ``place`` (table, column, id) is bound to the ciphertext so that two cannot be swapped."""

    def open(self, place: str, sealed: Sealed) -> bytes:
        """Decrypt. Raises ``Undecryptable`` when key, place or bytes do not fit."""

    def index(self, domain: str, *values: str) -> bytes:
        """The keyed hash (16 bytes) of values in a domain under the current index key."""

    def indexes(self, domain: str, *values: str) -> tuple[bytes, ...]:
        """The hashes under every live index key, current first."""

    def sign(self, data: bytes) -> bytes:
        """Ed25519 signature (64 bytes) with the receipt key."""

    @property
    def signer(self) -> str:
        """The key id printed in receipts."""


class Undecryptable(Exception):
    """The bytes cannot be opened with the keys at hand."""
