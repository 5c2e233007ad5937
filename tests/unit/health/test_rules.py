"""Does each rule of the watch over jobs say ok, finding or unknown where it should? Each as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from processors.health import (
    clocks,
    closed_gates,
    dead_letters,
    depth,
    duration,
    expected,
    late,
    old_marks,
    paused_sources,
    poison,
    spend,
    success,
    unfinished,
)
from processors.health.check import Unknown
from processors.health.dead_letters import Ended, Ingress
from processors.health.depth import Depth
from processors.health.paused_sources import PausedSource
from processors.health.runs import SeenRun
from processors.health.unfinished import Oldest
from shared import clock
from shared.jobs.gates import Gate
from shared.jobs.runs.ledger import Entry
from shared.jobs.runs.slots import Slots
from shared.schedules import Schedule

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEKLY, DAILY = Schedule("0 0 9 * * 1"), Schedule("0 0 9 * * *")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NO_ANSWER = Unknown("no answer")
YEAR = timedelta(days=365)


def at(**after: float) -> datetime:
    """Return an instant after Monday, 09:00."""
    return MONDAY + timedelta(**after)


def entry(slot_at: datetime = MONDAY, status: Any = "completed", took: timedelta | None = MINUTE) -> Entry:
    """Return a run of a slot that took so long; None: it hasn't ended."""
    ended = slot_at + took if took is not None else None
    text = clock.to_text(slot_at)
    return Entry(
        f"digest|{text}", "digest", text, slot_at, status, "timer", "t", YEAR, opened_at=slot_at, ended_at=ended
    )


def run(*entries: Entry, schedule: Schedule = WEEKLY, active: datetime | None = MONDAY - YEAR) -> SeenRun:
    """Return a run with these entries in the ledger, the latest slot first."""
    return SeenRun("digest", Slots(schedule, "instant"), HOUR, active, entries)


BEFORE = entry(at(days=-7))


@pytest.mark.parametrize(
    ("seen", "now", "state"),
    [
        pytest.param(run(BEFORE), at(minutes=59), "ok", id="its time isn't over"),
        pytest.param(run(BEFORE), at(minutes=60), "finding", id="no run of the slot"),
        pytest.param(run(entry(status="running", took=None)), at(minutes=61), "finding", id="it runs still"),
        pytest.param(run(entry(status="failed"), BEFORE), at(minutes=61), "finding", id="it failed"),
        pytest.param(run(entry()), at(minutes=61), "ok", id="completed"),
        pytest.param(run(entry(status="completed_with_failures")), at(minutes=61), "ok", id="completed in part"),
        pytest.param(run(entry(status="cancelled")), at(minutes=61), "ok", id="cancelled by somebody"),
        pytest.param(run(entry(at(days=7)), BEFORE), at(days=7, minutes=1), "ok", id="a later slot is completed"),
        pytest.param(run(active=at(minutes=1)), at(hours=2), "ok", id="active since later"),
        pytest.param(run(active=None), at(hours=2), "unknown", id="not active yet"),
    ],
)
def test_a_slot_is_late_when_neither_it_nor_a_later_one_is_completed_at_its_deadline(
    seen: SeenRun, now: datetime, state: str
) -> None:
    assert late.check(seen, now).state == state


