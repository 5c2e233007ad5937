"""Usage events as a source of roll-ups: which marks are theirs, and which buckets lies a marked one in?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from processors.metrics import buckets, registry, rows
from processors.metrics.buckets import Bucket
from shared.documents.port import Documents
from shared.rollups import buckets as any_buckets
from shared.rollups.marks import Mark
from shared.usage import closing


class EventRollUps:
    """The roll-ups of usage events: a marked bucket, and its hour, day and month. See Source."""

    def has(self, kind: str) -> bool:
        """See Source."""
        return kind in registry.SOURCES

    def lineage(self, mark: Mark) -> Sequence[Bucket]:
        """See Source."""
        found = [buckets.parse(mark.bucket)]
        while (parent := found[-1].parent) is not None:
            found.append(parent)
        return found

    def is_closed(self, mark: Mark, now: datetime) -> bool:
        """See Source."""
        return closing.is_closed(buckets.parse(mark.bucket).start, now)

    async def recompute(self, documents: Documents, org: str, kind: str, bucket: any_buckets.Bucket) -> Iterable[Mark]:
        """See Source. The larger buckets are recomputed with it, so nothing is to be marked."""
        assert isinstance(bucket, Bucket)
        await rows.recompute(documents, org, kind, bucket)
        return ()


EVENTS = EventRollUps()
