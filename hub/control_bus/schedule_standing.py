"""How each schedule stands: on since when, what was done last, what comes next, whether its source is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, select

from hub import assembly
from hub.backends.sql.tables import SCHEDULE_RUN
from hub.contract.batch import Period, Schedule
from hub.contract.flow import Flow
from hub.control_bus.engine_figures import EngineFigures
from hub.discovery import Found
from hub.processes.periods import endless
from hub.settings import Settings


@dataclass(frozen=True, slots=True)
class Standing:
    """``since`` None: it is off. ``next`` is the first period that is not done, ``due`` once it has ended by the beginning of the day.

    ``after`` is the key behind which the next step draws, in the middle of a period. ``failed_at`` (s since 1970): the last
    failure that the running engine knows of.
    """

    flow: Flow
    schedule: Schedule
    since: str | None
    last_done: str | None
    next: Period | None
    due: bool
    after: str
    source: str | None
    failed_at: float | None


def standings(settings: Settings, found: Found, engine: Engine, figures: EngineFigures | None, today: date) -> list[Standing]:
    """One for each declared schedule, in the order of their flows."""
    sources = {e.name: a.name for a in assembly.plugged_in(settings, found.adapters) for e in a.extracts}
    return [
        _standing(settings, flow, schedule, _steps(engine, schedule.name), sources, figures, today)
        for flow, schedule in found.catalogue.schedules.values()
    ]


def _standing(
    settings: Settings, flow: Flow, schedule: Schedule, steps: Mapping[str, tuple[str, bool]], sources: Mapping[str, str],
    figures: EngineFigures | None, today: date,
) -> Standing:  # fmt: skip
    given = settings.schedules.get(schedule.name)
    since = given.since if given else None
    following = next((p for p in endless(schedule.every, since) if not steps.get(p.name, ("", False))[1]), None) if since else None
    return Standing(
        flow, schedule, since, max((name for name, (_, done) in steps.items() if done), default=None), following,
        due=following is not None and following.last < today,
        after=steps.get(following.name, ("", False))[0] if following else "",
        source=sources.get(schedule.extract),
        failed_at=figures.value("schedule_failed_timestamp_seconds", schedule=schedule.name) if figures else None,
    )  # fmt: skip


def _steps(engine: Engine, name: str) -> dict[str, tuple[str, bool]]:
    """The last step of each period: behind which key it ended, and whether the period is done."""
    query = select(SCHEDULE_RUN).where(SCHEDULE_RUN.c.name == name).order_by(SCHEDULE_RUN.c.no)
    with engine.connect() as connection:
        return {row.period: (row.after, bool(row.done)) for row in connection.execute(query)}