@pytest.mark.parametrize(
    ("schedule", "now", "hours"),
    [
        pytest.param("0 0 9 * * *", at(hours=1), 36, id="daily"),
        pytest.param("0 0 9 * * 1", at(hours=1), 252, id="weekly"),
        pytest.param("0 0 * * * *", at(minutes=1), 1.5, id="hourly"),
        pytest.param("0 */5 * * * *", at(minutes=1), 0.25, id="each five minutes, but a quarter of an hour at least"),
        pytest.param("0 0 9 * * 1-5", at(minutes=1), 108, id="weekdays, on a Monday"),
        pytest.param("0 0 9 * * 1-5", at(days=2, minutes=1), 36, id="weekdays, on a Wednesday"),
    ],
)
def test_success_is_expected_within_one_and_a_half_intervals(schedule: str, now: datetime, hours: float) -> None:
    assert expected.longest_wait(Schedule(schedule), now) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("seen", "now", "state"),
    [
        pytest.param(run(entry(), schedule=DAILY), at(hours=36, minutes=1), "ok", id="36 hours after the end"),
        pytest.param(run(entry(), schedule=DAILY), at(hours=36, minutes=2), "finding", id="longer"),
        pytest.param(
            run(entry(at(days=1), "failed"), entry(), schedule=DAILY), at(hours=37), "finding", id="failed since"
        ),
        pytest.param(run(schedule=DAILY, active=MONDAY), at(hours=36), "ok", id="new"),
        pytest.param(run(schedule=DAILY, active=MONDAY), at(hours=37), "finding", id="never since its schedule began"),
        pytest.param(run(schedule=DAILY, active=None), at(hours=37), "unknown", id="not active yet"),
    ],
)
def test_a_run_has_to_succeed_as_often_as_its_schedule_says(seen: SeenRun, now: datetime, state: str) -> None:
    assert success.check_run(seen, now).state == state


FINE = {"lastSuccess": clock.to_text(MONDAY)}
FAILS = {**FINE, "lastError": {"at": clock.to_text(at(minutes=5)), "code": "queue_away", "message": ""}}


@pytest.mark.parametrize(
    ("beat", "watched_since", "now", "state", "says"),
    [
        pytest.param(FINE, None, at(minutes=15), "ok", "15 m ago", id="beats"),
        pytest.param(FINE, None, at(minutes=16), "finding", "hasn't succeeded since", id="silent"),
        pytest.param(FAILS, None, at(minutes=16), "finding", "failed last with queue_away", id="fails"),
        pytest.param(None, None, at(minutes=16), "unknown", "nobody has watched", id="nobody has watched yet"),
        pytest.param(None, MONDAY, at(minutes=15), "ok", "not expected", id="new"),
        pytest.param(None, MONDAY, at(minutes=16), "finding", "no sign of a success", id="never heard of"),
        pytest.param(FINE, at(days=-2), at(days=-1), "finding", "no sign", id="a wrong clock's beat"),
        pytest.param(FINE, at(hours=9), at(hours=9, minutes=15), "ok", "9 h 15 m ago", id="nothing ran before"),
        pytest.param(FINE, at(hours=9), at(hours=9, minutes=16), "finding", "hasn't", id="not even since"),
    ],
)
def test_a_housekeeping_timer_has_to_leave_a_heartbeat(
    beat: dict[str, Any] | None, watched_since: datetime | None, now: datetime, state: str, says: str
) -> None:
    found = success.check_timer("RescueJobs", Schedule("45 * * * * *"), beat, watched_since, now)

    assert (found.state, found.scope) == (state, "timer:RescueJobs")
    assert says in found.text


def history(*minutes: float, last: timedelta | None, status: Any = "completed") -> SeenRun:
    """Return a run whose earlier runs took so long, and whose last one did, or hasn't ended."""
    before = [entry(at(days=-7 * n), took=timedelta(minutes=took)) for n, took in enumerate(minutes, 1)]
    return run(entry(took=last, status=status if last else "running"), *before)


