"""The account of a demo day: promises by the checker, the hub's own states beside them, and what was tried."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from demo.home import PLACES
from demo.national import RETURNED, SUBMISSIONS
from demo.spokes.facts import chance
from demo.spokes.settings import Mixture
from demo.states import FINAL, State, is_final
from demo.watch import NOWHERE
from hub.testkit.checker import Verdict, check
from hub.testkit.evidence import INVALID, Entry, Ledgers, entries

ROUTES: Final = (
    "request-to-padis", "request-to-unit", "feedback-to-padis", "feedback-to-unit", "return-to-hub", "withdraw-to-padis", "withdraw-to-unit",
    "withdrawn-to-padis", "withdrawn-to-unit",
)  # fmt: skip
_UNSENT: Final = ("filtered", "unroutable", "no_recipient")
_FIGURES: Final = ("accepted", "refused", "delivered", "rejected", "dead", "unknown", "waiting", *_UNSENT, "duplicates", "lost")
_MUST_BE_ZERO: Final = ("rejected", "dead", "unknown", "waiting", "unroutable", "duplicates", "lost")
_ENDS: Final = ("delivered", "rejected", "dead", "unknown", "waiting", *_UNSENT)
LEAST: Final[Mapping[str, float]] = {
    "invalid": 0.10, "invalid_kinds": 12, "sent_twice": 0.05, "cross_province": 0.30, "answered": 0.30, "types": 4, "padis_faulty": 0.05,
    "misstated": 0.02, "handed_on": 0.02, "withdrawn": 0.01,
}  # fmt: skip
"""What a day must have tried at least: shares of all messages (answered: of the accepted enquiries; padis_faulty: of the
submissions to the platform; misstated, handed_on, withdrawn: of the accepted enquiries), and numbers of kinds."""
_NOT_FOR_CONTENT: Final = frozenset({"Client.Unauthenticated", "Client.Forbidden"})
"""Nobody here is a stranger: a refusal with one of these proves nothing about a document that was made invalid."""
_SERIOUS: Final = 1000
"""From so many messages on a day that tried less than `LEAST` is not a good day."""


def account(
    ledgers: Ledgers, states: Mapping[str, State], receipt_key: bytes | None, padis: Mapping[str, Any], limits: Iterable[str] = ()
) -> dict[str, Any]:
    """The whole account, ready to be printed as JSON; ``ok`` says whether it was a good day.

    ``padis`` is the last state of the platform's simulator, ``limits`` names what ran out (a deadline) and spoils the day.
    """
    verdict, found = check(ledgers, states, receipt_key, closed=True), entries(ledgers)
    routes, tried = _routes(found.values(), verdict, states), _tried(found, padis)
    totals = {name: sum(route[name] for route in routes.values()) for name in _FIGURES}
    problems = [*limits, *_problems(verdict, found, routes), *(_too_little(tried) if len(found) >= _SERIOUS else ())]
    return {
        "routes": routes, **totals, "messages": len(found), "invalid": sum(e.invalid for e in found.values()),
        "invalid_kinds": tried["invalid_kinds"], "sent_twice": sum(len(e.sent) > 1 for e in found.values()), "tried": tried,
        "by_kind": _by_kind(found), "faults_injected": _injected(padis),
        "named": {name: list(ids)[:20] for name, ids in verdict.faults.items() if ids}, "problems": problems, "ok": not problems,
    }  # fmt: skip


def _problems(verdict: Verdict, found: Mapping[str, Entry], routes: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    for name, ids in verdict.faults.items():
        if ids:
            yield f"{name}: {len(ids)}"
    if verdict.undecided:
        yield f"undecided: {len(verdict.undecided)}"
    for route, counts in routes.items():
        yield from _of_route(route, counts)
    astray = sorted(e.id for e in found.values() if _astray(e))
    if astray:
        yield f"applied at the place stated, not where the register knows the person: {', '.join(astray[:5])}"
    strangers = sorted(e.id for e in found.values() if any(line.get("code") in _NOT_FOR_CONTENT for line in e.faults))
    if strangers:
        yield f"refused as a stranger: {', '.join(strangers[:5])}"


def _of_route(route: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield from (f"{route}: {counts[name]} {name}" for name in _MUST_BE_ZERO if counts[name])
    if route.startswith("request-") and counts["filtered"]:
        yield f"{route}: {counts['filtered']} filtered"
    if route != NOWHERE and counts["no_recipient"]:
        yield f"{route}: {counts['no_recipient']} no_recipient"
    if counts["accepted"] != sum(counts[name] for name in _ENDS):
        yield f"{route}: accepted is not what was delivered, refused there, given up or waits"


def _too_little(tried: Mapping[str, float]) -> Iterator[str]:
    yield from (f"too little tried: {name}" for name, least in LEAST.items() if tried[name] < least)


def _routes(found: Iterable[Entry], verdict: Verdict, states: Mapping[str, State]) -> dict[str, dict[str, int]]:
    counted: dict[str, Counter[str]] = {route: Counter() for route in ROUTES}
    for entry in found:
        known = [states[hub] for hub in entry.hub_ids if hub in states]
        ends = {str(delivery["state"]) for state in known for delivery in state.get("deliveries", ())} & FINAL
        dead = any(state.get("state") == "dead" for state in known)
        unsent = {str(state.get("state")) for state in known} & set(_UNSENT) if not ends else set()
        waiting = bool(entry.acked) and (not known or not all(map(is_final, known)))
        counted.setdefault(entry.route, Counter()).update(
            dict.fromkeys(ends | unsent, 1),
            accepted=int(bool(entry.acked)), refused=int(entry.refused), waiting=int(waiting), dead=int(dead and "dead" not in ends),
            duplicates=int(entry.id in verdict.faults["duplicates"]), lost=int(entry.id in verdict.faults["lost"]),
        )  # fmt: skip
    return {route: {name: counts[name] for name in _FIGURES} for route, counts in counted.items()}


def _tried(found: Mapping[str, Entry], padis: Mapping[str, Any]) -> dict[str, float]:
    """The shares and numbers of `LEAST`. What the platform sent itself states no ``way``; all of it crosses the border."""
    whole = max(len(found), 1)
    enquiries = [e for e in found.values() if e.id.startswith("enquiry.request:") and e.acked and e.sent]
    lanes = _lanes_answered(found.values())
    kinds = Counter(str(e.sent[0]["kind"]) for e in found.values() if e.invalid)
    across = sum(e.route.endswith("-to-padis") or "way" not in e.sent[0] for e in found.values() if e.sent)
    spoiled = sum(int(f["injected"]) for f in padis.get("faults", {}).values() if set(f["on"]) == set(SUBMISSIONS))
    arrivals = sum(len(e.calls) for e in found.values() if e.route.endswith("-to-padis"))
    return {
        "invalid": round(kinds.total() / whole, 4),
        "invalid_kinds": sum(kind.startswith(INVALID) for kind in kinds),
        "sent_twice": round(sum(len(e.sent) > 1 for e in found.values()) / whole, 4),
        "cross_province": round(across / whole, 4),
        "answered": round(sum(e.sent[0]["lane"] in lanes for e in enquiries) / max(len(enquiries), 1), 4),
        "types": len({e.sent[0]["type"] for e in enquiries if e.sent[0].get("type")}),
        "padis_faulty": round(spoiled / max(arrivals, 1), 4),
        "misstated": round(sum(bool(e.sent[0].get("to")) for e in enquiries) / max(len(enquiries), 1), 4),
        "handed_on": round(
            sum(len({line["hub"] for line in e.calls if line.get("hub")}) > 1 or _given_back(e) for e in enquiries)
            / max(len(enquiries), 1),
            4,
        ),
        "withdrawn": round(
            sum(e.id.startswith("enquiry.withdraw:") and bool(e.acked) for e in found.values()) / max(len(enquiries), 1), 4
        ),
    }


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


def _injected(padis: Mapping[str, Any]) -> dict[str, int]:
    return {way: int(fault["injected"]) for way, fault in padis.get("faults", {}).items()}


def _by_kind(found: Mapping[str, Entry]) -> dict[str, dict[str, int]]:
    """For each kind of fault made: how many, and the codes with which they were refused."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in found.values():
        if entry.invalid:
            kinds[str(entry.sent[0]["kind"])].update(str(line["code"]) for line in entry.faults)
    return {kind: dict(codes) for kind, codes in sorted(kinds.items())}
