"""No class of hostile input is forgotten: each of the list has a test that names it, and no test names another."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

CLASSES = {
    "X01": "DOCTYPE, empty", "X02": "internal entity", "X03": "external entity, file", "X04": "external entity, http",
    "X05": "parameter entity, out of band", "X06": "billion laughs", "X07": "quadratic blow-up", "X08": "recursive entity", "X09": "external DTD",
    "X10": "default attributes by DTD", "X11": "XInclude", "X12": "depth", "X13": "100,000 attributes", "X14": "500,000 elements inside the size limit",
    "X15": "element name of 1 MB", "X16": "10,000 namespace declarations", "X17": "attribute names that collide", "X18": "huge text, CDATA",
    "X19": "]]> in text, unclosed, mismatched, two roots, trailing junk", "X20": "XML 1.1", "X21": "standalone, second declaration, xml-stylesheet",
    "X22": "comments inside values", "X23": "CDATA inside an identity number", "X24": "xml:base, xml:id, xml:space", "X25": "prefixes redefined",
    "X26": "the not-well-formed documents of the W3C",
    "S01": "SOAPAction of another operation", "S02": "SOAPAction missing or blank", "S03": "unknown operation", "S04": "two operations", "S05": "two Bodies",
    "S06": "Body before Header, Header twice", "S07": "mustUnderstand of the unknown", "S08": "foreign actor or role", "S09": "envelope of the other version",
    "S10": "SOAP arrays", "S11": "href, multiref cycles", "S12": "ReplyTo, FaultTo elsewhere", "S13": "MessageID missing, long, broken", "S14": "RelatesTo forged",
    "S15": "To another hub", "S16": "MTOM", "S17": "?wsdl with more in the query", "S18": "another content type, or none",
    "E01": "GB18030 with characters of four bytes", "E02": "UTF-8 with them", "E03": "UTF-16 of both orders", "E04": "dots of minority names, 50 characters",
    "E05": "variation selectors, compatibility ideographs", "E06": "code points that moved in GB 18030-2022", "E07": "charset against declaration",
    "E08": "GBK declared, GB18030 sent", "E09": "invalid, overlong, surrogates", "E10": "NUL and controls", "E11": "UTF-7, UTF-32, EBCDIC, unknown",
    "E12": "BOM in the middle, NUL bytes", "E13": "digits of other scripts", "E14": "direction, zero width, homoglyphs", "E15": "noncharacters, tags",
    "E16": "GB18030 cut inside a character",
    "Z01": "one byte over the limit", "Z02": "Content-Length wrong", "Z03": "empty", "Z04": "chunks beyond the limit, broken chunks", "Z05": "smuggling, two lengths, obs-fold",
    "Z06": "Content-Encoding, bombs", "Z07": "slow heads and bodies", "Z08": "head of 100 kB, 1,000 fields", "Z09": "path, absolute target, Host", "Z10": "other methods",
    "Z11": "10,000 records in a limit of 5,000", "Z12": "1,000 pipelined requests",
    "H02": "wrong namespace", "H03": "xsi:type", "H04": "xsi:nil", "H05": "xsi:schemaLocation", "H06": "schema inside the message", "H07": "odd values", "H11": "fault without the value",
}  # fmt: skip
"""By hand. X: XML, S: SOAP, E: encodings, Z: size and HTTP, H: schemas as far as they concern the door."""


def named(file: Path) -> Iterator[tuple[str, str]]:
    """Each class that a test function of the file says it stands for, with the function's name."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) in ("hostile", "pytest.mark.hostile"):
                yield from ((str(ast.literal_eval(word)), node.name) for word in mark.args)


def test_every_class_has_a_test_and_no_test_another_class() -> None:
    """The list and the tests name the same classes."""
    tested = {name for file in Path(__file__).parent.glob("test_*.py") for name, _ in named(file)}
    assert sorted(CLASSES.keys() - tested) == []
    assert sorted(tested - CLASSES.keys()) == []
