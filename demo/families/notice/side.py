"""A spoke's part in the notices: it tells of checks of women who live with it, receives, gives back, and asks how its own ones stand."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Final

from demo.families.notice.facts import NOTICE, facts_of
from demo.families.spoiling import spoiled
from demo.province import Person
from demo.province.notice_bodies import Check, Received, notice_contraception, notice_receipt, noticed
from demo.spokes.asking import Asking
from demo.spokes.facts import Facts, chance
from demo.spokes.settings import SpokeSettings
from demo.spokes.submission import Submission
from hub.contract.xml import Element, parse
from hub.reference.calendar import CHINA
from hub.reference.division_code import div2

SHARE: Final = 0.2
"""So many notices for one enquiry."""
_PROVINCE: Final = "35"
_KINDS: Final[tuple[Check, ...]] = ("1", "2", "3")
_RESULTS: Final[tuple[Received, ...]] = ("1", "1", "1", "4", "4", "3")
_BY_HAND: Final = "4"
NATIONAL: Final = "PADIS"


class _Circle:
    """People in turn, and how often everybody had a turn before."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._people, self._turns = people, count()

    def next(self) -> tuple[Person, int]:
        round_, place = divmod(next(self._turns), len(self._people))
        return self._people[place], round_


class NoticeReading:
    """``returned`` is the share of notices that a unit gives back, when they have not been handed on before."""

    def __init__(self, returned: float = 0.0) -> None:
        self._returned = returned

    def facts(self, document: Element, system: str) -> Facts:
        """See `demo.spokes.side.Reading`."""
        return facts_of(document, system)

    def applies(self, document: Element, system: str) -> bool:
        """Everything but a notice that this unit will give back."""
        facts = facts_of(document, system)
        return facts.channel != NOTICE or document.findtext("{*}resolvedBy") == _BY_HAND or chance(facts.id) >= self._returned

    def answered(self, channel: str) -> bool:
        """Notices."""
        return channel == NOTICE


class NoticeSide(NoticeReading):
    """Implements `demo.spokes.side.Side`."""

    def __init__(self, settings: SpokeSettings, people: Sequence[Person], asking: Asking) -> None:
        super().__init__(settings.mixture.returned)
        self._settings, self._rng = settings, Random(f"{settings.seed}/{settings.name}/notices")
        women = [p for p in people if noticed(p) and p.residence_div.startswith(settings.places)]
        self._rng.shuffle(women)
        self._near = _Circle([p for p in women if div2(p.hukou_div) == _PROVINCE])
        self._far = _Circle([p for p in women if div2(p.hukou_div) != _PROVINCE])
        self._units = sorted({p.hukou_div for p in people if p.hukou_div.startswith(_PROVINCE)})
        self._asking, self._turn, self._seen = asking, threading.Lock(), 0

    def submissions(self) -> Iterator[Submission]:
        """Notices; about a woman again only when everybody had one, of another day."""
        limit = None if self._settings.enquiries is None else int(self._settings.enquiries * SHARE)
        for number in count() if limit is None else range(limit):
            across = self._rng.random() < self._settings.mixture.cross
            yield self._notice(*(self._far if across else self._near).next(), number)

    def answers(self, document: Element, system: str) -> Iterator[Submission]:
        """A receipt to most of them; a return to those that are not this unit's."""
        unit = document.findtext("{*}resolvedToDiv") or document.findtext("{*}hukouDiv") or ""
        number = document.findtext("{*}noticeNo") or ""
        if not self.applies(document, system):
            correct = self._rng.choice([p for p in self._rng.sample(self._units, 3) if p[:9] != unit[:9]])
            returned = notice_receipt(number, origin_system=system, unit=unit, result="2", at=datetime.now(CHINA), correct=correct)
            yield self._submission(returned, system, "return-to-hub", unit)
        elif self._rng.random() < self._settings.mixture.answered:
            result = self._rng.choice(_RESULTS)
            receipt = notice_receipt(number, origin_system=system, unit=unit, result=result, at=datetime.now(CHINA))
            yield self._submission(receipt, system, "receipt-to-padis" if system == NATIONAL else "receipt-to-unit", unit)

    def after(self, submission: Submission) -> None:
        """Ask how some of its own notices stand; the hub must know what it has taken."""
        if submission.kind == "valid" and submission.facts.channel == NOTICE:
            with self._turn:
                self._seen += 1
                asks = self._seen % 20 == 1
            if asks:
                number = parse(submission.document).findtext("{*}noticeNo")
                question = f'<noticeStatus xmlns="urn:pophub:notice.status:1.0"><noticeNo>{number}</noticeNo></noticeStatus>'
                self._asking.until_known("notice.status", question, b"<notice>")

    def _notice(self, woman: Person, round_: int, number: int) -> Submission:
        rng = self._rng
        name = f"TB{self._settings.run}{self._settings.name[-4:].upper()}{number:06d}"
        checked = date(2025, 2, 1) + timedelta(days=rng.randrange(14) - 20 * round_)
        org = f"{rng.randrange(10**8, 10**9)}"
        document = notice_contraception(woman, name, kind=rng.choice(_KINDS), checked=checked, org=org, at=datetime.now(CHINA))
        inside = div2(woman.hukou_div) == _PROVINCE
        made = self._submission(
            document, self._settings.system, "notice-to-unit" if inside else "notice-to-padis", woman.residence_div
        )
        if rng.random() >= self._settings.mixture.invalid:
            return made
        bad, kind = spoiled(document, rng)
        return made.made_invalid(bad, kind)

    def _submission(self, document: bytes, system: str, route: str, unit: str) -> Submission:
        way, version = self._settings.mixture.way(self._rng), self._rng.choice(("1.1", "1.2"))
        return Submission(
            facts_of(parse(document), system), route, "valid", way, document, unit, f"urn:uuid:{uuid.uuid4()}", version
        )
