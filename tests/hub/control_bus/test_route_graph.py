"""``pophub routes --graph``: what is drawn is what is declared, readable by Mermaid and straight on a terminal."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import unicodedata
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from hub.catalogue import Catalogue
from hub.contract.adapter import Feed
from hub.contract.batch import BatchIn, BatchOut, Schedule
from hub.contract.channel import Channel
from hub.contract.extract import Extract
from hub.contract.flow import Flow, Route, SystemRecipient, UnitRecipient
from hub.contract.message import ChannelName
from hub.contract.service import Ask, Push, Service
from hub.control_bus.route_drawing import families, mermaid, text
from hub.control_bus.route_graph import ChannelNode, FlowNode, Party, Source, graph_of
from tests.hub.control_bus.conftest import Cli

HERE = Path(__file__).parent
MERMAID = os.environ.get("POPHUB_MERMAID", "")
"""A folder in which ``npm install mermaid jsdom`` was run."""
ASK, TELL = ChannelName("house.ask"), ChannelName("house.tell")
MANY, ALL = ChannelName("house.many"), ChannelName("house.all")
NEVER = cast("Any", None)
"""A function of the flow that drawing never calls."""

GOLDEN_MERMAID = """\
flowchart LR
  from_spokes(["业务系统<br/>spokes"])
  from_cadastre(["房产登记<br/>cadastre"])
  subgraph flow_house["门牌 house<br/>依据 basis：闽〔2026〕1号"]
    channel_house_ask_1_0["门牌询问<br/>house.ask/1.0"]
    channel_house_tell_2_1["门牌答复<br/>house.tell/2.1"]
    batch_house_many[/"成批询问<br/>批次 batch house.many"/]
    batch_house_all[/"成批答复<br/>批次 batch house.all"/]
    schedule_house_monthly{{"月报<br/>每月 monthly house.monthly"}}
  end
  to_cadastre(["房产登记<br/>cadastre"])
  to_unit(["单位<br/>unit"])
  from_spokes --> channel_house_ask_1_0
  channel_house_ask_1_0 -->|"送房产<br/>ask-out · 视图 cadastre · B"| to_cadastre
  channel_house_ask_1_0 -.-> channel_house_tell_2_1
  from_spokes --> channel_house_tell_2_1
  from_cadastre -->|"下载 feed answers · 服务 service door"| channel_house_tell_2_1
  channel_house_tell_2_1 -->|"送回询问单位<br/>tell-unit · 视图 asking_unit · A"| to_unit
  from_spokes --> batch_house_many
  from_cadastre -->|"服务 service door"| batch_house_many
  batch_house_many -->|"逐条 records"| channel_house_ask_1_0
  batch_house_all -->|"逐条 records"| channel_house_tell_2_1
  from_cadastre -->|"取数 extract houses.all"| schedule_house_monthly
  schedule_house_monthly --> batch_house_all
"""
GOLDEN_FLOWS = """\
flowchart LR
  from_spokes(["业务系统<br/>spokes"])
  from_cadastre(["房产登记<br/>cadastre"])
  to_cadastre(["房产登记<br/>cadastre"])
  to_unit(["单位<br/>unit"])
  from_spokes & from_cadastre --> flow_house["门牌 house<br/>下载 feed · 服务 service · 批次 batches · 每月 monthly · 路由 routes 2"] --> to_cadastre & to_unit
  from_spokes --> flow_street["街道 street<br/>路由 routes 0"]
  flow_street -.-> flow_house
"""
GOLDEN_TEXT = """\
门牌 house  依据 basis：闽〔2026〕1号
  门牌询问 house.ask/1.0
    ← 业务系统 spokes
    → 房产登记 cadastre  视图 cadastre     类别 B  ask-out    送房产
    ⇢ 产生 makes house.tell/2.1
  门牌答复 house.tell/2.1
    ← 业务系统 spokes
    ← 房产登记 cadastre  下载 feed answers · 服务 service door
    → 单位 unit          视图 asking_unit  类别 A  tell-unit  送回询问单位
  成批询问 house.many
    ← 业务系统 spokes
    ← 房产登记 cadastre  服务 service door
    ⇒ 逐条 records house.ask/1.0
  成批答复 house.all
    ⇐ 逐条 records house.tell/2.1
  月报 house.monthly  每月 monthly
    ← 房产登记 cadastre  取数 extract houses.all
    ⇒ 批次 batch house.all
