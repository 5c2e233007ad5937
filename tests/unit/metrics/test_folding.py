"""What do events, or the rows of smaller buckets, add up to?"""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processors.metrics import folding
from processors.metrics.folding import OTHER, Key, Tallies, Tally
from shared.documents import bodies
from shared.documents.containers import ROLLUPS
from tests.unit.metrics.build import added, event, key, one, row, tallied

labels = st.sampled_from(["", "a", "b", "c", "d", "e"])
events = st.builds(
    lambda project, tag, reason, cost, void: event(
        "llm", project=project, tag=tag, reason=reason, values={"cost_micro_usd": cost} if cost else {}, void=void
    ),
    labels,
    labels,
    st.sampled_from(["challenge", "summarize", "extraction", None]),
    st.integers(0, 10**15),
    st.sampled_from([False, False, False, True]),
)
few = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def three_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a row name three keys."""
    monkeypatch.setattr(folding, "MOST_KEYS", 3)


def test_a_tally_has_sum_count_least_and_most() -> None:
    pages = [event("document", type="failed", values={"failed_pages": value}) for value in (3, 0, 8)]

    assert tallied(*pages) == {key("failed_pages"): Tally(sum=11, count=3, min=0, max=8)}


def test_projects_and_tags_are_counted_apart() -> None:
    tallies = tallied(event("llm", project="a"), event("llm", project="a", tag="x"), event("llm", project="a"))

    assert tallies == {key("llm_calls", "a"): Tally(2, 2, 1, 1), key("llm_calls", "a", "x"): one(1)}


def test_a_void_event_says_nothing() -> None:
    assert tallied(event("llm", void=True, values={"cost_micro_usd": 5})) == {}


def test_a_metric_that_no_event_speaks_of_has_no_tally() -> None:
    assert set(tallied(event("llm", reason="extraction"))) == {key("llm_calls")}


@given(st.lists(events, max_size=30), st.randoms(use_true_random=False))
def test_order_never_matters(some: list[dict[str, Any]], order: random.Random) -> None:
    shuffled = list(some)
    order.shuffle(shuffled)

    assert row(tallied(*some)) == row(tallied(*shuffled))


@few
@given(days=st.lists(st.lists(st.lists(events, max_size=5), max_size=3), max_size=3))
def test_a_bucket_says_the_same_from_its_children_as_from_the_events(
    days: list[list[list[dict[str, Any]]]], three_named: None
) -> None:
    of_children = row(added(row(added(row(tallied(*hour)) for hour in day)) for day in days))

    assert of_children == row(tallied(*(one for day in days for hour in day for one in hour)))


@few
@given(hours=st.lists(st.lists(events, max_size=8), max_size=4))
def test_nothing_is_lost_where_keys_are_not_named(hours: list[list[dict[str, Any]]], three_named: None) -> None:
    everything = tallied(*(one for hour in hours for one in hour))
    kept = added([row(added(row(tallied(*hour)) for hour in hours))])

    assert _by_metric(kept) == _by_metric(everything)


def _by_metric(tallies: Tallies) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for named, tally in tallies.items():
        found[named.metric] = found[named.metric] + tally if named.metric in found else tally
    return found


def test_with_more_than_2000_keys_the_first_are_named_and_the_others_count_as_other() -> None:
    hours = [[event("llm", project=f"p{number:04}") for number in range(start, 2100, 2)] for start in (0, 1)]
    rows = [row(tallied(*hour)) for hour in hours]
    kept = added([row(added(rows))])

    assert [len(one["keys"]) for one in rows] == [1050, 1050]
    assert len(kept) == 2001
    assert kept[Key(OTHER, OTHER, "llm_calls")] == Tally(100, 100, 1, 1)
    assert max(key.project for key in kept if not key.is_other) == "p1999"


def test_how_many_keys_are_not_named_is_told(three_named: None) -> None:
    tallies = tallied(*(event("llm", project=name) for name in "abcde"))

    assert folding.named(tallies)[1] == 2
    assert folding.named(tallied(event("llm")))[1] == 0


def test_a_key_that_stands_for_others_takes_no_named_ones_place(three_named: None) -> None:
    full = added([row(tallied(*(event("llm", project=name) for name in "abcde")))])
    again, beyond = folding.named(full)

    assert (again, beyond) == (full, 0)


@given(st.lists(st.integers(2**52, 2**60), min_size=1, max_size=5))
def test_sums_beyond_what_the_store_keeps_as_a_number_stay_exact(sums: list[int]) -> None:
    rows = [{"keys": folding.written({key("llm_usage"): Tally(total, 1, 1, 1)})} for total in sums]
    for body in rows:
        bodies.encode(ROLLUPS, {"id": "hour", "orgKind": "acme|llm", **body})

    assert added(rows)[key("llm_usage")].sum == sum(sums)


def test_the_largest_row_fits_into_a_document() -> None:
    wide = {Key("\U0001f600" * 96 + f"{n:04}", "\U0001f600" * 100, "etl_pipeline_executions"): Tally(
        2**60, 2**40, 10**15, 10**15) for n in range(folding.MOST_KEYS + 5)}  # fmt: skip

    bodies.encode(ROLLUPS, {"id": "hour", "orgKind": "acme|llm", **row(wide)})
