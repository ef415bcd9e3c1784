"""The load test's own requests."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from lxml import etree

from bench import load
from hub.reference.identity import Claims, IdCheck, check_number

COUNT = 300
ENVELOPES = list(load.requests(COUNT))
DOCUMENTS = [etree.fromstring(body)[1][0] for body in ENVELOPES]
BYTES = 2048


def texts(name: str) -> list[str]:
    return [d.findtext(f".//{{*}}{name}") or "" for d in DOCUMENTS]


@pytest.mark.parametrize("name", ["enquiryNo", "name", "idNo"])
def test_no_value_of_a_key_repeats(name: str) -> None:
    """Requests share no key by which the hub finds duplicates."""
    assert len(set(texts(name))) == COUNT


def test_message_ids_and_birth_dates_vary() -> None:
    """Every MessageID is its own; birth dates are spread, not one for all."""
    assert len({etree.fromstring(body)[0].findtext("{*}MessageID") for body in ENVELOPES}) == COUNT
    assert len(set(texts("birthDate"))) == COUNT


def test_people_are_made_up_and_consistent() -> None:
    """Numbers have a never-issued address code, a right check character, and agree with sex and birth date."""
    for number, sex, born in zip(texts("idNo"), texts("sex"), texts("birthDate"), strict=True):
        assert number.startswith("3599")
        assert check_number(number, Claims(sex, born), ()) is IdCheck.UNKNOWN_DIVISION


def test_message_has_the_agreed_shape() -> None:
    """27 filled elements, 2 kB within 10 percent with the envelope, for a place outside the province, valid by the canonical XSD."""
    schema = etree.XMLSchema(etree.parse(load.SAMPLE.parents[2] / "enquiry.request.xsd"))
    for body, document in zip(ENVELOPES, DOCUMENTS, strict=True):
        assert sum(1 for e in document.iter() if len(e) == 0 and e.text) == 27
        assert 0.9 * BYTES <= len(body) <= 1.1 * BYTES
        assert not document.findtext("{*}statedToDiv", "").startswith("35")
        assert schema.validate(document), schema.error_log


def test_files_give_back_each_request_by_its_place(tmp_path: Path) -> None:
    """The index leads to the length and the bytes of each request, in order."""
    made = load.write(tmp_path, COUNT)
    bodies, index = made.bodies.read_bytes(), made.index.read_bytes()
    for no, (place,) in enumerate(struct.iter_unpack(">Q", index)):
        (size,) = struct.unpack_from(">I", bodies, place)
        assert bodies[place + 4 : place + 4 + size] == ENVELOPES[no]
    assert (made.count, made.smallest, made.largest) == (COUNT, min(map(len, ENVELOPES)), max(map(len, ENVELOPES)))


def test_more_than_there_are_names_is_refused() -> None:
    """Rather than repeat a person, building fails."""
    with pytest.raises(ValueError, match="at most"):
        next(load.requests(10_000_000))
