"""What people put into a demo day: every identifying value, from the callers' own making and from the hub's opened store."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from demo.cast import CAST
from demo.families import FAMILIES
from demo.province import generate
from demo.spokes.settings import read_settings
from hub.backends.keyring_files import KeyringFiles
from hub.backends.schema_registry import LxmlSchemaRegistry
from hub.backends.sql.engine import open_engine
from hub.discovery import schema_roots
from hub.ports.records import Sealed
from hub.settings import load

if TYPE_CHECKING:
    from demo.spokes.asking import Asking

_CANONICAL: Final = Path(__file__).parents[2] / "schemas" / "canonical" / "1.0"
HEADER: Final = ("MessageID", "fromUser", "RelatesTo")
"""What a sender chooses in the header may hide a number."""
_BODIES: Final = (
    ("message_body", "message_id", "received"), ("message_body", "message_id", "canonical"), ("delivery_body", "delivery_id", "body"),
    ("invalid_message", "id", "raw"),
)  # fmt: skip
_RECENT: Final = re.compile(r"20[12][0-9]-[0-9]{2}-[0-9]{2}")
"""A birth date of these years looks like the day of the run or of a rule, and stands in many a log line."""


def identifying() -> frozenset[str]:
    """Names of the elements that the schemas call identifying, or sensitive and free in their wording."""
    registry = LxmlSchemaRegistry(schema_roots(()))
    named = {
        path.rpartition("/")[2] for schema in sorted(_CANONICAL.glob("*.*.xsd")) for path, field in registry.fields(f"canonical/1.0/{schema.name}").items()
        if field.leaf and field.privacy == "identifying"
    }  # fmt: skip
    return frozenset({*named, *HEADER, "question", "remark", "reason"})


def made_by_callers(home: Path) -> Iterator[bytes]:
    """What the day's spokes sent of their own accord, of every family, made once more from their settings, spoiled documents included."""
    for member in CAST:
        settings = read_settings(home / f"{member.name}.json")
        people = tuple(generate(settings.people, settings.seed))
        for name in settings.families:
            side = FAMILIES[name].side(settings, people, cast("Asking", None))
            yield from (submission.document for submission in side.submissions())


def opened(home: Path) -> Iterator[bytes]:
    """Every body in the store, opened with the hub's own keys."""
    settings = load(home)
    engine = open_engine(settings.store_url)
    keyring = KeyringFiles(home / "keys", engine)
    with closing(sqlite3.connect(home / "data" / "pophub.db")) as connection:
        for table, key, column in _BODIES:
            for number, key_id, data in connection.execute(f"SELECT {key}, {column}_key, {column} FROM {table}"):
                yield keyring.open(f"{table}|{column}|{number}", Sealed(key_id, data))
    engine.dispose()


def values(documents: Iterator[bytes], names: frozenset[str]) -> set[str]:
    """The texts of these elements, whatever their namespace, however broken the document."""
    element = re.compile(rf"<(?:[\w.-]+:)?({'|'.join(sorted(names))})(?:\s[^<>]*)?>([^<>]+)<")
    found = {text for data in documents for _, text in element.findall(data.decode("utf-8", "replace"))}
    return {text for text in found if not _RECENT.fullmatch(text)}


def secrets(home: Path) -> set[str]:
    """The spokes' secrets."""
    return {file.read_text(encoding="ascii").strip() for file in (home / "keys" / "spokes").iterdir()}
