"""The translator: flat records of the health systems become canonical ones; findings that nobody has a purpose for do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from adapters.health import ADAPTER
from adapters.health.service import PUSHES
from adapters.health.translator import DELIVERED, RESULT, VACCINATED
from hub.contract.errors import FlowError
from hub.contract.message import ChannelName, Document
from hub.contract.service import Push
from hub.contract.xml import Element, parse
from tests.adapters.health.health_system import REGISTRY, SAMPLES, SCHEMAS

TRANSLATOR = ADAPTER.translator
DROPPED = {"InpatientNo", "Gravidity", "GestDays", "DeliveryMethod", "Weight", "Length", "DefectFlag", "Outcome", "Deliverer"}
"""Dropped at the door (requirements, minimisation)."""


def canonical(channel: ChannelName, name: str) -> Document:
    """A sample of a health system, translated and valid."""
    made = TRANSLATOR.to_canonical(channel, parse((SAMPLES / channel / f"{name}.xml").read_bytes()))
    REGISTRY.validate(f"canonical/1.0/{channel}.xsd", made)
    return Document(made)


def test_a_full_delivery() -> None:
    """Every element that has a recipient arrives, in canonical form: days, times, divisions, numbers, flags."""
    body = canonical(DELIVERED, "full")
    told = {path: body.text(path) for path in (
        "recordNo", "orgDiv", "mother/name", "mother/idNo", "mother/birthDate", "mother/hukouDiv", "mother/mobile", "father/idNo", "parity",
        "deliveryTime", "newborn/liveFlag", "newborn/birthTime", "newborn/birthCertNo", "recordTime",
    )}  # fmt: skip
    assert told == {
        "recordNo": "FM20240305001", "orgDiv": "350203001000", "mother/name": "林小芳", "mother/idNo": "359901199005100022",
        "mother/birthDate": "1990-05-10", "mother/hukouDiv": "350702001001", "mother/mobile": "13800001234",
        "father/idNo": "359902198808070017", "parity": "1", "deliveryTime": "2024-03-05T10:15:00+08:00", "newborn/liveFlag": "true",
        "newborn/birthTime": "2024-03-05T10:15:00+08:00", "newborn/birthCertNo": "X350000001", "recordTime": "2024-03-06T08:00:00+08:00",
    }  # fmt: skip


def test_the_least_delivery() -> None:
    """Without a card the kind of card is another; dots of names become one kind; two newborns stay two, each with its own."""
    body = canonical(DELIVERED, "least")
    assert (body.text("mother/name"), body.text("mother/certType"), body.has("mother/idNo"), body.has("father")) == (
        "阿依古丽·买买提", "99", False, False,
    )  # fmt: skip
    assert body.texts("newborn/liveFlag") == ("true", "false") and body.texts("newborn/sex") == ("2", "9")


def test_findings_are_dropped_at_the_door() -> None:
    """Elements that are taken and go no further: in the health schema, in the sample, in no canonical schema and no document."""
    sample = (SAMPLES / DELIVERED / "full.xml").read_text(encoding="utf-8")
    names = {e.get("name") for e in etree.parse(str(SCHEMAS / "health/1.0/delivery.xsd")).iter("{*}element")}
    schema = etree.parse(str(SCHEMAS / "canonical/1.0/health.delivery.xsd"))
    canonical_names = {e.get("name", "").lower() for e in schema.iter("{*}element")}
    told = {str(e.tag).rpartition("}")[2] for e in canonical(DELIVERED, "full").root.iter()}
    values = {e.text for e in canonical(DELIVERED, "full").root.iter()}
    (push,) = PUSHES.operations.values()
    assert isinstance(push, Push) and push.drops == DROPPED
    for name in DROPPED:
        assert name in names and f"<{name}>" in sample
        assert name.lower() not in canonical_names and name not in told
    assert not values & {"ZY20240001", "275", "3250", "50.5", "良好", "王助产"}


def test_vaccinations() -> None:
    """A row becomes the canonical vaccination of the child, with card and certificate in capitals."""
    body = canonical(VACCINATED, "full")
    assert (body.text("subject/name"), body.text("vaccCardNo"), body.text("birthCertNo"), body.text("rowAction")) == (
        "林一", "YM350203000001", "X350000001", "I",
    )  # fmt: skip
    assert body.text("vaccDate") == "2024-04-06" and body.text("mother/idNo") == "359901199005100022"
    assert not canonical(VACCINATED, "least").has("mother")


@pytest.mark.parametrize("file", sorted((SCHEMAS / "canonical/1.0/samples/health.result").glob("*.xml")), ids=lambda p: p.stem)
def test_results_go_out(file: Path) -> None:
    """Each canonical result is a valid receipt with the sender's own numbers."""
    own = TRANSLATOR.from_canonical(RESULT, parse(file.read_bytes()))
    REGISTRY.validate("health/1.0/result.xsd", own)
    assert own.findtext("{*}RecordNo") == "FM20240305001" and own.findtext("{*}ProcessTime") == "20240306T080001"


def test_what_health_does_not_take() -> None:
    """Channels of others are refused, either way."""
    other: Element = parse(b"<x/>")
    for translate in (TRANSLATOR.to_canonical, TRANSLATOR.from_canonical):
        with pytest.raises(FlowError, match=r"Flow\.Translation"):
            translate(ChannelName("health.comparison"), other)


def test_the_service_is_the_one_of_the_contract() -> None:
    """The service is named as its contract's address says, and takes what the contract takes."""
    contract = (SCHEMAS / PUSHES.wsdl).read_text(encoding="utf-8")
    assert f"http://hub.invalid/soap/{PUSHES.name}" in contract and set(PUSHES.operations) == {"PushDelivery"}
