"""Why a batch or a record went where it went: stable codes, and the sentence that people read."""

from __future__ import annotations

from typing import Final

BY_SCHEDULE: Final = "by-schedule"

REASONS: Final = {BY_SCHEDULE: "批次与记录由每月计划生成并送出，不另行投递"}
