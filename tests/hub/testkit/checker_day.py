"""A good day of made-up evidence for the checker's tests, and ways to touch it."""

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from hub.testkit.checker import check
from hub.testkit.ledger import Ledger, entry_digest, entry_id, entry_lane, read_ledger

Lines = list[dict[str, Any]]
Day = dict[str, Lines]
REQUEST, FEEDBACK = "enquiry.request", "enquiry.feedback"
PROMISES: Final = ("acked", "effect")


def names(channel: str, *key: str) -> dict[str, Any]:
    """Id, lane and digest of a made-up document."""
    return {"id": entry_id(channel, *key), "lane": entry_lane(*key[:2]), "digest": entry_digest(*key)}


def sent(route: str, kind: str = "valid", **named: Any) -> dict[str, Any]:
    """A ``sent`` line."""
    return {"t": "sent", "route": route, "kind": kind, **named}


def expected(at: str, **named: str) -> dict[str, Any]:
    """An item of ``expects``."""
    return {"at": at, "route": "task-to-unit", **named}


def acked(number: int, lane_no: int, duplicate: bool = False, **named: Any) -> dict[str, Any]:
    """An ``acked`` line."""
    return {"t": "acked", "id": named["id"], "hub": f"{number}-0", "duplicate": duplicate, "laneNo": lane_no}


def ended(what: str, **named: str) -> dict[str, Any]:
    """A ``fault`` or ``noanswer`` line."""
    more = {"code": "Client.Schema.Pattern"} if what == "fault" else {}
    return {"t": what, "id": named["id"], **more}


def applied(number: int, **named: str) -> Lines:
    """A ``call`` line and the ``effect`` line after it."""
    return [{"t": "call", **named}, {"t": "effect", "hub": f"{number}-0", **named}]


E1, E2, E3, E4 = (names(REQUEST, "FJFPIS", f"XC{n}") for n in range(1, 5))
F1, F1B, F3 = (names(FEEDBACK, "FJFPIS", *key) for key in (("XC1", "1"), ("XC1", "2"), ("XC3", "1")))
P1, PF1 = names(REQUEST, "PADIS", "G1"), names(FEEDBACK, "PADIS", "G1", "1")
D1, D1B, D2, D3, D4 = (
    names("health.delivery", "H1", *key) for key in (("R1", "1"), ("R1", "2"), ("R2", "1"), ("R3", "1"), ("R4", "1"))
)
T1, T1B, T2, T2C = (names("health.task", "H1", *key) for key in (("R1", "1"), ("R1", "2"), ("R2", "1"), ("R2", "c")))


def good_day() -> Day:
    """Four enquiries of a spoke (one made invalid, one heard only at the second try, one sent twice), one of the national
    platform, and their answers: two for the first, in order. A health system reports deliveries: one twice, corrected, and a
    task comes of each; one of which two tasks come; one that nobody need know of; one made invalid.
    """
    return {
        "east-sent": [
            sent("request-to-unit", **E1), acked(1, 1, **E1),
            sent("request-to-unit", "invalid:bad-pattern", **E2), ended("fault", **E2),
            sent("request-to-padis", **E3), ended("noanswer", **E3), sent("request-to-padis", **E3), acked(2, 1, True, **E3),
            sent("request-to-unit", **E4), sent("request-to-unit", **E4), acked(3, 1, True, **E4), acked(3, 1, **E4),
        ],
        "west-sent": [
            sent("feedback-to-unit", **F1), acked(4, 2, **F1), sent("feedback-to-unit", **F1B), acked(6, 3, **F1B),
            sent("feedback-to-padis", **PF1), acked(8, 2, **PF1),
        ],
        "east-received": [*applied(4, **F1), *applied(6, **F1B), *applied(7, **F3), *applied(16, **T2C)],
        "west-received": [
            *applied(1, **E1), *applied(3, **E4), {"t": "call", **E4}, *applied(5, **P1),
            *applied(14, **T1), *applied(13, **T1B), *applied(15, **T2),
        ],
        "health": [
            sent("delivery-to-hub", **D1, expects=[expected("west-received", **T1)]), acked(9, 1, **D1),
            sent("delivery-to-hub", **D1B, expects=[expected("west-received", **T1B)]), acked(10, 2, **D1B),
            sent("delivery-to-hub", **D2, expects=[expected("west-received", **T2), expected("east-received", **T2C)]), acked(11, 1, **D2),
            sent("delivery-to-hub", **D3, expects=[]), acked(12, 1, **D3),
            sent("delivery-to-hub", "invalid:nil", **D4, expects=[]), ended("fault", **D4),
        ],
        "padis": [
            *applied(2, **E3), sent("request-to-unit", **P1), {"t": "acked", "id": P1["id"]},
            sent("feedback-to-unit", **F3), {"t": "acked", "id": F3["id"]}, *applied(8, **PF1),
        ],
    }  # fmt: skip


def written(day: Day, folder: Path) -> dict[str, Path]:
    """The day as ledger files, each line with number and chain, each ended orderly."""
    paths = {}
    for name, lines in day.items():
        paths[name] = folder / f"{name}.jsonl"
        ledger = Ledger(paths[name])
        for line in lines:
            ledger.add(line)
        ledger.close()
    return paths


def chained(day: Day, folder: Path) -> Day:
    """The day as read back from its files."""
    return {name: list(read_ledger(path)) for name, path in written(day, folder).items()}


def blamed(day: Mapping[str, Lines], **more: Any) -> set[str]:
    """Every id that the checker names."""
    return {one for ids in check(day, **more).faults.values() for one in ids}


def faulty(day: Mapping[str, Lines], **more: Any) -> set[str]:
    """The names of the lists that are not empty."""
    return {name for name, ids in check(day, **more).faults.items() if ids}


def touched(day: Day, kinds: tuple[str, ...]) -> Iterator[tuple[str, set[str], Day]]:
    """Every way to delete, double or swap lines of these kinds: (what was done, ids concerned, the day after it)."""
    for name, lines in day.items():
        spots = [n for n, line in enumerate(lines) if line["t"] in kinds]
        for n in spots:
            one = {str(lines[n].get("id", name))}
            yield f"delete {name}:{n}", one, day | {name: lines[:n] + lines[n + 1 :]}
            yield f"double {name}:{n}", one, day | {name: lines[: n + 1] + lines[n:]}
            yield f"double at the end {name}:{n}", one, day | {name: [*lines, lines[n]]}
        for n, m in combinations(spots, 2):
            swapped = list(lines)
            swapped[n], swapped[m] = lines[m], lines[n]
            yield f"swap {name}:{n}:{m}", {str(lines[i].get("id", name)) for i in (n, m)}, day | {name: swapped}


def change(name: str, number: int, **values: Any) -> Callable[[Day], None]:
    """Change values of one line of the good day."""
    return lambda day: day[name][number].update(values)


def state(hub: str, delivery: str | None, message: str = "planned") -> dict[str, Any]:
    """A public state of the hub."""
    return {"hubId": hub, "state": message, "deliveries": [{"recipient": "spoke:west", "state": delivery}] if delivery else []}
