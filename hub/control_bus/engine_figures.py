"""What the engine that runs on this machine says of itself: the samples of its figures. Nothing is kept anywhere else."""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from hub.processes.figures import heard
from hub.settings import Settings


@dataclass(frozen=True, slots=True)
class EngineFigures:
    """Samples by name and labels."""

    samples: dict[tuple[str, frozenset[tuple[str, str]]], float]

    def value(self, name: str, **labels: str) -> float | None:
        """The sample ``pophub_<name>`` with exactly these labels; None when there is none."""
        return self.samples.get((f"pophub_{name}", frozenset(labels.items())))


def engine_figures(settings: Settings) -> EngineFigures | None:
    """None when no engine answers."""
    said = heard(settings.home, "engine")
    if said is None:
        return None
    return EngineFigures({
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    })  # fmt: skip
