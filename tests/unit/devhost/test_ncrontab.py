"""When does an NCRONTAB expression fire? Checked second by second, by Azure's documented examples, and by the app's."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devhost.errors import FunctionInError
from devhost.ncrontab import NEVER, Ncrontab
from shared.schedules import Schedule

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LIMITS = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


def terms(least: int, most: int) -> st.SearchStrategy[str]:
    number = st.integers(least, most)
    step = st.integers(1, most)
    span = st.tuples(number, number).map(sorted)
    return st.one_of(
        number.map(str),
        span.map(lambda ends: f"{ends[0]}-{ends[1]}"),
        st.tuples(span, step).map(lambda both: f"{both[0][0]}-{both[0][1]}/{both[1]}"),
        st.tuples(number, step).map(lambda both: f"{both[0]}/{both[1]}"),
        step.map(lambda every: f"*/{every}"),
    )


def field(least: int, most: int) -> st.SearchStrategy[str]:
    return st.just("*") | st.lists(terms(least, most), min_size=1, max_size=3).map(",".join)


expressions = st.tuples(*(field(*limits) for limits in LIMITS)).map(" ".join)
seconds_of_12_years = st.integers(0, 12 * 365 * 86_400).map(lambda seconds: timedelta(seconds=seconds, milliseconds=1))
instants = seconds_of_12_years.map(lambda since: datetime(2020, 1, 1, tzinfo=UTC) + since)


def fits(text: str, value: int, least: int, most: int) -> bool:
    """Say whether `value` fits a field: arithmetic on its terms, no sets, no parser of ours."""
    for term in text.split(","):
        ends, _, step = term.partition("/")
        low, _, high = ends.partition("-")
        first = least if low == "*" else int(low)
        last = int(high) if high else (most if low == "*" or step else first)
        if first <= value <= last and (value - first) % int(step or 1) == 0:
            return True
    return False


def fits_day(expression: str, day: date) -> bool:
    _, _, _, *days = expression.split()
    values = (day.day, day.month, day.isoweekday() % 7)
    return all(fits(text, value, *limits) for text, value, limits in zip(days, values, LIMITS[3:], strict=True))


def brute_force(expression: str, after: datetime, until: datetime) -> datetime | None:
    """Return the first fitting second later than `after`, up to `until`, by looking at each."""
    texts = expression.split()
    seconds, minutes, hours = (
        {value for value in range(60) if fits(text, value, *limits)}
        for text, limits in zip(texts[:3], LIMITS[:3], strict=True)
    )
    days: dict[date, bool] = {}
    at = after.replace(microsecond=0)
    while (at := at + SECOND) <= until:
        if at.second in seconds and at.minute in minutes and at.hour in hours:
            day = at.date()
            if day not in days:
                days[day] = fits_day(expression, day)
            if days[day]:
                return at
    return None


@settings(deadline=None, max_examples=100)
@given(expressions, instants)
def test_the_next_firing_is_the_first_fitting_second(expression: str, instant: datetime) -> None:
    found = Ncrontab(expression).after(instant)
    end_of_tomorrow = datetime.combine(instant.date() + 2 * DAY, time(), tzinfo=UTC) - SECOND
    first = brute_force(expression, instant, end_of_tomorrow)
    if first is not None:
        assert found == first
    elif found != NEVER:
        assert found > end_of_tomorrow
        assert brute_force(expression, found - SECOND, found) == found
        skipped = (instant.date() + DAY * days for days in range(2, (found.date() - instant.date()).days))
        assert not any(fits_day(expression, day) for day in skipped)


@settings(deadline=None, max_examples=150)
@given(expressions, instants)
def test_host_and_app_read_an_expression_alike(expression: str, instant: datetime) -> None:
    host = Ncrontab(expression)
    if host.after(instant) == NEVER:
        with pytest.raises(ValueError, match="never fires"):
            Schedule(expression)
    else:
        assert Schedule(expression).after(instant) == host.after(instant)


@given(st.sampled_from(["MON", "FRI", "SUN", "mon-fri", "Tue,Thu", "*"]), st.sampled_from(["Jan", "MAR-MAY", "*/3"]))
def test_host_and_app_read_names_alike(day: str, month: str) -> None:
    expression, instant = f"0 30 9 * {month} {day}", datetime(2026, 11, 24, tzinfo=UTC)
    assert Schedule(expression).after(instant) == Ncrontab(expression).after(instant)


def firings(expression: str, count: int, after: str = "2026-11-24T08:59:30") -> list[str]:
    schedule, at, found = Ncrontab(expression), datetime.fromisoformat(after).replace(tzinfo=UTC), []
    for _ in range(count):
        at = schedule.after(at)
        found.append(f"{at:%a %Y-%m-%d %H:%M:%S}")
    return found


@pytest.mark.parametrize(
    ("expression", "next_three"),
    [
        ("0 */5 * * * *", ["Tue 2026-11-24 09:00:00", "Tue 2026-11-24 09:05:00", "Tue 2026-11-24 09:10:00"]),
        ("0 0 * * * *", ["Tue 2026-11-24 09:00:00", "Tue 2026-11-24 10:00:00", "Tue 2026-11-24 11:00:00"]),
        ("0 0 */2 * * *", ["Tue 2026-11-24 10:00:00", "Tue 2026-11-24 12:00:00", "Tue 2026-11-24 14:00:00"]),
        ("0 0 9-17 * * *", ["Tue 2026-11-24 09:00:00", "Tue 2026-11-24 10:00:00", "Tue 2026-11-24 11:00:00"]),
        ("0 30 9 * * *", ["Tue 2026-11-24 09:30:00", "Wed 2026-11-25 09:30:00", "Thu 2026-11-26 09:30:00"]),
        ("0 30 9 * * 1-5", ["Tue 2026-11-24 09:30:00", "Wed 2026-11-25 09:30:00", "Thu 2026-11-26 09:30:00"]),
        ("0 30 9 * Jan Mon", ["Mon 2027-01-04 09:30:00", "Mon 2027-01-11 09:30:00", "Mon 2027-01-18 09:30:00"]),
        ("0 5 * * * *", ["Tue 2026-11-24 09:05:00", "Tue 2026-11-24 10:05:00", "Tue 2026-11-24 11:05:00"]),
        ("0 * 5 * * *", ["Wed 2026-11-25 05:00:00", "Wed 2026-11-25 05:01:00", "Wed 2026-11-25 05:02:00"]),
        ("5-7 * * * * *", ["Tue 2026-11-24 09:00:05", "Tue 2026-11-24 09:00:06", "Tue 2026-11-24 09:00:07"]),
        ("5,8,10 * * * * *", ["Tue 2026-11-24 09:00:05", "Tue 2026-11-24 09:00:08", "Tue 2026-11-24 09:00:10"]),
    ],
)
def test_azures_documented_examples_fire_as_documented(expression: str, next_three: list[str]) -> None:
    assert firings(expression, 3) == next_three


def test_five_fields_fire_at_second_0() -> None:
    assert firings("*/15 9 * * 1", 2) == ["Mon 2026-11-30 09:00:00", "Mon 2026-11-30 09:15:00"]


def test_a_day_must_fit_day_of_month_and_day_of_week() -> None:
    assert firings("0 0 0 13 * Fri", 2) == ["Fri 2027-08-13 00:00:00", "Fri 2028-10-13 00:00:00"]


def test_sunday_is_0_and_7_is_refused() -> None:
    assert firings("0 0 12 * * 0", 1) == ["Sun 2026-11-29 12:00:00"]
    with pytest.raises(FunctionInError, match="'7' as its day-of-week, which takes 0 to 6"):
        Ncrontab("0 0 12 * * 7")


@pytest.mark.parametrize("name", ["w", "We", "WED", "wednesday"])
def test_a_name_is_known_by_any_prefix_in_any_case(name: str) -> None:
    assert firings(f"0 0 12 * * {name}", 1) == ["Wed 2026-11-25 12:00:00"]


def test_of_an_ambiguous_prefix_the_first_name_counts() -> None:
    assert Ncrontab("0 0 0 1 j *").after(datetime(2026, 11, 24, tzinfo=UTC)).month == 1
    assert firings("0 0 12 * * t", 1, "2026-11-25T13:00:00") == ["Tue 2026-12-01 12:00:00"]


def test_a_range_written_backwards_counts_forwards() -> None:
    assert firings("0 0 12 * * fri-mon", 9) == firings("0 0 12 * * 1-5", 9)


def test_a_step_of_0_counts_as_1() -> None:
    assert firings("*/0 * * * * *", 2) == ["Tue 2026-11-24 08:59:31", "Tue 2026-11-24 08:59:32"]


@pytest.mark.parametrize(
    ("expression", "field_name", "term"),
    [
        ("0 0 0 ? * 1", "day-of-month", "?"),
        ("0 0 0 L * *", "day-of-month", "L"),
        ("0 0 0 15W * *", "day-of-month", "15W"),
        ("0 0 0 * * 5#2", "day-of-week", "5#2"),
        ("0 0 0 * * 5L", "day-of-week", "5L"),
        ("60 * * * * *", "second", "60"),
        ("0 0 24 * * *", "hour", "24"),
        ("0 0 0 0 * *", "day-of-month", "0"),
        ("0 0 0 1 13 *", "month", "13"),
        ("0 0 0 1 Janus *", "month", "Janus"),
        ("0 0 Mon * * *", "hour", "Mon"),
        ("0 1,,2 * * * *", "minute", ""),
        ("0 */ * * * *", "minute", "*/"),
        ("0 */-5 * * * *", "minute", "*/-5"),
        ("0 -5 * * * *", "minute", "-5"),
    ],
)
def test_what_the_host_does_not_know_is_refused_by_name(expression: str, field_name: str, term: str) -> None:
    with pytest.raises(FunctionInError) as caught:
        Ncrontab(expression)
    assert f"{term!r} as its {field_name}" in str(caught.value)


@pytest.mark.parametrize("expression", ["0 0 9 * * 1 2026", "* * * *", "@daily now"])
def test_four_or_seven_fields_are_refused(expression: str) -> None:
    with pytest.raises(FunctionInError, match="write six"):
        Ncrontab(expression)


@pytest.mark.parametrize("expression", ["0 0 0 30 2 *", "0 0 0 31 4,6 *"])
def test_a_day_that_no_month_has_never_comes(expression: str) -> None:
    assert Ncrontab(expression).after(datetime(2026, 11, 24, tzinfo=UTC)) == NEVER


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("*/30 * * * * *", True), ("* * * * * *", True), ("30 * * * * *", False), ("* 1-5 * * * *", False)],
)
def test_only_schedules_of_several_seconds_in_every_minute_go_without_status(expression: str, expected: bool) -> None:
    assert Ncrontab(expression).fires_within_each_minute() is expected
