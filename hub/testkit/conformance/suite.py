"""The list of checks for one adapter, from what its manifest declares."""

from __future__ import annotations

from collections.abc import Iterator

from hub.testkit.conformance import (
    classes,
    confirming,
    delivery,
    extracts,
    folder,
    lookups,
    manifest,
    polling,
    services,
    tickets,
    translation,
)
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.subject import Subject


def cases(subject: Subject) -> Iterator[Check]:
    """Every check, cheap ones first. The names are unique."""
    yield from manifest.checks()
    yield from folder.checks()
    yield from translation.checks(subject)
    yield from delivery.checks(subject)
    yield from classes.checks(subject)
    yield from tickets.checks(subject)
    yield from polling.checks(subject)
    yield from confirming.checks(subject)
    yield from services.checks(subject)
    yield from lookups.checks(subject)
    yield from extracts.checks(subject)
