"""Are calls and leads counted as the definitions say, and compared unrounded?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.pickup_rate import texts
from processors.pickup_rate.evaluation import Window, facts_of, judged, rates_of
from processors.pickup_rate.rates import Rate, Tally
from processors.pickup_rate.rules import Rule
from shared.alerts.machine import Transition

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def call(status: str = "FINISHED", outcome: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a call."""
    return {"id": f"c{id(more)}", "merchantId": "m1", "status": status, "outcome": outcome, **more}


def tallied(*calls: dict[str, Any], tests: bool = False, inbound: bool = False) -> Tally:
    """Return the counts of these calls."""
    tally = Tally()
    for number, one in enumerate(calls):
        tally.add({**one, "id": f"c{number}"}, tests=tests, inbound=inbound)
    return tally


def rule(**more: Any) -> Rule:
    """Return a rule."""
    return Rule(**{"enabled": True, "interval_seconds": 86_400, "threshold": 40.0, **more})


def window(tally: Tally, before: Tally | None = None) -> Window:
    """Return a window with these counts."""
    return Window("global", NOW - timedelta(hours=24), NOW, tally, before or Tally())


def of(picked: int, total: int) -> Tally:
    """Return the counts of so many picked up of so many calls."""
    return tallied(*[call(outcome="CONFIRM")] * picked, *[call(outcome="NO_ANSWER")] * (total - picked))


def test_attempted_are_finished_calls_and_picked_those_without_no_answer() -> None:
    tally = tallied(call(outcome="CONFIRM"), call(outcome="BUSY"), call(), call(outcome="NO_ANSWER"))

    assert tally.calls == Rate(3, 4)


@pytest.mark.parametrize("status", ["BACKLOG", "PROCESSING", "RETRY"])
def test_no_answer_on_a_row_that_is_not_finished_counts_nowhere(status: str) -> None:
    tally = tallied(call(outcome="CONFIRM"), call(status, "NO_ANSWER"), call(status, "CONFIRM"))

    assert tally.calls == Rate(1, 1)


def test_a_lead_is_picked_when_its_finished_attempts_outnumber_its_unanswered_ones() -> None:
    tally = tallied(
        *(call(outcome="NO_ANSWER", requestId="a") for _ in range(3)), call(outcome="CONFIRM", requestId="a"),
        call(outcome="NO_ANSWER", requestId="b"), call("RETRY", "CONFIRM", requestId="b"),
        call("BACKLOG", requestId="c"),
    )  # fmt: skip

    assert tally.leads_rate == Rate(1, 2)
    assert tally.unfinished_leads == 1


def test_a_call_without_a_lead_is_its_own() -> None:
    assert tallied(call(outcome="CONFIRM"), call(outcome="NO_ANSWER")).leads_rate == Rate(1, 2)


def test_a_lead_and_a_call_of_the_same_name_are_two() -> None:
    tally = Tally()
    tally.add({"id": "x", "merchantId": "m", "status": "FINISHED"}, tests=False, inbound=False)
    tally.add({"id": "y", "requestId": "x", "merchantId": "m", "status": "FINISHED"}, tests=False, inbound=False)

    assert tally.leads_rate.total == 2


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["FINISHED", "RETRY"]), st.sampled_from([None, "NO_ANSWER"])),
        max_size=30,
    ),
    st.randoms(),
)
def test_the_order_of_calls_changes_no_rate(calls: list[tuple[str, str, str | None]], chance: Any) -> None:
    rows = [call(status, outcome, requestId=lead) for lead, status, outcome in calls]
    shuffled = list(rows)
    chance.shuffle(shuffled)

    one, other = tallied(*rows), tallied(*shuffled)

    assert (one.calls, one.leads_rate, one.unfinished_leads) == (other.calls, other.leads_rate, other.unfinished_leads)


def test_by_connection_what_was_not_dialled_does_not_count() -> None:
    states = ("ANSWERED", "ANSWERED", "NO_ANSWER", "BUSY", "NOT_DIALED", "REJECTED", None)
    tally = tallied(
        *(call(connectionStatus=state) for state in states), call(connectionStatus="ANSWERED", outcome="VOICEMAIL")
    )

    assert (tally.connected, tally.human) == (Rate(3, 5), Rate(2, 5))


def test_tests_and_inbound_calls_are_left_out_unless_wanted() -> None:
    calls = (call(), call(executionMode="TELEPHONY_TEST"), call(executionMode="DAILY_TEST"), call(direction="INBOUND"))

    assert (tallied(*calls).calls.total, tallied(*calls).left_out) == (1, 3)
    assert tallied(*calls, tests=True, inbound=True).calls.total == 4


def test_39_96_breaches_a_threshold_of_40_and_is_not_shown_as_40() -> None:
    rate = Rate(999, 2500)
    assert rate.percent == pytest.approx(39.96)

    assert judged(window(of(999, 2500)), rule()).verdict == "breach"
    assert texts.told(rate) == "39.9 % (999 of 2500)"


@pytest.mark.parametrize(("picked", "verdict"), [(39, "breach"), (40, "pass"), (41, "pass"), (42, "clear")])
def test_below_is_strict_and_clearing_needs_the_margin(picked: int, verdict: str) -> None:
    assert judged(window(of(picked, 100)), rule()).verdict == verdict


