"""`hub.ports.claim_check.ClaimCheck` on files of a folder, named by hub id alone (0600).

A file is a row of frames: kind, key id, length of the text, length of the sealed bytes, sealed bytes. Each frame is sealed
under the data key of the retention class, bound to claim, place in the row and kind; the end is a frame of its own, so that
a file cut short shows. What a crash left half-written at the end is cut off before more is added.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from hub.ports.claim_check import BrokenClaim, BusyClaim, Held, WrongOffset
from hub.ports.keyring import Keyring, Undecryptable
from hub.ports.records import Sealed

FRAME: Final = 256 * 1024
"""Bytes of text in a frame, at most: what a reader holds in memory at once."""
RESERVE: Final = 1024 * 1024 * 1024
"""Bytes that are left free for everything else on the disk."""
_HEAD, _DATA, _LAST = b"H", b"D", b"L"
_SHAPE: Final = struct.Struct(">cQII")
_PASSING: Final = 86_400
_MOST_SEALED: Final = FRAME + 4096


@dataclass(frozen=True, slots=True)
class _Frame:
    number: int
    kind: bytes
    key: int
    length: int
    sealed: int
    at: int
    """Where the sealed bytes begin in the file."""

    @property
    def end(self) -> int:
        return self.at + self.sealed


class ClaimsFiles:
    """``folder`` is made by ``pophub init``; several nodes share it."""

    def __init__(self, folder: Path, keyring: Keyring, reserve: int = RESERVE) -> None:
        self._folder, self._keyring, self._reserve = folder, keyring, reserve

    def begin(self, claim: int, retention: str, head: bytes) -> None:
        """A file with its head appears under its name at once, or not at all."""
        fresh = self._fresh(claim, retention, [(_HEAD, head)])
        try:
            with suppress(FileExistsError):
                os.link(fresh, self._path(claim))
        finally:
            fresh.unlink()
        self._flush_folder()

    def put(self, claim: int, retention: str, head: bytes, data: bytes) -> None:
        """The same with everything in it; who reads an older one goes on reading that."""
        body = [(_DATA, data[start : start + FRAME]) for start in range(0, len(data), FRAME)]
        self._fresh(claim, retention, [(_HEAD, head), *body, (_LAST, b"")]).replace(self._path(claim))
        self._flush_folder()

    def append(self, claim: int, retention: str, offset: int, data: bytes) -> int:
        """Add frames after the last whole one, then flush."""
        with self._writing(claim) as (file, frames):
            held = _held(frames)
            if held.whole or offset != held.offset:
                raise WrongOffset(held.offset)
            for n, start in enumerate(range(0, len(data), FRAME), len(frames)):
                self._write(file, claim, retention, n, _DATA, data[start : start + FRAME])
            return offset + len(data)

    def finish(self, claim: int, retention: str) -> None:
        """Add the end."""
        with self._writing(claim) as (file, frames):
            if frames[-1].kind != _LAST:
                self._write(file, claim, retention, len(frames), _LAST, b"")

    def held(self, claim: int) -> Held:
        """Read off the frames' lengths."""
        with self._opened(claim) as file:
            return _held(_frames(file))

    def head(self, claim: int) -> bytes:
        """The first frame."""
        with self._opened(claim) as file:
            return self._open(file, claim, _frames(file, most=1)[0])

    def read(self, claim: int) -> Iterator[bytes]:
        """Frame by frame; the end must be there, and nothing behind it."""
        with self._opened(claim) as file:
            frame = None
            for frame in _walk(file):
                text = self._open(file, claim, frame)
                if frame.kind == _DATA:
                    yield text
                elif frame.kind == _LAST:
                    break
            if frame is None or frame.kind != _LAST or frame.end != os.fstat(file.fileno()).st_size:
                raise BrokenClaim

    def erase(self, claim: int) -> None:
        """Unlink the file."""
        self._path(claim).unlink(missing_ok=True)

    def kept(self) -> Sequence[tuple[int, float]]:
        """Files whose names are numbers; what a crash left under a passing name goes after a day."""
        found, now = [], time.time()
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):
                age = now - path.stat().st_mtime
                if path.name.isascii() and path.name.isdigit():
                    found.append((int(path.name), age))
                elif path.name.startswith(".") and age > _PASSING:
                    path.unlink()
        return sorted(found)

    def room(self) -> bool:
        """Whether more than the reserve is free."""
        return shutil.disk_usage(self._folder).free > self._reserve

    def _fresh(self, claim: int, retention: str, frames: Sequence[tuple[bytes, bytes]]) -> Path:
        """A flushed file of these frames under a name that nobody knows."""
        path = self._folder / f".{claim}.{secrets.token_hex(8)}"
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for number, (kind, text) in enumerate(frames):
                self._write(file, claim, retention, number, kind, text)
            _flush(file)
        return path

    def _flush_folder(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, claim: int) -> Path:
        return self._folder / str(int(claim))

    @contextmanager
    def _opened(self, claim: int) -> Iterator[BinaryIO]:
        try:
            file = self._path(claim).open("rb")
        except FileNotFoundError:
            raise BrokenClaim from None
        with file:
            yield file

    @contextmanager
    def _writing(self, claim: int) -> Iterator[tuple[BinaryIO, list[_Frame]]]:
        """The file locked for this writer, its whole frames; flushed when the block has ended well."""
        try:
            file = self._path(claim).open("r+b")
        except FileNotFoundError:
            raise BrokenClaim from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BusyClaim from None
            frames = self._sound(file, claim)
            file.truncate(frames[-1].end)
            file.seek(frames[-1].end)
            yield file, frames
            _flush(file)

    def _sound(self, file: BinaryIO, claim: int) -> list[_Frame]:
        """The whole frames, but for a last one that a power cut left unreadable."""
        frames = _frames(file)
        with suppress(BrokenClaim):
            self._open(file, claim, frames[-1])
            return frames
        if len(frames) == 1:
            raise BrokenClaim
        return frames[:-1]

    def _write(self, file: BinaryIO, claim: int, retention: str, number: int, kind: bytes, text: bytes) -> None:
        sealed = self._keyring.seal(retention, _place(claim, number, kind), text)
        file.write(_SHAPE.pack(kind, sealed.key_id, len(text), len(sealed.data)) + sealed.data)

    def _open(self, file: BinaryIO, claim: int, frame: _Frame) -> bytes:
        file.seek(frame.at)
        sealed = Sealed(frame.key, file.read(frame.sealed))
        try:
            text = self._keyring.open(_place(claim, frame.number, frame.kind), sealed)
        except Undecryptable:
            raise BrokenClaim from None
        if len(text) != frame.length:
            raise BrokenClaim
        return text


