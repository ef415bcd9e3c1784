"""A flat reading of schemas and the list of their files, shared by the schema tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import xmlschema
from xmlschema.validators import XsdComplexType, XsdElement, XsdGroup

SCHEMAS = Path(__file__).parents[2] / "schemas"
CHANNELS = ("enquiry.request", "enquiry.feedback", "notice.contraception", "notice.contraception_receipt")
CASE_DATA = ("enquiry.return", "enquiry.withdraw", "enquiry.withdrawn")
"""Channels without a person in them: numbers, dates, coded values."""
QUERIES = (
    "enquiry.status", "enquiry.status_reply", "enquiry.case", "enquiry.case_reply", "notice.status", "notice.status_reply",
    "police.case", "police.case_reply",
    "ecert.verify", "ecert.verify_reply",
)  # fmt: skip
PRIVACY = "{urn:pophub:privacy:1.0}privacy"
XS = "{http://www.w3.org/2001/XMLSchema}"


@dataclass(frozen=True)
class Declared:
    """One element declaration at one path, as a reader of the schema sees it.

    type: expanded name of its type. optional: may be left out, by minOccurs or because a choice offers another. repeats: maxOccurs,
    None for no limit. label: Chinese. privacy: attributes of its p:privacy.
    """

    type: str
    optional: bool
    repeats: int | None
    label: str
    privacy: dict[str, str]


def schema_files() -> list[Path]:
    """Every schema file this folder tests, those of partners excepted."""
    return [p for d in ("codes", "canonical", "views", "services") for p in sorted((SCHEMAS / d).rglob("*.xsd"))]


def channel_file(channel: str) -> Path:
    """The canonical schema of a channel."""
    return SCHEMAS / "canonical" / "1.0" / f"{channel}.xsd"


def view_files() -> list[Path]:
    """Every view of a channel with a person in it: the files of views/ that name a channel and a version."""
    return sorted(f for c in CHANNELS for f in (SCHEMAS / "views").glob(f"*/{c}-1.0.xsd"))


def case_data_views() -> list[Path]:
    """Every view of a channel of case data."""
    return sorted(f for c in CASE_DATA for f in (SCHEMAS / "views").glob(f"*/{c}-1.0.xsd"))


def query_view_files() -> list[Path]:
    """Every view of a query or of its reply."""
    return sorted(f for q in QUERIES for f in (SCHEMAS / "views").glob(f"*/{q}-1.0.xsd"))


def samples(channel: str, valid: bool) -> list[Path]:
    """The sample documents of a channel, in order of name."""
    folder = SCHEMAS / "canonical" / "1.0" / "samples" / channel
    return sorted((folder if valid else folder / "invalid").glob("*.xml"))


def flat(schema: xmlschema.XMLSchema10) -> dict[str, Declared]:
    """Every element of a schema's only root by path, the root itself as its bare name."""
    (root,) = schema.elements.values()
    return dict(_walk(root, root.local_name, optional=False))


def _walk(element: XsdElement, path: str, optional: bool) -> Iterator[tuple[str, Declared]]:
    assert element.annotation is not None, path
    note = element.annotation.elem
    privacy = next(note.iter(PRIVACY))
    label = "".join(d.text or "" for d in note.iter(XS + "documentation"))
    kind = element.type.name or "anonymous"
    yield path, Declared(kind, optional or element.min_occurs == 0, element.max_occurs, label, dict(privacy.attrib))
    if isinstance(element.type, XsdComplexType) and isinstance(element.type.content, XsdGroup):
        for child, inside_choice in _members(element.type.content):
            yield from _walk(child, f"{path}/{child.local_name}", inside_choice)


def _members(group: XsdGroup) -> Iterator[tuple[XsdElement, bool]]:
    for item in group:
        if isinstance(item, XsdGroup):
            yield from ((e, c or item.model == "choice") for e, c in _members(item))
        elif isinstance(item, XsdElement):
            yield item, group.model == "choice"
