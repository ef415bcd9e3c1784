"""The flow's literals and rules: the wrapper says nothing of anybody, the basis switches contraception, results move the certificate."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.register import ADAPTER as REGISTER
from hub.contract.batch import Period
from hub.contract.case import Case
from hub.contract.message import Document
from hub.contract.outcome import RecordResult
from hub.contract.xml import parse
from routes.ehycert import rules
from tests.flows.ehycert.monthly import BATCH, CASE, FLOW, SCHEDULE, SCHEMAS, month

SAMPLES = Path(__file__).parents[3] / "schemas" / "canonical" / "1.0" / "samples"


def case(state: str) -> Case:
    """A certificate in a state."""
    return Case(1, state, datetime.now(UTC), {"version": "20250115"})


def test_the_wrapper_is_valid_and_names_nobody() -> None:
    """Number, kind, month, day and count, no more; every element of it is free. A batch of which nothing was good counts none."""
    made = BATCH.describe("EC-1", month("2025-02"), 17)
    SCHEMAS.validate("canonical/1.0/ecert.batch.xsd", made)
    assert {c.tag.rpartition("}")[2]: c.text for c in made} == {
        "batchNo": "EC-1", "batchKind": "MONTH", "period": "202502", "batchDate": "2025-02-28", "count": "17",
    }  # fmt: skip
    SCHEMAS.validate("canonical/1.0/ecert.batch.xsd", BATCH.describe("EC-2", month("2025-02"), 0))
    assert {f.privacy for f in SCHEMAS.fields("canonical/1.0/ecert.batch.xsd").values()} == {"free"}


def test_the_register_is_asked_for_the_last_day() -> None:
    """E2: the day of a batch is the last of its month, also of February in a leap year."""
    assert SCHEDULE.ask(month("2024-02")) == {"asOf": "2024-02-29"}
    assert SCHEDULE.ask(Period("202504", month("2025-04").last)) == {"asOf": "2025-04-30"}


def test_the_register_gives_what_is_asked_for() -> None:
    """The extract exists, takes what the schedule asks with, and gives every field that the rules need."""
    extract = next(e for e in REGISTER.extracts if e.name == SCHEDULE.extract)
    assert set(extract.given) == set(SCHEDULE.ask(month("2025-01")))
    assert set(extract.gives) >= {
        "personId", "name", "idNo", "sex", "birthDate", "hukouDiv", "residenceDiv", "maritalStatus", "flowType", "outDate", "children",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("state", "result", "moved"),
    [
        ("5", RecordResult(1, "accepted", "0"), "1"),
        ("5", RecordResult(1, "accepted", "1"), "1"),
        ("5", RecordResult(1, "rejected", "2"), "6"),
        ("1", RecordResult(1, "rejected", "5"), None),
        ("1", RecordResult(1, "accepted", "0"), None),
    ],
)
def test_a_result_moves_the_certificate_that_waits(state: str, result: RecordResult, moved: str | None) -> None:
    """上传待确认 → 有效 | 上传被拒 by the record's own result; a valid certificate stays valid whatever a newer version came to."""
    decision = rules.record_settled(result, case(state))
    assert [move.to for move in decision.moves] == ([moved] if moved else [])
    assert decision.data == {"code": result.code}
    assert all((state, move.to) in CASE.moves for move in decision.moves)


@pytest.mark.parametrize(("state", "moved"), [(None, []), ("5", []), ("6", ["5"]), ("1", [])])
def test_a_record_that_is_sent(state: str | None, moved: list[str]) -> None:
    """A new certificate begins as 上传待确认, a refused one returns to it, a valid one does not."""
    record = Document(parse((SAMPLES / "ecert.record" / "full.xml").read_bytes()))
    decision = rules.made(record, None if state is None else case(state))
    assert [move.to for move in decision.moves] == moved
    assert decision.data == {"version": "20250115"}
    assert CASE.initial == "5"


@pytest.mark.parametrize("basis", [frozenset[str](), frozenset({"contraception"})])
def test_contraception_needs_a_basis(basis: frozenset[str]) -> None:
    """避孕节育 goes to the national database only where the route declares the basis; the person's register id never does."""
    record = parse((SAMPLES / "ecert.record" / "full.xml").read_bytes())
    seen = SCHEMAS.project("views/ecert/ecert.record-1.0.xsd", record, fill={}, basis=basis)
    SCHEMAS.validate("views/ecert/ecert.record-1.0.xsd", seen)
    assert Document(seen).has("contraception") is bool(basis)
    assert not Document(seen).has("holder/personId")
    assert "contraception" in FLOW.basis.fields


def test_the_asking_unit_sees_a_masked_certificate() -> None:
    """Of a certificate its asker sees marks, state and cancellation, but no number, no whole name, no whole birth date, no child's name."""
    reply = parse((SAMPLES / "ecert.verify_reply" / "full.xml").read_bytes())
    seen = Document(
        SCHEMAS.project("views/asking_unit/ecert.verify_reply-1.0.xsd", reply, fill={}, basis=frozenset({"contraception"}))
    )
    SCHEMAS.validate("views/asking_unit/ecert.verify_reply-1.0.xsd", seen.root)
    shown = {path: seen.text("certificate/" + path) for path in (
        "certNo", "holder/name", "holder/idNo", "holder/birthDate", "spouse/name", "spouse/idNo", "child/name", "child/birthDate", "status",
        "cancelled", "cancellation/date", "cancellation/reason", "printable",
    )}  # fmt: skip
    assert shown == {
        "certNo": shown["certNo"], "holder/name": "阿**", "holder/idNo": None, "holder/birthDate": "1990", "spouse/name": "王**",
        "spouse/idNo": "3599**********0017", "child/name": None, "child/birthDate": "2015", "status": "3", "cancelled": "true",
        "cancellation/date": "2025-06-05", "cancellation/reason": "1", "printable": "false",
    }  # fmt: skip
    assert shown["certNo"] != "FJ2025000001"
    assert seen.texts("certificate/mark/markKind") == ("1", "2")
