"""A view takes away and never adds: its paths, types, privacy classes and legal bases are the channel's."""

from __future__ import annotations

from collections.abc import Iterator

from hub.backends.schema_fields import FieldInfo
from hub.contract.channel import Channel
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.leaf_types import leaf_types
from hub.control_bus.check.schemas import missing, wrong_root
from hub.control_bus.check.subject import Subject, route_place


def views_are_subsets(subject: Subject) -> Iterator[Fault]:
    """Each route's view exists, has the channel's root, and holds nothing the channel does not."""
    done: set[str] = set()
    for flow, route, channel in subject.routes():
        schema = channel.view_schema(route.view)
        if schema in done:
            continue
        done.add(schema)
        if not subject.schemas.exists(schema):
            yield missing(subject, route_place(flow, route), schema)
            continue
        yield from wrong_root(subject, schema, schema, channel.namespace, channel.root)
        yield from compared(subject, channel, schema)


def compared(subject: Subject, channel: Channel, schema: str) -> Iterator[Fault]:
    """Faults of one view against its channel."""
    view, whole = subject.fields(schema), subject.fields(channel.schema)
    ours, theirs = subject.components(schema), subject.components(channel.schema)
    if view is None or whole is None or ours is None or theirs is None:
        return
    kinds, channel_kinds = leaf_types(ours), leaf_types(theirs)
    for path, seen in view.items():
        if path not in whole:
            if path.rpartition("/")[0] in {*whole, ""}:
                yield Fault(
                    schema, "view.added", f"视图的 {path} 不在报文类型 {channel.name} 中。",
                    f"{path} of the view is not in channel {channel.name}.", did_you_mean(path, whole),
                )  # fmt: skip
        else:
            yield from _differs(schema, path, seen, whole[path])
            if seen.leaf and whole[path].leaf and kinds.get(path) != channel_kinds.get(path):
                yield _other(schema, "view.type", path, "类型与报文类型不同", "has another type than the channel")


def _differs(schema: str, path: str, seen: FieldInfo, whole: FieldInfo) -> Iterator[Fault]:
    if seen.leaf != whole.leaf:
        yield _other(schema, "view.type", path, "结构与报文类型不同", "has another structure than the channel")
    if seen.privacy != whole.privacy:
        yield _other(
            schema, "view.privacy", path, f"隐私等级为 {seen.privacy}，报文类型为 {whole.privacy}",
            f"has privacy class {seen.privacy}, the channel says {whole.privacy}",
        )  # fmt: skip
    if whole.basis and seen.basis != whole.basis:
        yield _other(
            schema,
            "view.basis",
            path,
            f"缺少法定依据标记 {whole.basis}",
            f"lacks the legal basis {whole.basis} that the channel demands",
        )
    if seen.filled_by_hub != whole.filled_by_hub:
        yield _other(schema, "view.filled", path, "filledBy 与报文类型不同", "differs from the channel in filledBy")
    if (seen.required and not whole.required and not seen.filled_by_hub) or (whole.repeated and not seen.repeated):
        yield _other(schema, "view.narrower", path, "出现次数比报文类型更严", "demands more of its number than the channel")


def _other(schema: str, code: str, path: str, zh: str, en: str) -> Fault:
    return Fault(schema, code, f"视图的 {path} {zh}。", f"{path} of the view {en}.")
