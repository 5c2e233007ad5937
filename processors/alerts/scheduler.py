"""Scheduler of alert rules: does it run, or has an operator stopped it? Stored, so that all instances know."""

from __future__ import annotations

from dataclasses import dataclass

from shared import clock
from shared.documents import compare_and_set
from shared.documents.containers import SCHEDULER_STATE
from shared.documents.port import Body, Documents

_ID = "alert-rules"


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Whether rules are dispatched, and who said so last."""

    stopped: bool = False
    since: str | None = None
    by: str | None = None
    why: str | None = None


async def read(documents: Documents) -> Scheduler:
    """Return what holds now. Each tick asks: so a change is seen by all within a minute."""
    held = await documents.get(SCHEDULER_STATE, _ID, _ID)
    if held is None:
        return Scheduler()
    body = held.body
    return Scheduler(body["stopped"], body["since"], body["by"], body.get("why"))


async def write(documents: Documents, *, stopped: bool, by: str, why: str | None = None) -> Scheduler:
    """Stop or start it; what was so already stays as it was said."""

    def made(standing: Body | None) -> Body | None:
        if standing is not None and standing["stopped"] == stopped:
            return standing
        said: Body = {"id": _ID, "stopped": stopped, "since": clock.text_now(), "by": by, "schemaVersion": 1}
        return {**said, "why": why} if why else said

    await compare_and_set.change(documents, SCHEDULER_STATE, _ID, _ID, made)
    return await read(documents)
