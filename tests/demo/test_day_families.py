"""The parts of a day that know no family: ports, several families side by side, addresses of a channel, the list of families."""

from itertools import islice
from random import Random

import pytest

from demo.cast import CAST
from demo.families import FAMILIES
from demo.home import families_of
from demo.partners import SIMULATORS
from demo.ports import NAMES, Ports, read_ports
from demo.spokes.facts import family_of, root_of
from demo.spokes.soap import operation, path
from demo.spokes.work import side_by_side
from demo.under_way import counted


def test_ports_stand_in_order_or_by_name() -> None:
    """Ports come in their order or by name; what is not named is free and nobody else's; nothing named means the usual ones."""
    mixed = read_ports("24001,24002,push=24003")

    assert (mixed.edge, mixed.admin, mixed.push("fjfpis-west"), mixed.push("fjfpis-east")) == (24001, 24002, 24003, None)
    assert len(set(mixed.all())) == len(NAMES)
    assert read_ports("") == Ports()
    assert (Ports().edge, Ports().admin, Ports().by_name["padis"]) == (8080, 8081, 8101)


@pytest.mark.parametrize("text", ["x", "1,", ",", "edge=1,edge=2", "1,edge=2", "nobody=7", "65536", "0", ",".join("1" * 40)])
def test_anything_else_is_no_port(text: str) -> None:
    """A value that is no port, or that names the same twice or something unknown, is refused."""
    with pytest.raises(ValueError, match=r"^[a-z0-9=]*$"):
        read_ports(text)


def test_families_share_the_day() -> None:
    """Two families are spread evenly, each in its own order; without end they take turns by chance until both are used up."""
    whole = list(side_by_side({"a": iter("abcd"), "b": iter("xy")}, Random(1), endless=False))  # type: ignore[dict-item]
    assert whole == ["a", "x", "b", "c", "y", "d"]

    turns = list(islice(side_by_side({"a": iter("abcd"), "b": iter("xy")}, Random(1), endless=True), 9))  # type: ignore[dict-item]
    assert sorted(turns) == sorted("abcdxy")
    assert [t for t in turns if t in "abcd"] == list("abcd")


def test_a_channel_says_where_it_goes() -> None:
    """Operation, address and root follow from the channel's name."""
    channel = "notice.contraception_receipt"
    assert (operation(channel), path(channel), root_of(channel), family_of(channel)) == (
        "SubmitNoticeContraceptionReceipt", "/soap/notice", "noticeContraceptionReceipt", "notice",
    )  # fmt: skip


def test_what_is_under_way_is_read_off_the_figures() -> None:
    """Messages not planned and deliveries on their way count, ages and other figures do not."""
    figures = b"""# HELP pophub_deliveries_waiting Deliveries on their way
pophub_messages_waiting 2.0
pophub_messages_waiting_oldest_seconds 7.5
pophub_deliveries_waiting{outlet="system:padis",state="queued"} 3.0
pophub_deliveries_waiting{outlet="mailbox",state="pending"} 1.0
pophub_lanes_held{outlet="plan"} 4.0
"""
    assert counted(figures) == 6


def test_every_family_can_be_played() -> None:
    """Each family has somebody who takes part, the simulators that it needs, and routes of its own."""
    systems = {member.system for member in CAST}
    names = [route.name for family in FAMILIES.values() for route in family.routes]

    assert all(families_of(system) for system in systems)
    assert all(set(family.grants) & systems and set(family.partners) <= set(SIMULATORS) for family in FAMILIES.values())
    assert len(names) == len(set(names))
