"""Does a backtest say what really fired, and does it say so where nobody can know any more?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from operations import pickup_backtest, rule_backtest
from operations.backtest import Backtest, range_of
from tests.actors import ADMIN
from tests.integration.rules.lived import HOUR, LivedWorld, Told

DAY = timedelta(days=1)
HOURLY, DAILY = {"type": "hourly", "time": "00:00"}, {"type": "daily", "time": "00:00"}
EVERY_SIX = {"type": "cron", "expression": "0 */6 * * *"}
FEW = {"measure": "pickup_call_rate", "scope": "global", "operator": "<", "threshold": 45, "windowSeconds": 86_400}
COSTS = {"measure": "llm_usage", "scope": "org:acme", "operator": ">", "threshold": 10, "windowSeconds": 86_400}


def told(found: Backtest) -> Told:
    return [(one.kind, one.at) for one in found.found.transitions]


async def test_sixty_days_of_live_evaluation_told_what_a_backtest_over_the_same_store_tells(lived: LivedWorld) -> None:
    rules: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "calls": (HOURLY, {**FEW, "minimumSample": 5, "margin": 2, "for": 2, "clearFor": 2, "remindSeconds": 43_200}),
        "leads": (EVERY_SIX, {**FEW, "measure": "pickup_lead_rate", "type": "change_percent", "threshold": -20}),
        "silence": (EVERY_SIX, {"type": "no_data", "measure": "pickup_call_rate", "scope": "global"}),
        "costs": (DAILY, {**COSTS, "type": "change_percent", "threshold": 40, "windowSeconds": 2 * 86_400}),
        "share": (DAILY, {**COSTS, "measure": None, "ratio": ["llm_usage", "llm_calls"], "threshold": 1.8}),
    }
    for name, (every, condition) in rules.items():
        await lived.add(name, every, {key: value for key, value in condition.items() if value is not None})
    await lived.watch(interval_seconds=7200, threshold=45, minimum_sample=5, margin=3, evaluation="wilson")
    begin = lived.time.now
    await lived.live(begin + 60 * DAY)
    over = range_of(begin + HOUR, lived.time.now)

    of_rules = {name: told(await rule_backtest.replay(lived.services, ADMIN, name, over)) for name in rules}
    of_watch = told(await pickup_backtest.replay(lived.documents, lived.services.settings, ADMIN, "global", over))

    assert of_rules == {name: await lived.told_of(name) for name in rules}
    assert of_watch == await lived.told_of("pickup-rate")
    assert all(len(found) >= 4 for found in (*of_rules.values(), of_watch))  # else nothing was shown


async def test_jittered_hours_of_a_metric_are_replayed_as_far_back_as_hours_are_kept(lived: LivedWorld) -> None:
    condition = {**COSTS, "threshold": 6, "windowSeconds": 3 * 3600, "for": 2}
    await lived.add("costs", HOURLY, condition, jitterSeconds=1800)
    begin = lived.time.now
    await lived.live(begin + 31 * DAY, every=1, calls=0)
    over = range_of(begin, lived.time.now)

    found = await rule_backtest.replay(lived.services, ADMIN, "costs", over)

    kept = lived.time.now - 30 * DAY
    assert kept < found.found.begin <= kept + timedelta(hours=4)
    assert found.why_unknown == "metrics by hour are kept for 30 days"
    assert found.unknown + len(found.evaluations) == 31 * 24
    since = found.found.begin + DAY
    assert [one for one in told(found) if one[1] > since] == [
        one for one in await lived.told_of("costs") if one[1] > since
    ]
    assert found.found.alarms > 3
