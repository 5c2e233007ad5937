"""Chapters of the demo: which there are, in which order, and which others each builds on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from demo import (
    alert_story,
    dead_letters_story,
    digest_story,
    errand_story,
    likes_story,
    metrics_story,
    moods_story,
    outside_story,
    rule_story,
    scrape_story,
)
from demo.stage import Stage


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter: its name on the command line, its title, what tells it, and the chapters that it builds on."""

    name: str
    title: str
    tell: Callable[[Stage], None]
    builds_on: tuple[str, ...] = ()


CHAPTERS = (
    Chapter("likes", "Likes of a wardrobe's items become taste profiles", likes_story.tell),
    Chapter("alert", "Pickup rates of outbound calls: an alert", alert_story.tell_breach),
    Chapter("rules", "Alert rules of your own, and their schedules", rule_story.tell),
    Chapter("dead-letters", "What can't be done becomes a dead letter, and is replayed once its cause is mended",
            dead_letters_story.tell),
    Chapter("failures", "A rate limit is waited out, a failed call is tried again", errand_story.tell),
    Chapter("outside", "Pictures from outside, looked at by a model", outside_story.tell),
    Chapter("scrape", "Sources are scraped: politely, once, and what fails says so", scrape_story.tell),
    Chapter("moods", "Scraped items become moods, the same ones however often", moods_story.tell, ("scrape",)),
    Chapter("digest", "A weekly digest, of likes, wears, scraped items and moods", digest_story.tell,
            ("likes", "scrape", "moods")),
    Chapter("metrics", "Usage events add up to metrics, and are corrected afterwards", metrics_story.tell),
    Chapter("rules-end", "A rule fires by its schedule, and is over", rule_story.tell_end, ("rules",)),
    Chapter("recovery", "The calls are picked up again: the alert's end", alert_story.tell_recovery, ("alert",)),
)  # fmt: skip
"""In the order of telling. An alert's end is told last, since an evaluation is due a minute after the one before it."""

TOUR = ("likes", "scrape", "moods", "digest", "alert", "recovery")
"""What ./scripts/tour tells: a laptop's story from a sample feed to a digest and an alert."""


def chosen(names: Iterable[str]) -> list[Chapter]:
    """Return the chapters of these names in the order of telling; without names all of them."""
    wanted = set(names)
    return [chapter for chapter in CHAPTERS if not wanted or chapter.name in wanted]


def before(told: Iterable[Chapter]) -> list[Chapter]:
    """Return what the chapters build on and aren't themselves, in the order of telling."""
    names = {chapter.name for chapter in told}
    needed = {name for chapter in CHAPTERS if chapter.name in names for name in chapter.builds_on}
    return [chapter for chapter in CHAPTERS if chapter.name in needed - names]
