"""When is a source scraped next, and what is wrong with it? Each state is a row."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from operations.explain import sources
from operations.explain.sources import SourceFacts
from shared import clock
from shared.jobs import transitions
from shared.jobs.record import Record, changed
from shared.jobs.runs.slots import Slot
from shared.jobs.worker_heartbeats import HostSeen
from tests.unit.jobs.build import later, record
from tests.unit.operations.explain.build import AWAY, HERE, around, at, names, queued, told

TOMORROW = Slot("2026-11-24", later(79_200))
NEXT = "(Shop) is scraped next by the run that PluckItScraper opens at 24 Nov 07:00"
APART = "requests to its host are 2 s apart"
NEVER = f"it was never scraped with success; {APART}"
TIMEOUT = {"code": "timeout", "message": "no answer", "class": "Transient"}
SCRAPED = {"lastSuccessAt": clock.to_text(later(-7200)), "lastCounts": {"listed": 3, "not_modified": 1}}


def source(**members: Any) -> dict[str, Any]:
    """Return the document of a source."""
    plain = {"id": "5f2c9a", "sourceType": "rss", "name": "Shop", "url": "https://shop.example/feed.xml?sig=secret"}
    return {**plain, "active": True, "failures": 0, **members}


class Row(NamedTuple):
    """A source and what surrounds it, and what is told of it."""

    name: str
    body: dict[str, Any]
    state: str
    code: str
    text: str
    seconds: float | None = 79_200
    silent: bool = False
    shard: Record | None = None
    held_until: float | None = None
    host: HostSeen = HERE


SHARD = {"run": "scraper|2026-11-23", "shard": "rss-5f2c9a"}
PAUSED = {"active": False, "pausedAt": clock.to_text(later(-600)), "pausedBy": "cli:ada", "pausedReason": "they asked"}
ROWS = [
    Row("new", source(), "active", "source_active", f"{NEXT}; {NEVER}"),
    Row(
        "scraped with success",
        source(**SCRAPED),
        "active",
        "source_active",
        f"{NEXT}; it was scraped at 07:00:00 (3 listed, 1 not modified); {APART}",
        shard=at(-60, transitions.completed, record("running")),
    ),
    Row(
        "paused",
        source(**PAUSED, failures=5),
        "paused",
        "source_paused",
        "(Shop) is paused since 08:50:00 by cli:ada: they asked; it isn't scraped until it is resumed; it was never "
        "scraped with success",
        None,
    ),
    Row(
        "failing",
        source(failures=2, lastError=TIMEOUT),
        "failing",
        "source_failing",
        f"{NEXT}; it failed in 2 of 5 runs in a row that pause it, lastly: timeout: no answer; {NEVER}",
    ),
    Row(
        "silent",
        source(**SCRAPED, lastNewItemAt=clock.to_text(later(-2_000_000))),
        "silent",
        "source_silent",
        f"{NEXT}; it was scraped at 07:00:00 (3 listed, 1 not modified); it has had no new item since 31 Oct 05:26; "
        f"{APART}",
        silent=True,
    ),
    Row(
        "its host asked to be left alone",
        source(),
        "active",
        "source_active",
        f"{NEXT}; its host asked to be left alone: nobody asks it before 09:10:00; {NEVER}",
        held_until=600,
    ),
    Row(
        "its host may be asked again",
        source(),
        "active",
        "source_active",
        f"{NEXT}; {NEVER}",
        held_until=-600,
    ),
    Row(
        "no host is there",
        source(),
        "active",
        "source_active",
        f"{NEXT}; if a host is there then: no host seen for 50 s; {NEVER}",
        host=AWAY,
    ),
]


def facts_of(row: Row) -> SourceFacts:
    """Return the facts that a row says."""
    held_until = later(row.held_until) if row.held_until is not None else None
    return SourceFacts(
        row.body, around(host=row.host), TOMORROW, "PluckItScraper", 5, 2.0, row.silent, row.shard, held_until
    )


@pytest.mark.parametrize("row", ROWS, ids=names(ROWS))
def test_a_source_is_explained(row: Row) -> None:
    answer = sources.answer_of(facts_of(row))

    assert told(answer) == (row.code, row.text, row.seconds)
    assert answer.state == row.state


@pytest.mark.parametrize(
    ("shard", "why"),
    [
        (queued(), "waits for its turn"),
        (record("running"), "a worker has it, attempt 1 of 5"),
        (record("waiting", due=later(60)), "it isn't due yet, until 09:01:00"),
    ],
    ids=["queued", "running", "waiting"],
)
def test_a_source_that_is_being_scraped_says_how_far_that_is(shard: Record, why: str) -> None:
    told_of = changed(shard, payload=SHARD)

    answer = sources.answer_of(facts_of(ROWS[0]._replace(shard=told_of)))

    assert answer.code == "source_scraped"
    assert answer.sentences[0] == f"(Shop) is scraped by run scraper|2026-11-23 just now: {why}"


def test_secrets_of_an_address_are_masked() -> None:
    answer = sources.answer_of(facts_of(ROWS[0]))

    assert answer.fields["url"] == "https://shop.example/feed.xml?sig=***"
