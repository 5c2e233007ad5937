"""Simulation of false alarms: how often does the pickup-rate alert fire for merchants whose true rate is fine?"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Literal

from bench.measuring import Measure, Result, Run
from processors.pickup_rate.evaluation import Window, judged
from processors.pickup_rate.rates import Tally
from processors.pickup_rate.rules import Rule
from shared.alerts.machine import State, step

CALLS, TRUE_RATE, THRESHOLD, BAD_RATE = 30, 0.45, 40.0, 0.20
MONTHS, DAYS = 2_000, 30
_BEGIN = datetime(2026, 1, 1, 9, tzinfo=UTC)
_DAY = timedelta(days=1)

Evaluation = Literal["threshold", "wilson"]


def measure(runs: int) -> Result:
    """Simulate months of one evaluation a day, by the app's own rules and state machine."""
    return Result(
        "false-alarms",
        f"{MONTHS} simulated months of one evaluation a day of {CALLS} calls each, threshold {THRESHOLD:g} %: alarms a "
        f"month where the true rate is {TRUE_RATE * 100:g} % (each is false), and the days until the first one where "
        f"it falls to {BAD_RATE * 100:g} %.",
        "none set",
        (
            Measure("threshold_false", "a month", "false alarms, `threshold`"),
            Measure("wilson_false", "a month", "false alarms, `wilson`"),
            Measure("threshold_days", "days", f"until it fires at {BAD_RATE * 100:g} %, `threshold`"),
            Measure("wilson_days", "days", f"until it fires at {BAD_RATE * 100:g} %, `wilson`"),
        ),
        [_run(seed) for seed in range(runs)],
        "`wilson` fires only when the 95 % upper bound is below the threshold: small merchants don't flap, and a fall "
        "is told a little later.",
    )


def _run(seed: int) -> Run:
    return {
        "threshold_false": _alarms("threshold", seed),
        "wilson_false": _alarms("wilson", seed),
        "threshold_days": _days_to_fire("threshold", seed),
        "wilson_days": _days_to_fire("wilson", seed),
    }


def _alarms(evaluation: Evaluation, seed: int) -> float:
    """Return how many alarms fire a month."""
    chance, fired = random.Random(seed), 0
    for _ in range(MONTHS):
        state = State()
        for day in range(DAYS):
            state, is_firing = _evaluated(state, evaluation, chance, TRUE_RATE, day)
            fired += is_firing
    return fired / MONTHS


def _days_to_fire(evaluation: Evaluation, seed: int) -> float:
    """Return after how many evaluations, on average, a fallen rate is told."""
    chance, days = random.Random(seed), 0
    for _ in range(MONTHS):
        state, is_firing, day = State(), False, 0
        while not is_firing:
            state, is_firing = _evaluated(state, evaluation, chance, BAD_RATE, day)
            day += 1
        days += day
    return days / MONTHS


def _evaluated(
    state: State, evaluation: Evaluation, chance: random.Random, rate: float, day: int
) -> tuple[State, bool]:
    now, rule = _BEGIN + day * _DAY, _rule(evaluation)
    picked = sum(chance.random() < rate for _ in range(CALLS))
    tally = Tally(finished=CALLS, no_answer=CALLS - picked)
    verdict = judged(Window("global", now - _DAY, now, tally, Tally()), rule).verdict
    state, transition = step(state, verdict, rule.policy, now)
    return state, transition is not None and transition.kind == "firing"


def _rule(evaluation: Evaluation) -> Rule:
    return Rule(enabled=True, interval_seconds=86_400, threshold=THRESHOLD, evaluation=evaluation)
