"""The outside checker: were the promises kept? It reads ledgers, and if given the hub's public states; nobody's word.

``python -m hub.testkit.checker --callers FILE… --receivers FILE… [--states FILE] [--receipt-key FILE] [--closed] [--json]``
exits 0 when every list of `MEANING` is empty and 1 otherwise, naming each id.

A document is applied under its own id, unless its ``sent`` line has ``expects``: what the truth known to its sender makes of it,
stated before sending. A delivery that a hospital reports becomes a task of a township; a row becomes a status; a row that must be
filtered becomes nothing (``[]``), and so does a document made invalid. Each item is an object: ``id``, ``lane`` and ``digest`` of
the effect as its receiver will write them; ``at``, the receiver (its ledger's file name up to the first dot; anybody when absent);
``route``, to be counted by. Then an acknowledged cause whose effect is nowhere is a loss that only the hub's word dead, unknown,
rejected or cancelled accounts for, never filtered; an effect that nobody sent or expects is a ghost, one at another receiver is
misplaced, one with another digest altered. Several causes may expect one effect: it is due once. Caused effects keep the order of
their causes where those share a lane.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

from hub.testkit.evidence import Entry, Ledgers, Line, entries, read_ledgers, read_states
from hub.testkit.ledger import entry_link
from hub.testkit.receipts import ReceiptCheck

MEANING: Final = {
    "lost": "acknowledged (or its cause was), applied nowhere, and no end of the hub accounts for it",
    "duplicates": "applied more than once",
    "ghosts": "applied, though nobody sent or expects it",
    "misplaced": "applied by another receiver than the cause's sender expects",
    "altered": "applied, delivered or sent with differing content",
    "order": "applied before an earlier accepted one of its lane, at the same receiver",
    "false_ok": "acknowledged or applied although made invalid",
    "false_fault": "refused although valid",
    "stuck": "sent without an end line, or ended more often than sent",
    "twice_accepted": "acknowledged under two hub ids, or twice as new",
    "contradicted": "the hub's public state and the effects disagree",
    "receipt_bad": "the receipt does not verify, differs when repeated, or says something else than the answer",
    "broken": "a ledger line was taken out, doubled, moved or changed near this id",
    "unclosed": "the ledger has no orderly end",
}
_ENDED_WITHOUT_EFFECT: Final = frozenset({"rejected", "dead", "unknown", "cancelled"})
_MUST_HAVE_NO_EFFECT: Final = frozenset({"rejected", "dead", "cancelled"})
_ENDED_UNSENT: Final = frozenset({"dead", "filtered", "unroutable", "no_recipient"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. ``faults`` has every key of `MEANING` with the ids (or ledgers) at fault; ``undecided`` are valid
    documents that a caller gave up before anybody answered for them: no broken promise, but no good day either.
    ``routes`` counts ids by the route their sender expects: accepted, refused, applied, duplicates, lost.
    """

    faults: Mapping[str, tuple[str, ...]]
    undecided: tuple[str, ...]
    routes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether no promise was broken."""
        return not any(self.faults.values())


def check(
    ledgers: Ledgers, states: Mapping[str, Line] | None = None, receipt_key: bytes | None = None, *, closed: bool = False
) -> Verdict:
    """Judge the ledgers. A pure function.

    ``states`` are the hub's public states by hub id; without them only an effect proves that nothing was lost.
    ``receipt_key`` is the raw Ed25519 public key (32 bytes). ``closed`` demands that every ledger was ended orderly.
    """
    found = entries(ledgers)
    faults: dict[str, set[str]] = {name: set() for name in MEANING}
    for entry in found.values():
        for name, wrong in _RULES.items():
            if wrong(entry):
                faults[name].add(entry.id)
        _against_states(entry, found, states or {}, faults)
    faults["order"] |= _out_of_order(found)
    if receipt_key:
        receipts = ReceiptCheck(receipt_key)
        faults["receipt_bad"] |= {
            e.id for e in found.values() if any(receipts.wrong(line) for line in e.acked if "receipt" in line)
        }
    for name, lines in ledgers.items():
        faults["broken"] |= set(_broken(name, lines))
        if closed and not (lines and lines[-1].get("t") == "closed"):
            faults["unclosed"].add(name)
    undecided = tuple(sorted(e.id for e in found.values() if e.sent and not (e.acked or e.refused)))
    shown = {name: tuple(sorted(ids)) for name, ids in faults.items()}
    return Verdict(shown, undecided, _routes(found, faults))


def _duplicated(entry: Entry) -> bool:
    return len(entry.effects) > 1


def _ghost(entry: Entry) -> bool:
    return bool(entry.effects) and not entry.awaited


def _misplaced(entry: Entry) -> bool:
    places = {str(item["at"]) for _, item in entry.causes if "at" in item}
    return bool(places) and any(Path(ledger).name.partition(".")[0] not in places for ledger, _, _ in entry.effects)


def _altered(entry: Entry) -> bool:
    expected = (item for _, item in entry.causes)
    lines = (*entry.sent, *expected, *entry.calls, *(line for _, _, line in entry.effects))
    return len({line.get("digest") for line in lines}) > 1


def _falsely_accepted(entry: Entry) -> bool:
    return entry.invalid and bool(entry.acked or entry.effects)


def _falsely_refused(entry: Entry) -> bool:
    return entry.refused and not entry.invalid


def _unpaired(entry: Entry) -> bool:
    return len(entry.sent) != len(entry.acked) + len(entry.faults) + len(entry.noanswers)


def _accepted_twice(entry: Entry) -> bool:
    new = [line for line in entry.acked if line.get("duplicate") is False]
    return len({line.get("hub") for line in entry.acked}) > 1 or len(new) > 1


def _receipts_differ(entry: Entry) -> bool:
    return len({line.get("receipt") for line in entry.acked}) > 1


_RULES: Final[Mapping[str, Callable[[Entry], bool]]] = {
    "duplicates": _duplicated,
    "ghosts": _ghost,
    "misplaced": _misplaced,
    "altered": _altered,
    "false_ok": _falsely_accepted,
    "false_fault": _falsely_refused,
    "stuck": _unpaired,
    "twice_accepted": _accepted_twice,
    "receipt_bad": _receipts_differ,
}


def _against_states(entry: Entry, found: Mapping[str, Entry], states: Mapping[str, Line], faults: dict[str, set[str]]) -> None:
    """Loss, and what the hub itself says of the message: an end without effect accounts for it, a wrong word does not."""
    ends, unsent = _ends(entry, states)
    if entry.acked and entry.awaited and not entry.effects and not (ends & _ENDED_WITHOUT_EFFECT or unsent):
        faults["lost"].add(entry.id)
    if any(_due(found[cause], states) for cause, _ in entry.causes) and not entry.effects:
        faults["lost"].add(entry.id)
    applied = entry.effects or any(found[str(item["id"])].effects for item in entry.expects or ())
    if (entry.effects and (ends & _MUST_HAVE_NO_EFFECT or unsent)) or ("delivered" in ends and not applied):
        faults["contradicted"].add(entry.id)


def _due(cause: Entry, states: Mapping[str, Line]) -> bool:
    """Whether the hub owes what this document causes: it took it and says of no end that would account for a loss."""
    ends, unsent = _ends(cause, states)
    return bool(cause.acked) and not (ends & _ENDED_WITHOUT_EFFECT or "dead" in unsent)


def _ends(entry: Entry, states: Mapping[str, Line]) -> tuple[set[str], set[str]]:
    """The hub's word on it: states of its deliveries, and how it ended without one."""
    known = [states[hub] for hub in entry.hub_ids if hub in states]
    ends = {str(delivery["state"]) for state in known for delivery in state.get("deliveries", ())}
    return ends, {str(state.get("state")) for state in known} & _ENDED_UNSENT


