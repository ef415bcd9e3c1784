"""No path joins the police with health, contraception or certificates: the real declarations hold, and every plant in them is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.catalogue import Catalogue
from hub.contract.channel import Channel
from hub.contract.flow import Flow, Route, SystemRecipient, UnitRecipient
from hub.contract.message import ChannelName
from hub.contract.query import Asker, FromPartner
from hub.control_bus.check.forbidden import NO_PATHS
from hub.control_bus.check.gather import gather
from hub.control_bus.check.paths import graph, no_forbidden_field, no_forbidden_path
from hub.control_bus.check.subject import Subject
from hub.settings import Settings
from routes.police_share.flow import FLOW, RECORD

PATH_1 = tuple(rule for rule in NO_PATHS if rule.rule == "1")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """Everything that is declared."""
    found, _ = gather(Settings(profile="legacy", home=tmp_path_factory.mktemp("nohome")))
    return found


def with_flows(subject: Subject, change: Callable[[Flow], Flow], *more: Flow) -> Subject:
    """The real tree with the police's flow declared otherwise, and further flows."""
    flows = tuple(change(f) if f.name == FLOW.name else f for f in subject.catalogue.flows)
    return replace(subject, catalogue=Catalogue(subject.catalogue.adapters, (*flows, *more)))


def other_flow(name: str, channel: str, *, emits: str = "", to: SystemRecipient | None = None) -> Flow:
    """A flow of another family with one channel."""
    made = Channel(ChannelName(channel), channel, "same", ())
    routes = (Route(f"{name}-out", made.name, to or UnitRecipient(), "x", "planted"),)
    return replace(
        FLOW, name=name, channels=(made,), routes=routes, queries=(), case=None, needs=(), batches=(),
        emits={made.name: (ChannelName(emits),)} if emits else None,
    )  # fmt: skip


def routed(to: UnitRecipient | SystemRecipient, view: str) -> Callable[[Flow], Flow]:
    """The police's records along one more route."""
    return lambda f: replace(f, routes=(*f.routes, Route("planted", RECORD, to, view, "planted")))


def same(flow: Flow) -> Flow:
    """As it is."""
    return flow


def test_the_declared_paths_are_these(real: Subject) -> None:
    """The police bring records and answers; records reach the unit of residence, answers the asking unit, questions the police."""
    edges = graph(real)
    assert edges["source:police"] == {"channel:police.record", "channel:police.case_reply"}
    assert edges["channel:police.record"] == {"channel:police.handling", "view:residence_unit"}
    assert edges["channel:police.case"] == {"system:police", "view:police", "channel:police.case_reply"}
    assert edges["channel:police.case_reply"] == {"view:asking_unit"}
    assert list(no_forbidden_path(real, PATH_1)) == []
    assert list(no_forbidden_field(real)) == []


@pytest.mark.parametrize(
    ("change", "more"),
    [
        (routed(UnitRecipient(), "phc"), ()),
        (routed(SystemRecipient("health"), "health"), ()),
        (routed(SystemRecipient("ehycert"), "ecert"), ()),
        (lambda f: replace(f, emits={RECORD: (ChannelName("notice.contraception"),)}), ()),
        (lambda f: replace(f, emits={RECORD: (ChannelName("subsidy.candidate"),)}), (other_flow("a", "subsidy.candidate", emits="health.made"),)),
        (lambda f: replace(f, queries=(replace(f.queries[0], askers=(Asker("phc"),)),)), ()),
        (same, (other_flow("a", "health.delivery", emits="police.handling"),)),
        (same, (other_flow("a", "notice.surgery", to=SystemRecipient("police")),)),
        (same, (other_flow("a", "ecert.change", emits="register.made"), other_flow("b", "register.made", to=SystemRecipient("police")))),
        (same, (replace(other_flow("a", "health.delivery"), queries=(replace(FLOW.queries[0], name=ChannelName("health.asked"), source=FromPartner("police", "police")),)),)),
    ],
    ids=[
        "to a clinic", "to health", "to certificates", "made a notice", "through a third flow", "answered to a clinic", "health made a handling",
        "surgery told", "certificates through the register", "health asks the police",
    ],
)  # fmt: skip
def test_a_planted_path_is_found(change: Callable[[Flow], Flow], more: tuple[Flow, ...], real: Subject) -> None:
    """Whatever joins them, directly or through others, is a fault that shows the chain."""
    found = list(no_forbidden_path(with_flows(real, change, *more), PATH_1))
    assert found
    assert all("→" in fault.en and "police" in fault.en for fault in found)


@pytest.mark.parametrize("name", ["ethnicity", "residenceAddr", "mobile", "maritalStatus"])
def test_a_fourth_field_for_the_police_is_found(name: str, real: Subject, tmp_path: Path) -> None:
    """A view for the police that holds more than name, number and purpose is a fault."""
    schemas = Path(__file__).parents[3] / "schemas"
    text = (schemas / "views/police/police.case-1.0.xsd").read_text(encoding="utf-8")
    sensitive = name in ("ethnicity", "maritalStatus")
    field = (
        f'<xs:element name="{name}" type="c:Text20"><xs:annotation><xs:documentation xml:lang="zh">某项</xs:documentation><xs:appinfo>'
        f'<p:privacy class="{"sensitive" if sensitive else "identifying"}"/></xs:appinfo></xs:annotation></xs:element>'
    )
    file = tmp_path / "schemas/views/police/police.case-1.0.xsd"
    file.parent.mkdir(parents=True)
    file.write_text(text.replace("    </xs:sequence>", f"{field}</xs:sequence>"), encoding="utf-8")
    roots = (tmp_path / "schemas", *real.roots)
    planted = replace(real, roots=roots, schemas=LxmlSchemaRegistry(roots), _fields={})
    assert [f.code for f in no_forbidden_field(planted)] == ["field.forbidden"]
