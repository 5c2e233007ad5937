"""Are measures read in one batch, and put together as they were asked for?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from processors.catalogue import measures as measures_of
from processors.metrics.registry import METRICS
from shared.config import Settings
from shared.errors import Unavailable, UsageError
from shared.measures import Ask, Gone, Measure, Measured, Measures, NoData, Past, Period, Reading, history, ratio, read

DAY = Period(datetime(2026, 11, 22, 9, tzinfo=UTC), datetime(2026, 11, 23, 9, tzinfo=UTC))
SERVICES = cast(Any, None)


class Provider:
    """Two measures of one reader, whose values are told beforehand by measure and scope; what isn't is no data."""

    def __init__(self, **values: float) -> None:
        self.values = values
        self.batches: list[list[str]] = []
        self.cost = Measure("cost", "$", "money spent", self.read)
        self.visits = Measure("visits", "visit", "visits", self.read)

    async def read(self, services: Any, asks: Sequence[Ask]) -> list[Reading]:
        """See Reader."""
        names = [f"{ask.measure.name}_{ask.scope}" for ask in asks]
        self.batches.append(names)
        return [
            Measured(self.values[name], ask.measure.unit, sample=int(self.values[name]))
            if name in self.values
            else NoData("nothing happened")
            for name, ask in zip(names, asks, strict=True)
        ]


async def test_readings_come_in_the_order_of_the_asks() -> None:
    one, other = Provider(cost_a=1, cost_b=2), Provider(cost_a=3)
    asks = [Ask(one.cost, "b", DAY), Ask(other.cost, "a", DAY), Ask(one.visits, "a", DAY), Ask(one.cost, "a", DAY)]

    found = await read(SERVICES, asks)

    assert found == [Measured(2, "$", 2), Measured(3, "$", 3), NoData("nothing happened"), Measured(1, "$", 1)]


async def test_measures_of_one_reader_are_read_in_one_call_the_parts_of_ratios_too() -> None:
    provider = Provider()
    per_visit = ratio("cost_per_visit", provider.cost, provider.visits)

    await read(SERVICES, [Ask(per_visit, "a", DAY), Ask(provider.cost, "b", DAY)])

    assert provider.batches == [["cost_a", "visits_a", "cost_b"]]


async def test_a_ratio_divides_its_parts_and_has_the_sample_of_the_divisor() -> None:
    provider, other = Provider(cost_a=30), Provider(visits_a=12)
    per_visit = ratio("cost_per_visit", provider.cost, other.visits)

    (found,) = await read(SERVICES, [Ask(per_visit, "a", DAY)])

    assert isinstance(found, Measured)
    assert (found.value, found.unit, found.sample) == (2.5, "$/visit", 12)
    assert found.facts["of"] == {"measure": "cost", "value": 30, "unit": "$", "sample": 30}


def test_a_ratio_of_alike_things_has_no_unit() -> None:
    provider = Provider()

    assert ratio("share", provider.cost, provider.cost).unit == ""


async def test_a_ratio_of_ratios_is_divided_twice() -> None:
    provider = Provider(cost_a=30, visits_a=10)
    per_visit = ratio("cost_per_visit", provider.cost, provider.visits)

    (found,) = await read(SERVICES, [Ask(ratio("again", per_visit, provider.visits), "a", DAY)])

    assert isinstance(found, Measured)
    assert found.value == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"cost_a": 30}, "no data of visits: nothing happened"),
        ({"visits_a": 12}, "no data of cost: nothing happened"),
        ({"cost_a": 30, "visits_a": 0}, "visits is 0"),
    ],
)
async def test_a_ratio_without_one_of_its_parts_or_by_zero_is_no_data(values: dict[str, float], reason: str) -> None:
    provider = Provider(**values)

    (found,) = await read(SERVICES, [Ask(ratio("cost_per_visit", provider.cost, provider.visits), "a", DAY)])

    assert isinstance(found, NoData)
    assert found.reason == reason


