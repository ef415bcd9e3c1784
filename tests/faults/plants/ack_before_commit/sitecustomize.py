"""Planted: the caller is told before the commit. A process that has this file on its path acknowledges what may never be stored."""

from __future__ import annotations

import sys
import time
from typing import Any

_WINDOW_SECONDS = 0.15


def plant() -> None:
    """Wrap TX1: its answers go out when they are known, the commit follows."""
    from hub.backends.sql import accept
    from hub.backends.sql.writer import Writer
    from hub.ports.promise import Promise

    true_accept, true_submit = accept.accept, Writer.submit
    told: dict[int, Promise[Any]] = {}

    def hasty_accept(tx: Any, items: Any) -> Any:
        answers = true_accept(tx, items)
        for item, answer in zip(items, answers, strict=True):
            early = told.pop(item.id, None)
            if early is not None:
                early.set_result(answer)
        time.sleep(_WINDOW_SECONDS)
        return answers

    def submit(self: Any, handler: Any, item: Any) -> Promise[Any]:
        if handler is not hasty_accept:
            return true_submit(self, handler, item)
        early = told[item.id] = Promise()
        true_submit(self, handler, item)
        return early

    accept.accept, Writer.submit = hasty_accept, submit


if "hub" not in sys.modules and not sys.flags.no_site:
    plant()
