"""The account of a demo day: good days, spoiled days, and how the ledgers are followed while they grow."""

import json
from pathlib import Path
from typing import Any

import pytest

from demo.account import LEAST, account
from demo.families import ROUTES
from demo.partners import SIMULATORS
from demo.partners.padis import SUBMISSIONS
from demo.states import is_final, known_ids
from demo.watch import Watch
from hub.testkit.ledger import Ledger, read_ledger

KEYS = ("id", "lane", "digest")
EAST, WEST, PADIS = "east", "west", "padis"


def named(channel: str, lane: str, digest: str = "d") -> dict[str, str]:
    """Id, lane and digest of a made-up document."""
    return {"id": f"enquiry.{channel}:{lane}{digest}", "lane": lane, "digest": digest}


ASKED, BAD, ANSWER, FOREIGN = named("request", "a"), named("request", "b"), named("feedback", "a", "f"), named("request", "p")


def sent(document: dict[str, str], route: str, kind: str = "valid", **more: str) -> dict[str, Any]:
    """A ``sent`` line."""
    return {"t": "sent", **document, "route": route, "kind": kind, **more}


def took(document: dict[str, str], hub: str, lane_no: int) -> dict[str, Any]:
    """An ``acked`` line."""
    return {"t": "acked", "id": document["id"], "hub": hub, "duplicate": False, "laneNo": lane_no}


