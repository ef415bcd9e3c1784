"""``python -m hub.testkit.conformance [SYSTEM…]``: run the suite without pytest; exit 0 when every check passes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from hub.settings import Settings
from hub.testkit.conformance.bench import Bench, bench
from hub.testkit.conformance.check import Check
from hub.testkit.conformance.subject import subjects
from hub.testkit.conformance.suite import cases


def main(names: Sequence[str]) -> int:
    """Run the suite for these adapters, all when none is named. Returns the number of checks that failed, at most 1."""
    found = [s for s in subjects(Settings().folders) if not names or s.adapter.name in names]
    failed = 0
    for subject in found:
        with bench(subject) as place:
            failed += sum(not _passes(subject.adapter.name, check, place) for check in cases(subject))
    sys.stdout.write(f"{failed} failed\n")
    return 1 if failed or not found else 0


def _passes(name: str, check: Check, place: Bench) -> bool:
    try:
        said = check.run(place)
    except Exception as fault:  # noqa: BLE001 - every check is run, whatever another one raised
        sys.stdout.write(f"fail {name} {check.name}: {fault} ({check.rule})\n")
        return False
    sys.stdout.write(f"ok   {name} {check.name}{f': {said}' if said else ''}\n")
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
