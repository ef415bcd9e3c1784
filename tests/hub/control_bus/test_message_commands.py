"""pophub message: found by indexed keys alone, told without a value, every look on record."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from hub.backends.sql.chain import GENESIS, audit_hash
from hub.backends.sql.engine import open_engine
from hub.backends.sql.tables import AUDIT, SEGMENT
from hub.contract.message import show_hub_id
from tests.hub.control_bus.conftest import Cli
from tests.hub.control_bus.traffic import ENQUIRY, NUMBER, PERSONAL, Traffic

CHINA = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00")


def looks(traffic: Traffic) -> list[tuple[str, str, str, str]]:
    """The operator's audit records: (who, action, object, result), in order."""
    engine = open_engine(f"sqlite:///{traffic.home}/data/pophub.db")
    query = select(AUDIT).join(SEGMENT, SEGMENT.c.id == AUDIT.c.segment).where(SEGMENT.c.role == "cli").order_by(AUDIT.c.segment)
    with engine.connect() as connection:
        rows = connection.execute(query).fetchall()
    engine.dispose()
    for row in rows:
        said = (row.segment, row.no, row.at, row.who, row.action, row.object, row.result)
        assert (row.no, row.prev_hash, row.hash) == (1, GENESIS, audit_hash(GENESIS, *said))
    return [(row.who, row.action, row.object, row.result) for row in rows]


def test_a_message_is_found_by_its_full_id_number(program: Cli, traffic: Traffic) -> None:
    """The full number, typed on stdin, finds every message that holds it; the hub prints hub ids and states, newest first."""
    done = program("message", "find", "--id-no", "-", "--json", home=traffic.home, stdin=f"{NUMBER}\n")
    answer = json.loads(done.stdout)
    assert [m["hubId"] for m in answer["messages"]] == [traffic.waiting, traffic.request]
    first = answer["messages"][1]
    assert (first["state"], first["deliveries"]) == ("planned", [{"recipient": "spoke:west", "state": "delivered"}])
    assert CHINA.fullmatch(first["acceptedAt"])
    assert (answer["more"], answer["cut"]) == (False, False)


def test_two_keys_narrow_each_other(cli: Cli, traffic: Traffic) -> None:
    """A message must hold every key given."""
    done = cli("message", "find", "--id-no", NUMBER.lower(), "--enquiry-no", ENQUIRY, "--json", home=traffic.home)
    assert [m["hubId"] for m in json.loads(done.stdout)["messages"]] == [traffic.request]
    nothing = cli("message", "find", "--key", f"idNo={NUMBER}", "--enquiry-no", "XC20261120-9999", "--json", home=traffic.home)
    assert (json.loads(nothing.stdout)["messages"], nothing.returncode) == ([], 0)


def test_part_of_a_value_finds_nothing(cli: Cli, traffic: Traffic) -> None:
    """The index is blind: a number but for its last character is another number."""
    done = cli("message", "find", "--id-no", NUMBER[:-1], "--json", home=traffic.home)
    assert json.loads(done.stdout)["messages"] == []


def test_messages_are_found_by_channel_state_and_time(cli: Cli, traffic: Traffic) -> None:
    """Without a key the newest within the time asked for are shown, and no more than the limit."""
    by_channel = json.loads(cli("message", "find", "--channel", "enquiry.feedback", "--json", home=traffic.home).stdout)
    assert [m["hubId"] for m in by_channel["messages"]] == [traffic.feedback]
    one = json.loads(cli("message", "find", "--state", "planned", "--limit", "1", "--json", home=traffic.home).stdout)
    assert ([m["hubId"] for m in one["messages"]], one["more"]) == ([traffic.waiting], True)
    later = json.loads(cli("message", "find", "--since", "2999-01-01", "--json", home=traffic.home).stdout)
    assert later["messages"] == []


