"""Makes a family's good document bad in one of the ways that apply to it."""

from __future__ import annotations

from random import Random

from demo.province import SPOIL_KINDS, spoil


def spoiled(document: bytes, rng: Random) -> tuple[bytes, str]:
    """The document with one fault, and the name of the kind of fault. Some ways apply to any document."""
    kinds = list(SPOIL_KINDS)
    rng.shuffle(kinds)
    for kind in kinds:
        try:
            return spoil(document, kind), kind
        except ValueError:
            continue
    raise ValueError("nothing applies to this document")
