"""What do other numbers, files and ranges come to in a backtest, and what is refused?"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from operations import backtest, pickup_backtest, rule_backtest
from operations.actor import Actor
from operations.backtest import range_of
from shared.errors import NotAllowed, NotFound, UsageError
from tests.actors import ADMIN
from tests.integration.rules.lived import HOUR, LivedWorld
from tests.integration.rules.test_backtest import COSTS, DAY, FEW, HOURLY


@pytest.fixture
async def ten_days(lived: LivedWorld) -> LivedWorld:
    """A worker with a rule, and with calls and events of ten days."""
    await lived.add("few", HOURLY, {**FEW, "threshold": 40})
    for _ in range(20):
        lived.time.advance(12 * 3600)
        await lived.happened(4)
    return lived


def last(world: LivedWorld, days: int = 10) -> backtest.Range:
    return range_of(world.time.now - days * DAY, world.time.now)


def quiet(done: int, total: int | None) -> None:
    """Show no progress."""


async def test_other_numbers_are_tried_without_changing_the_rule(ten_days: LivedWorld) -> None:
    before = await ten_days.rule("few")

    many = await rule_backtest.replay(ten_days.services, ADMIN, "few", last(ten_days), changes={"threshold": 101})
    none = await rule_backtest.replay(ten_days.services, ADMIN, "few", last(ten_days), changes={"threshold": 0})

    assert (many.found.alarms, none.found.alarms) == (1, 0)
    assert many.subject.threshold == 101
    assert await ten_days.rule("few") == before


async def test_a_file_is_tried_as_a_stored_rule_is(ten_days: LivedWorld) -> None:
    stored = await rule_backtest.replay(ten_days.services, ADMIN, "few", last(ten_days))
    members = {"id": "few", **(await ten_days.rule("few")).definition.as_json()}

    for said in (members, [members], {"rules": [members]}):
        assert await rule_backtest.replay(ten_days.services, ADMIN, said, last(ten_days)) == stored


async def test_each_value_of_a_sweep_is_what_a_backtest_with_it_gives(ten_days: LivedWorld) -> None:
    over = last(ten_days)
    told_of: list[int] = []
    wanted = backtest.sweep_of("threshold", 20, 80, 20)

    found = await rule_backtest.sweep(
        ten_days.services, ADMIN, "few", over, wanted, lambda done, total: told_of.append(done)
    )

    alone = [
        (value, await rule_backtest.replay(ten_days.services, ADMIN, "few", over, changes={"threshold": value}))
        for value in wanted.values
    ]
    assert list(found.tried) == alone
    assert len({one.found.alarms for _, one in found.tried}) > 1
    assert told_of == [0, 1, 2, 3, 4]


async def test_a_sweep_of_what_is_read_reads_anew(ten_days: LivedWorld) -> None:
    wanted = backtest.sweep_of("windowSeconds", 21_600, 86_400, 64_800)

    found = await rule_backtest.sweep(ten_days.services, ADMIN, "few", last(ten_days), wanted, quiet)

    (_, short), (_, long) = found.tried
    assert sum(one.sample for one in short.evaluations) < sum(one.sample for one in long.evaluations)


async def test_a_sweep_of_a_pickup_rate_is_what_backtests_give(ten_days: LivedWorld) -> None:
    settings, over = ten_days.services.settings, last(ten_days)
    changes: dict[str, Any] = {"interval_seconds": 3600, "minimum_sample": 1}
    asked = (ten_days.documents, settings, ADMIN, "merchant:m1", over)

    found = await pickup_backtest.sweep(*asked, backtest.sweep_of("threshold", 30, 90, 30), quiet, changes=changes)

    alone = [
        (value, await pickup_backtest.replay(*asked, changes={**changes, "threshold": value}))
        for value in (30.0, 60.0, 90.0)
    ]
    assert list(found.tried) == alone


async def test_time_before_there_was_data_does_not_count(ten_days: LivedWorld) -> None:
    found = await rule_backtest.replay(ten_days.services, ADMIN, "few", last(ten_days, 40), changes={"threshold": 101})

    assert found.data_from is not None
    assert found.data_from > ten_days.time.now - 11 * DAY
    assert found.found.begin == found.data_from
    assert found.found.share == 1.0
    assert found.found.alarms_a_month == pytest.approx(30.44 / 9.5, rel=0.05)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"treshold": 3}, "There is no 'treshold' to set. Did you mean 'threshold'"),
        ({"name": "x"}, "There is no 'name' to set"),
        ({"threshold": "many"}, "condition.threshold can't be 'many'"),
        ({"measure": "pickup_cal_rate"}, "There is no measure 'pickup_cal_rate'"),
        ({"scope": "org:acme"}, "'org:acme' is no scope"),
        ({"frequency": {"type": "dayly"}}, "dayly"),
    ],
)
async def test_numbers_that_can_not_be_are_refused(ten_days: LivedWorld, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)) as refused:
        await rule_backtest.replay(ten_days.services, ADMIN, "few", last(ten_days), changes=changes)

    assert "stored" not in str(refused.value)


async def test_a_range_that_can_not_be_is_refused(ten_days: LivedWorld) -> None:
    now = ten_days.time.now
    with pytest.raises(UsageError, match="before it begins"):
        range_of(now, now - DAY)
    with pytest.raises(UsageError, match="nobody knows what comes"):
        range_of(now, now + DAY)
    short = range_of(now - timedelta(minutes=10), now - timedelta(minutes=5))
    every_minute = {"frequency": {"type": "cron", "expression": "* * * * *"}}
    with pytest.raises(UsageError, match="Nothing is evaluated from"):
        await rule_backtest.replay(ten_days.services, ADMIN, "few", short)
    with pytest.raises(UsageError, match="more than 200000 evaluations"):
        await rule_backtest.replay(ten_days.services, ADMIN, "few", last(ten_days, 200), changes=every_minute)
    with pytest.raises(NotFound, match=r"There is no data from .*: pickup_call_rate of merchant:m9"):
        await rule_backtest.replay(ten_days.services, ADMIN, "few", last(ten_days), changes={"scope": "merchant:m9"})
    with pytest.raises(NotFound, match="roll-ups of calls reach 88 days back"):
        await rule_backtest.replay(ten_days.services, ADMIN, "few", range_of(now - 100 * DAY, now - 95 * DAY))


async def test_whoever_may_not_read_a_scope_may_not_replay_it(ten_days: LivedWorld) -> None:
    of_m1 = Actor("ben", frozenset({"reader"}), frozenset({"merchant:m1", "org:acme"}))
    settings, numbers = ten_days.services.settings, {"minimum_sample": 1}
    mine = {"name": "mine", "frequency": HOURLY, "condition": {**FEW, "scope": "merchant:m1"}}

    assert (await rule_backtest.replay(ten_days.services, of_m1, mine, last(ten_days))).evaluations
    asked = (ten_days.documents, settings, of_m1)
    assert (await pickup_backtest.replay(*asked, "merchant:m1", last(ten_days), changes=numbers)).evaluations
    for refused in (
        rule_backtest.replay(ten_days.services, of_m1, "few", last(ten_days)),
        rule_backtest.replay(ten_days.services, of_m1, mine, last(ten_days), changes={"scope": "global"}),
        pickup_backtest.replay(*asked, "global", last(ten_days)),
    ):
        with pytest.raises(NotAllowed):
            await refused


async def test_roll_ups_of_metrics_that_are_behind_hide_what_they_lack_alone(ten_days: LivedWorld) -> None:
    costs = {"name": "costs", "frequency": HOURLY, "condition": COSTS}
    await ten_days.happened_unseen()
    ten_days.time.advance(3 * 3600)
    now = ten_days.time.now

    found = await rule_backtest.replay(ten_days.services, ADMIN, costs, range_of(now - 5 * DAY, now - 4 * HOUR))

    assert found.unknown == 0
    with pytest.raises(NotFound, match=r"complete up to .* only"):
        await rule_backtest.replay(ten_days.services, ADMIN, costs, range_of(now - DAY, now))
