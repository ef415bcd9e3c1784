"""TX1: one message, one receipt; what came before is answered as it was answered before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.contract.errors import ClientError
from hub.contract.message import show_hub_id
from tests.flows.enquiry.documents import ELSEWHERE, feedback, request
from tests.hub.backends.sql.groups import together
from tests.hub.pipeline.rig import SIMING, YANPING, ManualClock, Rig, Script


def _policy(rig: Rig, policy: str) -> None:
    """Let differing content under a business key follow another policy."""
    rig.with_flow(lambda f: replace(f, channels=tuple(replace(c, policy=policy) for c in f.channels)))  # type: ignore[arg-type]


def test_same_message_again(rig: Rig) -> None:
    """The same MessageID with the same content gets the first receipt again, marked as a duplicate, and makes nothing new."""
    first = rig.submit(SIMING, request("XC1"), "m-1")
    again = rig.submit(SIMING, request("XC1"), "m-1")
    assert replace(again, duplicate=False) == first and again.duplicate and not first.duplicate
    assert rig.plan() == 1
    assert rig.rows("SELECT count(*) FROM message") == [(1,)]


def test_layout_is_not_content(rig: Rig) -> None:
    """Blanks in a tag and a comment do not make other content: digests are over canonical XML."""
    rig.submit(SIMING, request("XC1"), "m-1")
    other = request("XC1").replace(b"<origin>", b"<!-- here --><origin >")
    assert rig.submit(SIMING, other, "m-1").duplicate


def test_what_the_hub_fills_is_not_content(rig: Rig) -> None:
    """Elements that the hub fills are ignored when sent: the same enquiry with and without them is one enquiry."""
    first = rig.submit(SIMING, request("XC1", resolved="350702001001"), "m-1")
    assert rig.submit(SIMING, request("XC1"), "m-1") == replace(first, duplicate=True)


def test_message_id_with_other_content(rig: Rig) -> None:
    """A MessageID used for other content is refused, naming the first; nothing is stored for it."""
    first = rig.submit(SIMING, request("XC1"), "m-1")
    with pytest.raises(ClientError) as refused:
        rig.submit(SIMING, request("XC2"), "m-1")
    assert (refused.value.code, refused.value.ref) == ("Client.IdConflict", show_hub_id(first.id))
    assert rig.rows("SELECT count(*) FROM message") == [(1,)]


def test_message_ids_belong_to_sender_and_channel(rig: Rig) -> None:
    """Two senders, and two channels of one sender, may use the same MessageID."""
    ids = {
        rig.submit(SIMING, request("XC1"), "m-1").id,
        rig.submit(YANPING, request("XC2", applicant="350702001000", stated="350203001001"), "m-1").id,
        rig.submit(YANPING, feedback("XC1"), "m-1").id,
    }
    assert len(ids) == 3


def test_equal_content_under_another_message_id(rig: Rig) -> None:
    """Equal content under another MessageID is answered with the first receipt, and that MessageID is taken from then on."""
    first = rig.submit(SIMING, request("XC1"), "m-1")
    again = rig.submit(SIMING, request("XC1"), "m-2")
    assert again == replace(first, duplicate=True)
    with pytest.raises(ClientError, match=r"Client\.IdConflict"):
        rig.submit(SIMING, request("XC3"), "m-2")


def test_business_key_with_other_content(rig: Rig) -> None:
    """The number of an enquiry used for other content is refused, naming the first; its MessageID stays free."""
    first = rig.submit(SIMING, request("XC1"), "m-1")
    with pytest.raises(ClientError) as refused:
        rig.submit(SIMING, request("XC1", question="另一个问题"), "m-2")
    assert (refused.value.code, refused.value.ref) == ("Client.Conflict", show_hub_id(first.id))
    assert not rig.submit(SIMING, request("XC2"), "m-2").duplicate


def test_later_key_subject_is_no_new_limit(rig: Rig) -> None:
    """An enquiry sent again with a key subject added is refused: the limit of the first acceptance stands (LM 6)."""
    first = rig.submit(SIMING, request("XC1"))
    rig.plan()
    with pytest.raises(ClientError, match=r"Client\.Conflict"):
        rig.submit(SIMING, request("XC1", keys=["1"]))
    assert [o["rule"] for o in rig.whole(first.id).obligations] == ["L4"]


@pytest.mark.parametrize("same", [{"id_no": "359901199005100022", "name": "甲一"}, {"id_no": "359901199005100022"}])
def test_one_open_enquiry_about_a_person(rig: Rig, same: dict[str, str]) -> None:
    """A second enquiry about the same person from and to the same places is refused while the first is open."""
    first = rig.submit(SIMING, request("XC1", id_no="359901199005100022"))
    with pytest.raises(ClientError) as refused:
        rig.submit(SIMING, request("XC2", **same))
    assert refused.value.ref == show_hub_id(first.id)


def test_open_key_ends_with_its_case(rig: Rig) -> None:
    """When the case closes, the person may be asked about again; the enquiry's own number stays taken for ever."""
    number = "359901199005100022"
    rig.submit(SIMING, request("XC1", id_no=number, stated=ELSEWHERE))
    rig.plan()
    rig.attempt(Script())
    answer = rig.submit("padis", feedback("XC1", unit=ELSEWHERE))
    rig.plan()
    with pytest.raises(ClientError, match=r"Client\.Conflict"):
        rig.submit(SIMING, request("XC2", id_no=number, stated=ELSEWHERE))
    rig.fill_mailboxes()
    assert rig.case(answer.id).state == "6"
    assert not rig.submit(SIMING, request("XC2", id_no=number, stated=ELSEWHERE)).duplicate
    with pytest.raises(ClientError, match=r"Client\.Conflict"):
        rig.submit(SIMING, request("XC1", id_no="359901198801010019", stated=ELSEWHERE))


