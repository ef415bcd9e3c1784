"""The machine with a kind of batch: enquiries by the hundred, as a spoke would write them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace

from hub.batches.look import look_at
from hub.batches.manifest import Manifest
from hub.batches.receive import receive
from hub.batches.splitter import Splitter
from hub.contract.batch import MOST_RECORDS, BatchIn, Sifted, keep
from hub.contract.message import ChannelName, Document
from hub.contract.service import BatchSeen
from hub.ports.batch_store import BatchRow
from tests.flows.enquiry.documents import request
from tests.hub.pipeline.rig import SIMING, Rig

BATCH = ChannelName("enquiry.requests")
RECORD = ChannelName("enquiry.request")


def wrapped(records: Iterable[bytes]) -> bytes:
    """The document of a batch."""
    return b'<batch xmlns="urn:pophub:batch:1.0">' + b"\n".join(records) + b"</batch>"


def enquiries(*numbers: int, bad: Iterable[int] = ()) -> list[bytes]:
    """A record for each number; the bad ones lack what the XSD wants."""
    made = {n: request(f"3502032026{n:08d}") for n in numbers}
    return [made[n].replace(b"<item>01</item>", b"") if n in set(bad) else made[n] for n in numbers]


class BatchRig:
    """What a test does with batches over a `Rig`; ``most`` and ``sift`` are those of its kind."""

    def __init__(self, rig: Rig, most: int = MOST_RECORDS, sift: Callable[[Document], Sifted] = keep) -> None:
        self.rig = rig
        kind = BatchIn(BATCH, "成批协查", RECORD, sift, most)
        rig.with_flow(lambda f: replace(f, batches=(kind,)) if f.name == "enquiry" else f)

    @property
    def spoke(self):
        found = self.rig.machine.directory.named(SIMING)
        return replace(found, sends=found.sends | {BATCH})

    def manifest(self, data: bytes, message_id: str = "B1", **more) -> Manifest:
        return Manifest(BATCH, self.spoke, message_id, hashlib.sha256(data).digest(), **more)

    def receive(self, data: bytes, message_id: str = "B1", **more) -> tuple[BatchRow, bool]:
        return receive(self.rig.machine, self.manifest(data, message_id, **more), data)

    def split(self) -> int:
        """Split everything; how many batches were taken."""
        done, splitter = 0, Splitter(self.rig.machine, "one")
        while splitter.once():
            done += 1
        return done

    def seen(self, message_id: str = "B1", first: int = 1, most: int = 10_000) -> BatchSeen:
        found = look_at(self.rig.machine, SIMING, BATCH, message_id, first, most)
        assert found is not None
        return found
