"""What do measures of usage say to whoever judges by them?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from processors.catalogue import measures
from processors.metrics.questions import whole_hours
from shared import clock
from shared.config import Settings
from shared.errors import Transient, UsageError
from shared.measures import Ask, Measured, NoData, Period, Reading, read
from tests.integration.metrics.worlds import World, ago


async def test_a_measure_is_the_sum_of_whole_complete_hours(of: World) -> None:
    for hours in (1, 2, 30):
        await of.tell(event_id=str(hours), occurredAt=ago(hours=hours), values={"cost": 0.5})
    await of.settle()
    of.time.advance(600)

    found = await _read(of, "llm_usage", days=1)

    assert (found.value, found.unit, found.sample) == (1.0, "USD", 2)
    assert found.facts == {"from": "2026-11-22T09:00:00.000Z", "to": "2026-11-23T09:00:00.000Z"}


async def test_a_window_ends_with_the_last_hour_that_is_complete(of: World) -> None:
    await of.tell(occurredAt=ago(hours=1))
    await of.settle()
    await of.tell(event_id="waits", occurredAt=ago(minutes=1))
    of.time.advance(5400)

    found = await _read(of, "llm_calls", hours=1)

    assert found.facts["to"] == "2026-11-23T09:00:00.000Z"
    assert found.value == 1


async def test_roll_ups_that_are_too_far_behind_are_an_error_and_not_nothing(of: World) -> None:
    await of.tell()
    of.time.advance(timedelta(hours=2, minutes=1).total_seconds())

    with pytest.raises(Transient, match=r"complete up to 2026-11-23T09:00:00\.000Z only"):
        await _read(of, "llm_calls", hours=1)


async def test_nothing_in_a_window_is_zero_and_an_average_of_nothing_no_data(of: World) -> None:
    total, average = await _read(of, "llm_usage", hours=1), await _reading(of, "llm_usage", hours=1, stat="average")

    assert (total.value, total.sample) == (0.0, 0)
    assert isinstance(average, NoData)


@pytest.mark.parametrize(("stat", "value"), [("sum", 40), ("average", 20), ("min", 10), ("max", 30)])
async def test_a_statistic_is_made_of_the_values(of: World, stat: str, value: float) -> None:
    for pages in (10, 30):
        await of.tell(event_id=str(pages), kind="document", occurredAt=ago(hours=1), values={"pages": pages})
    await of.settle()

    assert (await _read(of, "pages_processed", hours=2, stat=stat)).value == value


async def test_projects_and_tags_are_measured_apart(of: World) -> None:
    for number, (project, tag) in enumerate([("p", "a"), ("p", "b"), ("q", "a")]):
        await of.tell(event_id=str(number), project=project, tag=tag, occurredAt=ago(hours=1))
    await of.settle()

    assert (await _read(of, "llm_calls", hours=2, project="p")).value == 2
    assert (await _read(of, "llm_calls", hours=2, tag="a", project="p")).value == 1


async def test_a_ratio_of_two_metrics_is_a_measure(of: World) -> None:
    for number, cost in enumerate((0.5, 1.0)):
        await of.tell(event_id=str(number), occurredAt=ago(hours=1), values={"cost": cost})
    await of.settle()

    found = await _read(of, "llm_cost_per_call", hours=2)

    assert (found.value, found.unit, found.sample) == (0.75, "USD/calls", 2)


async def test_a_long_window_reads_whole_days_between_the_hours_at_its_ends(of: World) -> None:
    for days in range(20):
        await of.tell(event_id=str(days), occurredAt=ago(days=days, hours=1))
    await of.settle()
    of.documents.log.clear()

    found = await _read(of, "llm_calls", days=18)

    assert found.value == 18
    assert of.documents.log.count("query rollups") == 3


async def test_an_unknown_scope_or_option_is_refused(of: World) -> None:
    with pytest.raises(UsageError, match="Write org:ID"):
        await _reading(of, "llm_calls", scope="acme", hours=1)
    with pytest.raises(UsageError, match="Known are: project, tag, stat"):
        await _reading(of, "llm_calls", hours=1, projekt="p")


@pytest.mark.parametrize(
    ("begin", "end", "hours"), [("08:10", "09:00", 1), ("08:00", "09:00", 1), ("07:59", "09:00", 2)]
)
def test_a_window_is_as_long_or_longer(begin: str, end: str, hours: int) -> None:
    window = Period(*(clock.parse(f"2026-11-23T{at}:00Z") for at in (begin, end)))

    found = whole_hours(window, complete=clock.parse("2026-11-23T08:30:00Z"))

    end = clock.parse("2026-11-23T08:00:00Z")
    assert found == Period(end - timedelta(hours=hours), end)


async def _read(of: World, name: str, **asked: Any) -> Measured:
    found = await _reading(of, name, **asked)
    assert isinstance(found, Measured)
    return found


async def _reading(
    of: World, name: str, *, scope: str = "org:acme", days: float = 0, hours: float = 0, **options: Any
) -> Reading:
    now = clock.now()
    window = Period(now - timedelta(days=days, hours=hours), now)
    (found,) = await read(of.services, [Ask(measures(Settings()).named(name), scope, window, options)])
    return found