@pytest.mark.parametrize(
    ("seen", "now", "state"),
    [
        pytest.param(history(10, 10, 11, 9, 10, last=22 * MINUTE), at(hours=1), "ok", id="twice the longest"),
        pytest.param(history(10, 10, 11, 9, 10, last=23 * MINUTE), at(hours=1), "finding", id="longer than twice"),
        pytest.param(history(10, 10, 11, 9, 10, last=None), at(minutes=22), "ok", id="it runs"),
        pytest.param(history(10, 10, 11, 9, 10, last=None), at(minutes=23), "finding", id="it runs for long"),
        pytest.param(history(10, 10, 11, 9, last=HOUR), at(hours=2), "ok", id="four are too few"),
        pytest.param(history(0.1, 0.1, 0.1, 0.1, 0.1, last=MINUTE), at(hours=1), "ok", id="of seconds"),
        pytest.param(run(), at(hours=1), "ok", id="none has begun"),
    ],
)
def test_a_run_is_slow_beyond_twice_the_95th_percentile_of_those_before(
    seen: SeenRun, now: datetime, state: str
) -> None:
    assert duration.check(seen, now).state == state


def test_the_95th_percentile_is_the_nearest_rank() -> None:
    assert duration.percentile([n * MINUTE for n in range(20, 0, -1)]) == 19 * MINUTE
    assert duration.percentile([3 * MINUTE]) == 3 * MINUTE


@pytest.mark.parametrize(
    ("found", "state"),
    [
        pytest.param(Ingress(Ended(3, 100), Ended(1, 100)), "finding", id="over the baseline, and rising"),
        pytest.param(Ingress(Ended(3, 100), Ended(3, 100)), "ok", id="not rising"),
        pytest.param(Ingress(Ended(2, 100), Ended(0, 100)), "ok", id="the baseline itself"),
        pytest.param(Ingress(Ended(49, 49), Ended(0, 100)), "ok", id="too few"),
        pytest.param(Ingress(Ended(50, 50), Ended(0, 0)), "finding", id="none ended before"),
        pytest.param(Ingress(Ended(0, 0), Ended(0, 0)), "ok", id="none ended"),
        pytest.param(NO_ANSWER, "unknown", id="roll-ups are behind"),
    ],
)
def test_too_many_jobs_die_over_the_baseline_with_a_sample_and_a_rise(found: Ingress | Unknown, state: str) -> None:
    assert dead_letters.check(found, baseline_percent=2, minimum_sample=50).state == state


def oldest(*hours: float | None) -> list[Oldest]:
    """Return looks five minutes apart at an oldest job that was so many hours old; None: there was none."""
    looks = []
    for number, age in enumerate(hours):
        now = at(minutes=5 * number)
        looks.append(Oldest(now, "a", now - timedelta(hours=age)) if age is not None else Oldest(now))
    return looks


@pytest.mark.parametrize(
    ("looks", "state"),
    [
        pytest.param(oldest(), "ok", id="no look"),
        pytest.param(oldest(None), "ok", id="none"),
        pytest.param(oldest(24.1, 24.2), "ok", id="two looks"),
        pytest.param(oldest(24.1, 24.2, 24.3), "finding", id="grows older"),
        pytest.param(oldest(23.8, 23.9, 24), "ok", id="a day"),
        pytest.param(oldest(23.9, 24, 24.1), "finding", id="a day is over"),
        pytest.param(oldest(30, 30, 30), "ok", id="older ones are finished as time passes"),
        pytest.param(oldest(30, 29, 31), "ok", id="not at each look"),
        pytest.param(oldest(None, 25, 26), "finding", id="an old one came"),
        pytest.param(oldest(40, 41, 42, 30), "ok", id="the oldest was finished"),
    ],
)
def test_the_oldest_unfinished_job_is_told_of_when_it_grows_older_than_a_day(looks: list[Oldest], state: str) -> None:
    assert unfinished.check(looks).state == state


def depths(*messages: int) -> list[Depth]:
    """Return looks at a queue that held so many messages."""
    return [Depth(at(minutes=5 * number), held) for number, held in enumerate(messages)]


