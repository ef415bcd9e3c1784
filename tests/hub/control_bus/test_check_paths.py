"""The graph of who may learn what: chains are found however long, and what is allowed is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.contract.flow import SystemRecipient
from hub.control_bus.check.forbidden import NoPath
from hub.control_bus.check.paths import graph, no_forbidden_path
from hub.control_bus.check.subject import Subject
from tests.hub.control_bus.plants import Plant, add_flow


def rule(start: str, end: str, *allowed: str, direct: bool = False) -> NoPath:
    """A rule of one start and one end."""
    return NoPath("0", (start,), (end,), "不得", "never", allowed, direct)


def test_the_real_graph_joins_sources_channels_and_recipients(whole: Subject) -> None:
    """Feeds, services, batches, emits, flows and routes are the edges; nothing leads from a recipient back into the hub."""
    edges = graph(whole)
    assert edges["source:register"] == {"channel:ecert.record"}
    assert edges["source:police"] == {"channel:police.record", "channel:police.case_reply"}
    assert edges["source:health"] == {"channel:health.delivery", "channel:health.vaccination"}
    assert {"channel:health.comparison", "channel:health.result"} < edges["channel:health.delivery"]
    channels = {f"channel:enquiry.{name}" for name in ("request", "feedback", "return", "withdraw", "withdrawn")}
    notices = {"channel:notice.contraception", "channel:notice.contraception_receipt"}
    assert edges["source:padis"] == channels | notices | {"channel:enquiry.case_reply"}
    assert edges["channel:notice.contraception"] == {
        "system:padis", "view:padis", "view:hukou_unit", "channel:notice.contraception_receipt", "channel:notice.status_reply",
    }  # fmt: skip
    others = channels - {"channel:enquiry.request"}
    assert edges["channel:enquiry.request"] == {
        *others, "system:padis", "view:padis", "view:asked_unit", "channel:enquiry.status_reply",
    }  # fmt: skip
    assert edges["channel:enquiry.case"] == {"system:padis", "view:padis", "channel:enquiry.case_reply"}
    assert edges["channel:enquiry.case_reply"] == edges["channel:enquiry.status_reply"] == {"view:asking_unit"}
    assert not [node for node in edges if node.startswith(("system:", "view:"))]


@pytest.mark.parametrize(
    ("forbidden", "chains"),
    [
        (rule("source:padis", "view:asking_unit"), 1),
        (rule("source:padis", "view:asking_unit", direct=True), 0),
        (rule("channel:enquiry.*", "view:*", "view:a*"), 6),
        (rule("channel:enquiry.request", "view:padis", "view:padis"), 0),
        (rule("channel:enquiry.request", "system:police"), 0),
        (rule("view:*", "channel:*"), 0),
    ],
)
def test_a_rule_finds_its_chains_and_no_others(forbidden: NoPath, chains: int, subject: Subject) -> None:
    """Long chains count unless the rule is about the channel's own routes; what is allowed is no fault."""
    assert len(list(no_forbidden_path(subject, [forbidden]))) == chains


def test_the_shortest_chain_is_shown(subject: Subject) -> None:
    """The fault tells the way, so that it can be cut."""
    (fault,) = no_forbidden_path(subject, [rule("source:padis", "view:asked_unit")])
    assert "source:padis → channel:enquiry.request → view:asked_unit" in fault.en


@pytest.mark.parametrize(
    "plant",
    [
        add_flow("police", "police.case_query", recipient=SystemRecipient("police"), view="police"),
        add_flow("certs", "ecert.change", recipient=SystemRecipient("ehycert"), view="ehycert"),
        add_flow("care", "health.reverse_correction", recipient=SystemRecipient("health"), view="phc"),
        add_flow("equal", "equal.disease", view="residence_unit"),
    ],
)
def test_permitted_flows_are_no_fault(plant: Plant, subject: Subject, tmp_path: Path) -> None:
    """A query to the police, certificates to their database, corrections to health, disease to the unit of residence."""
    assert list(no_forbidden_path(plant(subject, tmp_path))) == []