def _place(claim: int, number: int, kind: bytes) -> str:
    return f"claim|{claim}|{number}|{kind.decode('ascii')}"


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _frames(file: BinaryIO, most: int | None = None) -> list[_Frame]:
    """The whole frames from the beginning. Raises `BrokenClaim` when not even a head is there."""
    frames = []
    for frame in _walk(file):
        frames.append(frame)
        if len(frames) == most:
            break
    if not frames or frames[0].kind != _HEAD:
        raise BrokenClaim
    return frames


def _walk(file: BinaryIO) -> Iterator[_Frame]:
    """Frame after frame, until one is not whole or no frame at all."""
    size, at, number = os.fstat(file.fileno()).st_size, 0, 0
    while at + _SHAPE.size <= size:
        file.seek(at)
        kind, key, length, sealed = _SHAPE.unpack(file.read(_SHAPE.size))
        frame = _Frame(number, kind, key, length, sealed, at + _SHAPE.size)
        if kind not in (_HEAD, _DATA, _LAST) or not length <= sealed <= _MOST_SEALED or frame.end > size:
            return
        yield frame
        at, number = frame.end, number + 1


def _held(frames: Sequence[_Frame]) -> Held:
    return Held(sum(f.length for f in frames if f.kind == _DATA), whole=frames[-1].kind == _LAST)
