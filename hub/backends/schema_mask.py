"""Masks: what a view shows of a value that its recipient may recognise but not read. Of fixed length, so that a length tells nothing.

Named in a view by ``p:privacy/@mask``. Source: the province's rule for remote queries (证件号码, 姓名, 电话); the year is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final


def _middle(text: str, head: int, stars: int, tail: int) -> str:
    """Both ends and stars between; stars alone when the ends would be most of it."""
    return text[:head] + "*" * stars + text[-tail:] if len(text) >= 2 * (head + tail) - 1 else "*" * (head + stars + tail)


MASKS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": lambda text: text[:1] + "**",
    "idNo": lambda text: _middle(text, 4, 10, 4),
    "phone": lambda text: _middle(text, 3, 4, 4) if len(text) >= 11 else "*" * 11,
    "year": lambda text: text[:4],
}
"""``张**``, ``3599**********0022``, ``138****1234``, ``1990``."""
