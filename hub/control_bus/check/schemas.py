"""Every schema compiles and holds no refused pattern; every channel's schema has its namespace and its root."""

from __future__ import annotations

from collections.abc import Iterator

from hub.backends.schema_files import SchemaFault
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.subject import Subject, channel_place

_PATHS_ALIKE = 0.85
"""Paths share folders and suffixes: a likeness of 0.6 would mean nothing."""


def schemas_compile(subject: Subject) -> Iterator[Fault]:
    """Each file of the schemas folders loads; what several files share is reported once."""
    seen: set[str] = set()
    for name in subject.schemas.names():
        try:
            subject.schemas.check(name)
        except SchemaFault as fault:
            for sentence in fault.faults:
                if sentence not in seen:
                    seen.add(sentence)
                    yield _unusable(name, sentence)


def _unusable(name: str, sentence: str) -> Fault:
    if "[0-9]" in sentence:
        zh = r"模式使用了 \d，会放过全角数字；请写 [0-9]。"
        return Fault(name, "schema.digit", f"{zh}（{sentence}）", sentence, "请改写该 pattern。 Rewrite the pattern.")
    return Fault(name, "schema.unusable", f"XSD 不可用：{sentence}", f"the schema cannot be used: {sentence}")


def channels_have_schemas(subject: Subject) -> Iterator[Fault]:
    """The schema of a channel exists, in the channel's namespace, with the channel's root as its only document element."""
    for flow, channel in subject.channels():
        place = channel_place(flow, channel.name)
        if not subject.schemas.exists(channel.schema):
            yield missing(subject, place, channel.schema)
            continue
        yield from wrong_root(subject, place, channel.schema, channel.namespace, channel.root)


def missing(subject: Subject, place: str, schema: str) -> Fault:
    """A schema that is named and not there."""
    hint = did_you_mean(schema, subject.schemas.names(), _PATHS_ALIKE)
    return Fault(place, "schema.missing", f"schemas/{schema} 不存在。", f"schemas/{schema} does not exist.", hint)


def wrong_root(subject: Subject, place: str, schema: str, namespace: str, root: str) -> Iterator[Fault]:
    """Faults of namespace and document element; nothing for a schema that does not load."""
    try:
        found, roots = subject.schemas.root_of(schema)
    except SchemaFault:
        return
    if found != namespace:
        yield Fault(
            place, "schema.namespace", f"schemas/{schema} 的命名空间是 {found or '空'}，应为 {namespace}。",
            f"schemas/{schema} has namespace {found or 'none'}, must be {namespace}.",
        )  # fmt: skip
    if roots != {root}:
        names = ", ".join(sorted(roots)) or "-"
        yield Fault(
            place, "schema.root", f"schemas/{schema} 的根元素是 {names}，应只有 {root}。",
            f"schemas/{schema} declares {names}, must declare {root} alone.", did_you_mean(root, roots) if roots else "",
        )  # fmt: skip
