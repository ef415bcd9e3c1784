"""How a check says that a rule is broken."""

from __future__ import annotations


class Failed(AssertionError):
    """The adapter breaks a rule of the suite; the text says which, where, and what was found instead."""


def demand(kept: object, sentence: str) -> None:
    """Raise `Failed` with the sentence unless the rule is kept."""
    if not kept:
        raise Failed(sentence)
