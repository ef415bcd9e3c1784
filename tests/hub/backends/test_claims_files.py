"""The claim check on files: what was written comes back, whatever was changed, cut or swapped does not, and nothing is readable."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from hub.backends.claims_files import FRAME, ClaimsFiles
from hub.ports.claim_check import BrokenClaim, BusyClaim, Held, WrongOffset
from tests.hub.pipeline.rig import Rig

CANARY = "欧阳测试359902198808070017".encode()
BIG = os.urandom(FRAME) + CANARY + os.urandom(2 * FRAME)


@pytest.fixture
def claims(rig: Rig) -> ClaimsFiles:
    """Over the keys of a real home."""
    return ClaimsFiles(rig.home / "claims", rig.machine.keyring, reserve=0)


def file_of(rig: Rig, claim: int = 7) -> Path:
    return rig.home / "claims" / str(claim)


def written(claims: ClaimsFiles, claim: int = 7) -> None:
    claims.begin(claim, "case", b"head")
    claims.append(claim, "case", 0, BIG)
    claims.finish(claim, "case")


def read(claims: ClaimsFiles, claim: int = 7) -> bytes:
    return b"".join(claims.read(claim))


def test_what_was_written_comes_back(rig: Rig, claims: ClaimsFiles) -> None:
    """In pieces of bounded size, with its head; the file is its owner's alone, named by number, and holds nothing readable."""
    written(claims)
    assert read(claims) == BIG
    assert max(map(len, claims.read(7))) <= FRAME
    assert (claims.head(7), claims.held(7)) == (b"head", Held(len(BIG), whole=True))
    assert stat.S_IMODE(file_of(rig).stat().st_mode) == 0o600
    assert CANARY not in file_of(rig).read_bytes()
    assert [p.name for p in (rig.home / "claims").iterdir()] == ["7"]
    assert [claim for claim, _ in claims.kept()] == [7]


def test_parts_go_on_where_they_ended(claims: ClaimsFiles) -> None:
    """A part that does not continue what is there is told where to go on; beginning again leaves what is there."""
    claims.begin(7, "case", b"head")
    assert claims.append(7, "case", 0, BIG[:1000]) == 1000
    for wrong in (0, 999, 1001):
        with pytest.raises(WrongOffset) as told:
            claims.append(7, "case", wrong, b"x")
        assert told.value.offset == 1000
    claims.begin(7, "case", b"other")
    assert claims.append(7, "case", 1000, BIG[1000:]) == len(BIG)
    claims.finish(7, "case")
    claims.finish(7, "case")
    with pytest.raises(WrongOffset):
        claims.append(7, "case", len(BIG), b"x")
    assert (read(claims), claims.head(7)) == (BIG, b"head")


@pytest.mark.parametrize("cut", [1, 20, 50, FRAME, 2 * FRAME])
def test_a_file_cut_short_shows(rig: Rig, claims: ClaimsFiles, cut: int) -> None:
    """Wherever it is cut, between frames too, reading ends in BrokenClaim and never in a shorter document."""
    written(claims)
    os.truncate(file_of(rig), file_of(rig).stat().st_size - cut)
    with pytest.raises(BrokenClaim):
        read(claims)


def test_an_upload_that_was_not_finished_is_not_read(claims: ClaimsFiles) -> None:
    """Without its end there is no document, however much is there."""
    claims.begin(7, "case", b"head")
    claims.append(7, "case", 0, BIG)
    with pytest.raises(BrokenClaim):
        read(claims)


def test_every_changed_byte_shows(rig: Rig, claims: ClaimsFiles) -> None:
    """A flipped bit anywhere, in a frame or in what stands before it, breaks the claim."""
    claims.put(7, "case", b"head", b"small document")
    good = file_of(rig).read_bytes()
    for at in range(len(good)):
        file_of(rig).write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(BrokenClaim):
            assert claims.head(7) == b"head" and read(claims) == b"small document" and pytest.fail("not seen")
    file_of(rig).write_bytes(good + b"x")
    with pytest.raises(BrokenClaim):
        read(claims)


def test_another_claim_is_not_this_one(rig: Rig, claims: ClaimsFiles) -> None:
    """A file under another's name is not read: claim, place and kind of each frame are bound to its bytes."""
    written(claims, 7)
    file_of(rig, 8).write_bytes(file_of(rig, 7).read_bytes())
    with pytest.raises(BrokenClaim):
        read(claims, 8)


def test_a_half_written_end_is_cut_off(rig: Rig, claims: ClaimsFiles) -> None:
    """What a crash left of a part is not counted, and the next part follows the last whole frame."""
    claims.begin(7, "case", b"head")
    claims.append(7, "case", 0, BIG[:FRAME])
    whole = file_of(rig).stat().st_size
    claims.append(7, "case", FRAME, BIG[FRAME : 2 * FRAME])
    os.truncate(file_of(rig), whole + 100)
    assert claims.held(7).offset == FRAME
    assert claims.append(7, "case", FRAME, BIG[FRAME:]) == len(BIG)
    claims.finish(7, "case")
    assert read(claims) == BIG


def test_a_last_frame_of_nonsense_is_cut_off(rig: Rig, claims: ClaimsFiles) -> None:
    """A last frame that a power cut left unreadable is taken off before more is added."""
    claims.begin(7, "case", b"head")
    claims.append(7, "case", 0, BIG[:1000])
    data = bytearray(file_of(rig).read_bytes())
    data[-5:] = bytes(5)
    file_of(rig).write_bytes(data)
    with pytest.raises(WrongOffset) as told:
        claims.append(7, "case", 1000, b"x")
    assert told.value.offset == 0
    claims.append(7, "case", 0, BIG)
    claims.finish(7, "case")
    assert read(claims) == BIG


def test_one_writer_at_a_time(rig: Rig, claims: ClaimsFiles) -> None:
    """Two parts at once: the second is told that somebody is writing."""
    claims.begin(7, "case", b"head")
    with claims._writing(7), pytest.raises(BusyClaim):
        claims.append(7, "case", 0, b"x")


def test_erased_is_gone(rig: Rig, claims: ClaimsFiles) -> None:
    """Nothing of it is left; erasing again is no fault; who asks for it is told."""
    written(claims)
    claims.erase(7)
    claims.erase(7)
    assert list((rig.home / "claims").iterdir()) == []
    with pytest.raises(BrokenClaim):
        claims.head(7)