def test_policy_same(rig: Rig) -> None:
    """Under the policy 'same', other content under a business key is answered with the first receipt."""
    _policy(rig, "same")
    first = rig.submit(SIMING, request("XC1"))
    assert rig.submit(SIMING, request("XC1", question="另一个问题")) == replace(first, duplicate=True)


def test_policy_supersedes(rig: Rig) -> None:
    """Under the policy 'supersedes', other content is accepted and is what the key answers with from then on."""
    _policy(rig, "supersedes")
    rig.submit(SIMING, request("XC1"))
    second = rig.submit(SIMING, request("XC1", question="另一个问题"))
    assert not second.duplicate
    assert rig.submit(SIMING, request("XC1", question="另一个问题")) == replace(second, duplicate=True)


def test_policy_supersedes_within_one_group(rig: Rig) -> None:
    """Two versions committed together leave the later one current."""
    _policy(rig, "supersedes")
    works = [rig.inbound(SIMING, request("XC1", question=f"第{n}问")) for n in (1, 2)]
    first, second = together(rig, works)
    assert second.id != first.id and not second.duplicate
    assert rig.submit(SIMING, request("XC1", question="第2问")) == replace(second, duplicate=True)


def test_refused_is_kept_as_evidence(rig: Rig) -> None:
    """A message refused for its content is kept, encrypted, with code and place; it takes neither number nor MessageID."""
    spoiled = request("XC1").replace(b"<origin>1", b"<origin>8")
    with pytest.raises(ClientError, match=r"Client\.Schema\.Enumeration"):
        rig.submit(SIMING, spoiled, "m-1")
    assert rig.rows("SELECT sender, channel, code FROM invalid_message") == [
        (SIMING, "enquiry.request", "Client.Schema.Enumeration")
    ]
    assert rig.submit(SIMING, request("XC1"), "m-1").lane_no == 1


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="TX1 looks under the current index key alone")
def test_duplicates_outlive_an_index_key(rig: Rig, clock: ManualClock) -> None:
    """A new index key does not make the hub forget: identities, business keys, lanes and cases are looked up under all live keys."""
    rig.submit(SIMING, request("XC1"), "m-1")
    rig.plan()
    rig.close()
    key = rig.home / "keys" / "index-2"
    key.touch(mode=0o600)
    key.write_bytes(bytes(range(32)))
    again = Rig(rig.home, clock)
    try:
        assert again.submit(SIMING, request("XC1"), "m-1").duplicate
        assert again.submit(YANPING, feedback("XC1")).lane_no == 2
        again.plan()
        assert again.case(10001).state == "3"
    finally:
        again.close()
