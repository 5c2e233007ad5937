"""Schedule of digests: each Monday at 09:00 UTC, for the ISO week that begins."""

from __future__ import annotations

from shared.jobs.runs.slots import Slots
from shared.schedules import Schedule

SCHEDULE = Schedule("0 0 9 * * 1")
SLOTS = Slots(SCHEDULE, "week")
