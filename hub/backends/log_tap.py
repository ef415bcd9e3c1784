"""The wire tap as JSON log lines on standard error (structlog). Hub ids, codes, counts and durations; never a body."""

from __future__ import annotations

import logging
import os
import sys

import structlog

from hub.contract.errors import QUERY_BUSY


def configure_logging(role: str) -> None:
    """One JSON object per line on stderr; level from POPHUB_LOG (default info). Foreign loggers are cut to warnings."""
    level = getattr(logging, os.environ.get("POPHUB_LOG", "info").upper(), logging.INFO)
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format='{"event": "library", "logger": "%(name)s", "level": "%(levelname)s"}'
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(role=role, pid=os.getpid())


_MANY = frozenset({"ok", QUERY_BUSY.code})


class LogTap:
    """`hub.ports.wire_tap.WireTap` on structlog: steps at debug level, events at info."""

    def __init__(self) -> None:
        self._log = structlog.get_logger()
        self._steps = os.environ.get("POPHUB_LOG", "info").lower() == "debug"

    def step(self, subject: str, step: str, outcome: str, seconds: float) -> None:
        """A refused step is always a line; a good one only at debug level, and so a shed query: they come by the hundred."""
        if outcome not in _MANY:
            self._log.info("step.refused", subject=subject, step=step, code=outcome, ms=round(seconds * 1000, 2))
        elif self._steps:
            self._log.debug("step", subject=subject, step=step, outcome=outcome, ms=round(seconds * 1000, 2))

    def event(self, name: str, **facts: str | float | None) -> None:
        """One line."""
        self._log.info(name, **facts)
