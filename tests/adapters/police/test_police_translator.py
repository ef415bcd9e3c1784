"""The translator: records and answers of the police in canonical words, through GB 18030, and the one question they are asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.police import ADAPTER
from hub.contract.errors import ClientError, FlowError
from hub.contract.message import ChannelName
from hub.contract.xml import Element, encode, parse, serialise
from tests.adapters.police.police_platform import QUERY, REGISTRY, SAMPLES, SCHEMAS, SPACE

RECORD, CASE, REPLY = ChannelName("police.record"), ChannelName("police.case"), ChannelName("police.case_reply")
OWN = {RECORD: "police/1.0/record.xsd", REPLY: "police/1.0/query_reply.xsd"}
FILES = sorted(SAMPLES.glob("*/*.xml"))


def canonical(channel: ChannelName, own: Element) -> Element:
    """Valid there, translated, valid here."""
    REGISTRY.validate(OWN[channel], own)
    made = ADAPTER.translator.to_canonical(channel, own)
    REGISTRY.validate(f"canonical/1.0/{channel}.xsd", made)
    return made


def values(element: Element) -> dict[str, str]:
    """The children by local name."""
    return {str(child.tag).rpartition("}")[2]: child.text or "" for child in element}


def sample(name: str) -> Element:
    """A record of the police's."""
    return parse((SAMPLES / RECORD / f"{name}.xml").read_bytes())


def changed(**texts: str) -> Element:
    """The full sample with other values."""
    own = sample("full")
    for name, text in texts.items():
        found = own.find(f"{{{SPACE}}}{name}")
        assert found is not None
        found.text = text
    return own


def test_a_record_is_told_in_our_words() -> None:
    """Every element of a full record, written by hand in both vocabularies."""
    assert values(canonical(RECORD, sample("full"))) == {
        "policeRecordId": "GA350203-20260302-000001", "opType": "1", "name": "张测试", "idNo": "359901199005100022", "sex": "2", "ethnicity": "01",
        "birthDate": "1990-05-10", "hukouDiv": "360102000000", "hukouAddr": "示例市示例路1号", "residenceDiv": "350203001000",
        "residenceAddr": "中华街道示例街8号", "arriveDate": "2026-02-10", "registerDate": "2026-03-01", "plannedLeaveDate": "2027-03-01",
        "stayReason": "务工", "premisesKind": "01", "premisesName": "示例公寓", "landlord": "示例房东", "employer": "示例用工单位",
        "mobile": "13900000001", "permitNo": "JZ3502030001", "policeOrgCode": "350203610000", "updateTime": "2026-03-01T09:30:00+08:00",
    }  # fmt: skip


def test_what_is_empty_there_is_absent_here() -> None:
    """The array writes every element; what is unknown has no element here."""
    assert set(values(canonical(RECORD, sample("incomplete")))) == {
        "policeRecordId", "opType", "residenceDiv", "registerDate", "policeOrgCode", "updateTime",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("谢䶮𠮷㛃\u9fb4", "谢䶮𠮷㛃\u9fb4"), ("阿依古丽•买买提", "阿依古丽·买买提"), ("次仁．卓玛", "次仁·卓玛"), ("\u3000张测试 ", "张测试"),
        ("\ue5e5补字", "\ue5e5补字"), ("\U00020087\u1e3f", "\U00020087\u1e3f"), ("𬱖𫖯", "𬱖𫖯"),
    ],
)  # fmt: skip
def test_rare_names_survive_gb18030(theirs: str, ours: str) -> None:
    """A name goes through the platform's bytes and comes out as it was, dots and blanks in one form."""
    data = encode(changed(XM=theirs), ADAPTER.encoding)
    assert data.startswith(b'<?xml version="1.0" encoding="GB18030"?>')
    assert values(canonical(RECORD, parse(data)))["name"] == ours


def test_the_bytes_are_those_of_2022() -> None:
    """U+9FB4 leaves as FE59 and U+1E3F as A8BC, the codes of GB 18030-2022 (and 2005), not those of Python's codec."""
    data = encode(changed(XM="\u9fb4\u1e3f"), ADAPTER.encoding)
    assert bytes.fromhex("FE59A8BC") in data


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("３５９９０１１９９００５１０００２２", "359901199005100022"),
        (" 35990119850315002x ", "35990119850315002X"),
        ("359901900510002", "359901900510002"),
    ],
)
def test_numbers_are_made_plain(theirs: str, ours: str) -> None:
    """Full-width digits, a lower-case x and blanks around are accepted from the police and written plainly here."""
    assert values(canonical(RECORD, changed(GMSFHM=theirs)))["idNo"] == ours


