"""What XML Schema permits and this product does not: some patterns, and replacing a declared type by a derived one.

libxml2 lets the digit escape match every Unicode digit, so that a full-width number would pass as an ID number;
a quantified group with a variable quantifier inside backtracks for ever in engines that backtrack, and the same
files are read by partners' tools. Where types are derived, xsi:type in a message would bring in elements that the
declared type does not have, past the translator and the view: ``blockDefault="#all"`` refuses that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hub.backends.schema_files import XS, Closure

_TOKEN: Final = re.compile(
    r"(?P<class>\[(?:\\.|[^\[\]\\]|\[(?:\\.|[^\]\\])*\])*\])"
    r"|(?P<escape>\\[pP]\{\w+\}|\\.)"
    r"|(?P<quantifier>[*+?]|\{(?P<low>[0-9]+)(?P<comma>,(?P<high>[0-9]*))?\})"
    r"|.",
    re.DOTALL,
)
_ANY_DIGIT: Final = re.compile(r"\\(?:d|p\{Nd?\})")


def lint(closure: Closure) -> list[str]:
    """One sentence for every refused pattern of a closure, with file and line."""
    return [
        f"{file.name} line {node.sourceline}: {fault}"
        for file in closure.values()
        for node in file.root.iter(XS + "pattern")
        for fault in pattern_faults(node.get("value", ""))
    ]


def substitution_faults(closure: Closure) -> Iterator[str]:
    """The files of a closure with derived complex types that do not block them."""
    if any(next(file.root.iter(XS + "complexContent"), None) is not None for file in closure.values()):
        for file in closure.values():
            if file.root.get("blockDefault") != "#all":
                yield f'{file.name}: types are derived here; write blockDefault="#all", or xsi:type could replace one'


def pattern_faults(pattern: str) -> Iterator[str]:
    """What is wrong with one XSD pattern: digit escapes, nested quantifiers."""
    tokens = list(_TOKEN.finditer(pattern))
    if any(_ANY_DIGIT.search(t[0].replace("\\\\", "")) for t in tokens if t["class"] or t["escape"]):
        yield r"pattern uses \d, which also takes full-width digits; write [0-9]"
    if _nested(tokens):
        yield "pattern repeats a group that holds a variable quantifier"


def _nested(tokens: list[re.Match[str]]) -> bool:
    groups = [False]  # for each open group: does it hold a variable quantifier
    atom = False  # the same for the atom just read
    for token in tokens:
        if token[0] == "(":
            groups.append(False)
        elif token[0] == ")" and len(groups) > 1:
            atom = groups.pop()
            groups[-1] |= atom
        elif token["quantifier"]:
            low, high = _bounds(token)
            if atom and high > 1:
                return True
            groups[-1] |= low != high
            atom = False
        else:
            atom = False
    return False


def _bounds(token: re.Match[str]) -> tuple[float, float]:
    if token["low"] is None:
        return {"*": (0, float("inf")), "+": (1, float("inf")), "?": (0, 1)}[token["quantifier"]]
    low = float(token["low"])
    return low, low if token["comma"] is None else float(token["high"] or "inf")
