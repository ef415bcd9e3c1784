"""Certificates and verifications in the words of the database: valid on both sides, nothing lost, parts numbered."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.ehycert.vocabulary import CERTIFICATE, DAY, FLAG, MARITAL, PURPOSE, STATE, Group
from hub.contract.message import ChannelName
from hub.contract.xml import canonical_form, parse
from tests.adapters.ehycert.ecert_database import JANUARY, RECORD, REGISTRY, ROOT, SAMPLES, TRANSLATOR, Head, part, row, women

OWN = "{urn:standin:ecert:data:1.0}"
SPACE = "{urn:pophub:ecert.record:1.0}"


def test_everything_in_the_view_has_a_word() -> None:
    """Every leaf of the view of the database is in the dictionary, and nothing else."""
    view = REGISTRY.fields("views/ecert/ecert.record-1.0.xsd")
    known = []

    def walk(group: Group, above: str) -> None:
        for one in group.parts:
            if isinstance(one, Group):
                walk(one, f"{above}{one.canonical}/")
            else:
                known.append(above + one.canonical)

    walk(CERTIFICATE, "")
    assert set(known) == {path for path, field in view.items() if field.leaf}


def test_codes_go_both_ways() -> None:
    """What is written is read back the same: every code of the lists, incomplete dates too."""
    for form, texts in (
        (DAY, ("2025-01-31", "2025-01", "2025")), (FLAG, ("true", "false")), (STATE, tuple("12356")), (PURPOSE, tuple("12345678")),
        (MARITAL, ("10", "20", "21", "22", "23", "30", "40", "90")),
    ):  # fmt: skip
        assert [form.canonical(form.own(text)) for text in texts] == list(texts)
        assert len({form.own(text) for text in texts}) == len(texts)


def test_a_row_by_hand() -> None:
    """The full sample in the words of the database, written out by hand; contraception only with its basis."""
    record = parse((SAMPLES / "ecert.record" / "full.xml").read_bytes())
    for mark in record.findall(f"{SPACE}mark"):
        record.remove(mark)
    view = REGISTRY.project("views/ecert/ecert.record-1.0.xsd", record, fill={}, basis=frozenset({"contraception"}))
    own = TRANSLATOR.from_canonical(RECORD, view)
    by_hand = parse((ROOT / "adapters/ehycert/samples/ecert.record/row.xml").read_bytes())
    assert canonical_form(own) == canonical_form(by_hand)


def test_a_part_by_hand() -> None:
    """The head of a part and the numbers of its records, which count through the whole batch; the records given are left as they are."""
    rows = [row(), row()]
    before = [canonical_form(r) for r in rows]
    made = TRANSLATOR.frame(RECORD, Head("EC-7", JANUARY, 2, 3, 1002, 501), rows)  # type: ignore[attr-defined]
    REGISTRY.validate("ehycert/1.0/package.xsd", made)
    assert [(c.tag.removeprefix(OWN), c.text) for c in made[0]] == [
        ("BATCH_NO", "EC-7"), ("KIND", "M"), ("PERIOD", "202501"), ("BATCH_DATE", "20250131"), ("TOTAL", "1002"), ("PART", "2"), ("PARTS", "3"),
        ("FIRST", "501"),
    ]  # fmt: skip
    assert [r.findtext(f"{OWN}SEQ") for r in made.iterchildren(f"{OWN}ROW")] == ["501", "502"]
    assert [canonical_form(r) for r in rows] == before


def test_the_same_records_are_the_same_part() -> None:
    """Framing has no memory: byte for byte the same."""
    assert part(women(3)) == part(women(3))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("held", ("true", "false", "false", "true", "1")),
        ("cancelled", ("true", "false", "false", "false", "3")),
        ("missed", ("false", "true", "false", None, None)),
        ("not-covered", ("false", "false", "true", None, None)),
    ],
)
def test_what_a_verification_says(name: str, told: tuple[str | None, ...]) -> None:
    """Held: printable. 已注销: still shown, not printable (E6). A miss suggests an enquiry (E8), unless the province takes no part (E10)."""
    own = parse((ROOT / f"adapters/ehycert/samples/ecert.verify_reply/{name}.xml").read_bytes())
    REGISTRY.validate("ehycert/1.0/verify.xsd", own)
    made = TRANSLATOR.to_canonical(ChannelName("ecert.verify_reply"), own)
    REGISTRY.validate("canonical/1.0/ecert.verify_reply.xsd", made)
    space = "{urn:pophub:ecert.verify_reply:1.0}"
    paths = ("found", "suggestEnquiry", "notCovered", f"certificate/{space}printable", f"certificate/{space}status")
    assert tuple(made.findtext(space + path) for path in paths) == told
    provinces = [c.findtext(f"{space}provinceDiv") for c in made.findall(f"{space}coverage")]
    assert bool(provinces) is (name in ("missed", "not-covered"))


def test_every_sample_is_in_its_place() -> None:
    """The samples of replies are the four that matter."""
    assert sorted(p.stem for p in Path(ROOT / "adapters/ehycert/samples/ecert.verify_reply").glob("*.xml")) == [
        "cancelled", "held", "missed", "not-covered",
    ]  # fmt: skip
