"""The allow-list: a view holds what its recipient was granted of that channel, group by group, and nothing else.

Groups stand in ``views/groups.toml``, grants in ``views/<recipient>/grants.toml`` beside the views they speak of, so that a new
recipient brings its own. What must never be granted to anybody is declared apart (`forbidden`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.subject import Subject

CASE_DATA = "P"
GRANTS = "grants.toml"
Groups = Mapping[str, tuple[re.Pattern[str], ...]]


def views_hold_what_is_granted(subject: Subject) -> Iterator[Fault]:
    """Every view whose recipient has grants: each leaf's group is granted for the channel, with a basis where one is asked for."""
    groups: dict[str, tuple[re.Pattern[str], ...]] = {}
    for root in reversed(subject.roots):
        groups |= {
            name: tuple(map(re.compile, patterns))
            for name, patterns in _read(root / "views" / "groups.toml").get("groups", {}).items()
        }
    for schema, recipient, channel in _views(subject):
        granted = _grants(subject, recipient)
        if granted is None:
            continue
        if channel not in granted:
            yield Fault(
                f"schemas/{schema}", "grant.missing", f"{recipient} 没有 {channel} 的授权。",
                f"{recipient} was granted nothing of {channel}.", did_you_mean(channel, granted),
            )  # fmt: skip
            continue
        yield from _known(recipient, channel, granted[channel], groups)
        yield from _fields(subject, schema, granted[channel], groups)


def ungranted(subject: Subject) -> list[str]:
    """Recipients whose views nobody granted anything: their views were not compared."""
    return sorted({recipient for _, recipient, _ in _views(subject) if _grants(subject, recipient) is None})


def _views(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """Schema, recipient and channel of every view: ``views/<recipient>/<channel>-<version>.xsd``."""
    for schema in subject.schemas.names():
        found = re.fullmatch(r"views/([^/]+)/([^/]+\.[^/]+)-[0-9.]+\.xsd", schema)
        if found:
            yield schema, found[1], found[2]


def _grants(subject: Subject, recipient: str) -> Mapping[str, Any] | None:
    """By channel; the first schemas folder that has any for the recipient counts."""
    for root in subject.roots:
        file = root / "views" / recipient / GRANTS
        if file.exists():
            return _read(file)
    return None


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _known(recipient: str, channel: str, given: Mapping[str, Any], groups: Groups) -> Iterator[Fault]:
    for name in (*given.get("groups", ()), *given.get("with_basis", ())):
        if name not in (*groups, CASE_DATA) or name == "nobody":
            yield Fault(
                f"schemas/views/{recipient}/{GRANTS} · {channel}", "grant.group", f"没有可授权的字段组 {name}。",
                f"there is no group {name} to grant.", did_you_mean(name, {*groups, CASE_DATA} - {"nobody"}),
            )  # fmt: skip


def _fields(subject: Subject, schema: str, given: Mapping[str, Any], groups: Groups) -> Iterator[Fault]:
    plain, conditional = given.get("groups", ()), given.get("with_basis", ())
    for path, field in (subject.fields(schema) or {}).items():
        if not field.leaf:
            continue
        group = next((name for name, found in groups.items() if any(p.search(path) for p in found)), CASE_DATA)
        if group in conditional and not field.basis:
            yield Fault(
                f"schemas/{schema}", "grant.basis", f"{path}：字段组 {group} 须标明法定依据。",
                f"{path}: group {group} is granted only with a legal basis, and the field names none.",
            )  # fmt: skip
        elif group not in (*plain, *conditional):
            yield Fault(
                f"schemas/{schema}", "grant.field", f"{path}：字段组 {group} 未授权给该接收方。",
                f"{path}: group {group} was not granted to this recipient.",
            )  # fmt: skip
