"""Spend: how much of the day's budget for models is spent?"""

from __future__ import annotations

from processors.health.check import Check, Topic, Unknown

TOPIC = Topic("model_spend", "warning", "the-budget-for-models-runs-out")
SCOPE = "models:spend"
_MICRO = 1_000_000


def share_percent(spent_micro_usd: int, budget_micro_usd: int) -> float | None:
    """Return which part of the budget is spent, in percent; None without a budget."""
    return 100 * spent_micro_usd / budget_micro_usd if budget_micro_usd else None


def check(spent: int | Unknown, budget_micro_usd: int, *, warning_percent: float) -> Check:
    """Return whether models cost so much of the day's budget that it may run out. Amounts are in micro-USD."""
    if isinstance(spent, Unknown):
        return TOPIC.unknown(SCOPE, spent.why)
    share = share_percent(spent, budget_micro_usd)
    if share is None:
        return TOPIC.ok(SCOPE, "the budget is 0: no model is asked")
    of = f"{spent / _MICRO:.2f} of {budget_micro_usd / _MICRO:g} USD"
    told = f"{share:.0f} % of the day's budget for models is spent: {of}"
    if share < warning_percent:
        return TOPIC.ok(SCOPE, told)
    return TOPIC.finding(SCOPE, f"{told}.", severity="error" if share >= 100 else None)