@pytest.mark.parametrize(("name", "text"), [("GMSFHM", "3599011990051000"), ("LBDRQ", "20250231"), ("CSRQ", "19900230")])
def test_what_cannot_be_is_refused_by_our_schema(name: str, text: str) -> None:
    """A number of sixteen digits, or a day that never was, passes there and is stopped here."""
    own = changed(**{name: text})
    REGISTRY.validate(OWN[RECORD], own)
    with pytest.raises(ClientError):
        canonical(RECORD, own)


@pytest.mark.parametrize(("theirs", "ours"), [("A", "1"), ("U", "2"), ("D", "3"), ("Y", "4")])
def test_operations(theirs: str, ours: str) -> None:
    """A, U, D, Y are 1 to 4 of CL_PTYPE."""
    assert values(canonical(RECORD, changed(CZLX=theirs)))["opType"] == ours


def test_premises() -> None:
    """Each kind of premises has one of ours; 21 is a hotel, 22 a net bar."""
    pairs = {
        c: values(canonical(RECORD, changed(JZCSLX=c)))["premisesKind"]
        for c in ["11", "12", "13", "14", "15", "21", "22", "29", "99"]
    }
    assert pairs == {
        "11": "01",
        "12": "02",
        "13": "03",
        "14": "04",
        "15": "05",
        "21": "06",
        "22": "07",
        "29": "08",
        "99": "99",
    }


def test_an_answer_is_an_array_of_records() -> None:
    """Two records, a third there would be; none found is an empty array."""
    made = canonical(REPLY, parse((SAMPLES / REPLY / "two-rare.xml").read_bytes()))
    assert [child.text for child in made[:2]] == ["true", "true"]
    rows = [values(row) for row in made[2:]]
    assert [row["name"] for row in rows] == ["谢䶮𠮷㛃"] * 2
    assert [row["residenceDiv"] for row in rows] == ["350203001000", "350102610000"]
    assert not {"updateTime", "opType", "ethnicity", "landlord", "employer", "premisesName"} & set(rows[0])
    assert serialise(canonical(REPLY, parse((SAMPLES / REPLY / "nobody.xml").read_bytes()))).endswith(
        b"<found>false</found><more>false</more></policeCaseReply>"
    )


def test_the_question_holds_name_number_and_purpose() -> None:
    """Canonical view → GACX, every purpose with a code of its own; valid on both sides."""
    for purpose in "12345678":
        view = parse(
            f'<policeCase xmlns="urn:pophub:police.case:1.0"><name>谢䶮𠮷</name><idNo>359901199005100022</idNo><purpose>{purpose}</purpose></policeCase>'.encode()
        )
        REGISTRY.validate("views/police/police.case-1.0.xsd", view)
        own = parse(encode(ADAPTER.translator.from_canonical(CASE, view), ADAPTER.encoding))
        REGISTRY.validate(QUERY.schema, own)
        assert values(own) == {"XM": "谢䶮𠮷", "GMSFHM": "359901199005100022", "CXMD": f"0{purpose}"}


@pytest.mark.parametrize("channel", [RECORD, "police.handling", "enquiry.case", "notice.contraception"])
def test_nothing_else_goes_to_the_police(channel: ChannelName) -> None:
    """The translator refuses to write anything but the case query for them."""
    with pytest.raises(FlowError):
        ADAPTER.translator.from_canonical(channel, parse(b"<any/>"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_samples_hold(path: Path) -> None:
    """Each sample is valid there, and valid here when translated, also after its bytes went through GB 18030."""
    own = parse(path.read_bytes())
    channel = ChannelName(path.parent.name)
    assert serialise(canonical(channel, parse(encode(own, ADAPTER.encoding)))) == serialise(canonical(channel, own))


def test_schemas_are_where_the_manifest_says() -> None:
    """WSDL, wrapper, record, question and reply exist below schemas/."""
    (service,) = ADAPTER.services
    named = [service.wsdl, QUERY.schema, QUERY.reply_schema]
    for batch in (ADAPTER.batches or {}).values():
        named += [batch.schema, batch.record_schema]
    for operation in service.operations.values():
        named += [operation.schema, operation.reply_schema]
    assert [n for n in named if not (SCHEMAS / n).is_file()] == []
