"""Makes one person of a move: invented identity, real places, no family yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from demo.province.moves import flow_of, roles_of, stays_of
from demo.province.names import invent_name
from demo.province.numbers import CitizenNumbers, invent_day, invent_mobile
from demo.province.person import Person
from demo.province.places import UPDATED, Move

UNMARRIED: Final = "10"
_EDUCATION: Final = ("21", "31", "41", "61", "71", "81")
_HUKOU_TYPES: Final = ("21", "22")


@dataclass(slots=True)
class Maker:
    """Where randomness, citizen numbers and running numbers come from. Not for use by several threads."""

    rng: Random
    numbers: CitizenNumbers
    ids: Iterator[int]

    def person(self, sex: str, born: tuple[date, date], move: Move) -> Person:
        """One person without a spouse, born on one of the days; whoever makes couples marries them."""
        number = next(self.ids)
        birth = invent_day(self.rng, *born)
        name, ethnicity = invent_name(self.rng, number, sex)
        roles = roles_of(move)
        flow = flow_of(self.rng, move, birth)
        return Person(
            person_id=f"D{number:09d}",
            name=name,
            cert_type="01",
            id_no=self.numbers.next(birth, sex),
            sex=sex,
            birth_date=birth.isoformat(),
            ethnicity=ethnicity,
            nationality="CHN",
            education=self.rng.choice(_EDUCATION),
            marital_status=UNMARRIED,
            marriage_date=None,
            hukou_type=self.rng.choice(_HUKOU_TYPES),
            hukou_div=move.hukou.code,
            hukou_addr=f"{move.hukou.name}示例路{self.rng.randint(1, 300)}号",
            residence_div=move.residence.code,
            residence_addr=f"{move.residence.name}示例街{self.rng.randint(1, 300)}号",
            mobile=invent_mobile(self.rng),
            managed_type=roles[-1].managed_type,
            managed_div=roles[-1].managed_div,
            spouse=None,
            child=(),
            children_count="0",
            contraception=None,
            contraception_date=None,
            record_status="1",
            cancel_date=None,
            cancel_reason=None,
            update_time=UPDATED,
            flow=flow,
            marriage=(),
            inflow=stays_of(self.rng, move, flow),
            pregnancy=(),
            operation=(),
            key_subject=(),
            permit=(),
            role=roles,
            past_flow=None,
        )