"""
EVIL = ('end "x" | y', "<script>alert(1)</script>", "#quot; `a` & b;", "[]{}()-->|%%", "𠮷㛃·阿卜杜拉")

GRAMMAR = (
    re.compile(r"flowchart LR"),
    re.compile(r'  (from|to)_\w+\(\["[^"`]+"\]\)'),
    re.compile(r'  subgraph flow_\w+\["[^"`]+"\]'),
    re.compile(r'    channel_\w+\["[^"`]+"\]'),
    re.compile(r'    batch_\w+\[/"[^"`]+"/\]'),
    re.compile(r'    schedule_\w+\{\{"[^"`]+"\}\}'),
    re.compile(r"  end"),
    re.compile(r'  from_\w+ -->(\|"[^"`]+"\|)? (channel|batch|schedule)_\w+'),
    re.compile(r'  channel_\w+ -->\|"[^"`]+"\| to_\w+'),
    re.compile(r"  channel_\w+ -.-> channel_\w+"),
    re.compile(r'  batch_\w+ -->\|"[^"`]+"\| channel_\w+'),
    re.compile(r"  schedule_\w+ --> batch_\w+"),
)
"""Every kind of line that is ever written of the whole graph."""


def house(*titles: str) -> tuple[FlowNode, ...]:
    """A flow made by hand: asked of an external system, answered by it, alone and in batches; one made by the calendar."""
    defaults = ("门牌", "门牌询问", "门牌答复", "送房产", "送回询问单位", "房产登记")
    flow_title, ask, tell, out, back, system = (*titles, *defaults[len(titles) :])
    channel = Channel(name=ASK, title=ask, policy="same", duplicate_keys=())
    flow = Flow(
        name="house", title=flow_title, channels=(channel, replace(channel, name=TELL, title=tell, version="2.1")),
        routes=(
            Route("ask-out", ASK, SystemRecipient("cadastre"), "cadastre", out),
            Route("tell-unit", TELL, UnitRecipient(), "asking_unit", back),
        ),
        decide=NEVER, settled=NEVER, due=NEVER, sources={ASK: ("cadastre",), TELL: ("cadastre",)}, emits={ASK: (TELL,)},
        batches=(BatchIn(MANY, "成批询问", ASK), BatchOut(ALL, "成批答复", TELL, TELL, "tell-unit", NEVER, (), NEVER, NEVER)),
        schedules=(Schedule("house.monthly", "月报", "month", "houses.all", ALL, NEVER, NEVER),),
    )  # fmt: skip
    pushes = {
        "Tell": Push(TELL, "", "", NEVER, NEVER),
        "Many": Push(MANY, "", "", NEVER, NEVER, batch=True),
        "Outcomes": Ask(MANY, "", "", NEVER, NEVER, NEVER),
    }
    adapter = SimpleNamespace(
        name="cadastre", title=system, feeds=(Feed("answers", {TELL: ""}),), services=(Service("door", "", pushes),),
        extracts=(Extract("houses.all", "全部", (), ()),),
    )  # fmt: skip
    kinds = {"ask-out": "B", "tell-unit": "A"}
    return graph_of(Catalogue(cast("Any", (adapter,)), (flow,)), lambda _: "闽〔2026〕1号", lambda r: kinds[r.name])


def street() -> FlowNode:
    """A flow that makes messages of the other one."""
    spokes = Source(Party("业务系统", "spokes"))
    return FlowNode("街道", "street", "-", (ChannelNode("街道", "street.new/1.0", (spokes,), (), ("house.ask/1.0",)),))


def test_mermaid_as_written_by_hand() -> None:
    """Senders, channels in their flow, recipients, every route with view and class."""
    assert "\n".join(mermaid(house())) + "\n" == GOLDEN_MERMAID


def test_flows_as_written_by_hand() -> None:
    """One line a flow: who brings, the ways, who gets; dashed from a flow to the flow of which it makes messages."""
    assert "\n".join(families((*house(), street()))) + "\n" == GOLDEN_FLOWS


def test_one_flow_alone_names_no_node_of_another() -> None:
    """What is made for a flow that is not drawn is left out."""
    assert "-.->" not in "\n".join(mermaid((street(),))) + "\n".join(families((street(),)))


def test_text_as_written_by_hand() -> None:
    """The same for a terminal."""
    assert "\n".join(text(house())) + "\n" == GOLDEN_TEXT


def test_columns_stand_under_each_other() -> None:
    """On a terminal a Chinese character takes two cells: each column begins at one place on every line."""
    lines = [line for line in text(house()) if line.startswith("    →")]
    starts = {tuple(_cells(line[: line.index(word)]) for word in ("视图", "类别", kind)) for line, kind in zip(lines, ("ask-out", "tell-unit"), strict=True)}  # fmt: skip
    assert len(lines) == 2
    assert len(starts) == 1


def _cells(of: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in of)


@pytest.mark.parametrize("drawn", [house(), house(*EVIL)], ids=["plain", "evil titles"])
def test_every_line_is_of_the_grammar(drawn: tuple[FlowNode, ...]) -> None:
    """No title can end its label, its node or the diagram; every node an edge names is there."""
    lines = list(mermaid(drawn))
    assert [line for line in lines if not any(g.fullmatch(line) for g in GRAMMAR)] == []
    nodes = {m[1] for line in lines if (m := re.match(r"\s+(\w+)[(\[{]", line))}
    for line in lines:
        if "-->" in line or "-.->" in line:
            assert {line.split()[0], line.split()[-1]} <= nodes
    assert "<script" not in "\n".join(lines)


@pytest.mark.skipif(not MERMAID or not shutil.which("node"), reason="POPHUB_MERMAID names no folder with npm's mermaid and jsdom")
@pytest.mark.parametrize("drawn", [house(), house(*EVIL)], ids=["plain", "evil titles"])
def test_mermaid_itself_accepts_it(drawn: tuple[FlowNode, ...]) -> None:
    """Mermaid's own parser."""
    asked = ["node", str(HERE / "mermaid_parse.mjs")]
    said = subprocess.run(
        asked, input="\n".join(mermaid(drawn)), capture_output=True, text=True, timeout=60, cwd=MERMAID, check=False
    )
    assert (said.returncode, said.stdout.strip()) == (0, "flowchart-v2"), said.stdout + said.stderr


