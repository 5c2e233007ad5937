"""What if somebody can't make up their mind?

Signals on one thing (``toggle-2-up``, ``toggle-2-none``) are jobs of the simulation's kind, and what was asked last
counts, as with likes of a picture. Errands of other tempers have nothing in common: none ever asks later.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared import clock
from shared.documents.compare_and_set import write_over_older
from shared.documents.containers import Container
from shared.documents.port import Document, Documents
from shared.jobs.kinds import Job
from shared.jobs.latest import Latest, Standing
from tests.jobs_world import Errand

SIGNALS = Container("signals", "scope")
"""What stands of each thing, one document each."""
SCOPE = "things"
_NEVER_LATER = Standing("9999-12-31T23:59:59.999Z", "", Document({}, ""))


class Asking(Errand):
    """An errand, and when it was asked for."""

    asked: str | None = None


def settle(asking: Asking, put_at: datetime) -> Asking:
    """Return the asking with its instant."""
    return asking.model_copy(update={"asked": asking.asked or clock.to_text(put_at)})


def thing_of(name: str) -> str | None:
    """Return the thing that a signal's job speaks of; None for another errand."""
    return name.rpartition("-")[0] if name.startswith("toggle-") else None


async def leave(documents: Documents, job: Job, asking: Asking) -> None:
    """Write what a signal says of its thing, over what is older."""
    if (thing := thing_of(asking.name)) is None:
        return
    body = {"id": thing, "scope": SCOPE, "asked": asking.asked, "job": asking.name, "generation": job.generation}
    await write_over_older(documents, SIGNALS, body, _order)


async def _standing(documents: Documents, asking: Asking) -> Standing | None:
    if (thing := thing_of(asking.name)) is None:
        return _NEVER_LATER
    document = await documents.get(SIGNALS, SCOPE, thing)
    return Standing(document.body["asked"], document.body["job"], document) if document else None


async def _move_up(documents: Documents, asking: Asking, standing: Standing) -> None:
    if standing.instant != asking.asked:
        body = {**standing.document.body, "asked": asking.asked}
        await documents.replace(SIGNALS, body, standing.document.etag)


def _order(body: dict[str, Any]) -> tuple[str, str, int]:
    return body["asked"], body["job"], body["generation"]


LATEST = Latest("asked", _standing, _move_up)
