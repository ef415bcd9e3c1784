"""The compare of vaccinations (set 6): who manages the child, whether sex and day of birth agree; facts are written out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.contract.case import Case
from hub.contract.decision import Decision
from hub.contract.flow import Facts
from hub.contract.lookup import Fact
from hub.contract.xml import parse
from hub.discovery import schema_roots
from routes.health_push.flow import FLOW
from tests.flows.health_push.births import LIN, NOW, TOWN_A, TOWN_B, child, floating, message, texts, woman

NEEDS = ("byNumber", "byHusband", "byName", "ofMother", "ofFather", "ofName", "byCertificate", "byChildNumber")
CLINIC = "350203001000"
MOTHER = f"<mother><name>林小芳</name><certType>01</certType><idNo>{LIN}</idNo></mother>"


def vaccination(
    sex: str = "1", born: str = "2024-03-05", mother: str = "", action: str = "I", time: str = "2024-04-06T09:00:00+08:00"
) -> bytes:
    """A canonical vaccination of 2024-04-06."""
    head = "<recordNo>JZ1</recordNo><orgCode>426600028</orgCode><orgName>示例社区</orgName>"
    return (
        f'<healthVaccination xmlns="urn:pophub:health.vaccination:1.0">{head}<orgDiv>{CLINIC}</orgDiv><rowAction>{action}</rowAction>'
        f"<vaccCardNo>YM1</vaccCardNo><subject><name>林一</name><certType>99</certType><sex>{sex}</sex><birthDate>{born}</birthDate></subject>"
        f"{mother}<vaccineCode>0201</vaccineCode><doseNo>1</doseNo><vaccDate>2024-04-06</vaccDate><unitName>示例社区</unitName>"
        f"<recordTime>{time}</recordTime></healthVaccination>"
    ).encode()


def kept(side: str = "1", unit: str = TOWN_A, sex: str = "1", born: str = "2024-03-05", status: str = "1", who: str = "C1") -> Fact:
    """A fact of a child: one of the sides on which it is kept."""
    return {
        "childId": who,
        "motherId": "W1",
        "side": side,
        "managedDiv": unit,
        "recordStatus": status,
        "sex": sex,
        "birthDate": born,
    }


def facts(**given: Sequence[Fact]) -> Facts:
    """Facts of a vaccination; what is not given found nobody."""
    return {need: tuple(given.get(need, ())) for need in NEEDS}


def decided(document: bytes, known: Facts, case: Case | None = None) -> Decision:
    return FLOW.decide(message(document, "health.vaccination"), known, case)


FOUND = {"ofMother": [child("C1", name="林一")]}
TABLE: Mapping[str, tuple[bytes, Facts, dict[str, str | None]]] = {
    "agrees, by certificate": (vaccination(), facts(byCertificate=[kept()]), {"outcome": "R2", "matchMethod": "CHILDCERT", "assignedDiv": TOWN_A, "state": "3"}),
    "sex differs": (vaccination("2"), facts(byCertificate=[kept()]), {"outcome": "R1", "field": "sex", "matchedChild": "C1"}),
    "day differs": (vaccination(born="2024-03-06"), facts(byCertificate=[kept("2", TOWN_B)]), {"outcome": "F1", "field": "birthDate", "assignedDiv": TOWN_B}),
    "agrees, by number": (vaccination(), facts(byChildNumber=[kept("2", TOWN_B)]), {"outcome": "F2", "matchMethod": "ID", "side": "2"}),
    "on both sides": (vaccination("2"), facts(byCertificate=[kept(), kept("2", TOWN_B)]), {"outcome": "R1", "copyDiv": TOWN_B}),
    "two children of one certificate": (vaccination(), facts(byCertificate=[kept(), kept(who="C2")]), {"outcome": "Z", "outcomeReason": "AMBIGUOUS"}),
    "named among the mother's": (vaccination(mother=MOTHER), facts(byNumber=[woman()], **FOUND), {"outcome": "R2", "matchMethod": "NAMEBIRTH", "matchedChild": "C1"}),
    "named, day differs": (vaccination(born="2024-03-09", mother=MOTHER), facts(byNumber=[woman()], **FOUND), {"outcome": "R1"}),
    "mother without the child": (vaccination(mother=MOTHER), facts(byNumber=[woman()]), {"outcome": "R0", "matchedChild": None}),
    "floating mother without the child": (vaccination(mother=MOTHER), facts(byNumber=[floating("2024-01-01/")]), {"outcome": "F0"}),
    "before her stay": (vaccination(mother=MOTHER), facts(byNumber=[floating("2024-05-01/")]), {"outcome": "FP"}),
    "mother's number, another's name": (vaccination(mother=MOTHER), facts(byNumber=[woman(name="陈秀英")]), {"outcome": "Q", "assignedBy": "4"}),
    "nobody": (vaccination(mother=MOTHER), facts(), {"outcome": "Z", "outcomeReason": "NOHIT", "assignedDiv": CLINIC, "assignedBy": "3"}),
    "not kept any more": (vaccination(), facts(byCertificate=[kept(status="2")]), {"outcome": "Z"}),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_vaccinations(name: str) -> None:
    """Each vaccination has the outcome of the table, at the unit that must act; it is told to nobody else."""
    document, known, wanted = TABLE[name]
    schemas = LxmlSchemaRegistry(schema_roots(()))
    schemas.validate("canonical/1.0/health.vaccination.xsd", parse(document))
    (emit,) = decided(document, known).emits
    schemas.validate("canonical/1.0/health.comparison.xsd", emit.document)
    got = texts(emit.document)
    assert {part: got.get(part) for part in wanted} == wanted
    assert (got["sourceType"], got["eventDate"]) == ("6", "2024-04-06")


def test_a_deleted_row_is_not_compared() -> None:
    """What the health side deleted is remembered and compared with nothing; a later row of the record is compared again."""
    decision = decided(vaccination(action="D"), facts(byCertificate=[kept()]))
    assert (decision.emits, decision.reason, [m.to for m in decision.moves]) == ((), "deleted", ["9"])
    later = vaccination(action="U", time="2024-04-07T09:00:00+08:00")
    assert decided(later, facts(byCertificate=[kept()]), Case(1, "9", NOW, decision.data)).emits


def test_an_older_row_is_ignored() -> None:
    """A row older than the one compared changes nothing."""
    case = Case(1, "1", NOW, decided(vaccination(), facts()).data)
    decision = decided(vaccination(time="2024-04-05T09:00:00+08:00"), facts(), case)
    assert (decision.ended, decision.reason, decision.emits) == ("filtered", "older", ())