def test_refused_messages_are_found_and_explained(cli: Cli, traffic: Traffic) -> None:
    """A refused message is shown with its code, its place in the document and what to do."""
    found = json.loads(cli("message", "find", "--state", "refused", "--json", home=traffic.home).stdout)
    assert [m["hubId"] for m in found["messages"]] == [traffic.refused]
    shown = json.loads(cli("message", "show", traffic.refused, "--json", home=traffic.home).stdout)
    assert (shown["code"], shown["path"], shown["sender"]) == ("Client.Schema.Enumeration", "/enquiryRequest/subject/sex", "east")
    assert "代码" in shown["advice"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--channel", "enquiry.requst"), "Did you mean enquiry.request?"),
        (("--state", "planed"), "Did you mean planned?"),
        (("--key", "idno=1"), "Did you mean idNo?"),
        (("--key", "idNo"), "NAME=VALUE"),
        (("--id-no", "-"), "idNo 没有值"),
        (("--since", "yesterday"), "--since"),
        (("--limit", "501"), "500"),
    ],
)
def test_a_wrong_question_is_refused_with_a_hint(cli: Cli, traffic: Traffic, words: tuple[str, ...], said: str) -> None:
    """What cannot be asked ends with exit code 2, a sentence and no data."""
    done = cli("message", "find", *words, home=traffic.home)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_message_is_shown_with_all_that_hangs_on_it(cli: Cli, traffic: Traffic) -> None:
    """Deliveries with every attempt, the case with its title, and the obligation with its due date in +08:00."""
    shown = json.loads(cli("message", "show", traffic.request, "--json", home=traffic.home).stdout)
    (delivery,) = shown["deliveries"]
    assert (delivery["recipient"], delivery["route"], delivery["state"]) == ("spoke:west", "request-to-unit", "delivered")
    assert (delivery["reason"], delivery["reasonText"]) == ("stated", "按登记的协查地派发")
    assert [a["outcome"] for a in delivery["attempts"]] == ["released", "pending"]
    assert (shown["case"]["type"], shown["case"]["stateTitle"]) == ("enquiry", "已关闭")
    (owed,) = shown["obligations"]
    assert (owed["rule"], owed["unit"], owed["answeredBy"]) == ("L4", "C", traffic.feedback)
    assert CHINA.fullmatch(owed["dueAt"])
    assert owed["dueAt"].endswith("T23:59:59.999+08:00")
    assert shown["fromUser"] == "***"


def test_the_trace_tells_each_step_in_order(program: Cli, traffic: Traffic) -> None:
    """Accepted, planned, each attempt with its outcome, case moves, the obligation, then who looked: times never go back."""
    done = program("message", "trace", traffic.request, "--json", home=traffic.home)
    steps = json.loads(done.stdout)["steps"]
    assert [s["at"] for s in steps] == sorted(s["at"] for s in steps)
    whats = [s["what"] for s in steps]
    for what in ("accepted", "planned", "delivery", "attempt", "moved", "owed", "answered", "settled", "closed", "audit"):
        assert what in whats
    assert (
        whats.index("accepted") < whats.index("planned") < whats.index("attempt") < whats.index("answered") < whats.index("closed")
    )
    assert [s["result"] for s in steps if s["what"] == "attempt"] == ["released", "pending"]
    assert [s["result"] for s in steps if s["what"] == "moved"] == ["1>2", "2>3", "3>6"]
    lines = program("message", "trace", traffic.request, home=traffic.home).stdout.splitlines()
    assert CHINA.match(lines[0])
    assert "受理(accepted) east" in lines[0]
    assert any("生成投递(delivery) spoke:west request-to-unit stated 按登记的协查地派发" in line for line in lines)
    assert any("投递尝试(attempt) spoke:west #1 未送达，稍后重试(released) away" in line for line in lines)


def test_no_value_of_a_message_is_ever_printed(cli: Cli, traffic: Traffic) -> None:
    """No command prints, on either stream and in either form, a value that some message holds."""
    questions = [("find",), ("find", "--id-no", "-"), ("find", "--state", "refused")]
    for word in ("show", "trace"):
        questions += [(word, traffic.request), (word, traffic.feedback), (word, traffic.waiting), (word, traffic.refused)]
    for question in questions:
        for form in ((), ("--json",)):
            done = cli("message", *question, *form, home=traffic.home, stdin=f"{NUMBER}\n")
            assert [v for v in PERSONAL if v in done.stdout + done.stderr] == []


def test_every_look_is_on_record(cli: Cli, traffic: Traffic) -> None:
    """A look writes one audit record with the account, the hub id or the names of the keys, never their values."""
    before = looks(traffic)
    cli("message", "show", traffic.feedback, home=traffic.home)
    cli("message", "trace", traffic.feedback, home=traffic.home)
    cli("message", "find", "--id-no", NUMBER, "--channel", "enquiry.request", home=traffic.home)
    cli("message", "show", show_hub_id(999_999), home=traffic.home)
    new = looks(traffic)[len(before) :]
    assert [(action, subject) for _, action, subject, _ in new[:3]] == [
        ("message.show", traffic.feedback), ("message.trace", traffic.feedback), ("message.find", "enquiry.request idNo"),
    ]  # fmt: skip
    assert [result for *_, result in new[2:]] == ["2 found", "not found"]
    assert all(who.startswith("cli:") for who, *_ in new)


def test_an_unknown_or_misread_id_is_told_apart(cli: Cli, traffic: Traffic) -> None:
    """A wrong check character cannot be looked for (2); a well-formed id of nothing is not found (1)."""
    wrong = traffic.request[:-1] + ("0" if traffic.request[-1] != "0" else "1")
    for word in ("show", "trace"):
        assert cli("message", word, wrong, home=traffic.home).returncode == 2
        nothing = cli("message", word, show_hub_id(999_999), home=traffic.home)
        assert (nothing.returncode, nothing.stdout) == (1, "")