def day(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """A small good day, as read from its ledgers."""
    lines: dict[str, list[dict[str, Any]]] = {
        EAST: [
            sent(ASKED, "request-to-padis", type="1", way="once"), took(ASKED, "1-0", 1),
            sent(BAD, "request-to-unit", "invalid:nil", type="2", way="once"), {"t": "fault", "id": BAD["id"], "code": "Client.Schema"},
            {"t": "effect", **ANSWER, "hub": "2-0"}, {"t": "effect", **FOREIGN, "hub": "3-0"},
        ],
        PADIS: [
            {"t": "call", **ASKED}, {"t": "effect", **ASKED, "hub": "1-0"},
            sent(ANSWER, "feedback-to-unit"), {"t": "acked", "id": ANSWER["id"], "hub": None, "duplicate": False},
            sent(FOREIGN, "request-to-unit"), {"t": "acked", "id": FOREIGN["id"], "hub": None, "duplicate": False},
        ],
    }  # fmt: skip
    for name, entries in lines.items():
        ledger = Ledger(folder / name)
        for line in entries:
            ledger.add(line)
        ledger.close()
    return {name: list(read_ledger(folder / name)) for name in lines}


def states(**delivery: str) -> dict[str, dict[str, Any]]:
    """Everything delivered, but what is said otherwise by hub id (``h1="dead"``)."""
    said = {"1": "delivered", "2": "delivered", "3": "delivered"} | {name[1:]: state for name, state in delivery.items()}
    return {f"{n}-0": {"hubId": f"{n}-0", "state": "planned", "deliveries": [{"state": state}]} for n, state in said.items()}


def test_a_good_day_is_counted_by_route(tmp_path: Path) -> None:
    """Acceptance, refusal and delivery are counted where they belong, and what was tried is told."""
    partners = {"padis": {"faults": {"500": {"injected": 1, "on": list(SUBMISSIONS)}, "slow": {"injected": 9, "on": []}}}}

    result = account(day(tmp_path), states(), None, partners)

    assert result["ok"], result["problems"]
    assert {name: result[name] for name in ("messages", "accepted", "refused", "delivered", "waiting", "lost", "invalid_kinds")} == {
        "messages": 4, "accepted": 3, "refused": 1, "delivered": 3, "waiting": 0, "lost": 0, "invalid_kinds": 1,
    }  # fmt: skip
    assert (
        result["routes"]["request-to-unit"] | {"accepted": 1, "refused": 1, "delivered": 1} == result["routes"]["request-to-unit"]
    )
    assert result["tried"] == {
        "invalid": 0.25, "invalid_kinds": 1, "sent_twice": 0.0, "cross_province": 0.75, "answered": 0.5, "types": 1, "padis_faulty": 1.0,
        "misstated": 0.0, "handed_on": 0.0, "withdrawn": 0.0,
    }  # fmt: skip
    assert {type(count) for route in result["routes"].values() for count in route.values()} == {int}
    assert result["by_kind"] == {"invalid:nil": {"Client.Schema": 1}}
    assert set(result["tried"]) == set(LEAST)


@pytest.mark.parametrize(
    ("state", "counted"), [("dead", "dead"), ("unknown", "unknown"), ("rejected", "rejected"), ("released", "waiting")]
)
def test_what_did_not_arrive_spoils_the_day(tmp_path: Path, state: str, counted: str) -> None:
    """A day on which anything was rejected, given up, left in doubt or still waits is no good day."""
    result = account(day(tmp_path), states(h1=state), None, {})

    assert not result["ok"]
    assert result[counted] == result["routes"]["request-to-padis"][counted] == 1


def test_a_message_of_unknown_state_waits(tmp_path: Path) -> None:
    """A message about which the hub gives no word counts as waiting."""
    result = account(day(tmp_path), {"2-0": states()["2-0"], "3-0": states()["3-0"]}, None, {})

    assert result["waiting"] == 1


def test_an_end_without_delivery_does_not_balance(tmp_path: Path) -> None:
    """An enquiry that was filtered away is neither delivered nor waiting, and the account says so."""
    filtered = states() | {"1-0": {"hubId": "1-0", "state": "filtered", "deliveries": []}}

    assert any(problem == "request-to-padis: 1 filtered" for problem in account(day(tmp_path), filtered, None, {})["problems"])


def test_a_refusal_as_a_stranger_proves_nothing(tmp_path: Path) -> None:
    """An invalid document refused for its sender's credential does not count as recognised."""
    ledgers = day(tmp_path)
    ledgers[EAST] = [line | {"code": "Client.Unauthenticated"} if line["t"] == "fault" else line for line in ledgers[EAST]]

    assert any("stranger" in problem for problem in account(ledgers, states(), None, {})["problems"])


def test_what_ran_out_spoils_the_day(tmp_path: Path) -> None:
    """A deadline that passed is a problem of its own."""
    assert account(day(tmp_path), states(), None, {}, ["deadline"])["problems"] == ["deadline"]


def test_a_large_day_must_have_tried_enough(tmp_path: Path) -> None:
    """A thousand good messages without faults, repeats and answers prove too little."""
    ledgers = {EAST: [line for n in range(1000) for line in _undisturbed(n)] + [{"t": "closed"}]}
    all_delivered = {f"{n}-0": {"state": "planned", "deliveries": [{"state": "delivered"}]} for n in range(1000)}

    problems = account(ledgers, all_delivered, None, {})["problems"]

    little = {problem.removeprefix("too little tried: ") for problem in problems if problem.startswith("too little")}
    assert little == set(LEAST)
    assert {problem for problem in problems if problem.startswith("adapter")} == {
        f"adapter {name}: nothing" for name in (*SIMULATORS, "register")
    }


def test_a_full_day_must_go_every_way(tmp_path: Path) -> None:
    """Five thousand messages of one route prove nothing about the others."""
    ledgers = {EAST: [line for n in range(5000) for line in _undisturbed(n)] + [{"t": "closed"}]}
    all_delivered = {f"{n}-0": {"state": "planned", "deliveries": [{"state": "delivered"}]} for n in range(5000)}

    problems = account(ledgers, all_delivered, None, {})["problems"]

    few = {problem.partition(":")[0] for problem in problems if problem.endswith("wanted")}
    assert few == {name for name, route in ROUTES.items() if route.least} - {"request-to-unit"}


def test_a_caused_document_is_counted_by_its_own_route(tmp_path: Path) -> None:
    """What a document makes elsewhere is accepted with it and delivered when it is applied; missing, it waits and is lost."""
    made = {"id": "enquiry.task:1", "lane": "t", "digest": "t"}
    expects = [{**made, "at": "west", "route": "task-to-unit"}]
    lines = {EAST: [{**sent(ASKED, "push-to-hub"), "expects": expects}, took(ASKED, "1-0", 1), {"t": "closed"}],
             WEST: [{"t": "effect", **made, "hub": "9-0"}, {"t": "closed"}]}  # fmt: skip
    kept = {"1-0": {"hubId": "1-0", "state": "no_recipient", "deliveries": []}}

    good = account(lines, kept, None, {})["routes"]["task-to-unit"]
    bad = account(lines | {WEST: [{"t": "closed"}]}, kept, None, {})["routes"]["task-to-unit"]

    assert (good["accepted"], good["delivered"], good["waiting"], good["lost"]) == (1, 1, 0, 0)
    assert (bad["accepted"], bad["delivered"], bad["waiting"], bad["lost"]) == (1, 0, 1, 1)


def test_what_nobody_was_told_a_number_of_ends_as_the_ledgers_have_it(tmp_path: Path) -> None:
    """A sender that learns no hub id: applied is delivered, rightly silent is filtered, and neither waits."""
    lines = {PADIS: [
        sent(ASKED, "request-to-unit"), {"t": "acked", "id": ASKED["id"], "hub": None, "duplicate": False}, {"t": "effect", **ASKED},
        {**sent(FOREIGN, "feedback-to-unit"), "expects": []}, {"t": "acked", "id": FOREIGN["id"], "hub": None, "duplicate": False},
        sent(BAD, "return-to-hub"), {"t": "acked", "id": BAD["id"], "hub": None, "duplicate": False}, {"t": "closed"},
    ]}  # fmt: skip

    result = account(lines, {}, None, {})

    assert [
        result["routes"][name][end]
        for name, end in (("request-to-unit", "delivered"), ("feedback-to-unit", "filtered"), ("return-to-hub", "waiting"))
    ] == [1, 1, 1]
    assert (result["waiting"], result["lost"]) == (1, 1)


def _undisturbed(n: int) -> list[dict[str, Any]]:
    document = named("request", f"{n}.")
    return [
        sent(document, "request-to-unit", way="once", type="1"),
        took(document, f"{n}-0", 1),
        {"t": "effect", **document, "hub": f"{n}-0"},
    ]


@pytest.mark.parametrize(
    ("state", "final"),
    [({"deliveries": [{"state": "delivered"}]}, True), ({"deliveries": [{"state": "pending"}]}, False), ({"state": "planned"}, False),
     ({"state": "filtered", "deliveries": []}, True), ({}, False), ({"deliveries": [{"state": "dead"}, {"state": "queued"}]}, False)],
)  # fmt: skip
def test_final_means_nothing_waits(state: dict[str, Any], final: bool) -> None:
    """A message is final when each of its deliveries has ended, or when it ended without one."""
    assert is_final(state) is final


def test_states_are_asked_by_who_may(tmp_path: Path) -> None:
    """Hub ids come from the answers to senders and the effects at receivers, each with a spoke that may ask."""
    assert known_ids({EAST: [EAST]}, day(tmp_path)) == {"1-0": EAST, "2-0": EAST, "3-0": EAST}


def test_growing_ledgers_are_followed(tmp_path: Path) -> None:
    """The watch reads whole lines as they come and knows what is sent, accepted, refused, applied and answered."""
    lines = [json.dumps(line).encode() + b"\n" for name in (EAST, PADIS) for line in day(tmp_path)[name]]
    file = tmp_path / "growing"
    watch = Watch([file, tmp_path / "none"])
    watch.look()
    assert (watch.sent, watch.waiting) == (0, 0)

    with file.open("ab", buffering=0) as growing:
        growing.write(b"".join(lines[:2]) + lines[2][:10])
        watch.look()
        assert (watch.sent, watch.waiting, watch.undecided, watch.answered("enquiry")) == (1, 1, 0, False)
        growing.write(lines[2][10:])
        watch.look()
        assert (watch.sent, watch.undecided) == (2, 1)
        growing.write(b"".join(lines[3:]))
        watch.look()

    assert (watch.sent, watch.waiting, watch.undecided, watch.answered("enquiry")) == (4, 0, 0, True)
    assert watch.routes()["request-to-unit"] == {"sent": 2, "accepted": 1, "refused": 1, "applied": 1}
    assert {type(count) for route in watch.routes().values() for count in route.values()} == {int}
