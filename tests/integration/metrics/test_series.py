"""What do series, overviews and summaries answer, and what is refused?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from operations import metrics
from operations.actor import ROLES, Actor
from processors.metrics.series import Question, asked
from shared import clock
from shared.errors import NotAllowed, UsageError
from tests.integration.metrics.worlds import World, ago

READER = Actor("ada", frozenset(ROLES), frozenset({"org:acme"}))


async def test_a_series_says_what_came_in_each_bucket_and_in_all(of: World) -> None:
    for hours, cost in ((1, 0.5), (1, 0.25), (3, 1.0)):
        await of.tell(event_id=f"{hours}-{cost}", occurredAt=ago(hours=hours), values={"cost": cost})
    await of.settle()

    answer = await metrics.read(of.services, READER, _asked(hours=6, metric="llm_usage"))

    (one,) = answer["metrics"]
    assert (one["metric_name"], one["metric_type"], one["unit"]) == ("llm_usage", "histogram", "USD")
    assert one["data"] == [
        {"bucket": "2026-11-23T06:00:00.000Z", "sum": 1.0, "events": 1, "average": 1.0, "min": 1.0, "max": 1.0},
        {"bucket": "2026-11-23T08:00:00.000Z", "sum": 0.75, "events": 2, "average": 0.375, "min": 0.25, "max": 0.5},
    ]
    assert (one["total_value"], one["total_events"], one["average"]) == (1.75, 3, pytest.approx(1.75 / 3))


async def test_an_answer_says_its_range_its_source_and_up_to_when_it_is_complete(of: World) -> None:
    await of.tell()
    since = clock.to_text(clock.now())
    of.time.advance(60)

    answer = await metrics.read(of.services, READER, _asked(hours=2))

    told = {name: answer[name] for name in ("from", "to", "granularity", "source", "timezone", "complete_up_to")}
    assert told == {
        "from": "2026-11-23T07:00:00.000Z", "to": "2026-11-23T10:00:00.000Z", "granularity": "hour",
        "source": "hour", "timezone": "UTC", "complete_up_to": since,
    }  # fmt: skip


async def test_every_metric_of_an_organisation_is_there_with_or_without_events(of: World) -> None:
    answer = await metrics.read(of.services, READER, _asked(hours=2))

    assert len(answer["metrics"]) == 12
    assert all((one["data"], one["total_value"], one["average"]) == ([], 0, None) for one in answer["metrics"])


@pytest.mark.parametrize(("days", "source"), [(1, "hour"), (7, "hour"), (8, "day"), (90, "day"), (91, "month")])
async def test_auto_takes_hours_up_to_7_days_days_up_to_90_and_months_beyond(of: World, days: int, source: str) -> None:
    assert _asked(days=days).source == source


async def test_auto_takes_days_where_hours_are_no_longer_kept(of: World) -> None:
    now = clock.now()

    assert asked("acme", now - timedelta(days=40), now - timedelta(days=39)).source == "day"


async def test_only_the_project_and_tag_that_are_asked_for_count(of: World) -> None:
    for number, (project, tag) in enumerate([("p", "a"), ("p", "b"), ("q", "a"), ("", "")]):
        await of.tell(event_id=str(number), project=project, tag=tag)
    await of.settle()

    totals = {}
    for more in ({}, {"project": "p"}, {"tag": "a"}, {"project": "p", "tag": "a"}, {"project": "nobody's"}):
        answer = await metrics.read(of.services, READER, _asked(hours=4, metric="llm_calls", **more))
        totals[str(more)] = answer["metrics"][0]["total_value"]

    assert list(totals.values()) == [4, 2, 2, 1, 0]


async def test_days_of_another_zone_are_put_together_from_hours(of: World) -> None:
    for at in ("2026-11-21T22:30:00.000Z", "2026-11-21T23:30:00.000Z", "2026-11-22T22:30:00.000Z"):
        await of.tell(event_id=at, occurredAt=at)
    await of.settle()

    answer = await metrics.read(
        of.services, READER, _asked(days=3, metric="llm_calls", granularity="day", timezone="Europe/Berlin")
    )

    assert answer["source"] == "hour"
    assert [(point["bucket"], point["sum"]) for point in answer["metrics"][0]["data"]] == [
        ("2026-11-21T00:00:00.000+01:00", 1),
        ("2026-11-22T00:00:00.000+01:00", 2),
    ]


async def test_an_overview_compares_with_the_time_before(of: World) -> None:
    for number in range(3):
        await of.tell(event_id=f"now{number}", occurredAt=ago(hours=1))
    await of.tell(event_id="before", occurredAt=ago(hours=4))
    await of.settle()

    answer = await metrics.overview(of.services, READER, _asked(hours=2))

    calls = next(one for one in answer["metrics"] if one["metric_name"] == "llm_calls")
    assert (calls["total_value"], calls["previous_value"], calls["change"]) == (3, 1, 2.0)


async def test_a_summary_names_the_largest_projects(of: World) -> None:
    for number, project in enumerate(["big", "big", "small"]):
        await of.tell(event_id=str(number), project=project)
    await of.settle()

    answer = await metrics.summary(of.services, READER, _asked(hours=4, metric="llm_calls"))

    assert answer["metrics"][0]["by_project"] == [
        {"name": "big", "sum": 2, "events": 2}, {"name": "small", "sum": 1, "events": 1},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            {"metric": "llm_call"},
            r"no metric 'llm_call'. Did you mean 'llm_calls'\? Known are: documents_",
        ),
        ({"granularity": "week"}, "no granularity 'week'. Known are: hour, day, month"),
        ({"source": "minute"}, "no source 'minute'. Known are: hour, day, month, auto"),
        ({"granularity": "hour", "source": "day"}, "Points by hour can't be made of days"),
        ({"timezone": "Mars/Base"}, "no time zone 'Mars/Base'"),
    ],
)
async def test_what_is_unknown_is_refused_with_what_is_known(of: World, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        _asked(hours=2, **wrong)


@pytest.mark.parametrize(
    ("begin", "end", "says"),
    [(366, 0, "up to 365 are read"), (1, 2, "before it begins"), (40, 39, "no longer kept")],
)
async def test_a_range_that_can_not_be_read_is_refused(of: World, begin: int, end: int, says: str) -> None:
    now = clock.now()
    source = "hour" if says == "no longer kept" else "auto"

    with pytest.raises(UsageError, match=says):
        asked("acme", now - timedelta(days=begin), now - timedelta(days=end), source=source)


async def test_who_may_not_read_an_organisation_is_told(of: World) -> None:
    now = clock.now()
    other = asked("other", now - timedelta(hours=1), now)

    with pytest.raises(NotAllowed):
        await metrics.read(of.services, READER, other)


def _asked(*, hours: float = 0, days: float = 0, **more: Any) -> Question:
    now = clock.now()
    return asked("acme", now - timedelta(hours=hours, days=days), now, **more)
