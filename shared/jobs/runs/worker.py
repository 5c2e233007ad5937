"""How does a timer function ring?

It opens the run of its slot with the process's own services, and is done: queue workers do the rest.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.config import Settings, settings
from shared.jobs.runs import opening
from shared.jobs.runs.definition import RunDefinition
from shared.jobs.worker import runtime


async def ring(definition_of: Callable[[Settings], RunDefinition]) -> None:
    """Open the run of the latest slot. Raises Unavailable when queue or store fail; CatchUpRuns sees to it then."""
    await opening.ring(runtime().services, definition_of(settings()))
