"""When does a schedule fire? Against a brute force that knows nothing of cronsim, and against examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import clock
from shared.schedules import Schedule

Field = frozenset[int]
LIMITS = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
HORIZON = timedelta(days=12)


def fits(fields: tuple[Field, ...], instant: datetime) -> bool:
    """Tell whether an instant fits: each field, day-of-month and day-of-week both."""
    parts = (instant.second, instant.minute, instant.hour, instant.day, instant.month, instant.isoweekday() % 7)
    return all(part in field for part, field in zip(parts, fields, strict=True))


def brute_force(fields: tuple[Field, ...], after: datetime) -> datetime | None:
    """Return the first instant behind `after` that fits, looked for second by second, days that don't fit left out."""
    instant, end = after.replace(microsecond=0) + timedelta(seconds=1), after + HORIZON
    while instant <= end:
        day = (instant.day in fields[3], instant.month in fields[4], instant.isoweekday() % 7 in fields[5])
        if not all(day):
            instant = datetime(instant.year, instant.month, instant.day, tzinfo=UTC) + timedelta(days=1)
        elif instant.hour not in fields[2]:
            instant = instant.replace(minute=0, second=0) + timedelta(hours=1)
        elif fits(fields, instant):
            return instant
        else:
            instant += timedelta(seconds=1)
    return None


@st.composite
def terms(draw: st.DrawFn, least: int, most: int) -> tuple[str, Field]:
    """One term of a field, as text and as the numbers it stands for."""
    form = draw(st.sampled_from(("*", "*/n", "a", "a-b", "a-b/n", "a/n")))
    first = draw(st.integers(least, most))
    last = draw(st.integers(first, most))
    step = draw(st.integers(1, most + 1))
    text = form.replace("a", str(first)).replace("b", str(last)).replace("n", str(step))
    begin, end = (least, most) if form.startswith("*") else (first, most if form == "a/n" else last)
    if form == "a":
        end = first
    return text, frozenset(range(begin, end + 1, step if "n" in form else 1))


@st.composite
def expressions(draw: st.DrawFn) -> tuple[str, tuple[Field, ...]]:
    """A whole expression; days and months are mostly left open, else it hardly ever fires."""
    texts, fields = [], []
    for number, (least, most) in enumerate(LIMITS):
        often = number in (3, 4) and draw(st.integers(0, 3)) > 0
        chosen = (
            [("*", frozenset(range(least, most + 1)))]
            if often
            else draw(st.lists(terms(least, most), min_size=1, max_size=2))
        )
        texts.append(",".join(text for text, _ in chosen))
        fields.append(frozenset().union(*(numbers for _, numbers in chosen)))
    return " ".join(texts), tuple(fields)


INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001


@settings(max_examples=150, deadline=None)
@given(expressions(), INSTANTS)
def test_the_next_firing_is_the_one_that_a_brute_force_finds(
    expression: tuple[str, tuple[Field, ...]], after: datetime
) -> None:
    text, fields = expression
    try:
        schedule = Schedule(text)
    except ValueError:  # such as the 30th of February
        assert brute_force(fields, after) is None
        return
    wanted, found = brute_force(fields, after), schedule.after(after)

    assert fits(fields, found)
    assert found == wanted if wanted is not None else found > after + HORIZON
    assert schedule.latest(found) == found
    assert schedule.latest(found - timedelta(microseconds=1)) <= after


@pytest.mark.parametrize(
    ("expression", "now", "latest", "following"),
    [
        ("0 0 9 * * 1", "2026-11-24T08:00:00Z", "2026-11-23T09:00:00Z", "2026-11-30T09:00:00Z"),
        ("0 0 9 * * 1", "2026-11-23T08:59:59.980Z", "2026-11-16T09:00:00Z", "2026-11-23T09:00:00Z"),
        ("0 */5 * * * *", "2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z", "2026-11-23T09:05:00Z"),
        ("0 40 4 * * *", "2026-12-31T23:59:59Z", "2026-12-31T04:40:00Z", "2027-01-01T04:40:00Z"),
        ("0 0 0 29 2 *", "2026-11-23T09:00:00Z", "2024-02-29T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("0 0 0 13 * 5", "2026-11-23T09:00:00Z", "2026-11-13T00:00:00Z", "2027-08-13T00:00:00Z"),
        ("0 0 0 * * SUN", "2026-11-23T09:00:00Z", "2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z"),
        ("0 0 0 1 JAN,jul *", "2026-11-23T09:00:00Z", "2026-07-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    ],
)
def test_a_schedule_knows_its_latest_and_its_following_firing(
    expression: str, now: str, latest: str, following: str
) -> None:
    schedule = Schedule(expression)

    assert schedule.latest(clock.parse(now)) == clock.parse(latest)
    assert schedule.after(clock.parse(now)) == clock.parse(following)


@pytest.mark.parametrize(
    "expression",
    ["", "0 9 * * 1", "0 0 9 * * 7", "0 0 9 * * 1#2", "0 0 9 L * *", "0 0 9 ? * *", "60 * * * * *", "0 5-2 * * * *",
     "0 */0 * * * *", "0 0 0 30 2 *", "0 0 0 31 4,6 *", "0 0 0 * * Monday"],
)  # fmt: skip
def test_what_is_no_schedule_or_never_fires_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="The schedule"):
        Schedule(expression)
