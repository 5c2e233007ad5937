"""Timer function of a run: how does it open the run of its slot?

It opens the run of its slot with the process's own services, and is done: queue workers do the rest. When the machine's
clock is off it can't tell which slot it is, and opens none; CatchUpRuns of another machine sees to it.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.config import Settings, settings
from shared.jobs import wrong_clock
from shared.jobs.runs import opening
from shared.jobs.runs.definition import RunDefinition
from shared.jobs.worker import runtime
from shared.telemetry import signals


async def open_run(definition_of: Callable[[Settings], RunDefinition]) -> None:
    """Open the run of the latest slot. Raises Unavailable when queue or store fail; CatchUpRuns sees to it then."""
    definition, of = definition_of(settings()), runtime()
    timer = definition.timer or definition.name
    if not await wrong_clock.stops(of.clock_check, of.services.documents, timer):
        with signals.current().ticking(timer):
            await opening.open_latest_run(of.services, definition)
