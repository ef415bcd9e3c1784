"""The deliveries that the simulated health system reports, each with what the truth makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from adapters.health.simulator.envelope import SPACE, stamp
from adapters.health.simulator.facts import DELIVERY, Facts, Source, expected, told
from adapters.health.simulator.population import Entry, Kept, kept, mothers, stranger
from hub.contract.xml_text import leaf
from hub.testkit.ledger import entry_digest, entry_id, entry_lane

ORG: Final = "426600010"
_STRANGERS: Final = 0.2
"""So many mothers are not in the register."""
_DROPPED: Final = (leaf("InpatientNo", "ZY0001"), leaf("Gravidity", "1"), leaf("GestDays", "275"), leaf("DeliveryMethod", "1"))


@dataclass(frozen=True, slots=True)
class Push:
    """One push: what is sent under which number, its names in the ledger, what shall come of it."""

    number: str
    document: bytes
    facts: Facts
    expects: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Birth:
    """One delivery of one child; ``outcome`` is what comparing it must come to."""

    record: str
    mother: Entry
    day: date
    sex: str
    outcome: str
    kept: Kept | None

    def push(self, number: str, hospital: str, version: int, at: datetime) -> Push:
        """The ``version``-th report of it, made at a moment."""
        source = Source(ORG, self.record, "1", str(version))
        side, unit, copy = self.kept or ("9", hospital[:9].ljust(12, "0"), "")
        expects = expected(source, side, self.outcome, unit, self.day.isoformat(), copy)
        result = told(self.record, stamp(at))._asdict() | {"route": "result-to-health"}
        digest = entry_digest(number, self.record, self.day.isoformat(), self.sex)
        facts = Facts(entry_id(DELIVERY, number), digest, entry_lane(ORG, self.record))
        return Push(number, self._written(number, hospital, at), facts, [*expects, result])

    def _written(self, number: str, hospital: str, at: datetime) -> bytes:
        born = f"{self.day:%Y%m%d}T101500"
        mother = leaf("MotherName", self.mother["name"]) + leaf("MotherCardType", "01") + leaf("MotherCardNo", self.mother["idNo"])
        child = (
            leaf("Order", "1")
            + leaf("LiveFlag", "T")
            + leaf("SexCode", self.sex)
            + leaf("BirthTime", born)
            + leaf("Weight", "3250")
        )
        head = (
            leaf("RecordNo", self.record) + leaf("OrgCode", ORG) + leaf("OrgName", "示例妇幼保健院") + leaf("OrgArea", hospital[:9])
        )
        counts = leaf("BirthCount", "1") + leaf("LiveBirthCount", "1")
        parts = (head, _DROPPED[0], mother, *_DROPPED[1:3], leaf("DeliveryTime", born), _DROPPED[3], counts,
                 f"<Newborn>{child}</Newborn>", leaf("UpdateTime", stamp(at)))  # fmt: skip
        record = "".join(parts)
        return f'<PushDelivery xmlns="{SPACE}">{leaf("PushNo", number)}<Record>{record}</Record></PushDelivery>'.encode()


def births(entries: Sequence[Entry], rng: Random, run: str) -> Iterator[Birth]:
    """Endless: of women of the register while there are any, of strangers between them and after them."""
    known = mothers(entries, rng)
    number = 0
    while True:
        number += 1
        record = f"FM{run}{number:05d}"
        woman = next(known, None) if rng.random() >= _STRANGERS else None
        day = date.today() - timedelta(days=rng.randint(1, 20))  # noqa: DTZ011 - a day of a made-up birth
        if woman is None:
            yield Birth(record, stranger(rng), day, rng.choice("12"), "Z", None)
        else:
            yield _of(woman, rng, record, day)


def _of(woman: Entry, rng: Random, record: str, day: date) -> Birth:
    """Of a woman with a child in the register mostly that child, reported rightly or not; else one that nobody registered."""
    where: Any = kept(woman)
    registered = [c for c in woman.get("child", ()) if c.get("birthAct", "1") == "1" and len(c["birthDate"]) == len("2024-03-05")]
    agreeing, missing = ("E", "A") if where.side == "1" else ("K", "F")
    if not registered or rng.random() < 0.3:
        return Birth(record, woman, day, rng.choice("12"), missing, where)
    child = registered[-1]
    born, sex = date.fromisoformat(child["birthDate"]), child["sex"]
    if rng.random() < 0.5:
        return Birth(record, woman, born, sex, agreeing, where)
    other = {"1": "2", "2": "1"}.get(sex, "1")
    return Birth(record, woman, born, other, "B" if where.side == "1" else "H", where)
