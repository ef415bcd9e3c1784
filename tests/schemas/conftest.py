"""What the schema tests share: one run a file, and the three validators."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from tests.schemas.schema_reading import CHANNELS, SCHEMAS, samples, schema_files, view_files


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Gives each test that asks for schema_file, view_file, channel, valid_sample or invalid_sample one run a file."""
    lists: dict[str, list[Path] | list[str]] = {
        "schema_file": schema_files(),
        "view_file": view_files(),
        "channel": list(CHANNELS),
        "valid_sample": [p for c in CHANNELS for p in samples(c, valid=True)],
        "invalid_sample": [p for c in CHANNELS for p in samples(c, valid=False)],
    }
    for name, values in lists.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, values, ids=[_short(v) for v in values])


def _short(value: Path | str) -> str:
    return str(value.relative_to(SCHEMAS)) if isinstance(value, Path) else value


@pytest.fixture(scope="session")
def opened() -> Callable[[Path], xmlschema.XMLSchema10]:
    """Opens a schema once a session, without network."""
    cache: dict[Path, xmlschema.XMLSchema10] = {}

    def open_once(path: Path) -> xmlschema.XMLSchema10:
        if path not in cache:
            cache[path] = xmlschema.XMLSchema10(str(path), allow="local")
        return cache[path]

    return open_once


@pytest.fixture(scope="session")
def compiled() -> Callable[[Path], etree.XMLSchema]:
    """Compiles a schema with libxml2 once a session; one thread only."""
    cache: dict[Path, etree.XMLSchema] = {}

    def compile_once(path: Path) -> etree.XMLSchema:
        if path not in cache:
            cache[path] = etree.XMLSchema(etree.parse(str(path)))
        return cache[path]

    return compile_once


@pytest.fixture(scope="session")
def xmllint() -> str:
    """The path of xmllint; without it the test is skipped, or fails where services are required."""
    found = shutil.which("xmllint")
    if found is None:
        message = "xmllint is not installed: apt-get install libxml2-utils"
        if os.environ.get("POPHUB_REQUIRE_SERVICES") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found
