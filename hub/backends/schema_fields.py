"""The fields of a schema as an index: label, privacy class, legal basis by path. For masking, search, checks and pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hub.backends.schema_model import Content, Declaration


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One element at one path. ``label`` is Chinese; ``privacy`` identifying, sensitive, free, or None when unmarked.

    What a containing element says of privacy, basis and ``filled_by_hub`` holds for what it contains, unless the
    field says otherwise (basis and filled_by_hub cannot be taken back). ``required`` and ``repeated`` are relative
    to the containing element; ``leaf`` holds text and no elements; ``mask`` is how a view shows it.
    """

    label: str
    privacy: str | None
    basis: str | None
    filled_by_hub: bool
    required: bool
    repeated: bool
    leaf: bool
    mask: str | None = None


def fields(root: Declaration) -> Mapping[str, FieldInfo]:
    """Every element below the root by its path of local names (``subject/idNo``), in document order.

    A type that contains itself is listed once and not entered again.
    """
    return dict(_below(root.content, "", _info(root, None), ()))


def _info(declaration: Declaration, above: FieldInfo | None) -> FieldInfo:
    info = FieldInfo(
        declaration.label, declaration.privacy, declaration.basis, declaration.filled_by_hub,
        declaration.required, declaration.repeated, not declaration.content.children, declaration.mask,
    )  # fmt: skip
    if above is None:
        return info
    return replace(
        info,
        privacy=info.privacy or above.privacy,
        basis=info.basis or above.basis,
        filled_by_hub=info.filled_by_hub or above.filled_by_hub,
    )


def _below(content: Content, above: str, info: FieldInfo, inside: tuple[int, ...]) -> Iterator[tuple[str, FieldInfo]]:
    if id(content) in inside:
        return
    for declaration in content.children.values():
        path, found = above + declaration.name, _info(declaration, info)
        yield path, found
        yield from _below(declaration.content, path + "/", found, (*inside, id(content)))