def _out_of_order(found: Mapping[str, Entry]) -> set[str]:
    """Per receiver and lane: first effects whose places in the order of acceptance do not rise."""
    lanes: dict[tuple[str, str], list[tuple[int, Entry]]] = defaultdict(list)
    for entry in found.values():
        for ledger, position, line in entry.effects[:1]:
            lanes[ledger, str(line.get("lane"))].append((position, entry))
    wrong: set[str] = set()
    for applied in lanes.values():
        in_time = [entry for _, entry in sorted(applied, key=lambda pair: pair[0])]
        for earlier, later in pairwise(in_time):
            if _accepted_before(later, earlier, found):
                wrong |= {earlier.id, later.id}
    return wrong


def _accepted_before(one: Entry, other: Entry, found: Mapping[str, Entry]) -> bool:
    """By number in the lane where both answers state it, else by hub id; caused ones by their causes, if those share a lane."""
    if one.causes or other.causes:
        one, other = _cause(one, found), _cause(other, found)
        lanes = [{line.get("lane") for line in entry.sent} for entry in (one, other)]
        if lanes[0] != lanes[1]:
            return False
    for number in (_lane_no, _hub_number):
        first, second = number(one), number(other)
        if first is not None and second is not None:
            return first < second
    return False


def _cause(entry: Entry, found: Mapping[str, Entry]) -> Entry:
    return found[entry.causes[0][0]] if entry.causes else entry


