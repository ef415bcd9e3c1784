"""The simple types mean the same to both validators, and what they should."""

import random
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

CODES = Path(__file__).parents[2] / "schemas" / "codes"
SHELL = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:c="urn:pophub:codes:1.0">'
    '<xs:import namespace="urn:pophub:codes:1.0" schemaLocation="codes-1.0.xsd"/>{}</xs:schema>'
)
STARTS = (
    "2026-02-28", "1990-05-10", "2026-11-20T09:15:30+08:00", "2026-11-20T09:15:30.123+08:00", "2018", "2018-06", "359901199005100022", "35990119850315002x",
    "350203001L001", "0592-5081234", "(0592) 508 1234", "阿·买", "true", "20", "XC-1", "协查〔2026〕6号", "350702001001", "Q350000001", "1", "",
)  # fmt: skip
PIECES = [
    *"0123456789xXTZ+-:./ azAZ",
    "\t",
    "\n",
    "\r",
    "\u00a0",
    "\u3000",
    "１",
    "·",
    "䶮",
    "𠮷",
    "\ue5e5",
    "\u0085",
    "\u2028",
    "\x7f",
    "٣",
    "INF",
]
SIMPLE = "{http://www.w3.org/2001/XMLSchema}simpleType"
NAMES = sorted(str(t.get("name")) for f in CODES.glob("*.xsd") for t in etree.parse(str(f)).iter(SIMPLE))
BAD, GOOD = False, True


class Types:
    """Every simple type of the code file as an element of its own, under both validators."""

    def __init__(self) -> None:
        """Compiles the shell schema; elements are named as their types."""
        text = SHELL.format("".join(f'<xs:element name="{n}" type="c:{n}"/>' for n in NAMES))
        self.fast = etree.XMLSchema(etree.fromstring(text, base_url=str(CODES / "shell.xsd")))
        self.slow = xmlschema.XMLSchema10(text, base_url=str(CODES), allow="local")

    def verdicts(self, name: str, value: str) -> tuple[bool, bool]:
        """What lxml and xmlschema say to one value of one type."""
        element = etree.Element(name)
        element.text = value
        document = etree.ElementTree(etree.fromstring(etree.tostring(element)))
        try:
            slow = self.slow.is_valid(document)
        except OverflowError:  # xmlschema 4.3 raises it for a year of ten digits instead of refusing
            slow = False
        return self.fast.validate(document), slow


@pytest.fixture(scope="module")
def types() -> Types:
    """The compiled types, once a module."""
    return Types()


@pytest.mark.parametrize("name", NAMES)
def test_both_validators_agree_on_any_text(name: str, types: Types) -> None:
    """Near-valid and hostile texts get the same verdict from both, blanks outside XML's own at the ends excepted (xmlschema strips them)."""
    chance = random.Random(name)
    for _ in range(200):
        value = chance.choice(STARTS)
        for _ in range(chance.randint(0, 2)):
            at = chance.randint(0, len(value))
            value = value[:at] + chance.choice([*PIECES, ""]) + value[at + chance.randint(0, 1) :]
        if value.strip() == value.strip(" \t\r\n"):
            fast, slow = types.verdicts(name, value)
            assert fast == slow, repr(value)


@pytest.mark.parametrize(
    ("name", "value", "verdict"),
    [
        ("IdNo18", "359901199005100022", GOOD), ("IdNo18", "359901199013100022", BAD), ("IdNo18", "35990119900510002x", BAD), ("IdNo15", "359901900510002", GOOD),
        ("IdOrCertNo", "359901199005100022", GOOD), ("IdOrCertNo", "军字第1234567号", GOOD), ("IdOrCertNo", "E12345678", GOOD),
        ("IdOrCertNo", "35990119900510002x", BAD), ("IdOrCertNo", "３５９９", BAD), ("IdOrCertNo", " E1", BAD), ("IdOrCertNo", "1" * 31, BAD),
        ("Name", "·", GOOD), ("Name", "李 明", GOOD), ("Name", " 李明", BAD), ("Name", "李明\u3000", BAD), ("Name", "李\t明", BAD), ("Name", "𠮷" * 50, GOOD), ("Name", "𠮷" * 51, BAD),
        ("Name", "\ue5e5", GOOD), ("Div12", "350702001001", GOOD), ("Div12", "３５０７０２００１００１", BAD), ("Div9", "350702001", GOOD), ("Div9", "35070200", BAD),
        ("Date", "2024-02-29", GOOD), ("Date", "2026-02-29", BAD), ("Date", "2026-02-30", BAD), ("Date", "0000-01-01", BAD), ("Date", "10000-01-01", BAD),
        ("PartialDate", "1950", GOOD), ("PartialDate", "1950-13", BAD), ("PartialDate", "1950-12", GOOD), ("PartialDate", "1950-12-32", BAD),
        ("TS", "2026-11-20T23:59:59+08:00", GOOD), ("TS", "2026-11-20T23:59:60+08:00", BAD), ("TS", "2026-11-20T09:15:30Z", BAD), ("TS", "2026-11-20T09:15:30+07:00", BAD),
        ("Bool", "true", GOOD), ("Bool", "1", BAD), ("Bool", "True", BAD), ("Mobile", "13800000001", GOOD), ("Mobile", "12800000001", BAD),
        ("Phone", "1234", BAD), ("Phone", "12345", GOOD), ("Phone", "1" * 20, GOOD), ("Phone", "1" * 21, BAD), ("BirthCertNo", "Q350000001", GOOD), ("BirthCertNo", "Q35000000", BAD),
        ("Addr", "", GOOD), ("Addr", "路" * 201, BAD), ("No", "", BAD), ("No", "x" * 30, GOOD), ("No", "x" * 31, BAD), ("Count20", "20", GOOD), ("Count20", "21", BAD), ("Count20", "-1", BAD),
        ("Seq", "0", BAD), ("Seq", "01", BAD), ("CL_SEX", "9", GOOD), ("CL_SEX", "3", BAD), ("CL_SEX", " 1", BAD), ("CL_ETHNIC", "22", GOOD), ("CL_ETHNIC", "57", BAD),
    ],
)  # fmt: skip
def test_types_mean_what_they_should(name: str, value: str, verdict: bool, types: Types) -> None:
    """Each simple type takes and refuses the values at its edges."""
    assert types.verdicts(name, value) == (verdict, verdict)


def test_user_codes_have_five_lengths(types: Types) -> None:
    """A user code has a division code of 2, 4, 6, 9 or 12 digits and no other length, for both validators."""
    for digits in range(16):
        assert types.verdicts("UserCode", "3" * digits + "L001") == ((digits in {2, 4, 6, 9, 12},) * 2), digits
