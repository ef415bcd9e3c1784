"""The hub runs on every Python that it says it runs on."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from tests.versions.smoke import ROOT, VERSIONS, interpreter, smoke

ASKED = os.environ.get("POPHUB_REQUIRE_SERVICES") == "1"


@pytest.mark.skipif(not ASKED, reason="takes minutes: make versions, or POPHUB_REQUIRE_SERVICES=1")
@pytest.mark.parametrize("version", VERSIONS)
def test_another_python(version: str, tmp_path: Path) -> None:
    """Locked dependencies install, everything declared is proved, a small demo day is good; skipped where that Python is not."""
    python = interpreter(version)
    if python is None:
        pytest.skip(f"Python {version} is not installed here (uv python install {version})")
    assert smoke(python, tmp_path) == ""


def test_what_is_tried_is_what_is_said() -> None:
    """The oldest version is the one that runs the tests; newer ones are tried by name."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert said == ">=3.11"
    assert all(tuple(map(int, v.split("."))) > (3, 11) for v in VERSIONS)
