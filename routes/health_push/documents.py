"""The two documents that this flow makes: a comparison for whoever must act, a result for whoever pushed. Canonical, complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from hub.contract.lookup import Fact
from hub.contract.message import Document, Message, show_hub_id
from hub.contract.xml import Element, local_name
from hub.contract.xml_text import element, leaf
from routes.health_push.mothers import Match
from routes.health_push.outcomes import Outcome, assigned

RULE_VERSION: Final = "1.0"
BEIJING: Final = timezone(timedelta(hours=8))
DELIVERY_SET, VACCINATION_SET = "2", "6"
"""CL_HSET."""
TO_DO, DONE = "1", "3"
"""CL_CMPSTATE."""
QUIET: Final = frozenset({"E", "K", "R2", "F2"})
"""Outcomes that leave nothing to do."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: day (xs:date), certificate number and CL_SEX where they are known, 同胎序 of a newborn."""

    day: str
    certificate: str = ""
    sex: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One compare: who was found and what it came to."""

    match: Match
    outcome: Outcome
    child: Fact | None = None


def comparison(message: Message, number: str, version: int, event: Event, found: Compared) -> Element:
    """The ``health.comparison`` of one newborn or one vaccination. ``number`` is the comparisonId."""
    body, outcome, woman = message.body, found.outcome, found.match.woman
    vaccination = body.has("vaccDate")
    unit, by = assigned(outcome, woman, body.text("orgDiv") or "")
    parts = [
        leaf("comparisonId", number), leaf("version", str(version)), leaf("sourceType", VACCINATION_SET if vaccination else DELIVERY_SET),
        f"<sourceKey>{_taken(body, 'orgCode')}{_taken(body, 'recordNo')}</sourceKey>", _given("newbornOrder", event.order),
        leaf("ruleVersion", RULE_VERSION), leaf("comparedAt", _at(message)), leaf("outcome", outcome.code),
        _given("outcomeReason", outcome.reason), leaf("side", outcome.side), *_matched(found), *map(_difference, outcome.diff),
        _person(body, "subject" if vaccination else "mother", "subject"), _person(body, "father", "father"),
        f"<event>{leaf('eventDate', event.day)}{_taken(body, 'orgName')}{_given('birthCertNo', event.certificate)}{_given('sex', event.sex)}</event>",
        leaf("assignedDiv", unit), leaf("assignedBy", by), _given("copyDiv", woman.copy if woman else ""),
        _given("firstBirthdayPassed", "" if outcome.birthday is None else str(outcome.birthday).lower()),
        leaf("state", DONE if outcome.code in QUIET else TO_DO),
    ]  # fmt: skip
    return _document("health.comparison", "healthComparison", parts)


def result(message: Message, code: str) -> Element:
    """The ``health.result`` of a record: CL_PUSHRESULT 0 is accepted, anything else is not."""
    parts = [
        leaf("batchNo", show_hub_id(message.hub_id)), leaf("recordSeq", "1"), leaf("sourceRecordNo", message.body.text("recordNo") or ""), leaf("sourceRecordTime", message.body.text("recordTime") or ""),
        leaf("accepted", "true" if code == "0" else "false"), leaf("code", code), leaf("time", _at(message)),
    ]  # fmt: skip
    return _document("health.result", "healthResult", parts)


def _document(channel: str, root: str, parts: list[str]) -> Element:
    return element([f'<{root} xmlns="urn:pophub:{channel}:1.0">', *parts, f"</{root}>"])


def _at(message: Message) -> str:
    at: datetime = message.accepted_at.astimezone(BEIJING)
    return at.isoformat(timespec="seconds")


def _given(name: str, text: str) -> str:
    return leaf(name, text) if text else ""


def _taken(body: Document, name: str) -> str:
    return leaf(name, body.text(name) or "")


def _matched(found: Compared) -> list[str]:
    woman, child = found.match.woman, found.child or {}
    if woman is None:
        return []
    return [
        _given("matchedPerson", woman.told.get("personId") or woman.told.get("motherId", "")),
        _given("matchedChild", child.get("childId", "")),
        leaf("matchMethod", found.match.method),
    ]


def _difference(one: tuple[str, str, str]) -> str:
    field, health, register = one
    return f"<diff>{leaf('field', field)}{leaf('healthValue', health)}{leaf('registerValue', register)}</diff>"


def _person(body: Document, source: str, name: str) -> str:
    found = body.elements(source)
    return f"<{name}>{''.join(leaf(local_name(part), part.text or '') for part in found[0])}</{name}>" if found else ""
