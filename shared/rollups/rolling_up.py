"""Rolling up: what does a worker do with the marks that a message names?

The mark is the record: whoever finds none is done. A message names marks of one organisation and kind, so that what
they have in common is recomputed once. Every mark's ETag is read before anything is recomputed, and a mark is deleted
only if it still has it, when all that it stands for is written (docs/metrics.md, rules 5 and 10). How a bucket is
recomputed, the source of its kind says.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared import clock, lanes
from shared.documents.containers import ROLLUP_WORK
from shared.documents.port import Condition, Documents
from shared.errors import Permanent, PreconditionFailed
from shared.rollups import marks
from shared.rollups.buckets import TIERS, Bucket, Tier
from shared.rollups.marks import Mark, Standing
from shared.rollups.planning import MOST_MARKS, groups
from shared.telemetry.pseudonyms import shown

_log = logging.getLogger("nightshift.rollups")

Name = Annotated[str, StringConstraints(min_length=1, max_length=512)]
BucketName = Annotated[str, StringConstraints(max_length=64, pattern=r"^(leaf|hour|day|month)\|[^|]+(\|\d\d)?$")]


class RollUp(BaseModel):
    """Some marks of one organisation and kind."""

    model_config = ConfigDict(extra="ignore", frozen=True, title="Roll-up")

    orgId: Name  # noqa: N815 - the message's own names
    kind: Name
    marks: list[BucketName] = Field(
        max_length=MOST_MARKS, description="Buckets to recompute, such as leaf|2026-11-23T09:05:00.000Z|07."
    )

    @property
    def work(self) -> list[Mark]:
        """The marks that it names."""
        return [Mark(self.orgId, self.kind, name) for name in self.marks]


class Source(Protocol):
    """What is rolled up: which kinds of mark belong to it, and how is a bucket of theirs recomputed?"""

    def has(self, kind: str) -> bool:
        """Return whether marks of a kind are its own."""

    def lineage(self, mark: Mark) -> Sequence[Bucket]:
        """Return the buckets that a mark stands for: the one that it names, then those that it lies in."""

    def is_closed(self, mark: Mark, now: datetime) -> bool:
        """Return whether what a mark names is no longer recomputed."""

    async def recompute(self, documents: Documents, org: str, kind: str, bucket: Bucket) -> Iterable[Mark]:
        """Recompute and store a bucket, once all of its children are; return what is to be marked because of it.

        Raises Permanent when it can't be stored; Transient and Unavailable when it is to be done again.
        """


def source_of(sources: Iterable[Source], kind: str) -> Source:
    """Return the source that marks of a kind belong to. Raises Permanent (``kind_unknown``) when there is none."""
    for source in sources:
        if source.has(kind):
            return source
    raise Permanent(f"Nothing of kind {kind!r} is rolled up", code="kind_unknown", dependency="message")


async def roll_up(documents: Documents, source: Source, work: Iterable[Mark]) -> None:
    """Recompute what marks of one organisation and kind stand for, with all the buckets that it lies in.

    What is to be marked because of it is marked before its own mark goes. A mark stays when a bucket that it lies in
    can't be stored; the others are done, whatever they share with it. Raises Permanent then, and Transient or
    Unavailable when all is to be done again.
    """
    read = await asyncio.gather(*(marks.get(documents, mark) for mark in dict.fromkeys(work)))
    standing = [mark for mark in read if mark is not None]
    now = clock.now()
    closed = [one for one in standing if source.is_closed(one.mark, now)]
    lineages = {one: source.lineage(one.mark) for one in standing if one not in closed}
    failed, dirty = await _recompute(documents, source, lineages)
    if dirty:
        await marks.put(documents, dirty, min(one.since for one in lineages))
    done = [*closed, *(one for one, buckets in lineages.items() if failed.keys().isdisjoint(buckets))]
    await asyncio.gather(*(_delete(documents, mark) for mark in done))
    if failed:
        raise next(iter(failed.values()))


async def roll_up_standing(documents: Documents, source: Source, kind: str, most: int) -> None:
    """Roll up the marks of a kind that stand, at most so many, the oldest first.

    What can't be recomputed keeps its mark: its message tells of it. Raises Transient and Unavailable as `roll_up`.
    """
    where: list[Condition] = [("kind", "=", kind)]
    query = documents.query(ROLLUP_WORK, where=where, order_by="since", limit=most)
    standing = [marks.standing(document) async for document in query]

    async def one(group: Sequence[Mark]) -> None:
        try:
            await roll_up(documents, source, group)
        except Permanent as error:
            _log.warning("marks of %s stay: %s", shown(group[0].org), error)

    await lanes.run(groups(standing), lambda group: group[0].org, one)


async def _recompute(
    documents: Documents, source: Source, lineages: dict[Standing, Sequence[Bucket]]
) -> tuple[dict[Bucket, Permanent], set[Mark]]:
    """Recompute the buckets of marks, tier by tier, each once; return those that can't be, and what is to be marked."""
    failed: dict[Bucket, Permanent] = {}
    dirty: set[Mark] = set()
    wanted: dict[Tier, dict[Bucket, Mark]] = {tier: {} for tier in TIERS}
    for standing, buckets in lineages.items():
        for bucket in buckets:
            wanted[bucket.tier][bucket] = standing.mark

    async def one(item: tuple[Bucket, Mark]) -> None:
        bucket, mark = item
        try:
            dirty.update(await source.recompute(documents, mark.org, mark.kind, bucket))
        except Permanent as error:
            _log.error("%s can't be rolled up: %s", bucket.name, error)
            failed[bucket] = error

    for tier in TIERS:
        await lanes.run(wanted[tier].items(), lambda item: item[0].name, one)
    return failed, dirty


async def _delete(documents: Documents, standing: Standing) -> None:
    mark = standing.mark
    with suppress(PreconditionFailed):  # marked again meanwhile, or another worker was as quick
        await documents.delete(ROLLUP_WORK, mark.partition, mark.id, standing.etag)
