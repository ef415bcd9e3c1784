"""The residence records that the simulated platform pushes: who lives where by its own rounds, and what must become of each.

What a record leads to is known before it is sent (``expects`` of the ledger): a candidate at one unit, or nothing because it
must be filtered. The platform judges by what it knows of its own people, not by what the hub says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from xml.sax.saxutils import escape

from adapters.police.simulator.people import Person, managed_at
from hub.testkit.ledger import entry_digest, entry_id, entry_lane

ELEMENTS: Final = (
    "JLBH", "CZLX", "XM", "GMSFHM", "XBDM", "MZDM", "CSRQ", "HJDZ_XZQHDM", "HJDZ_DZMC", "XJZD_XZQHDM", "XJZD_DZMC", "LBDRQ", "DJRQ", "NLKRQ",
    "JZSY", "JZCSLX", "CSMC", "FZXM", "YGDW", "LXDH", "JZZBH", "ZXLB", "GAJGDM", "GXSJ",
)  # fmt: skip
NET_BAR, HOTEL, RENTED, OWN, WORK = "22", "21", "11", "15", "12"
STATIONS: Final = {"350203001": "350203610000", "350102001": "350102610000", "350582101": "350582620000"}
"""Police stations that the platform writes instead of the township."""
_OPERATIONS: Final = {"A": "1", "U": "2", "D": "3", "Y": "4"}
_NOT_IN_REPLIES: Final = frozenset({"CZLX", "MZDM", "CSMC", "FZXM", "YGDW"})
_FIRST_OF_OTHERS: Final = 400
_DISTRICTS: Final = tuple(f"{n:02d}" for n in range(1, 21))


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of the records pushed: in net bars, in hotels, without number, name or place, written with a station's code."""

    net_bar: float = 0.05
    hotel: float = 0.08
    incomplete: float = 0.05
    station: float = 0.1
    at_home: float = 0.1


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its values by element, and what filters it (CL_PFILTER; 0 nothing does)."""

    values: Mapping[str, str]
    outcome: str

    def item(self) -> str:
        """As the push carries it: every element, empty where nothing is known."""
        return "<ITEM>" + "".join(f"<{n}>{escape(self.values.get(n, ''))}</{n}>" for n in ELEMENTS) + "</ITEM>"

    def shown(self) -> str:
        """As a case query is answered."""
        kept = [n for n in ELEMENTS if n not in _NOT_IN_REPLIES]
        return "<ITEM>" + "".join(f"<{n}>{escape(self.values.get(n, ''))}</{n}>" for n in kept) + "</ITEM>"

    @property
    def id(self) -> str:
        """Its name in every ledger."""
        return entry_id("police.record", self.values["JLBH"], _OPERATIONS[self.values["CZLX"]])

    def facts(self) -> dict[str, object]:
        """``id``, ``lane`` and ``digest`` of the ledger, of canonical values."""
        v = self.values
        digest = entry_digest(v["JLBH"], _OPERATIONS[v["CZLX"]], v["XM"], v["GMSFHM"], v["XJZD_XZQHDM"])
        return {"id": self.id, "lane": entry_lane(v["GMSFHM"] or v["JLBH"]), "digest": digest}

    def sent(self) -> dict[str, object]:
        """The line ``sent``; what must be filtered shall be applied nowhere."""
        line: dict[str, object] = {"t": "sent", "route": "record-to-unit", "kind": f"valid:{self.outcome}", **self.facts()}
        return line if self.outcome == "0" else {**line, "expects": []}


def record(rng: Random, number: str, person: Person, places: Sequence[str], now: datetime, mix: Mix | None = None) -> Record:
    """A new residence record of a person, at one of the places (townships, 12 digits) or, now and then, at home."""
    mix = mix or Mix()
    home = (
        rng.random() < mix.at_home and str(person["residenceDiv"])[:2] == places[0][:2] and _township(str(person["residenceDiv"]))
    )
    place = str(person["residenceDiv"])[:9] if home else rng.choice(places)[:9]
    code = STATIONS.get(place, "") if rng.random() < mix.station else ""
    day = (now - timedelta(days=rng.randrange(3, 300))).date()
    values = {
        "JLBH": number, "CZLX": "A", "XM": person["name"], "GMSFHM": person["idNo"], "XBDM": person["sex"], "MZDM": person.get("ethnicity", ""),
        "CSRQ": person["birthDate"].replace("-", ""), "HJDZ_XZQHDM": person["hukouDiv"][:6], "HJDZ_DZMC": "示例户籍地址",
        "XJZD_XZQHDM": code or place.ljust(12, "0"), "XJZD_DZMC": "示例街1号", "LBDRQ": f"{day:%Y%m%d}", "DJRQ": f"{now:%Y%m%d}", "JZSY": "务工",
        "JZCSLX": rng.choice((RENTED, RENTED, OWN, WORK)), "CSMC": "", "FZXM": "示例房东", "YGDW": "示例用工单位", "LXDH": person.get("mobile", ""),
        "GAJGDM": f"{place[:6]}610000", "GXSJ": f"{now:%Y%m%d%H%M%S}",
    }  # fmt: skip
    values.update(_spoiled(rng, mix))
    return Record(values, outcome(values, person, place))


def _spoiled(rng: Random, mix: Mix) -> dict[str, str]:
    chance = rng.random()
    if chance < mix.net_bar:
        return {"JZCSLX": NET_BAR, "CSMC": "示例网吧"}
    if chance < mix.net_bar + mix.hotel:
        return {"JZCSLX": HOTEL, "CSMC": "示例酒店"}
    if chance < mix.net_bar + mix.hotel + mix.incomplete:
        return {rng.choice(("XM", "GMSFHM", "XJZD_XZQHDM")): ""}
    return {}


def outcome(values: Mapping[str, str], person: Person, place: str) -> str:
    """What must become of a new record, by the rules that are agreed: net bar, hotel, incomplete, managed there already, not floating.

    Judged by the hukou that the record states, which is a county: whether somebody stayed in the township cannot be told.
    """
    if values["JZCSLX"] in (NET_BAR, HOTEL):
        return "1" if values["JZCSLX"] == NET_BAR else "2"
    if not (values["XM"] and values["GMSFHM"] and values["XJZD_XZQHDM"]):
        return "3"
    if managed_at(person) == place:
        return "4"
    hukou = values["HJDZ_XZQHDM"]
    urban = hukou[:4] == place[:4] and hukou[:6] != place[:6] and hukou[4:6] in _DISTRICTS and place[4:6] in _DISTRICTS
    return "5" if urban or hukou[:9] == place else "0"


def _township(code: str) -> bool:
    """Whether a code is a street, town or township (GB/T 10114), and so cannot be taken for a station's."""
    return 1 <= int(code[6:9]) < _FIRST_OF_OTHERS


def cancelled(first: Record, now: datetime) -> Record:
    """The record that takes a passed one back: left, or dead."""
    return Record({**first.values, "CZLX": "D", "ZXLB": "3", "GXSJ": f"{now:%Y%m%d%H%M%S}"}, "0")
