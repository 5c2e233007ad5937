"""Freshness: do the roll-ups contain the calls that came in?

An evaluation rolls up what is marked by itself, so it waits for no worker. Only when calls have been waiting for hours
does it say so, instead of judging without them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from processors.pickup_rate.rollups import CALL_SOURCE, KINDS
from shared import clock
from shared.documents.port import Documents
from shared.rollups import marks
from shared.rollups.rolling_up import roll_up_standing
from shared.services import Services

BEHIND = timedelta(hours=2)
"""Calls that have waited longer must not be missing from a rate that is judged."""
_MOST_MARKS = 2000
"""Of each kind, in one evaluation. The workers do the rest."""


async def catch_up(documents: Documents) -> None:
    """Roll up the marks of calls that stand, up to a bound. Raises Transient and Unavailable when it can't."""
    for kind in KINDS:
        await roll_up_standing(documents, CALL_SOURCE, kind, _MOST_MARKS)


async def lacking_since(documents: Documents) -> datetime | None:
    """Return since when calls that were taken in aren't in the roll-ups; None when all are."""
    oldest = await marks.oldest(documents, KINDS)
    return oldest.since if oldest else None


async def behind(services: Services, now: datetime) -> str | None:
    """Return why the roll-ups are too far behind for a judgement; None when they aren't."""
    settings = services.settings
    since = await lacking_since(services.documents)
    if since is not None and since < now - BEHIND:
        return f"The roll-ups are behind: calls that came in at {clock.to_text(since)} aren't in them yet"
    waiting = await services.queues.oldest(settings.call_events_queue)
    if waiting is not None and waiting < now - BEHIND:
        return f"The roll-ups are behind: calls of {clock.to_text(waiting)} are still in {settings.call_events_queue}"
    return None
