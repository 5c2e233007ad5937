"""Rolling up: what does a worker do with the marks that a message names?

The mark is the record: whoever finds none is done. A message names marks of one organisation and kind, so that what
they have in common is recomputed once. Every mark's ETag is read before anything is recomputed, and a mark is deleted
only if it still has it, when all that it stands for is written (docs/metrics.md, rules 5 and 10).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from processors.metrics import buckets, rows
from processors.metrics.buckets import Bucket
from shared import clock, lanes
from shared.config import Settings
from shared.documents.containers import ROLLUP_WORK
from shared.documents.port import Documents
from shared.errors import Permanent, PreconditionFailed
from shared.jobs.kinds import Job, Kind
from shared.rollups import marks
from shared.rollups.buckets import TIERS, Tier
from shared.rollups.marks import Mark, Standing
from shared.rollups.planning import MOST_MARKS
from shared.usage import closing

_log = logging.getLogger("nightshift.metrics")


def _mark(name: str) -> str:
    buckets.parse(name)
    return name


Name = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class RollUp(BaseModel):
    """Some marks of one organisation and kind of event."""

    model_config = ConfigDict(extra="ignore", frozen=True, title="Roll-up")

    orgId: Name  # noqa: N815 - the message's own names
    kind: Name
    marks: list[Annotated[str, StringConstraints(max_length=64), AfterValidator(_mark)]] = Field(
        max_length=MOST_MARKS, description="Buckets to recompute, such as leaf|2026-11-23T09:05:00.000Z|07."
    )


@lru_cache(maxsize=1)
def rollup_kind(settings: Settings) -> Kind:
    """Return the plain kind `rollup`."""
    return Kind(name="rollup", queue=settings.rollup_queue, model=RollUp, handler=_handle)


async def roll_up(documents: Documents, work: Iterable[Mark]) -> None:
    """Recompute what marks of one organisation and kind stand for, with all the buckets that it lies in.

    A mark stays when a bucket that it lies in can't be stored; the others are done, whatever they share with it. Raises
    Permanent then, and Transient or Unavailable when all is to be done again.
    """
    read = await asyncio.gather(*(marks.get(documents, mark) for mark in dict.fromkeys(work)))
    standing = [mark for mark in read if mark is not None]
    now = clock.now()
    closed = {mark for mark in standing if closing.is_closed(_bucket(mark).start, now)}
    failed = await _recompute(documents, [mark for mark in standing if mark not in closed])
    done = [mark for mark in standing if mark in closed or failed.keys().isdisjoint(_with_ancestors(_bucket(mark)))]
    await asyncio.gather(*(_delete(documents, mark) for mark in done))
    if failed:
        raise next(iter(failed.values()))


async def _handle(job: Job, work: RollUp) -> None:
    await roll_up(job.services.documents, [Mark(work.orgId, work.kind, name) for name in work.marks])


async def _recompute(documents: Documents, standing: Sequence[Standing]) -> dict[Bucket, Permanent]:
    """Recompute the buckets of marks, tier by tier, each once; return those that can't be."""
    failed: dict[Bucket, Permanent] = {}
    wanted: dict[Tier, dict[Bucket, None]] = {tier: {} for tier in TIERS}
    for mark in standing:
        for bucket in _with_ancestors(_bucket(mark)):
            wanted[bucket.tier][bucket] = None

    async def one(bucket: Bucket) -> None:
        try:
            await rows.recompute(documents, standing[0].mark.org, standing[0].mark.kind, bucket)
        except Permanent as error:
            _log.error("%s can't be rolled up: %s", bucket.name, error)
            failed[bucket] = error

    for tier in TIERS:
        await lanes.run(wanted[tier], lambda bucket: bucket.name, one)
    return failed


def _with_ancestors(bucket: Bucket) -> list[Bucket]:
    found = [bucket]
    while (parent := found[-1].parent) is not None:
        found.append(parent)
    return found


def _bucket(standing: Standing) -> Bucket:
    return buckets.parse(standing.mark.bucket)


async def _delete(documents: Documents, standing: Standing) -> None:
    mark = standing.mark
    with suppress(PreconditionFailed):  # marked again meanwhile, or another worker was as quick
        await documents.delete(ROLLUP_WORK, mark.partition, mark.id, standing.etag)
