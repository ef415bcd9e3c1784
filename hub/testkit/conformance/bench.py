"""The bench on which one adapter is tried: its simulator, connections to it, documents to send."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from hub.contract.adapter import Partner
from hub.contract.channel import Part, header_field
from hub.contract.message import Document, Header, show_hub_id
from hub.contract.outcome import Delivered, Pending
from hub.contract.xml import Element, decode
from hub.testkit.conformance.simulated import SimulatorProcess, free_port
from hub.testkit.conformance.subject import Outbound, Subject, read
from hub.testkit.conformance.verdict import Failed, demand

SHORT: float = 0.7
"""Seconds: the timeout of calls that are expected to run into it."""


class Bench:
    """Made once per adapter; simulators start when first asked for. ``calls`` serves deliveries, ``feed`` nothing but its feed."""

    def __init__(self, subject: Subject, place: Path) -> None:
        self.subject, self._place = subject, place
        self._serial = 0
        self._taken: dict[str, Element] = {}
        self._open: list[Partner] = []

    @cached_property
    def calls(self) -> SimulatorProcess:
        """The simulator that is called. It knows what the system's own samples say it once sent."""
        simulator = self._simulator("calls")
        for channel in self.subject.inbound:
            self.originate(simulator, channel)
        return simulator

    @cached_property
    def feed(self) -> SimulatorProcess:
        """A simulator of its own for feeds: nothing comes into it but what a check orders."""
        return self._simulator("feed")

    @cached_property
    def partner(self) -> Partner:
        """A connection to `calls`, kept for all checks."""
        return self.connect(self.calls.port)

    def connect(self, port: int, **settings: str) -> Partner:
        """A new connection with the manifest's settings, the address turned to the port."""
        partner = self.subject.adapter.connect({**moved(self.subject.adapter.settings or {}, port), **settings})
        self._open.append(partner)
        return partner

    def away(self) -> Partner:
        """A connection to a system that is not there."""
        return self.connect(free_port())

    def key(self) -> str:
        """A key that was never used: in the hub's own form."""
        self._serial += 1
        return f"FJ-{show_hub_id(1000 + self._serial)}"

    def originate(self, simulator: SimulatorProcess, channel: str, times: int = 1) -> int:
        """Have the system publish its samples of a channel; how many documents that made, 0 when it cannot be ordered to."""
        texts = [decode(path.read_bytes()) for path in self.subject.samples(channel)] * times
        return len(texts) if texts and simulator.order({"originate": texts}) else 0

    def document(self, way: Outbound, key: str) -> bytes:
        """A document that the system takes, for a call with this key: a canonical sample, where it is an answer the answer to one of
        the system's own samples. Of a batch it is a part, whose batch is called after the key.
        """
        if way.route.name not in self._taken:
            self._taken[way.route.name] = next(self._tried(way))
        return self.subject.to_send(way, copy.deepcopy(self._taken[way.route.name]), key)

    def spoil(self, way: Outbound, faults: Mapping[str, Mapping[str, Any]]) -> None:
        """Put exactly these faults in force for the calls of a way, none of which is then used up by preparing its document."""
        self.document(way, self.key())
        self.calls.faults(faults)

    def _tried(self, way: Outbound) -> Iterator[Element]:
        files = self.subject.canonical_samples(way.channel)
        demand(files, f"{way.channel.name} has no canonical sample")
        got: object = None
        for parts in (*self._questions(way), {}):
            sample = read(files[0])
            for path, value in parts.items():
                for element in Document(sample).elements(path):
                    element.text = value
            key = self.key()
            got = self.partner.deliver(way.operation, self.subject.to_send(way, copy.deepcopy(sample), key), key)
            if isinstance(got, Delivered | Pending):
                yield sample
        raise Failed(f"the simulator takes no sample of {way.channel.name}: {got!r}")

    def _questions(self, way: Outbound) -> Iterator[dict[str, str]]:
        """If the channel answers one that this system originates: for each of its samples, what names the case, by path in the answer."""
        flow, adapter = way.flow, self.subject.adapter
        for asked, answer in (flow.answers or {}).items():
            if answer != way.channel.name or adapter.name not in (flow.sources or {}).get(asked, ()) or not flow.case:
                continue
            header = Header("conformance", asked, way.channel.version, f"system:{adapter.name}", adapter.system)
            names = tuple(zip(flow.case.keys[asked], flow.case.keys[answer], strict=True))
            for file in self.subject.samples(asked):
                body = Document(adapter.translator.to_canonical(asked, read(file)))
                yield {there.path: value for here, there in names if (value := _part(here, header, body))}

    def close(self) -> None:
        """Close connections, end simulators."""
        for partner in self._open:
            partner.close()
        for name in ("calls", "feed"):
            if name in self.__dict__:
                self.__dict__[name].stop()

    def _simulator(self, name: str) -> SimulatorProcess:
        demand(self.subject.adapter.simulator, "the manifest names no simulator")
        return SimulatorProcess(self.subject.adapter.name, self.subject.folders, self._place / name)


@contextmanager
def bench(subject: Subject) -> Iterator[Bench]:
    """A bench in a temporary folder, cleared away afterwards."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as place:
        made = Bench(subject, Path(place))
        try:
            yield made
        finally:
            made.close()


def moved(settings: Mapping[str, str], port: int) -> dict[str, str]:
    """The settings with every URL that has a host turned to the port of 127.0.0.1; a file stays where it is."""
    return {
        name: urlunsplit(parts._replace(netloc=f"127.0.0.1:{port}"))
        if (parts := urlsplit(value)).netloc and "://" in value
        else value
        for name, value in settings.items()
    }


def hurried(settings: Mapping[str, str]) -> dict[str, str]:
    """The settings' timeouts, shortened to a second."""
    return {name: "1" for name in settings if name.endswith("_timeout")}


def _part(part: Part, header: Header, body: Document) -> str | None:
    if part.path.startswith("@"):
        return header_field(header, part.path[1:])
    return body.text(part.path)
