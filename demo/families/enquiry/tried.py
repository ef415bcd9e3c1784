"""What a day of enquiries tried, and what must have been at least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from demo.cast import PLACES
from demo.families.enquiry.director import RETURNED
from demo.families.family import Found, PartnerStates
from demo.partners.padis import SUBMISSIONS
from demo.spokes.facts import chance
from demo.spokes.settings import Mixture
from hub.testkit.evidence import Entry

LEAST: Final[Mapping[str, float]] = {
    "cross_province": 0.30, "answered": 0.30, "types": 4, "padis_faulty": 0.05, "misstated": 0.02, "handed_on": 0.02, "withdrawn": 0.01,
}  # fmt: skip
"""Shares of the documents of enquiries (answered, misstated, handed_on, withdrawn: of the accepted enquiries; padis_faulty: of the
submissions to the platform), and the number of types."""


def tried(found: Found, states: PartnerStates) -> dict[str, float]:
    """The shares and numbers of `LEAST`. What the platform sent itself states no ``way``; all of it crosses the border."""
    own = [entry for id_, entry in found.items() if id_.startswith("enquiry.")]
    enquiries = [e for e in own if e.id.startswith("enquiry.request:") and e.acked and e.sent]
    lanes = _lanes_answered(own)
    across = sum(e.route.endswith("-to-padis") or "way" not in e.sent[0] for e in own if e.sent)
    faults = states.get("padis", {}).get("faults", {})
    spoiled = sum(int(f["injected"]) for f in faults.values() if set(f["on"]) == set(SUBMISSIONS))
    arrivals = sum(len(e.calls) for e in found.values() if e.route.endswith("-to-padis"))
    handed_on = sum(len({line["hub"] for line in e.calls if line.get("hub")}) > 1 or _given_back(e) for e in enquiries)
    return {
        "cross_province": _share(across, own),
        "answered": _share(sum(e.sent[0]["lane"] in lanes for e in enquiries), enquiries),
        "types": len({e.sent[0]["type"] for e in enquiries if e.sent[0].get("type")}),
        "padis_faulty": round(spoiled / max(arrivals, 1), 4),
        "misstated": _share(sum(bool(e.sent[0].get("to")) for e in enquiries), enquiries),
        "handed_on": _share(handed_on, enquiries),
        "withdrawn": _share(sum(e.id.startswith("enquiry.withdraw:") and bool(e.acked) for e in own), enquiries),
    }


def problems(found: Found) -> Iterator[str]:
    """Enquiries that were not directed by the register."""
    enquiries = (entry for id_, entry in found.items() if id_.startswith("enquiry.request:"))
    astray = sorted(e.id for e in enquiries if _astray(e))
    if astray:
        yield f"applied at the place stated, not where the register knows the person: {', '.join(astray[:5])}"


def _share(count: int, whole: list[Entry]) -> float:
    return round(count / max(len(whole), 1), 4)


def _given_back(enquiry: Entry) -> bool:
    """Whether it arrived somewhere and was applied by somebody later: more arrivals than at the one who applied it."""
    return len(enquiry.calls) > 1 and chance(enquiry.id) < max(RETURNED, Mixture().returned)


def _astray(enquiry: Entry) -> bool:
    """Whether an enquiry that stated a wrong place was applied elsewhere than by the spoke that keeps the person; what was
    handed on by hand may be anywhere.
    """
    to = str(enquiry.sent[0].get("to", "")) if enquiry.sent else ""
    if not to or chance(enquiry.id) < Mixture().returned:
        return False
    owner = next((name for name, places in PLACES.items() if to.startswith(places)), "padis")
    return any(Path(ledger).name.partition(".")[0] != owner for ledger, _, _ in enquiry.effects)


def _lanes_answered(found: Iterable[Entry]) -> set[str]:
    return {str(line["lane"]) for e in found if e.id.startswith("enquiry.feedback:") for _, _, line in e.effects}
