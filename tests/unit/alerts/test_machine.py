"""Does the state machine fire, clear, remind and keep quiet as its policy says?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.alerts.machine import AlertPolicy, State, Transition, Verdict, clears_at, silenced, step

HOUR = timedelta(hours=1)
BEGIN = datetime(2026, 11, 23, 9, tzinfo=UTC)
PLAIN = AlertPolicy(window=timedelta())


def walk(
    policy: AlertPolicy, *verdicts: Verdict, every: timedelta = HOUR, state: State | None = None
) -> tuple[State, list[Transition]]:
    """Return the state after evaluations of these verdicts, and what was told."""
    state, told, now = state or State(), [], BEGIN
    for verdict in verdicts:
        state, transition = step(state, verdict, policy, now)
        told += [transition] if transition else []
        now += every
    return state, told


def kinds(told: list[Transition]) -> list[str]:
    """Return what kinds of transition were told."""
    return [one.kind for one in told]


def test_the_first_breach_fires_and_the_first_clear_resolves() -> None:
    state, told = walk(PLAIN, "pass", "breach", "breach", "clear", "clear")

    assert (state.name, kinds(told)) == ("OK", ["firing", "resolved"])
    assert told[1].fired_at == BEGIN + HOUR
    assert [one.number for one in told] == [1, 2]


def test_breaches_in_a_row_are_needed_to_fire() -> None:
    policy = replace(PLAIN, breaches_to_fire=3)

    assert walk(policy, "breach", "breach")[0].name == "PENDING"
    assert kinds(walk(policy, "breach", "breach", "pass", "breach", "breach")[1]) == []
    assert kinds(walk(policy, "breach", "breach", "breach")[1]) == ["firing"]


def test_clears_in_a_row_are_needed_to_resolve() -> None:
    policy = replace(PLAIN, passes_to_clear=2)

    assert walk(policy, "breach", "clear")[0].name == "RECOVERING"
    assert walk(policy, "breach", "clear", "breach")[0].name == "FIRING"
    assert kinds(walk(policy, "breach", "clear", "breach", "clear", "clear")[1]) == ["firing", "resolved"]


def test_a_pass_within_the_margin_clears_nothing() -> None:
    state, told = walk(PLAIN, "breach", "pass", "pass", "pass")

    assert (state.name, kinds(told)) == ("FIRING", ["firing"])


def test_a_flapping_rate_sends_two_messages_and_not_twenty() -> None:
    day = AlertPolicy(window=timedelta(hours=24))

    _, told = walk(day, *(["breach", "clear"] * 10), every=timedelta(minutes=5))

    assert kinds(told) == ["firing", "resolved"]


def test_windows_that_overlap_the_one_that_fired_fire_nothing_anew() -> None:
    day = AlertPolicy(window=timedelta(hours=24))
    state, _ = walk(day, "breach", "clear")

    early, nothing = step(state, "breach", day, BEGIN + timedelta(hours=23, minutes=59))
    late, again = step(early, "breach", day, BEGIN + timedelta(hours=24))

    assert (early.name, nothing) == ("PENDING", None)
    assert late.name == "FIRING"
    assert again is not None
    assert again.kind == "firing"


def test_a_longer_dedup_wins_and_a_shorter_one_does_not() -> None:
    assert AlertPolicy(window=HOUR, dedup=2 * HOUR).quiet == 2 * HOUR
    assert AlertPolicy(window=HOUR, dedup=timedelta()).quiet == HOUR


def test_reminders_come_while_it_fires_and_are_counted() -> None:
    policy = replace(PLAIN, remind_every=2 * HOUR)

    _, told = walk(policy, "breach", "breach", "breach", "breach", "breach", "clear")

    assert [one.kind for one in told] == ["firing", "reminder", "reminder", "resolved"]
    assert [one.reminder for one in told] == [0, 1, 2, 0]


def test_reminders_count_from_the_firing_that_was_told_though_it_fired_anew_before_its_end_was() -> None:
    policy = replace(PLAIN, remind_every=HOUR, failures_to_error=1)

    _, told = walk(policy, "breach", "breach", "error", "clear", "breach")

    assert [(one.kind, one.reminder) for one in told] == [
        ("firing", 0), ("reminder", 1), ("error", 0), ("error_over", 0), ("reminder", 2),
    ]  # fmt: skip


def test_no_data_is_a_state_of_its_own_and_resolves_nothing() -> None:
    state, told = walk(PLAIN, "breach", "no_data", "no_data")
    assert (state.name, state.is_open, kinds(told)) == ("NO_DATA", True, ["firing"])

    state, told = walk(PLAIN, "breach", "no_data", "breach", "clear")
    assert (state.name, kinds(told)) == ("OK", ["firing", "resolved"])


def test_failures_in_a_row_are_an_error_and_neither_ok_nor_firing() -> None:
    state, told = walk(PLAIN, "error", "error")
    assert (state.name, kinds(told)) == ("OK", [])

    state, told = walk(PLAIN, "error", "error", "error", "error")
    assert (state.name, kinds(told)) == ("ERROR", ["error"])

    state, told = walk(PLAIN, "error", "error", "error", "pass")
    assert (state.name, kinds(told)) == ("OK", ["error", "error_over"])


def test_an_alert_that_fires_still_fires_after_an_error() -> None:
    state, told = walk(PLAIN, "breach", "error", "error", "error", "breach", "clear")

    assert (state.name, kinds(told)) == ("OK", ["firing", "error", "error_over", "resolved"])


def test_a_silence_tells_nothing_and_what_still_fires_is_told_after_it() -> None:
    quiet = silenced(State(), BEGIN + 3 * HOUR)

    state, told = walk(PLAIN, "breach", "breach", "breach", state=quiet)
    assert (state.name, kinds(told)) == ("FIRING", [])

    _, told = walk(PLAIN, "breach", "breach", "breach", "breach", "clear", state=quiet)
    assert [(one.kind, one.at) for one in told] == [("firing", BEGIN + 3 * HOUR), ("resolved", BEGIN + 4 * HOUR)]


def test_what_fired_and_cleared_in_a_silence_is_never_told() -> None:
    _, told = walk(PLAIN, "breach", "clear", "pass", "pass", "pass", state=silenced(State(), BEGIN + 3 * HOUR))

    assert told == []


def test_what_was_told_and_cleared_in_a_silence_is_resolved_after_it_with_its_length() -> None:
    firing, _ = walk(PLAIN, "breach")

    _, told = walk(PLAIN, "clear", "pass", "pass", "pass", state=silenced(firing, BEGIN + 2 * HOUR))

    assert [(one.kind, one.fired_at) for one in told] == [("resolved", BEGIN)]


def test_a_state_tells_since_when_it_is_what_it_is() -> None:
    state, _ = walk(PLAIN, "breach", "breach", "breach")

    assert state.since == BEGIN


def test_what_is_watched_no_more_is_told_to_be_over_once() -> None:
    policy = replace(PLAIN, passes_to_clear=3)

    state, told = walk(policy, "breach", "unwatched", "unwatched", "unwatched")

    assert (state.name, state.is_settled, kinds(told)) == ("OK", True, ["firing", "resolved"])
    assert told[1].fired_at == BEGIN


def test_an_error_of_what_is_watched_no_more_is_over_too_one_by_one() -> None:
    _, told = walk(PLAIN, "breach", "error", "error", "error", "unwatched", "unwatched", "unwatched")

    assert kinds(told) == ["firing", "error", "error_over", "resolved"]


def test_what_was_not_told_is_not_told_to_be_over() -> None:
    state, told = walk(replace(PLAIN, breaches_to_fire=2), "breach", "unwatched")

    assert (state.is_settled, told) == (True, [])


def test_what_is_watched_again_fires_again_though_the_windows_overlap() -> None:
    day = AlertPolicy(window=timedelta(hours=24))

    _, told = walk(day, "breach", "unwatched", "breach")

    assert kinds(told) == ["firing", "resolved", "firing"]


@pytest.mark.parametrize(
    ("threshold", "margin", "breach", "clear"),
    [(40, 2, "below", 42), (99, 2, "below", 100), (100, 0, "below", 100), (40, 2, "above", 38), (1, 2, "above", 0)],
)
def test_what_clears_is_always_within_reach(
    threshold: float, margin: float, breach: Literal["below", "above"], clear: float
) -> None:
    assert clears_at(threshold, margin, breach=breach) == clear


POLICIES = st.builds(
    AlertPolicy,
    window=st.sampled_from([timedelta(), HOUR, 24 * HOUR]),
    breaches_to_fire=st.integers(1, 3),
    passes_to_clear=st.integers(1, 3),
    failures_to_error=st.integers(1, 3),
    remind_every=st.sampled_from([None, HOUR, 5 * HOUR]),
    dedup=st.sampled_from([timedelta(), 2 * HOUR]),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(get_args(Verdict)), st.integers(1, 200), st.sampled_from([None, None, None, 0, 60, 600])),
    max_size=80,
)


@given(POLICIES, STEPS)
def test_whatever_happens_nothing_is_told_twice_in_a_row_and_each_firing_is_resolved_at_most_once(
    policy: AlertPolicy, steps: list[tuple[Verdict, int, int | None]]
) -> None:
    state, now, told, told_over = State(), BEGIN, list[Transition](), list[datetime]()
    for verdict, minutes, silence in steps:
        now += timedelta(minutes=minutes)
        if silence is not None:
            state = silenced(state, now + timedelta(minutes=silence) if silence else None)
        state, transition = step(state, verdict, policy, now)
        told += [transition] if transition else []
        told_over += [now] if verdict == "unwatched" else []

    assert [one.number for one in told] == list(range(1, len(told) + 1))
    alerts = [one for one in told if one.kind in ("firing", "reminder", "resolved")]
    previous = ""
    for one in alerts:
        if one.kind == "firing":
            assert previous in ("", "resolved")
        else:
            assert previous in ("firing", "reminder")
            assert one.fired_at is not None
        previous = one.kind
    for one, following in pairwise(alerts):
        assert following.kind != "reminder" or following.reminder == one.reminder + 1
    errors = [one.kind for one in told if one.kind.startswith("error")]
    assert errors == ["error", "error_over"] * (len(errors) // 2) + ["error"] * (len(errors) % 2)
    fired = [one.fired_at for one in alerts if one.kind == "firing" and one.fired_at is not None]
    for earlier, later in pairwise(fired):
        assert later - earlier >= policy.quiet or any(earlier < over < later for over in told_over)
