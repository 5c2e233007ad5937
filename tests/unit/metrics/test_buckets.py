"""Into which buckets does an instant fall, and how long are their rows kept?"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.metrics.buckets import Bucket, parse
from shared import clock
from shared.rollups import marks
from shared.rollups.buckets import SLICE, TIERS, slice_of
from shared.usage import closing
from shared.usage.places import PARTS
from tests.unit.metrics.build import instants

parts = st.integers(0, PARTS - 1)


def at(text: str) -> datetime:
    """Return an instant of 2026."""
    return clock.parse(f"2026-{text}Z")


def chain(instant: datetime, part: int = 7) -> list[Bucket]:
    """Return the buckets of an instant, from its leaf up to its month."""
    found = [Bucket("leaf", slice_of(instant), part)]
    while (parent := found[-1].parent) is not None:
        found.append(parent)
    return found


def test_a_leaf_lies_in_an_hour_in_a_day_in_a_month() -> None:
    assert [bucket.name for bucket in chain(at("11-23T09:07:12.345"))] == [
        "leaf|2026-11-23T09:05:00.000Z|07",
        "hour|2026-11-23T09:00:00.000Z",
        "day|2026-11-23T00:00:00.000Z",
        "month|2026-11-01T00:00:00.000Z",
    ]


@pytest.mark.parametrize(
    ("month", "end"),
    [
        ("2026-01", "2026-02"),
        ("2026-02", "2026-03"),
        ("2026-04", "2026-05"),
        ("2026-12", "2027-01"),
        ("2028-02", "2028-03"),
    ],
)
def test_a_month_ends_where_the_next_one_begins(month: str, end: str) -> None:
    bucket = Bucket("month", clock.parse(f"{month}-01T00:00:00Z"))

    assert bucket.end == clock.parse(f"{end}-01T00:00:00Z")


def test_the_last_instant_of_a_month_is_not_the_next_ones() -> None:
    assert chain(at("11-30T23:59:59.999"))[-1] != chain(at("12-01T00:00:00"))[-1]


@given(instants, parts)
def test_each_bucket_spans_the_instant_and_lies_within_its_parent(instant: datetime, part: int) -> None:
    buckets = chain(instant, part)

    assert tuple(bucket.tier for bucket in buckets) == TIERS
    assert all(bucket.start <= instant < bucket.end for bucket in buckets)
    assert all(parent.start <= child.start and child.end <= parent.end for child, parent in itertools.pairwise(buckets))


@given(instants, parts)
def test_a_name_is_read_as_the_bucket_that_has_it(instant: datetime, part: int) -> None:
    assert [parse(bucket.name) for bucket in chain(instant, part)] == chain(instant, part)


@given(instants, parts)
def test_a_mark_names_the_leaf_of_its_slice_and_part(instant: datetime, part: int) -> None:
    assert parse(marks.leaf("acme", "llm", slice_of(instant), part).bucket) == Bucket("leaf", slice_of(instant), part)


@given(instants, instants)
def test_names_of_a_tier_are_ordered_as_their_buckets_are(one: datetime, other: datetime) -> None:
    for first, second in zip(chain(one), chain(other), strict=True):
        assert (first.key < second.key) == (first.start < second.start)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "leaf",
        "week|2026-11-23T00:00:00.000Z",
        "leaf|2026-11-23T09:05:00.000Z",
        "leaf|2026-11-23T09:05:00.000Z|",
        "leaf|2026-11-23T09:05:00.000Z|7",
        "leaf|2026-11-23T09:05:00.000Z|16",
        "leaf|2026-11-23T09:05:00.000Z|-1",
        "leaf|2026-11-23T09:05:00.000Z|x",
        "leaf|2026-11-23T09:07:00.000Z|07",
        "hour|2026-11-23T09:05:00.000Z",
        "hour|2026-11-23T09:00:00.000Z|07",
        "hour|2026-11-23T09:00:00Z",
        "hour|2026-11-23T10:00:00.000+01:00",
        "hour|2026-11-23T09:00:00",
        "day|2026-11-23T09:00:00.000Z",
        "month|2026-11-02T00:00:00.000Z",
        "month|soon",
    ],
)
def test_what_names_no_bucket_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(name)


@pytest.mark.parametrize(("tier", "days"), [("leaf", 30), ("hour", 30), ("day", 400)])
def test_a_row_is_kept_from_its_buckets_end_on(tier: str, days: int) -> None:
    bucket = next(one for one in chain(at("11-23T09:07:00")) if one.tier == tier)
    expiry = bucket.end + timedelta(days=days)

    assert bucket.kept(expiry - timedelta(seconds=1)) == timedelta(seconds=1)
    assert not bucket.has_expired(expiry - timedelta(milliseconds=1))
    assert bucket.has_expired(expiry)


def test_a_months_row_is_kept_for_good() -> None:
    month = chain(at("11-23T09:07:00"))[-1]

    assert month.kept(at("11-23T09:07:00") + timedelta(days=36_500)) is None
    assert not month.has_expired(at("11-23T09:07:00") + timedelta(days=36_500))


@given(instants)
def test_a_bucket_is_made_from_events_before_its_first_child_goes(instant: datetime) -> None:
    for bucket in chain(instant)[1:]:
        assert bucket.children is not None
        first = Bucket(bucket.children, bucket.start)
        kept = first.kept(first.end)
        assert kept is not None
        gone = first.end + kept
        assert not bucket.children_may_expire(gone - timedelta(days=1, seconds=1))
        assert bucket.children_may_expire(gone - timedelta(days=1))
        assert first.has_expired(gone)


@given(instants)
def test_a_month_that_is_recomputed_has_all_its_days(instant: datetime) -> None:
    month = chain(instant)[-1]
    last = month.start + closing.KEPT - timedelta(days=1) - timedelta(milliseconds=1)

    assert not closing.is_closed(instant, last)
    assert not month.children_may_expire(last)


@given(instants)
def test_slices_are_five_minutes(instant: datetime) -> None:
    assert SLICE.total_seconds() == 300
    assert slice_of(instant) <= instant < slice_of(instant) + SLICE
