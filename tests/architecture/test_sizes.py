"""The sizes that keep code readable: files, functions, and the one thin entry."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
ROOMS = ("hub", "adapters", "routes")


def sources() -> dict[Path, str]:
    """Every module of the product, migrations excepted."""
    found = (p for room in ROOMS for p in (ROOT / room).rglob("*.py") if "migrations" not in p.parts)
    return {p: p.read_text(encoding="utf-8") for p in found}


def test_files_are_short() -> None:
    """No module is over 300 lines, half are at most 90; the entry is at most 120."""
    lines = {p: text.count("\n") for p, text in sources().items()}
    assert [str(p.relative_to(ROOT)) for p, n in lines.items() if n > 300] == []
    assert median(n for n in lines.values() if n > 3) <= 90
    assert lines[ROOT / "hub/__main__.py"] <= 120


def test_functions_are_short() -> None:
    """No function is over 40 lines, its docstring apart."""
    long = []
    for path, text in sources().items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                said = node.body[0] if ast.get_docstring(node) else None
                told = said.end_lineno - said.lineno + 1 if said and said.end_lineno else 0
                if (node.end_lineno or 0) - node.lineno + 1 - told > 40:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert long == []


def test_no_vague_names() -> None:
    """No class or module is called Manager, Helper, Utils, Base, Abstract, Common or Misc."""
    vague = ("manager", "helper", "utils", "util", "base", "abstract", "common", "misc")
    found = []
    for path, text in sources().items():
        names = [path.stem, *(n.name for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ClassDef))]
        found += [
            f"{path.relative_to(ROOT)}: {n}"
            for n in names
            if n.lower() in vague or n.endswith(("Manager", "Helper", "Utils")) or n.startswith(("Base", "Abstract"))
        ]
    assert found == []
