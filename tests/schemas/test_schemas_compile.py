"""Every schema compiles everywhere, stays inside the folder and uses no construct that two validators read differently."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

SCHEMAS = Path(__file__).parents[2] / "schemas"
XS = "{http://www.w3.org/2001/XMLSchema}"
PARTS = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def has_nested_quantifier(pattern: str) -> bool:
    """True where a group that holds an unbounded or counted repeat is itself repeated: the shape that backtracks."""
    holds = [False]
    previous_group_holds = False
    parts = PARTS.findall(pattern)
    for part in parts:
        if part == "(":
            holds.append(False)
            previous_group_holds = False
        elif part == ")":
            previous_group_holds = holds.pop()
            holds[-1] = holds[-1] or previous_group_holds
        elif part in "*+?{":
            if previous_group_holds:
                return True
            holds[-1] = True
            previous_group_holds = False
        else:
            previous_group_holds = False
    return False


def patterns(schema_file: Path) -> list[str]:
    """The value of every pattern facet of a file."""
    return [p.get("value") or "" for p in etree.parse(str(schema_file)).iter(XS + "pattern")]


def test_compiles_under_libxml2_and_xmlschema(
    schema_file: Path, opened: Callable[[Path], xmlschema.XMLSchema10], compiled: Callable[[Path], etree.XMLSchema]
) -> None:
    """Each schema file compiles under lxml and under xmlschema, alone."""
    compiled(schema_file)
    assert opened(schema_file).built


def test_compiles_under_xmllint(schema_file: Path, xmllint: str, tmp_path: Path) -> None:
    """Each schema file compiles under xmllint, which answers 5 where a schema is wrong and 3 where only the document is."""
    document = tmp_path / "any.xml"
    document.write_text("<any/>", encoding="utf-8")
    done = subprocess.run(
        [xmllint, "--nonet", "--noout", "--schema", str(schema_file), str(document)], capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 3, done.stderr.decode()


def test_locations_are_relative_and_exist() -> None:
    """Every schemaLocation in schemas and service contracts is a relative path to a file below schemas/."""
    files = [p for d in ("codes", "canonical", "views", "services") for e in ("xsd", "wsdl") for p in (SCHEMAS / d).rglob(f"*.{e}")]
    found = 0
    for file in files:
        for node in etree.parse(str(file)).iter(XS + "import", XS + "include"):
            location = node.get("schemaLocation") or ""
            assert "://" not in location
            assert not location.startswith("/")
            target = (file.parent / location).resolve()
            assert target.is_file(), f"{file}: {location}"
            assert target.is_relative_to(SCHEMAS)
            found += 1
    assert found > 20


def test_no_pattern_uses_a_class_that_takes_foreign_digits(schema_file: Path) -> None:
    r"""No pattern holds \d, \w, \i, \c or \p, which take full-width digits and letters under libxml2."""
    assert [p for p in patterns(schema_file) if re.search(r"\\[dDwWiIcCpP]", p)] == []


def test_no_pattern_can_backtrack(schema_file: Path) -> None:
    """No pattern repeats a group that repeats inside."""
    assert [p for p in patterns(schema_file) if has_nested_quantifier(p)] == []


@pytest.mark.parametrize("pattern", ["(a+)+", "([0-9]{2})?", "(a(b*)c){2}", "((a?))*"])
def test_the_backtracking_rule_sees_nesting(pattern: str) -> None:
    """The rule that judges patterns knows the shapes it forbids."""
    assert has_nested_quantifier(pattern)


@pytest.mark.parametrize("pattern", ["(a|b)[0-9]+", "[(+*)]+", "(a|b)+c", "\\(a+\\)+"])
def test_the_backtracking_rule_sees_no_ghosts(pattern: str) -> None:
    """The rule that judges patterns lets plain ones pass."""
    assert not has_nested_quantifier(pattern)


def test_alternatives_of_one_pattern_do_not_begin_with_the_same_count(schema_file: Path) -> None:
    """No pattern offers counted alternatives that begin alike: libxml2 takes wrong lengths there."""
    for pattern in patterns(schema_file):
        heads = re.findall(r"(?:^|[(|])(\[[^\]]*\])\{[0-9,]+\}(?=[^|)]*[|)])", pattern)
        assert len(heads) == len(set(heads)), pattern