@pytest.mark.parametrize(("threshold", "margin"), [(99, 2), (100, 2), (100, 0), (40, 100)])
@pytest.mark.parametrize("evaluation", ["threshold", "wilson"])
@pytest.mark.parametrize("total", [20, 25, 30])
def test_a_rate_of_100_percent_clears_whatever_the_margin(
    threshold: float, margin: float, evaluation: str, total: int
) -> None:
    strict = rule(threshold=threshold, margin=margin, evaluation=evaluation)

    assert judged(window(of(total, total)), strict).verdict == "clear"


def test_calls_and_leads_are_both_judged_unless_the_rule_says_otherwise() -> None:
    assert set(rates_of(of(30, 100), rule())) == {"call rate", "lead rate"}


def test_no_data_and_too_little_are_told_apart() -> None:
    nothing, little = judged(window(Tally()), rule()), judged(window(of(1, 19)), rule())

    assert (nothing.verdict, little.verdict) == ("no_data", "no_data")
    assert "no finished calls" in nothing.reason
    assert "too few calls: 19, and 20 are needed" in little.reason
    assert judged(window(of(1, 20)), rule()).verdict == "breach"


def test_with_both_either_rate_breaches_and_both_have_to_clear() -> None:
    unanswered = [call(outcome="NO_ANSWER", requestId="a")] * 60
    leads = tallied(*unanswered, *(call(requestId=f"l{n}") for n in range(30)))

    found = judged(window(leads), rule(alert_type="BOTH"))

    assert (found.verdict, found.breached) == ("breach", ("call rate",))
    assert judged(window(leads), rule(alert_type="LEAD_BASED")).verdict == "clear"


def test_wilson_fires_only_when_the_upper_bound_is_below() -> None:
    small, large = of(10, 30), of(330, 1000)

    assert judged(window(small), rule()).verdict == "breach"
    assert judged(window(small), rule(evaluation="wilson")).verdict != "breach"
    assert judged(window(large), rule(evaluation="wilson")).verdict == "breach"
    assert Rate(10, 30).upper == pytest.approx(51.22, abs=0.01)


def test_wilson_clears_as_threshold_does() -> None:
    assert judged(window(of(12, 30)), rule(evaluation="wilson")).verdict == "pass"
    assert judged(window(of(13, 30)), rule(evaluation="wilson")).verdict == "clear"


def test_the_message_says_all_that_is_known() -> None:
    now, before = of(30, 100), of(50, 100)
    found = judged(window(now, before), rule())

    message = texts.message_of(window(now, before), rule(), found, Transition("firing", 1, NOW, NOW))

    assert message.title == "Pickup rate below 40 %: global"
    for part in (
        "Window: 2026-11-23T09:00:00.000Z to 2026-11-24T09:00:00.000Z", "Call rate: 30.0 % (30 of 100): BELOW (40 %)",
        "Lead rate: 30.0 % (30 of 100)", "Call rate of the window before: 50.0 % (50 of 100) (-20.0 points)",
        "Worst merchants: m1 30.0 % (30 of 100)", "Evaluated every 1 d.",
    ):  # fmt: skip
        assert part in message.text


def test_by_connection_the_message_tells_humans_from_voicemail() -> None:
    answered = [call(connectionStatus="ANSWERED")] * 20
    tally = tallied(*answered, *[call(connectionStatus="ANSWERED", outcome="VOICEMAIL")] * 5)
    of_connection = rule(definition="connection")

    lines = texts.table(window(tally), of_connection, judged(window(tally), of_connection))

    assert "Pickup rate: 100.0 % (25 of 25): OK (40 %)" in lines
    assert "Human pickup rate: 80.0 % (20 of 25)" in lines


def test_a_rate_without_data_is_neither_ok_nor_below() -> None:
    nothing = window(tallied())

    lines = texts.table(nothing, rule(), judged(nothing, rule()))

    assert "Call rate: no data" in lines


def test_a_resolved_message_says_how_long_it_was() -> None:
    found = judged(window(of(50, 100)), rule())

    message = texts.message_of(
        window(of(50, 100)), rule(), found, Transition("resolved", 2, NOW, NOW - timedelta(hours=3, minutes=5))
    )

    assert "It was below for 3 h 5 min." in message.text


def test_machines_get_rates_unrounded() -> None:
    found = facts_of(window(of(999, 2500)), rule(), judged(window(of(999, 2500)), rule()))

    assert found["callRate"] == {"percent": 100 * 999 / 2500, "picked": 999, "total": 2500}


def test_the_worst_five_merchants_are_the_lowest_then_the_largest() -> None:
    tally = Tally()
    for merchant, picked, total in (("a", 1, 10), ("b", 2, 20), ("c", 9, 10), ("d", 5, 10), ("e", 0, 1), ("f", 6, 10)):
        for n in range(total):
            outcome = None if n < picked else "NO_ANSWER"
            one = {"id": f"{merchant}{n}", "merchantId": merchant, "status": "FINISHED", "outcome": outcome}
            tally.add(one, tests=False, inbound=False)

    assert [merchant for merchant, _ in tally.worst()] == ["e", "b", "a", "d", "f"]
