"""`hub.contract.shape.Shape` from a schema as read."""

from __future__ import annotations

from hub.backends.schema_model import Content, Declaration
from hub.contract.shape import Shape


def shape(root: Declaration) -> Shape:
    """The document element and all below it. A type that contains itself gives shapes that contain themselves."""
    return _shape(root, {})


def _shape(of: Declaration, made: dict[int, tuple[dict[str, Shape], Content]]) -> Shape:
    content = of.content
    children, _ = made.setdefault(id(content), ({}, content))
    leaf = not content.children
    if content.children and not children:
        for child in content.children.values():
            children[child.name] = _shape(child, made)
    plain = (
        content.ordered and len(children) in (0, len(content.children)) and not (content.attributes or (content.text and not leaf))
    )
    return Shape(
        of.tag, of.name, of.label, content.type, of.required or of.demanded, of.repeated, of.filled_by_hub, of.choice,
        content.facets if leaf and content.text else None, children, plain,
    )  # fmt: skip
