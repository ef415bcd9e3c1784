"""What was found by folder: adapters, flows, channels. Frozen after start; the same for every process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from hub.contract.adapter import Adapter
from hub.contract.batch import BatchIn, BatchOut, Schedule
from hub.contract.channel import Channel
from hub.contract.flow import Flow
from hub.contract.query import Query
from hub.contract.service import Service


@dataclass(frozen=True)
class Catalogue:
    """Adapters and flows by name."""

    adapters: tuple[Adapter, ...]
    flows: tuple[Flow, ...]

    @cached_property
    def channels(self) -> dict[str, Channel]:
        """Every channel by name."""
        return {c.name: c for f in self.flows for c in f.channels}

    @cached_property
    def flow_of(self) -> dict[str, Flow]:
        """The flow of each channel name."""
        return {c.name: f for f in self.flows for c in f.channels}

    @cached_property
    def queries(self) -> dict[str, Query]:
        """Every query by name."""
        return {q.name: q for f in self.flows for q in f.queries}

    @cached_property
    def flow_of_query(self) -> dict[str, Flow]:
        """The flow of each query name."""
        return {q.name: f for f in self.flows for q in f.queries}

    @cached_property
    def batches_in(self) -> dict[str, BatchIn]:
        """Every kind of batch that comes in, by name."""
        return {b.name: b for f in self.flows for b in f.batches if isinstance(b, BatchIn)}

    @cached_property
    def batches_out(self) -> dict[str, BatchOut]:
        """Every kind of batch that goes out, by name."""
        return {b.name: b for f in self.flows for b in f.batches if isinstance(b, BatchOut)}

    @cached_property
    def schedules(self) -> dict[str, tuple[Flow, Schedule]]:
        """Every schedule by name, with its flow."""
        return {s.name: (f, s) for f in self.flows for s in f.schedules}

    @cached_property
    def flow_of_batch(self) -> dict[str, Flow]:
        """The flow of each batch name."""
        return {b.name: f for f in self.flows for b in f.batches}

    @cached_property
    def services(self) -> dict[str, tuple[Adapter, Service]]:
        """What external systems call here, by the name of the service, with their adapter."""
        return {s.name: (a, s) for a in self.adapters for s in a.services}

    @cached_property
    def adapter(self) -> dict[str, Adapter]:
        """Adapters by folder name."""
        return {a.name: a for a in self.adapters}
