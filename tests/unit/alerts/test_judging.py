"""Do the readings of a condition breach it, clear it, or neither? Each sort of condition in a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from processors.alerts.condition import Condition
from processors.alerts.judging import Judged, asks_of, judged
from processors.catalogue import measures
from shared.alerts.machine import AlertPolicy, State, step
from shared.config import Settings
from shared.errors import UsageError
from shared.measures import Ask, Measure, Measured, Measures, NoData, Period, Reading, read

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTHING = NoData("no finished calls")


def condition(**said: Any) -> Condition:
    """Return a condition, of a measure of acme unless said otherwise."""
    subject = {} if "ratio" in said else {"measure": "load"}
    compares = {} if said.get("type") == "no_data" else {"operator": ">", "threshold": 10}
    return Condition.model_validate({"scope": "org:acme", **subject, **compares, **said})


def reading(value: float | None, *, unit: str = "EUR", sample: int = 50) -> Reading:
    """Return a reading; no data for None."""
    return NOTHING if value is None else Measured(value, unit, sample)


def judge(of: Condition, *values: float | None, unit: str = "EUR", sample: int = 50) -> Judged:
    """Judge readings."""
    return judged(of, [reading(value, unit=unit, sample=sample) for value in values], NINE)


@pytest.mark.parametrize(
    ("operator", "below", "equal", "above"),
    [
        ("<", "breach", "clear", "clear"),
        ("<=", "breach", "breach", "clear"),
        (">", "clear", "clear", "breach"),
        (">=", "clear", "breach", "breach"),
        ("==", "clear", "breach", "clear"),
    ],
)
def test_a_threshold_is_compared_as_its_operator_says(operator: str, below: str, equal: str, above: str) -> None:
    of = condition(operator=operator, threshold=40)

    assert [judge(of, value).verdict for value in (39.999, 40, 40.001)] == [below, equal, above]


@pytest.mark.parametrize(
    ("operator", "value", "verdict"),
    [
        ("<", 41.9, "pass"),
        ("<", 42, "clear"),
        ("<=", 40, "breach"),
        ("<=", 41.9, "pass"),
        ("<=", 42, "clear"),
        (">", 38.1, "pass"),
        (">", 38, "clear"),
        (">=", 40, "breach"),
        (">=", 38.1, "pass"),
        (">=", 38, "clear"),
        ("==", 41.9, "pass"),
        ("==", 38.1, "pass"),
        ("==", 42, "clear"),
        ("==", 38, "clear"),
        ("==", 40, "breach"),
    ],
)
def test_with_a_margin_it_clears_only_beyond_it_on_the_side_where_all_is_well(
    operator: str, value: float, verdict: str
) -> None:
    assert judge(condition(operator=operator, threshold=40, margin=2), value).verdict == verdict


@pytest.mark.parametrize(
    ("operator", "threshold", "best"), [("<", 99, 100), ("<=", 99.5, 100), (">", 1, 0), (">=", 0.5, 0)]
)
def test_the_margin_asks_for_no_percentage_that_a_rate_cannot_reach(
    operator: str, threshold: float, best: float
) -> None:
    of = condition(operator=operator, threshold=threshold, margin=5)

    assert judge(of, best, unit="%").verdict == "clear"
    assert judge(of, best, unit="EUR").verdict == "pass", "money has no such bounds"


@pytest.mark.parametrize(
    ("operator", "threshold", "now", "before", "verdict", "change"),
    [
        ("<", -20, 79, 100, "breach", -21),
        ("<", -20, 80, 100, "clear", -20),
        (">", 50, 151, 100, "breach", 51),
        (">=", 50, 150, 100, "breach", 50),
        (">", 50, 150, 100, "clear", 50),
        ("==", 0, 7, 7, "breach", 0),
        ("<", -20, 0, 100, "breach", -100),
        (">", 50, -5, -20, "breach", 75),
        (">", 50, 100, 0, "no_data", None),
        (">", 50, 0, 0, "no_data", None),
        (">", 50, None, 100, "no_data", None),
        (">", 50, 100, None, "no_data", None),
        (">", 50, None, None, "no_data", None),
    ],
)
def test_a_change_is_told_in_percent_of_the_window_before(
    operator: str, threshold: float, now: float | None, before: float | None, verdict: str, change: float | None
) -> None:
    found = judge(condition(type="change_percent", operator=operator, threshold=threshold), now, before)

    assert (found.verdict, found.value) == (verdict, change)


@pytest.mark.parametrize(("change", "verdict"), [(-21, "breach"), (-19, "pass"), (-15, "clear"), (160, "clear")])
def test_the_margin_of_a_change_is_in_percentage_points_without_bounds(change: float, verdict: str) -> None:
    of = condition(type="change_percent", operator="<", threshold=-20, margin=5)

    assert judge(of, 100 + change, 100, unit="%").verdict == verdict


@pytest.mark.parametrize(
    ("value", "sample", "verdict"), [(None, 0, "breach"), (0, 0, "breach"), (0, 1, "clear"), (7, 3, "clear")]
)
def test_no_data_is_a_breach_when_nothing_came(value: float | None, sample: int, verdict: str) -> None:
    assert judge(condition(type="no_data"), value, sample=sample).verdict == verdict


@pytest.mark.parametrize(("sample", "verdict"), [(19, "no_data"), (20, "breach")])
@pytest.mark.parametrize("kind", ["threshold", "change_percent"])
def test_too_small_a_sample_is_no_ground_for_a_verdict(kind: str, sample: int, verdict: str) -> None:
    found = judge(condition(type=kind, minimumSample=20), 100, 10, sample=sample)

    assert found.verdict == verdict
    assert sample == 20 or found.reason == "too small a sample: 19, and 20 are needed"


def test_the_window_before_needs_the_sample_too() -> None:
    of = condition(type="change_percent", minimumSample=20)

    found = judged(of, [Measured(100, "EUR", 50), Measured(10, "EUR", 19)], NINE)

    assert found.verdict == "no_data"


def test_nothing_to_judge_is_no_pass() -> None:
    found = judge(condition(), None)

    assert (found.verdict, found.reason) == ("no_data", "no finished calls")


class Told:
    """A reader that gives each measure's value as it was told."""

    def __init__(self, **values: float | None) -> None:
        self.values = values
        self.measures = Measures([Measure(name, name, name, self.read) for name in values])

    async def read(self, services: Any, asks: Sequence[Ask]) -> list[Reading]:
        """See shared.measures.Reader."""
        return [reading(self.values[ask.measure.name], unit=ask.measure.unit) for ask in asks]


