"""Dead letters: do more of the jobs that end die than usual, and ever more?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from processors.health.check import Check, Topic, Unknown

TOPIC = Topic("dead_letter_ratio", "error", "many-jobs-die")
SCOPE = "jobs:dead-letters"
WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Ended:
    """How many jobs ended in a window, and how many of them as dead letters."""

    dead: int
    ended: int

    @property
    def percent(self) -> float:
        """The share of dead ones, in percent."""
        return 100 * self.dead / self.ended if self.ended else 0.0


@dataclass(frozen=True, slots=True)
class Ingress:
    """What ended in the window that ends now, and in the one before it."""

    now: Ended
    before: Ended


def check(found: Ingress | Unknown, *, baseline_percent: float, minimum_sample: int) -> Check:
    """Return whether the share of dead letters is over the baseline, and rising."""
    if isinstance(found, Unknown):
        return TOPIC.unknown(SCOPE, found.why)
    now, before = found.now, found.before
    told = f"{now.percent:.1f} % of {now.ended} jobs that ended in a day became dead letters"
    if now.ended < minimum_sample:
        return TOPIC.ok(SCOPE, f"{told}; {minimum_sample} are needed to judge")
    if now.percent <= baseline_percent or now.percent <= before.percent:
        return TOPIC.ok(SCOPE, told)
    usual = f"the baseline is {baseline_percent:g} %, and the day before it were {before.percent:.1f} %"
    return TOPIC.finding(SCOPE, f"{told}; {usual}.")
