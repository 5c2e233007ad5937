"""Unfinished jobs: does the oldest one grow old, look after look?

Looking into queues can't tell: a message that waits is invisible there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from processors.health.check import Check, Topic
from shared.lengths import length

TOPIC = Topic("unfinished_old", "error", "a-job-isnt-finished-for-long")
SCOPE = "jobs:unfinished"
OLD = timedelta(hours=24)
LOOKS = 3


@dataclass(frozen=True, slots=True)
class Oldest:
    """The job that was unfinished longest when it was looked at: its kind (None: there was none), and since when.

    Without its id, which may name a user: what is told is kept for longer than the job.
    """

    at: datetime
    kind: str | None = None
    since: datetime | None = None

    @property
    def age(self) -> timedelta:
        """How long it had been unfinished; nothing when there was none."""
        return max(self.at - self.since, timedelta()) if self.since else timedelta()


def check(looks: Sequence[Oldest]) -> Check:
    """Return whether the oldest was older than a day at the last look, and older at each of three looks."""
    if not looks or looks[-1].since is None:
        return TOPIC.ok(SCOPE, "none is unfinished")
    last = looks[-1]
    told = f"the oldest, of kind {last.kind}, is unfinished for {length(last.age)}"
    if last.age <= OLD:
        return TOPIC.ok(SCOPE, told)
    ages = [look.age for look in looks[-LOOKS:]]
    if len(ages) < LOOKS:
        return TOPIC.ok(SCOPE, f"{told}; {LOOKS} looks tell whether it grows older")
    if not all(before < after for before, after in pairwise(ages)):
        return TOPIC.ok(SCOPE, f"{told}, but older ones are being finished")
    return TOPIC.finding(SCOPE, f"{told[0].upper()}{told[1:]}, and grows older.")