def _lane_no(entry: Entry) -> int | None:
    return next((int(line["laneNo"]) for line in entry.acked if line.get("laneNo")), None)


def _hub_number(entry: Entry) -> int | None:
    numbers = (hub.partition("-")[0] for hub in entry.hub_ids)
    return min((int(number) for number in numbers if number.isdecimal()), default=None)


def _broken(name: str, lines: Sequence[Line]) -> Iterator[str]:
    """The ids of lines that do not stand where they were written, or not as they were. Plain ledgers have no chain."""
    if not any("chain" in line for line in lines):
        return
    shift, before = 0, ""
    for position, line in enumerate(lines, start=1):
        moved = int(line.get("no", 0)) - position
        linked = moved != shift or line.get("chain") == entry_link(before, line)
        if (moved not in (shift, 0)) or not linked:
            yield str(line.get("id", f"{name}:{position}"))
        shift, before = moved, str(line.get("chain", ""))


def _routes(found: Mapping[str, Entry], faults: Mapping[str, set[str]]) -> dict[str, dict[str, int]]:
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in found.values():
        counted[entry.route].update(
            accepted=int(bool(entry.acked)), refused=int(entry.refused), applied=int(bool(entry.effects)),
            duplicates=int(entry.id in faults["duplicates"]), lost=int(entry.id in faults["lost"]),
        )  # fmt: skip
    return {route: dict(counts) for route, counts in sorted(counted.items())}


def main(arguments: list[str] | None = None) -> int:
    """The program. Returns the exit code: 0 kept, 1 broken, 2 unusable evidence."""
    parser = argparse.ArgumentParser(prog="python -m hub.testkit.checker", description="Checks ledgers for broken promises.")
    parser.add_argument("--callers", nargs="+", type=Path, required=True, metavar="FILE")
    parser.add_argument("--receivers", nargs="+", type=Path, required=True, metavar="FILE")
    parser.add_argument("--states", type=Path, metavar="FILE", help="public states of the hub, one JSON object a line")
    parser.add_argument("--receipt-key", type=Path, metavar="FILE", help="raw Ed25519 public key in hex")
    parser.add_argument("--closed", action="store_true", help="every ledger must have been ended orderly")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        ledgers = read_ledgers([*given.callers, *given.receivers])
        states = read_states(given.states) if given.states else None
        key = bytes.fromhex(given.receipt_key.read_text(encoding="ascii")) if given.receipt_key else None
    except (OSError, ValueError, KeyError) as fault:
        sys.stderr.write(f"checker: {type(fault).__name__}: {fault}\n")
        return 2
    verdict = check(ledgers, states, key, closed=given.closed)
    sys.stdout.write(_shown(verdict, as_json=given.json))
    return 0 if verdict.ok else 1


def _shown(verdict: Verdict, *, as_json: bool) -> str:
    if as_json:
        whole = {"ok": verdict.ok, "faults": verdict.faults, "undecided": verdict.undecided, "routes": verdict.routes}
        return json.dumps(whole, ensure_ascii=False) + "\n"
    lines = [f"{name}: {one} ({MEANING[name]})" for name, ids in verdict.faults.items() for one in ids]
    return "\n".join([*lines, "kept" if verdict.ok else f"broken: {len(lines)}"]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
