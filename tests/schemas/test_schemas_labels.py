"""Every element says in Chinese what it is and how private it is; some facts have no element at all."""

import re
from pathlib import Path

from lxml import etree

SCHEMAS = Path(__file__).parents[2] / "schemas"
XS = "{http://www.w3.org/2001/XMLSchema}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PRIVACY = "{urn:pophub:privacy:1.0}privacy"
CHINESE = re.compile("[\u4e00-\u9fff]")
FORBIDDEN = re.compile(
    r"f[eo]*tal|foetus|fetus|unborn|胎儿|胎性|婴儿性别|levy|fine(?!d)|penalt|征收|抚养费|罚|违法|policyAttr|政策|finger(?!printVerified)|指纹(?!是否验证|验证时间)|template|biometric|iris|虹膜|surrogate|代孕",
    re.IGNORECASE,
)


def labels(node: etree._Element) -> list[str]:
    """The Chinese documentation directly on a declaration."""
    return [d.text or "" for d in node.findall(f"{XS}annotation/{XS}documentation") if d.get(LANG) == "zh"]


def test_every_element_has_a_label_and_a_privacy_class(schema_file: Path) -> None:
    """Each element declaration holds exactly one Chinese label and one privacy class out of three."""
    for element in etree.parse(str(schema_file)).iter(XS + "element"):
        name = element.get("name")
        assert name, "no element is taken over by reference: its label would be lost"
        assert len(labels(element)) == 1, name
        assert CHINESE.search(labels(element)[0]), name
        classes = [p.get("class") for p in element.iter(PRIVACY)]
        assert len(classes) == 1, name
        assert classes[0] in {"identifying", "sensitive", "free"}, name


def test_privacy_says_only_what_is_known(schema_file: Path) -> None:
    """A privacy note has no attribute beyond class, basis, filledBy, item and mask, and only known values."""
    known = {
        "basis": {"contraception", "pregnancy", "keySubject"},
        "filledBy": {"hub"},
        "mask": {"name", "idNo", "phone", "year"},
        "item": {f"{n:02}" for n in range(1, 13)} - {"11"},
    }
    for note in etree.parse(str(schema_file)).iter(PRIVACY):
        for attribute, value in note.attrib.items():
            assert attribute == "class" or value in known[str(attribute)]


def test_every_type_and_code_has_a_label(schema_file: Path) -> None:
    """Each named type and each code of a list holds one Chinese label."""
    tree = etree.parse(str(schema_file))
    for node in tree.iter(XS + "simpleType", XS + "complexType", XS + "enumeration"):
        assert len(labels(node)) == 1, node.get("name") or node.get("value")
        assert labels(node)[0].strip()


def test_what_must_not_exist_has_no_place(schema_file: Path) -> None:
    """No name, code or label could hold foetal sex, a levy, a policy attribute or a biometric template."""
    for node in etree.parse(str(schema_file)).iter(XS + "*"):
        for text in [node.get("name") or "", *labels(node)]:
            assert not FORBIDDEN.search(text), text


def test_what_must_not_exist_is_in_no_sample() -> None:
    """No sample names a forbidden fact either."""
    files = list((SCHEMAS / "canonical").rglob("*.xml"))
    assert files
    for file in files:
        for node in etree.parse(str(file)).iter(etree.Element):
            assert not FORBIDDEN.search(etree.QName(node).localname)


def test_every_list_is_in_the_source_table() -> None:
    """SOURCE.md names exactly the code lists that exist."""
    rows = re.findall(r"^\| (CL_[A-Z_]+) \|", (SCHEMAS / "codes/SOURCE.md").read_text(encoding="utf-8"), re.MULTILINE)
    lists = [
        t.get("name")
        for f in (SCHEMAS / "codes").glob("*.xsd")
        for t in etree.parse(str(f)).iter(XS + "simpleType")
        if str(t.get("name")).startswith("CL_")
    ]
    assert sorted(rows) == sorted(str(n) for n in lists)
    assert len(lists) >= 45


def test_withdrawn_codes_are_gone() -> None:
    """The codes withdrawn by law or decision stand in no list."""
    gone = {"CL_ENQITEM": "11", "CL_ENQRESULT": "6", "CL_ECERT": "4"}
    for file in (SCHEMAS / "codes").glob("*.xsd"):
        for kind in etree.parse(str(file)).iter(XS + "simpleType"):
            if kind.get("name") in gone:
                code = gone.pop(str(kind.get("name")))
                assert code not in [e.get("value") for e in kind.iter(XS + "enumeration")]
    assert gone == {}


def test_each_folder_tells_its_source() -> None:
    """Each folder of schemas has a SOURCE.md."""
    for folder in {file.parent for file in SCHEMAS.rglob("*.xsd")}:
        assert (folder / "SOURCE.md").is_file()
