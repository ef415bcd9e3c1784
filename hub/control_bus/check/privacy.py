"""Privacy marks: every element says its class, every legal basis is one the flow declares, forbidden facts have no element."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.backends.schema_components import Component
from hub.backends.schema_files import XS, SchemaFault, SchemaFolders
from hub.control_bus.check.fault import Fault, did_you_mean
from hub.control_bus.check.subject import Subject, channel_place

CLASSES = ("identifying", "sensitive", "free")
NOWHERE = re.compile(
    r"f[eo]*tal|foetus|fetus|unborn|胎儿|胎性|婴儿性别|levy|penalt|征收|抚养费|罚款|违法|policyAttr|政策属性|指纹模板|fingerprintTemplate|biometric",
    re.IGNORECASE,
)
"""Facts that no schema may hold: foetal sex, levies and fines, policy attribute, biometric templates (privacy policy 6)."""


def elements_are_marked(subject: Subject) -> Iterator[Fault]:
    """Every element of canonical schemas and views, shared files included, has one of the three classes."""
    done: set[str] = set()
    folders = SchemaFolders(subject.roots)
    for name in subject.schemas.names():
        if not name.startswith(("canonical/", "views/")):
            continue
        try:
            closure = folders.closure(name)
        except SchemaFault:
            continue
        for file in closure.values():
            if file.name in done:
                continue
            done.add(file.name)
            for node in file.root.iter(XS + "element"):
                yield from _marked(file.name, Component(node, ""))


def _marked(schema: str, element: Component) -> Iterator[Fault]:
    name = element.node.get("name") or element.node.get("ref") or "-"
    place = f"schemas/{schema} line {element.node.sourceline}"
    stated = element.privacy
    if stated is None:
        yield Fault(
            place,
            "privacy.missing",
            f"元素 {name} 没有隐私等级。",
            f"element {name} has no privacy class.",
            f"p:privacy class: {' | '.join(CLASSES)}",
        )
    elif stated.get("class") not in CLASSES:
        given = stated.get("class", "-")
        yield Fault(
            place,
            "privacy.class",
            f"元素 {name} 的隐私等级 {given} 无效。",
            f"element {name} has privacy class {given}.",
            did_you_mean(given, CLASSES),
        )


def bases_are_declared(subject: Subject) -> Iterator[Fault]:
    """A field that needs a legal basis names one that its flow knows: otherwise nobody could ever declare it."""
    for flow, channel in subject.channels():
        schemas = {channel.schema, *(channel.view_schema(r.view) for r in flow.routes if r.channel == channel.name)}
        used = {f.basis for schema in schemas for f in (subject.fields(schema) or {}).values() if f.basis}
        for basis in sorted(used - set(flow.basis.fields)):
            yield Fault(
                channel_place(flow, channel.name), "basis.unknown", f"XSD 中的法定依据 {basis} 未列入流程的 basis.fields。",
                f"legal basis {basis} of the schema is not among the flow's basis.fields.", did_you_mean(basis, flow.basis.fields),
            )  # fmt: skip


def forbidden_facts_have_no_place(subject: Subject) -> Iterator[Fault]:
    """No element, type, code or label of any schema could hold what must not exist."""
    folders = SchemaFolders(subject.roots)
    for name in subject.schemas.names():
        try:
            file = folders.closure(name)[name]
        except SchemaFault:
            continue
        for node in file.root.iter(XS + "element", XS + "attribute", XS + "complexType", XS + "simpleType", XS + "enumeration"):
            said = f"{node.get('name') or ''} {Component(node, '').label or ''}"
            if NOWHERE.search(said):
                place = f"schemas/{name} line {node.sourceline}"
                yield Fault(
                    place,
                    "privacy.forbidden",
                    f"不得存在的内容：{said.strip()}。",
                    f"must not exist in any schema: {said.strip()}.",
                )