@pytest.mark.parametrize(
    ("looks", "completes", "state"),
    [
        pytest.param(depths(1, 2, 3), False, "finding", id="grows and nothing completes"),
        pytest.param(depths(1, 2, 3), True, "ok", id="grows and something completes"),
        pytest.param(depths(1, 2), False, "ok", id="two looks"),
        pytest.param(depths(1, 2, 2), False, "ok", id="stands"),
        pytest.param(depths(9, 1, 2, 3), False, "finding", id="the last three count"),
        pytest.param([], False, "ok", id="no look"),
    ],
)
def test_a_queue_is_told_of_when_it_grows_while_nothing_completes(
    looks: list[Depth], completes: bool, state: str
) -> None:
    assert depth.check("q", looks[-1].messages if looks else 0, looks, completes=completes).state == state


def test_a_queue_that_cannot_be_asked_is_unknown() -> None:
    assert depth.check("q", NO_ANSWER, [], completes=False).state == "unknown"
    assert poison.check("q", NO_ANSWER, None, MONDAY).state == "unknown"


@pytest.mark.parametrize(
    ("held", "since", "state"),
    [
        pytest.param(0, None, "ok", id="empty"),
        pytest.param(2, MONDAY, "ok", id="ten minutes"),
        pytest.param(2, at(minutes=-1), "finding", id="longer"),
    ],
)
def test_a_poison_queue_is_told_of_after_ten_minutes(held: int, since: datetime | None, state: str) -> None:
    assert poison.check("q", held, since, at(minutes=10)).state == state


@pytest.mark.parametrize(
    ("due", "since", "state"),
    [
        pytest.param(at(minutes=5), at(minutes=-10), "ok", id="a rate limit"),
        pytest.param(at(minutes=5), at(minutes=-11), "finding", id="closed again and again"),
        pytest.param(at(minutes=11), MONDAY, "finding", id="closed for long"),
        pytest.param(None, MONDAY, "finding", id="without end"),
    ],
)
def test_a_gate_is_told_of_when_it_is_closed_for_more_than_ten_minutes(
    due: datetime | None, since: datetime, state: str
) -> None:
    assert closed_gates.check(Gate("model:small", due, MONDAY, "429", "worker"), since, MONDAY).state == state


def test_a_paused_source_is_worth_knowing() -> None:
    found = paused_sources.check(PausedSource("s1", "Shop", "2026-11-20", "failed in 5 runs in a row", "scraper"))

    assert (found.state, found.severity, found.scope) == ("finding", "info", "source:s1")


@pytest.mark.parametrize(
    ("spent", "budget", "state", "severity"),
    [
        pytest.param(3_999_999, 5_000_000, "ok", "warning", id="less"),
        pytest.param(4_000_000, 5_000_000, "finding", "warning", id="four fifths"),
        pytest.param(5_000_000, 5_000_000, "finding", "error", id="all of it"),
        pytest.param(0, 0, "ok", "warning", id="no budget"),
        pytest.param(NO_ANSWER, 5_000_000, "unknown", "warning", id="not known"),
    ],
)
def test_the_models_budget_is_told_of_before_it_is_spent(
    spent: int | Unknown, budget: int, state: str, severity: str
) -> None:
    found = spend.check(spent, budget, warning_percent=80)

    assert (found.state, found.severity) == (state, severity)


@pytest.mark.parametrize(
    ("oldest_mark", "state"),
    [(None, "ok"), (at(hours=-1), "ok"), (at(minutes=-61), "finding")],
    ids=["none", "an hour old", "older"],
)
def test_marks_are_told_of_when_they_are_older_than_an_hour(oldest_mark: datetime | None, state: str) -> None:
    assert old_marks.check(oldest_mark, MONDAY).state == state


def test_each_machine_whose_clock_is_off_is_told_of() -> None:
    found = clocks.check([{"machine": "pod-1", "aheadSeconds": 90.2}, {"machine": "pod-2", "aheadSeconds": -300.0}])

    assert [check.scope for check in found] == ["machine:pod-1", "machine:pod-2"]
    assert "off by +90 s" in found[0].text
    assert [check.state for check in clocks.check([])] == ["ok"]