async def test_a_reader_that_fails_is_no_lack_of_data() -> None:
    async def failing(services: Any, asks: Sequence[Ask]) -> list[Reading]:
        raise Unavailable("The store is away")

    with pytest.raises(Unavailable):
        await read(SERVICES, [Ask(Measure("cost", "$", "", failing), "a", DAY)])


async def test_a_reader_that_forgets_an_ask_is_a_defect() -> None:
    async def forgetful(services: Any, asks: Sequence[Ask]) -> list[Reading]:
        return []

    with pytest.raises(ValueError, match="zip"):
        await read(SERVICES, [Ask(Measure("cost", "$", "", forgetful), "a", DAY)])


def test_the_period_before_is_as_long_and_ends_where_it_begins() -> None:
    assert DAY.before == Period(DAY.begin - timedelta(days=1), DAY.begin)


def test_two_measures_of_one_name_are_refused() -> None:
    provider = Provider()

    with pytest.raises(ValueError, match="'cost'"):
        Measures([provider.cost, ratio("cost", provider.cost, provider.visits)])


def test_the_app_lists_its_measures_and_says_which_there_are_when_asked_for_another() -> None:
    known = measures_of(Settings())
    units = {one.name: one.unit for one in known}
    assert {name: unit for name, unit in units.items() if name.startswith("pickup")} == {
        "pickup_call_rate": "%",
        "pickup_lead_rate": "%",
        "pickup_connection_rate": "%",
    }
    assert units.keys() > {metric.name for metric in METRICS}
    assert known.named("pickup_lead_rate").name == "pickup_lead_rate"

    with pytest.raises(UsageError) as refused:
        known.named("pickup_led_rate")

    assert refused.value.code == "measure_unknown"
    listed = ", ".join(sorted(units))
    meant = "Did you mean 'pickup_lead_rate'?"
    assert str(refused.value) == f"There is no measure 'pickup_led_rate'. {meant} Known are: {listed}."


class Historian(Provider):
    """A provider that answers many asks at once; scope ``old`` is gone."""

    def __init__(self, **values: float) -> None:
        super().__init__(**values)
        self.asked = 0
        self.cost = Measure("cost", "$", "money spent", self.read, self.history)
        self.visits = Measure("visits", "visit", "visits", self.read, self.history)

    async def history(self, services: Any, asks: Sequence[Ask]) -> list[Past]:
        """See Historian."""
        self.asked += 1
        readings = await self.read(services, asks)
        return [Gone("too old") if ask.scope == "old" else one for ask, one in zip(asks, readings, strict=True)]


async def test_the_past_of_measures_is_asked_for_at_once_the_parts_of_ratios_too() -> None:
    provider = Historian(cost_a=6, visits_a=3, cost_b=1)
    per_visit = ratio("cost_per_visit", provider.cost, provider.visits)
    asks = [
        Ask(per_visit, "a", DAY),
        Ask(provider.cost, "b", DAY),
        Ask(per_visit, "old", DAY),
        Ask(per_visit, "b", DAY),
    ]

    whole, part, old, lacking = await history(SERVICES, asks)

    assert provider.asked == 1
    assert isinstance(whole, Measured)
    assert (whole.value, whole.sample) == (2, 3)
    assert part == Measured(1, "$", 1)
    assert old == Gone("too old")
    assert isinstance(lacking, NoData)


async def test_the_past_of_a_measure_that_has_no_history_is_read_window_by_window() -> None:
    provider, other = Provider(cost_a=1, cost_b=2), Historian(cost_a=3)

    found = await history(SERVICES, [Ask(one.cost, scope, DAY) for scope in "ab" for one in (provider, other)])

    assert found == [Measured(1, "$", 1), Measured(3, "$", 3), Measured(2, "$", 2), NoData("nothing happened")]
    assert provider.batches == [["cost_a"], ["cost_b"]]
