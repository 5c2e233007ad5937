"""Are the figures of many windows at once those that a measure's own reader gives, window by window?"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from processors.catalogue import measures
from processors.metrics.kind import Event, usage_event
from processors.pickup_rate.calls import Call
from processors.pickup_rate.taking_in import take_in
from shared import clock
from shared.config import Settings
from shared.measures import Ask, Gone, Measured, NoData, Past, Period, Reading, history, ratio, read
from shared.usage import events
from tests.integration.jobs.worlds import MovingClock
from tests.integration.metrics.stores import ProcessDocuments
from tests.integration.rules.lived import LivedWorld

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL = measures(Settings())


END = clock.parse("2026-11-23T09:30:00Z")


@pytest.fixture
async def world(time: MovingClock) -> AsyncIterator[LivedWorld]:
    """A worker at half past nine."""
    made = LivedWorld(time, seed=11)
    yield made
    await made.services.close()


@pytest.fixture
async def called(world: LivedWorld) -> LivedWorld:
    """One with calls of 80 days."""
    await some_calls(world)
    world.time.now = END
    return world


@pytest.fixture
async def used(world: LivedWorld) -> LivedWorld:
    """One with events of 45 days."""
    await some_events(world)
    return world


async def some_calls(world: LivedWorld) -> None:
    """Let there have been calls of all sorts, many of one lead."""
    chance = world.chance
    for number in range(500):
        world.time.now = END - timedelta(minutes=chance.randrange(10, 80 * 24 * 60))
        at = clock.to_text(world.time.now)
        said = {
            "call_id": f"c{number}", "merchantId": f"m{chance.randrange(3)}", "resellerId": chance.choice(["r0", None]),
            "requestId": chance.choice([*(f"lead-{n}" for n in range(12)), None]), "initiatedAt": at, "updatedAt": at,
            "status": chance.choice(["FINISHED", "FINISHED", "RETRY"]), "outcome": chance.choice(["NO_ANSWER", ""]),
            "connectionStatus": chance.choice(["ANSWERED", "BUSY", "REJECTED", None]),
            "direction": chance.choice(["OUTBOUND", "OUTBOUND", "INBOUND"]),
            "executionMode": chance.choice(["TELEPHONY", "TELEPHONY", "TELEPHONY_TEST"]),
        }  # fmt: skip
        await take_in(world.documents, Call.model_validate(said))


async def some_events(world: LivedWorld) -> None:
    """Let there have been calls of models of two projects."""
    for number in range(150):
        world.time.now = END - timedelta(minutes=world.chance.randrange(90, 45 * 24 * 60))
        event = {
            "event_id": f"e{number}", "orgId": "acme", "kind": "llm", "occurredAt": clock.to_text(world.time.now),
            "project": world.chance.choice("pq"), "tag": world.chance.choice("ab"),
            "values": {"cost": world.chance.randrange(1, 900) / 100},
        }  # fmt: skip
        await events.record(world.documents, usage_event(Event.model_validate(event), world.time.now))
    world.time.now = END
    await world.rolled_up()


def figures(past: Past) -> Any:
    """Return what has to be the same: everything but facts."""
    if isinstance(past, Measured):
        return past.value, past.unit, past.sample, past.counts
    return (type(past), past.reason)


def windows(chance: random.Random, end: datetime, days: int, count: int, *, step: timedelta) -> list[Period]:
    """Return windows whose lengths and ends are whole steps."""
    made = []
    for _ in range(count):
        at = end - chance.randrange(0, days * DAY // step) * step
        made.append(Period(at - chance.randrange(1, 10 * DAY // step) * step, at))
    return made


async def one_by_one(world: LivedWorld, asks: list[Ask]) -> list[Reading]:
    return [(await read(world.services, [ask]))[0] for ask in asks]


@pytest.mark.parametrize(
    "step", [timedelta(minutes=7), HOUR, DAY], ids=["of any edge", "of whole hours", "of whole days"]
)
async def test_rates_of_random_windows_are_the_readers(called: LivedWorld, step: timedelta) -> None:
    chance = random.Random(int(step.total_seconds()))
    end = called.time.now.replace(hour=0, minute=0) if step == DAY else called.time.now.replace(minute=0)
    names = ("pickup_call_rate", "pickup_lead_rate", "pickup_connection_rate")
    asks = [
        Ask(ALL.named(chance.choice(names)), chance.choice(("global", "merchant:m1", "reseller:r0")), window, options)
        for window in windows(chance, end, 60, 60, step=step)
        for options in ({}, {"tests": True, "inbound": chance.random() < 0.5})
    ]

    found = await history(called.services, asks)

    assert [figures(one) for one in found] == [figures(one) for one in await one_by_one(called, asks)]
    assert sum(isinstance(one, Measured) for one in found) > 60


async def test_metrics_of_random_windows_are_the_readers(used: LivedWorld) -> None:
    chance = random.Random(3)
    per_call = ratio("cost", ALL.named("llm_usage"), ALL.named("llm_calls"))
    asks = [
        Ask(measure, "org:acme", window, options)
        for window in windows(chance, used.time.now, 18, 80, step=timedelta(minutes=30))
        for measure in (ALL.named("llm_usage"), ALL.named("llm_calls"), per_call)
        for options in ({"stat": chance.choice(("sum", "average", "min", "max"))}, {"project": "p", "tag": "a"})
    ]

    found = await history(used.services, asks)

    assert [figures(one) for one in found] == [figures(one) for one in await one_by_one(used, asks)]
    assert {type(one) for one in found} == {Measured, NoData}


async def test_of_metrics_only_whole_days_are_known_before_hours_are_kept(used: LivedWorld) -> None:
    midnight = used.time.now.replace(hour=0, minute=0)
    measure = ALL.named("llm_calls")
    windows = [Period(midnight - 40 * DAY + begin, midnight - 33 * DAY) for begin in (timedelta(), HOUR)]
    days = [Period(midnight - n * DAY, midnight - (n - 1) * DAY) for n in range(34, 41)]

    whole, cut, *of_each = await history(
        used.services, [Ask(measure, "org:acme", window) for window in (*windows, *days)]
    )

    assert isinstance(whole, Measured)
    assert whole.value == sum(one.value for one in of_each if isinstance(one, Measured)) > 0
    assert cut == Gone("metrics by hour are kept for 30 days")


async def test_rates_are_gone_where_calls_are_rolled_up_no_more(world: LivedWorld) -> None:
    world.time.now = now = END
    asks = [Ask(ALL.named("pickup_call_rate"), "global", Period(now - days * DAY, now - 87 * DAY)) for days in (88, 89)]

    kept, gone = await history(world.services, asks)

    assert isinstance(kept, NoData)
    assert gone == Gone("roll-ups of calls reach 88 days back")


async def test_a_thousand_windows_read_the_rows_of_their_span_once(world: LivedWorld) -> None:
    world.time.now = END
    watched = ProcessDocuments(world.documents)
    asks = [
        Ask(ALL.named(name), scope, Period(END - n * HOUR - DAY, END - n * HOUR))
        for n in range(500)
        for name, scope in (("pickup_call_rate", "global"), ("llm_calls", "org:acme"))
    ]

    await history(replace(world.services, documents=watched), asks)

    assert watched.log.count("query callRollups") == 1
    assert watched.log.count("query rollups") == 2  # hours and days
