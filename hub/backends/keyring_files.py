"""Keys in files (mode 0600) outside the database; data keys wrapped in the store's keyring table.

``keys/kek`` wraps data keys (AES-256-GCM), ``keys/index-N`` are HMAC index keys (highest N is current, all are looked
up), ``keys/receipt`` is the Ed25519 receipt key (PEM). Data keys are per retention class and month, so that destroying
one erases what it sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import threading
import time
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy import Engine, select

from hub.backends.sql.engine import Gate
from hub.backends.sql.tables import KEYRING
from hub.ports.keyring import Undecryptable
from hub.ports.records import Sealed

NONCE = 12
INDEX_BYTES = 16


class UnsafeKeys(Exception):
    """A key file is missing or readable by others."""


def create_keys(folder: Path) -> None:
    """Generate what is missing, never overwriting: folder 0700, files 0600."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name, content in (("kek", secrets.token_bytes(32)), ("index-1", secrets.token_bytes(32)), ("receipt", pem)):
        try:
            descriptor = os.open(folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise UnsafeKeys(f"{path.name} must be readable by its owner only (mode 0600)")
        return path.read_bytes()
    except FileNotFoundError:
        raise UnsafeKeys(f"{path.name} is missing: run 'pophub init'") from None


class KeyringFiles:
    """`hub.ports.keyring.Keyring` on key files and the store's keyring table."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._engine, self._gate = engine, Gate(engine)
        self._kek = AESGCM(_read(folder / "kek"))
        versions = sorted((int(p.name.partition("-")[2]) for p in folder.glob("index-*")), reverse=True)
        if not versions:
            raise UnsafeKeys("index-1 is missing: run 'pophub init'")
        self._index = [hmac.new(_read(folder / f"index-{v}"), digestmod="sha256") for v in versions]
        key = load_pem_private_key(_read(folder / "receipt"), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise UnsafeKeys("receipt must hold an Ed25519 key")
        self._receipt = key
        self._public: Ed25519PublicKey = key.public_key()
        self.signer = hashlib.sha256(self._public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]
        self._lock = threading.Lock()
        self._current: dict[tuple[str, str], tuple[int, AESGCM]] = {}
        self._ciphers: dict[int, AESGCM] = {}

    def seal(self, retention: str, place: str, data: bytes) -> Sealed:
        """Encrypt under the data key of the class and the current month."""
        month = time.strftime("%Y%m", time.gmtime())
        key_id, cipher = self._current.get((retention, month)) or self._data_key(retention, month)
        nonce = os.urandom(NONCE)
        return Sealed(key_id, nonce + cipher.encrypt(nonce, data, f"{place}|{key_id}".encode()))

    def open(self, place: str, sealed: Sealed) -> bytes:
        """Decrypt; raises `Undecryptable`."""
        cipher = self._ciphers.get(sealed.key_id) or self._load(sealed.key_id)
        try:
            return cipher.decrypt(sealed.data[:NONCE], sealed.data[NONCE:], f"{place}|{sealed.key_id}".encode())
        except InvalidTag:
            raise Undecryptable(place.partition("|")[0]) from None

    def index(self, domain: str, *values: str) -> bytes:
        """HMAC-SHA-256 under the current index key, its first 16 bytes."""
        return _mac(self._index[0], _framed(domain, values))

    def indexes(self, domain: str, *values: str) -> tuple[bytes, ...]:
        """The hashes under every live index key, current first."""
        framed = _framed(domain, values)
        return tuple(_mac(key, framed) for key in self._index)

    def sign(self, data: bytes) -> bytes:
        """Ed25519 signature with the receipt key."""
        return self._receipt.sign(data)

    def public_key(self) -> bytes:
        """The raw public key of receipts (32 bytes), for those who verify."""
        return self._public.public_bytes(Encoding.Raw, PublicFormat.Raw)

    def _data_key(self, retention: str, month: str) -> tuple[int, AESGCM]:
        with self._lock:
            if (retention, month) not in self._current:
                key_id, wrapped = self._find_or_make(retention, month)
                self._current[(retention, month)] = (key_id, self._unwrap(key_id, wrapped))
            return self._current[(retention, month)]

    def _find_or_make(self, retention: str, month: str) -> tuple[int, bytes]:
        query = select(KEYRING.c.id, KEYRING.c.wrapped_dek).where(
            KEYRING.c.retention_class == retention, KEYRING.c.month == month, KEYRING.c.state == "live"
        )
        with self._gate.turn(), self._engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
            row = connection.execute(query.order_by(KEYRING.c.version.desc())).first()
            if row:
                return row.id, bytes(row.wrapped_dek)
            last = connection.execute(select(KEYRING.c.id).order_by(KEYRING.c.id.desc()).limit(1)).scalar_one_or_none() or 0
            nonce = os.urandom(NONCE)
            wrapped = nonce + self._kek.encrypt(nonce, secrets.token_bytes(32), f"keyring|{last + 1}".encode())
            connection.execute(KEYRING.insert(), {"id": last + 1, "retention_class": retention, "month": month, "version": 1,
                                                  "state": "live", "wrapped_dek": wrapped})  # fmt: skip
            return last + 1, wrapped

    def _load(self, key_id: int) -> AESGCM:
        with self._engine.connect() as connection:
            wrapped = connection.execute(select(KEYRING.c.wrapped_dek).where(KEYRING.c.id == key_id)).scalar_one_or_none()
        if wrapped is None:
            raise Undecryptable(f"data key {key_id}")
        return self._unwrap(key_id, bytes(wrapped))

    def _unwrap(self, key_id: int, wrapped: bytes) -> AESGCM:
        try:
            cipher = AESGCM(self._kek.decrypt(wrapped[:NONCE], wrapped[NONCE:], f"keyring|{key_id}".encode()))
        except InvalidTag:
            raise Undecryptable(f"data key {key_id}") from None
        self._ciphers[key_id] = cipher
        return cipher


def _mac(keyed: hmac.HMAC, data: bytes) -> bytes:
    """``keyed`` has its key worked in and no data yet; it is copied, never fed."""
    mac = keyed.copy()
    mac.update(data)
    return mac.digest()[:INDEX_BYTES]


def _framed(domain: str, values: tuple[str, ...]) -> bytes:
    """Values joined by U+001F, which neither XML nor an identifier can hold, so that no two lists give the same bytes."""
    joined = "\x1f".join((domain, *values))
    if joined.count("\x1f") != len(values):
        raise ValueError("a key value holds a control character")
    return joined.encode()
