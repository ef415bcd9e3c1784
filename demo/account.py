"""The account of a demo day: promises by the checker, the hub's own states beside them, and what was tried."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from demo.families import FAMILIES, RECORDS, ROUTES, Route
from demo.families.family import Found, PartnerStates
from demo.partners import SIMULATORS
from demo.states import FINAL, State, is_final
from hub.testkit.checker import Verdict, check
from hub.testkit.evidence import INVALID, Entry, Ledgers, entries

_UNSENT: Final = ("filtered", "unroutable", "no_recipient")
_FIGURES: Final = ("accepted", "refused", "delivered", "rejected", "dead", "unknown", "waiting", *_UNSENT, "duplicates", "lost")
_MUST_BE_ZERO: Final = ("rejected", "dead", "unknown", "waiting", "unroutable", "duplicates", "lost")
_ENDS: Final = ("delivered", "rejected", "dead", "unknown", "waiting", *_UNSENT)
LEAST: Final[Mapping[str, float]] = {
    "invalid": 0.10, "invalid_kinds": 12, "sent_twice": 0.05, **{name: least for f in FAMILIES.values() for name, least in f.least.items()},
}  # fmt: skip
"""What a day must have tried at least: shares of all messages, numbers of kinds, and what each family demands of itself."""
_DRAWN: Final = frozenset(route.name for family in FAMILIES.values() if family.truth for route in family.routes)
_NOT_FOR_CONTENT: Final = frozenset({"Client.Unauthenticated", "Client.Forbidden"})
"""Nobody here is a stranger: a refusal with one of these proves nothing about a document that was made invalid."""
_SERIOUS: Final = 1000
"""From so many messages on a day that tried less than `LEAST` is not a good day."""
_FULL: Final = 5000
"""From so many messages on every route must have had its least."""


def account(
    ledgers: Ledgers, states: Mapping[str, State], receipt_key: bytes | None, partners: PartnerStates, limits: Iterable[str] = ()
) -> dict[str, Any]:
    """The whole account, ready to be printed as JSON; ``ok`` says whether it was a good day.

    ``partners`` are the last states of the simulators, ``limits`` names what ran out (a deadline) and spoils the day.
    """
    verdict, found = check(ledgers, states, receipt_key, closed=True), entries(ledgers)
    outside = {id_: entry for id_, entry in found.items() if not id_.startswith(RECORDS)}
    routes, tried = _routes(found, verdict, states), _tried(outside, partners)
    totals = {name: sum(route[name] for route in routes.values()) for name in _FIGURES}
    problems = [*limits, *_problems(verdict, found, routes)]
    adapters = _adapters(ledgers, found)
    if len(outside) >= _SERIOUS:
        problems += [f"adapter {name}: nothing" for name, lines in adapters.items() if not lines]
        problems += _too_little(tried)
    if len(outside) >= _FULL:
        problems += _too_few(routes)
    return {
        "routes": routes, **totals, "messages": len(outside), "records": len(found) - len(outside), "invalid": sum(e.invalid for e in found.values()),
        "invalid_kinds": tried["invalid_kinds"], "sent_twice": sum(len(e.sent) > 1 for e in found.values()), "tried": tried,
        "adapters": adapters, "by_kind": _by_kind(found), "faults_injected": _injected(partners),
        "named": {name: list(ids)[:20] for name, ids in verdict.faults.items() if ids}, "problems": problems, "ok": not problems,
    }  # fmt: skip


def _problems(verdict: Verdict, found: Found, routes: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    for name, ids in verdict.faults.items():
        if ids:
            yield f"{name}: {len(ids)}"
    if verdict.undecided:
        yield f"undecided: {len(verdict.undecided)}"
    for route, counts in routes.items():
        yield from _of_route(ROUTES.get(route, Route(route, route)), counts)
    for family in FAMILIES.values():
        yield from family.problems(found)
    strangers = sorted(e.id for e in found.values() if any(line.get("code") in _NOT_FOR_CONTENT for line in e.faults))
    if strangers:
        yield f"refused as a stranger: {', '.join(strangers[:5])}"


def _of_route(route: Route, counts: Mapping[str, int]) -> Iterator[str]:
    yield from (f"{route.name}: {counts[name]} {name}" for name in _MUST_BE_ZERO if counts[name])
    for name, allowed in (("filtered", route.filtered), ("no_recipient", route.kept)):
        if counts[name] and not allowed:
            yield f"{route.name}: {counts[name]} {name}"
    if counts["accepted"] != sum(counts[name] for name in _ENDS):
        yield f"{route.name}: accepted is not what was delivered, refused there, given up or waits"


def _too_little(tried: Mapping[str, float]) -> Iterator[str]:
    yield from (f"too little tried: {name}" for name, least in LEAST.items() if tried[name] < least)


def _too_few(routes: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    for name, route in ROUTES.items():
        if routes[name]["accepted"] < route.least:
            yield f"{name}: {routes[name]['accepted']} accepted, {route.least} wanted"


def _routes(found: Found, verdict: Verdict, states: Mapping[str, State]) -> dict[str, dict[str, int]]:
    counted: dict[str, Counter[str]] = {route: Counter() for route in ROUTES}
    for entry in found.values():
        accepted = bool(entry.acked) or any(found[cause].acked for cause, _ in entry.causes)
        known = [states[hub] for hub in entry.hub_ids if hub in states]
        ends = {str(delivery["state"]) for state in known for delivery in state.get("deliveries", ())} & FINAL
        by_effect = not known and bool(entry.causes or not entry.hub_ids)
        if by_effect:
            ends = _by_effect(entry)
        dead = any(state.get("state") == "dead" for state in known)
        unsent = {str(state.get("state")) for state in known} & set(_UNSENT) if not ends else set()
        waiting = accepted and not (by_effect and ends) and (not known or not all(map(is_final, known)))
        counted.setdefault(entry.route, Counter()).update(
            dict.fromkeys(ends | unsent, 1),
            accepted=int(accepted), refused=int(entry.refused), waiting=int(waiting), dead=int(dead and "dead" not in ends),
            duplicates=int(entry.id in verdict.faults["duplicates"]), lost=int(entry.id in verdict.faults["lost"]),
        )  # fmt: skip
    return {route: {name: counts[name] for name in _FIGURES} for route, counts in counted.items()}


def _by_effect(entry: Entry) -> set[str]:
    """How a document ended whose hub id nobody was told: as the ledgers have it."""
    if entry.effects:
        return {"delivered"}
    if entry.acked and entry.expects is not None:
        return {"no_recipient"} if entry.expects else {"filtered"}
    return set()


def _tried(found: Found, partners: PartnerStates) -> dict[str, float]:
    """Shares are of what somebody sent to the hub; what the hub made of that is not tried by anybody."""
    whole = max(sum(bool(e.sent) for e in found.values()), 1)
    kinds = Counter(str(e.sent[0]["kind"]) for e in found.values() if e.invalid)
    tried = {
        "invalid": round(kinds.total() / whole, 4),
        "invalid_kinds": sum(kind.startswith(INVALID) for kind in kinds),
        "sent_twice": round(sum(len(e.sent) > 1 for e in found.values()) / whole, 4),
    }
    for family in FAMILIES.values():
        tried |= family.tried(found, partners)
    return tried


def _adapters(ledgers: Ledgers, found: Found) -> dict[str, int]:
    """What went through each adapter: lines of its simulator's ledger; of the register, what was made of its people alone."""
    by_partner = Counter(
        name.rpartition("/")[2].partition(".")[0] for name, lines in ledgers.items() for line in lines if "id" in line
    )
    drawn = sum(bool(entry.effects) for entry in found.values() if entry.id.startswith(RECORDS) and entry.route in _DRAWN)
    return {**{name: by_partner[name] for name in SIMULATORS}, "register": drawn}


def _injected(partners: PartnerStates) -> dict[str, dict[str, int]]:
    return {
        name: {way: int(fault["injected"]) for way, fault in state.get("faults", {}).items()} for name, state in partners.items()
    }


def _by_kind(found: Found) -> dict[str, dict[str, int]]:
    """For each kind of fault made: how many, and the codes with which they were refused."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in found.values():
        if entry.invalid:
            kinds[str(entry.sent[0]["kind"])].update(str(line["code"]) for line in entry.faults)
    return {kind: dict(codes) for kind, codes in sorted(kinds.items())}
