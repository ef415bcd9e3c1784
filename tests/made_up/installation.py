"""A hub as it is installed, read-only, and a folder beside it that holds a system nobody knew when it was installed."""

from __future__ import annotations

import hashlib
import shutil
import stat
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATE = Path(__file__).parent / "template"
_NOT_INSTALLED = shutil.ignore_patterns("__pycache__", "*.pyc")


def install(place: Path) -> Path:
    """Copy what the wheel holds, and nothing else; take the right to write away."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for package in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        shutil.copytree(ROOT / package, place / package, ignore=_NOT_INSTALLED)
    for path in (place, *place.rglob("*")):
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    return place


def plug_in(place: Path) -> Path:
    """Write the made-up system into a folder of its own."""
    return Path(shutil.copytree(TEMPLATE, place, ignore=_NOT_INSTALLED))


def fingerprint(place: Path) -> str:
    """Names and contents of everything in a folder, as one hash."""
    total = hashlib.sha256()
    for path in sorted(p for p in place.rglob("*") if p.is_file()):
        total.update(f"{path.relative_to(place)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
