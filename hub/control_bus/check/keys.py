"""Keys: every part that names a message, a lane, a search, a place or a case exists in the schema and may serve as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.backends.schema_fields import FieldInfo
from hub.contract.channel import Channel, Part, header_field
from hub.contract.flow import Flow
from hub.contract.message import Header
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.subject import Subject, channel_place

_HEADER_PARTS = ("@fromSystem", "@fromDiv", "@sender")


def key_parts_exist(subject: Subject) -> Iterator[Fault]:
    """Each part is a leaf of the channel's schema or a known header field; none is repeated or set by the hub, none sensitive but in a
    duplicate key, of which nothing is kept but a keyed hash.
    """
    for flow, channel in subject.channels():
        for use, part in _parts(flow, channel):
            place = f"{channel_place(flow, channel.name)} · {use}"
            yield from _part(subject, channel, place, part, hashed=use.startswith("duplicate key "))
        for key in channel.search_keys:
            place = f"{channel_place(flow, channel.name)} · search key {key.name}"
            yield from _part(subject, channel, place, Part(key.path), single=False)
            field = (subject.fields(channel.schema) or {}).get(key.path)
            if field and field.privacy != "free" and not key.identifying:
                yield Fault(
                    place,
                    "key.open",
                    f"{key.path} 属个人信息，检索键须声明 identifying。",
                    f"{key.path} is personal: the search key must be identifying.",
                )


def _parts(flow: Flow, channel: Channel) -> Iterator[tuple[str, Part]]:
    for key in channel.duplicate_keys:
        yield from ((f"duplicate key {key.name}", part) for part in key.parts)
    if channel.order:
        yield from (("order key", part) for part in channel.order.parts)
    if channel.place:
        yield "place", channel.place
    if flow.case:
        also = (part for parts in (flow.case.also or {}).get(channel.name, ()) for part in parts)
        yield from (("case key", part) for part in (*flow.case.keys.get(channel.name, ()), *also))


def _part(
    subject: Subject, channel: Channel, place: str, part: Part, *, single: bool = True, hashed: bool = False
) -> Iterator[Fault]:
    if part.first is not None and part.first < 1:
        yield Fault(place, "key.first", f"{part.path} 的 first 须为正数。", f"first of {part.path} must be positive.")
    if part.path.startswith("@"):
        yield from _header_part(place, part.path)
        return
    fields = subject.fields(channel.schema)
    if fields is None:
        return
    field = fields.get(part.path)
    if field is None:
        yield Fault(
            place, "key.path", f"{part.path} 不在 XSD 中。", f"{part.path} is not in the schema.", did_you_mean(part.path, fields)
        )
        return
    yield from _may_serve(place, part.path, field, hashed=hashed)
    if single and _repeated(fields, part.path):
        yield Fault(
            place,
            "key.repeated",
            f"{part.path} 可重复出现，不能作键。",
            f"{part.path} may be repeated and cannot be part of a key.",
        )


def _may_serve(place: str, path: str, field: FieldInfo, *, hashed: bool) -> Iterator[Fault]:
    if not field.leaf:
        yield Fault(place, "key.path", f"{path} 不是叶子元素。", f"{path} holds elements, not text.")
    if field.privacy == "sensitive" and not hashed:
        yield Fault(place, "key.sensitive", f"{path} 是敏感信息，不得作键。", f"{path} is sensitive and may not be part of a key.")
    if field.filled_by_hub:
        yield Fault(
            place,
            "key.filled",
            f"{path} 由枢纽填写，受理时没有值。",
            f"{path} is filled by the hub: it has no value at acceptance.",
        )


def _repeated(fields: Mapping[str, FieldInfo], path: str) -> bool:
    names = path.split("/")
    above = ("/".join(names[: n + 1]) for n in range(len(names)))
    return any(fields[p].repeated for p in above if p in fields)


def _header_part(place: str, path: str) -> Iterator[Fault]:
    try:
        header_field(Header("", "", "", "", ""), path[1:])  # type: ignore[arg-type]
    except KeyError:
        yield Fault(
            place,
            "key.header",
            f"报文头没有可作键的 {path}。",
            f"{path} is no header field of keys.",
            did_you_mean(path, _HEADER_PARTS),
        )


def hub_filled_agrees(subject: Subject) -> Iterator[Fault]:
    """What a channel declares as filled by the hub and what its schema marks so are the same elements."""
    for flow, channel in subject.channels():
        place = channel_place(flow, channel.name)
        fields = subject.fields(channel.schema)
        if fields is None:
            continue
        marked = {
            p
            for p, f in fields.items()
            if f.filled_by_hub and not (p.rpartition("/")[0] in fields and fields[p.rpartition("/")[0]].filled_by_hub)
        }
        for path in sorted(set(channel.hub_filled) - marked):
            if path in fields:
                yield Fault(
                    place,
                    "filled.unmarked",
                    f'{path} 在 XSD 中没有 filledBy="hub"。',
                    f"{path} is not marked filledBy=hub in the schema.",
                )
            else:
                yield Fault(
                    place,
                    "filled.path",
                    f"hub_filled 的 {path} 不在 XSD 中。",
                    f"{path} of hub_filled is not in the schema.",
                    did_you_mean(path, fields),
                )
        for path in sorted(marked - set(channel.hub_filled)):
            yield Fault(
                place,
                "filled.undeclared",
                f"{path} 在 XSD 中由枢纽填写，未列入 hub_filled。",
                f"{path} is marked filledBy=hub but not in hub_filled.",
            )