@pytest.mark.parametrize(
    ("cost", "visits", "verdict", "value"),
    [
        (110, 10, "breach", 11),
        (100, 10, "clear", 10),
        (0, 10, "clear", 0),
        (100, 0, "no_data", None),
        (None, 10, "no_data", None),
        (100, None, "no_data", None),
    ],
)
async def test_a_ratio_is_one_measure_by_another(
    cost: float | None, visits: float | None, verdict: str, value: float | None
) -> None:
    of, told = condition(ratio=["cost", "visits"]), Told(cost=cost, visits=visits)

    found = judged(of, await read(cast(Any, None), asks_of(of, told.measures, NINE)), NINE)

    assert (found.verdict, found.value) == (verdict, value)
    assert found.unit == ("cost/visits" if value is not None else "")


@pytest.mark.parametrize(
    ("scope", "asked", "options"),
    [
        ("org:acme", "org:acme", {"tag": "x"}),
        ("project:acme/shop", "org:acme", {"tag": "x", "project": "shop"}),
        ("project:acme/shop/eu", "org:acme", {"tag": "x", "project": "shop/eu"}),
        ("merchant:m1", "merchant:m1", {"tag": "x"}),
        ("reseller:r1", "reseller:r1", {"tag": "x"}),
        ("global", "global", {"tag": "x"}),
    ],
)
def test_a_project_is_asked_for_as_an_option_of_its_organisation(
    scope: str, asked: str, options: dict[str, Any]
) -> None:
    (ask,) = asks_of(condition(measure="llm_usage", scope=scope, options={"tag": "x"}), measures(Settings()), NINE)

    assert (ask.scope, ask.options, ask.window) == (asked, options, Period(NINE - HOUR, NINE))


@pytest.mark.parametrize("scope", ["project:", "project:acme", "project:/shop", "project:acme/"])
def test_a_project_without_its_organisation_is_no_scope(scope: str) -> None:
    with pytest.raises(UsageError, match="Write project:ORG/PROJECT"):
        asks_of(condition(measure="llm_usage", scope=scope), measures(Settings()), NINE)


def test_a_change_asks_for_the_window_and_the_one_before_it() -> None:
    of = condition(measure="llm_usage", type="change_percent", windowSeconds=7200)

    windows = [ask.window for ask in asks_of(of, measures(Settings()), NINE)]

    assert windows == [Period(NINE - 2 * HOUR, NINE), Period(NINE - 4 * HOUR, NINE - 2 * HOUR)]


@pytest.mark.parametrize("name", [measure.name for measure in measures(Settings())])
def test_any_measure_of_the_catalogue_can_be_asked_for(name: str) -> None:
    assert asks_of(condition(measure=name), measures(Settings()), NINE)[0].measure.name == name


def states_of(policy: AlertPolicy, *verdicts: str) -> list[str]:
    """Return the states that verdicts lead to, each a day later than the one before."""
    state, names = State(), []
    for day, verdict in enumerate(verdicts):
        state, _ = step(state, cast(Any, verdict), policy, NINE + timedelta(days=day))
        names.append(state.name)
    return names


def test_it_fires_after_so_many_breaches_in_a_row_and_is_over_after_so_many_clears() -> None:
    policy = condition(**{"for": 3, "clearFor": 2}).policy

    assert states_of(policy, "breach", "breach", "clear", "breach", "breach", "breach") == [
        "PENDING", "PENDING", "OK", "PENDING", "PENDING", "FIRING",
    ]  # fmt: skip
    assert states_of(policy, *["breach"] * 3, "clear", "pass", "clear", "clear")[3:] == [
        "RECOVERING", "FIRING", "RECOVERING", "OK",
    ]  # fmt: skip


def test_no_data_breaks_a_row_and_leaves_an_alert_open() -> None:
    policy = condition(**{"for": 2}).policy

    assert states_of(policy, "breach", "no_data", "breach", "breach", "no_data", "clear") == [
        "PENDING", "NO_DATA", "PENDING", "FIRING", "NO_DATA", "OK",
    ]  # fmt: skip
