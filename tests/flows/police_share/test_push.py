"""A bulk push in the police's own words, from the array to the mailboxes: outcomes, what is kept, repetitions, and bulk handlings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from random import Random

import pytest

from adapters.police import ADAPTER
from adapters.police.inbound import BULK_PUSH, batch_number, outcomes, page, receipt
from adapters.police.simulator.people import invent
from adapters.police.simulator.records import Mix, Record, record
from hub.batches.accepting import accept_batch
from hub.batches.look import look_at
from hub.batches.splitter import Splitter
from hub.contract.errors import HubError
from hub.contract.message import ChannelName
from hub.contract.service import Answered, BatchSeen
from hub.contract.xml import canonical_form, encode, parse
from hub.ports.records import Sealed
from hub.ports.spoke_registry import Spoke
from tests.adapters.police.police_platform import REGISTRY, SPACE
from tests.flows.police_share.records import CHINA, NOON, POLICE, handling
from tests.hub.pipeline.rig import Rig

SIMING = "350203001000"
BULK_HANDLING = ChannelName("police.bulk_handling")
WITH_EVERYTHING = Mix(net_bar=0.2, hotel=0.2, incomplete=0.2, station=0.3, at_home=0)


def records(count: int, mix: Mix = WITH_EVERYTHING, seed: int = 4) -> list[Record]:
    """Records of invented people at one place, as the simulated platform makes them."""
    rng = Random(seed)
    return [record(rng, f"GA-{n}", invent(rng, [SIMING]), [SIMING], NOON, mix) for n in range(1, count + 1)]


def pushed(items: Sequence[Record], number: str = "P-1") -> bytes:
    """The payload of a push as the door hands it on: parsed from GB 18030, in one form."""
    inside = f"<PCH>{number}</PCH><TSSJ>20260302120000</TSSJ><JLS>{len(items)}</JLS><ITEMS>{''.join(one.item() for one in items)}</ITEMS>"
    document = parse(f'<PLTS xmlns="{SPACE}">{inside}</PLTS>'.encode(), max_elements=100_000)
    REGISTRY.validate("police/1.0/push.xsd", document)
    return canonical_form(parse(encode(document, ADAPTER.encoding), max_elements=100_000))


def spoke(rig: Rig, name: str, batch: str, speaks: str | None = None) -> Spoke:
    """A spoke that may also send a kind of batch."""
    found = rig.machine.directory.named(name)
    assert found is not None
    more = {"speaks": speaks} if hasattr(found, "speaks") else {}
    made = replace(found, sends=found.sends | {batch}, **more)
    known = rig.machine.directory.named
    rig.machine.directory.named = lambda n: made if n == name else known(n)  # type: ignore[method-assign]
    return made


def take(rig: Rig, data: bytes, number: str = "P-1") -> Answered:
    """The hub takes a push, splits it and plans its records."""
    answer = accept_batch(rig.machine, spoke(rig, POLICE, BULK_PUSH, "police"), ADAPTER, BULK_PUSH, number, data)
    while Splitter(rig.machine, "one").once():
        pass
    rig.plan()
    rig.fill_mailboxes()
    return answer


def seen(rig: Rig, number: str = "P-1") -> BatchSeen:
    """What the platform may learn of its batch."""
    found = look_at(rig.machine, POLICE, BULK_PUSH, number, 1, 500)
    assert found is not None
    return found


def test_each_record_ends_as_the_platform_expects(rig: Rig) -> None:
    """Filters 1 to 3 are told as outcomes; what passes lies at its unit, and nothing else does."""
    made = records(60)
    answer = take(rig, pushed(made))
    assert (answer.records, answer.duplicate) == (60, False)
    told = seen(rig)
    assert (told.state, told.total, told.accepted, told.refused) == ("done", 60, 60, 0)
    assert [one.outcome for one in told.records] == [one.outcome for one in made]
    wanted = Counter(one.outcome for one in made)
    assert min(wanted[kind] for kind in "0123") > 3
    assert rig.rows("SELECT count(*) FROM delivery") == [(wanted["0"],)]
    assert dict(rig.rows("SELECT code, count(*) FROM message WHERE state = 'filtered' GROUP BY code")) == {
        f"filter.{kind}": wanted[kind] for kind in "123"
    }


def test_what_must_not_be_kept_of_filtered_rows_is_nowhere(rig: Rig) -> None:
    """P6: neither the received nor the canonical document of a filtered row holds premises, landlord or employer; a candidate's does."""
    take(rig, pushed(records(40)))
    for state, there in (("filtered", False), ("planned", True)):
        rows = rig.rows(
            "SELECT m.id, b.received_key, b.received, b.canonical_key, b.canonical FROM message m JOIN message_body b ON b.message_id = m.id WHERE m.state = ?",
            state,
        )
        assert len(rows) > 5
        for hub_id, *sealed in rows:
            for name, key, data in (("received", *sealed[:2]), ("canonical", *sealed[2:])):
                text = rig.machine.keyring.open(f"message_body|{name}|{hub_id}", Sealed(key, data)).decode()
                assert ("示例房东" in text) is there
                assert ("示例用工单位" in text) is there