def test_the_command_draws_what_is_declared(cli: Cli, tmp_path: Path) -> None:
    """Every declared route is an edge in every format, and none else."""
    declared = {r["route"] for r in json.loads(cli("routes", "--json", home=tmp_path, POPHUB_PROFILE="legacy").stdout)["routes"]}
    assert declared
    drawn = cli("routes", "--graph", home=tmp_path, POPHUB_PROFILE="legacy")
    assert set(re.findall(r"<br/>(\S+) · 视图", drawn.stdout)) == declared
    assert len(re.findall(r"-->.* to_\w+$", drawn.stdout, re.MULTILINE)) == len(declared)
    said = cli("routes", "--graph", "--format", "text", home=tmp_path, POPHUB_PROFILE="legacy").stdout
    assert len(re.findall("    → ", said)) == len(declared)
    data = json.loads(cli("routes", "--graph", "--json", home=tmp_path, POPHUB_PROFILE="legacy").stdout)["flows"]
    assert {r["route"] for f in data for c in f["channels"] for r in c["routes"]} == declared
    assert list(tmp_path.iterdir()) == []


def test_one_flow_alone(cli: Cli, tmp_path: Path) -> None:
    """--flow leaves out the other flows, in the list and in the graph; a flow that does not exist is said so."""
    listed = json.loads(cli("routes", "--flow", "enquiry", "--json", home=tmp_path, POPHUB_PROFILE="legacy").stdout)["routes"]
    assert {r["flow"] for r in listed} == {"enquiry"}
    data = json.loads(cli("routes", "--graph", "--flow", "enquiry", "--json", home=tmp_path, POPHUB_PROFILE="legacy").stdout)[
        "flows"
    ]
    assert [f["flow"] for f in data] == ["enquiry"]
    wrong = cli("routes", "--flow", "no-such", home=tmp_path, POPHUB_PROFILE="legacy")
    assert wrong.returncode == 2
    assert "no-such" in wrong.stderr