def test_pushed_again_it_runs_nothing_and_other_content_conflicts(rig: Rig) -> None:
    """The same number and content: the first answer. The same records under another number: duplicates. Other content: a conflict."""
    made = records(20)
    first = take(rig, pushed(made))
    deliveries = rig.rows("SELECT count(*) FROM delivery")
    again = take(rig, pushed(made))
    assert (again.hub_id, again.duplicate, again.receipt) == (first.hub_id, True, first.receipt)
    take(rig, pushed(made, "P-2"), "P-2")
    assert {one.state for one in seen(rig, "P-2").records} == {"duplicate"}
    assert rig.rows("SELECT count(*) FROM delivery") == deliveries
    with pytest.raises(HubError) as conflict:
        take(rig, pushed(made[:-1]))
    assert "Conflict" in conflict.value.code


def test_a_bad_record_is_refused_alone(rig: Rig) -> None:
    """A number of sixteen digits: that record is refused with code and path, its neighbours are accepted."""
    made = records(5, Mix(0, 0, 0, 0, 0))
    made[2] = replace(made[2], values={**made[2].values, "GMSFHM": "3599011990051000"})
    take(rig, pushed(made))
    told = seen(rig).records
    assert [one.state for one in told] == ["accepted", "accepted", "refused", "accepted", "accepted"]
    assert told[2].code
    assert told[2].code.startswith("Client.Schema")


def test_the_answers_are_the_platforms_own_words(rig: Rig) -> None:
    """Receipt and outcomes satisfy the platform's schemas, page by page; an unknown batch is 21."""
    answer = take(rig, pushed(records(30)))
    push = parse(pushed([]))
    said = receipt(push, answer)
    REGISTRY.validate("police/1.0/push_reply.xsd", said)
    assert (said.findtext("{*}PCH"), said.findtext("{*}JLS"), batch_number(push)) == ("P-1", "30", "P-1")
    question = parse(f'<JGCX xmlns="{SPACE}"><PCH>P-1</PCH><QSXH>11</QSXH><TS>900</TS></JGCX>'.encode())
    REGISTRY.validate("police/1.0/result.xsd", question)
    assert page(question) == (11, 500)
    found = look_at(rig.machine, POLICE, BULK_PUSH, "P-1", 11, 500)
    told = outcomes(question, found)
    REGISTRY.validate("police/1.0/result_reply.xsd", told)
    assert [item.findtext("{*}XH") for item in told.findall("{*}ITEMS/{*}ITEM")] == [str(n) for n in range(11, 31)]
    nobody = outcomes(question, None)
    REGISTRY.validate("police/1.0/result_reply.xsd", nobody)
    assert nobody.findtext("{*}FHM") == "21"


def test_a_receipt_tells_beijing_time() -> None:
    """The moment of acceptance in the platform's form."""
    answer = Answered("10234-7", datetime(2026, 3, 2, 9, 0, 5, tzinfo=CHINA), duplicate=True, receipt="r", records=3)
    said = receipt(parse(pushed([])), answer)
    assert (said.findtext("{*}SLSJ"), said.findtext("{*}CFBZ")) == ("20260302090005", "1")


def test_pf12_five_hundred_given_up_in_one_batch(rig: Rig) -> None:
    """500 candidates, one batch of handlings with one bulkNo: 500 cases in state 3, and one batch on record."""
    take(rig, pushed(records(500, Mix(0, 0, 0, 0, 0))))
    inside = b"".join(handling(f"GA-{n}", what="3", bulk="PL-1", reason="已搬离") for n in range(1, 501))
    data = b'<batch xmlns="urn:pophub:batch:1.0">' + inside + b"</batch>"
    unit = spoke(rig, "siming", BULK_HANDLING)
    accept_batch(rig.machine, unit, None, BULK_HANDLING, "PL-1", data)
    while Splitter(rig.machine, "one").once():
        pass
    rig.plan()
    assert rig.rows("SELECT state, count(*) FROM case_file GROUP BY state") == [("3", 500)]
    looked = rig.rows("SELECT action FROM audit WHERE action LIKE 'batch%' AND who = 'siming'")
    assert len(looked) == 1
