"""Wardrobe facts: what is worn, what isn't, what there is much of, and what wearing it costs. Pure rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from processors.digest.model import Category, CostPerWear, Glance, Neglected, Week, Worn
from processors.digest.wording import capitalised, category
from shared import clock
from shared.documents.port import Body

MOST = 5
VALUES = 3
SPARE = 15
"""More of each list than is shown: what is suggested, or in a list above, is left out of those below."""
NEGLECTED_FROM_DAYS = 60
FADES_OVER_DAYS = 180
LEAST_FADED = 0.1
CHART_WEEKS = 8
_DIGITS = 3
LEAST_BARS = 2
MOST_CATEGORIES = 7
OTHER = "Other"


def worn_score(wears: int, days: float) -> float:
    """Return wears × max(0.1, 1 − days/180)."""
    return wears * max(LEAST_FADED, 1 - days / FADES_OVER_DAYS)


def worn(wardrobe: Iterable[Body], now: datetime, wears: Sequence[Body] = ()) -> list[Worn]:
    """Return the items with the highest scores; where a chart of the `wears` is shown, those worn most in its weeks."""
    weeks = set(_chart_weeks(now))
    recent = Counter(wear["itemId"] for wear in wears if clock.iso_week(clock.parse(wear["wornAt"])) in weeks)
    found = [
        Worn(
            item=item["id"],
            title=title_of(item),
            wears=item["wearCount"],
            recent=recent[item["id"]],
            lastWornAt=item["lastWornAt"],
            score=round(worn_score(item["wearCount"], _days(item, now) or 0), _DIGITS),
            microUsd=_a_wear(item),
        )
        for item in wardrobe
        if item.get("wearCount") and item.get("lastWornAt")
    ]
    if has_chart(wears_by_week(wears, now)):
        lately = (one for one in found if one.recent)
        return sorted(lately, key=lambda one: (-one.recent, -one.score, one.item))[: MOST + SPARE]
    return sorted(found, key=lambda one: (-one.score, one.item))[: MOST + SPARE]


def has_chart(weeks: Sequence[Week]) -> bool:
    """Return whether weeks are worth a chart: a single bar among zeros says nothing."""
    return sum(week.wears > 0 for week in weeks) >= LEAST_BARS


def neglected(wardrobe: Sequence[Body], now: datetime) -> list[Neglected]:
    """Return the items not worn for 60 days, the never worn first; none while nobody notes what is worn."""
    if not any(item.get("wearCount") for item in wardrobe):
        return []
    found = [Neglected(item=item["id"], title=title_of(item), days=_days(item, now)) for item in wardrobe]
    long = [one for one in found if one.days is None or one.days >= NEGLECTED_FROM_DAYS]
    return sorted(long, key=lambda one: (one.days is not None, -(one.days or 0), one.item))[: MOST + SPARE]


def balance(wardrobe: Sequence[Body]) -> list[Category]:
    """Return how the wardrobe parts into categories, the largest first; last, as `Other`, small ones and items without.

    A category's name is the words of the last part of its path.
    """
    counted = Counter(category(item.get("category") or "") for item in wardrobe)
    unnamed = counted.pop("", 0) + counted.pop(OTHER, 0)
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    most = MOST_CATEGORIES if len(ordered) + bool(unnamed) > MOST_CATEGORIES + 1 else len(ordered)
    others = unnamed + sum(count for _, count in ordered[most:])
    return [
        Category(name=name, items=count, share=round(count / len(wardrobe), _DIGITS))
        for name, count in [*ordered[:most], *([(OTHER, others)] if others else [])]
    ]


def values(wardrobe: Iterable[Body]) -> tuple[list[CostPerWear], list[CostPerWear]]:
    """Return the items whose wearing costs least so far, and those whose costs most, each the first ones first."""
    found = sorted(
        (
            CostPerWear(item=item["id"], title=title_of(item), wears=item["wearCount"], microUsd=cost)
            for item in wardrobe
            if (cost := _a_wear(item)) is not None
        ),
        key=lambda one: (one.microUsd, one.item),
    )
    most = VALUES + SPARE
    return found[:most], found[::-1][:most]


def glance(wardrobe: Sequence[Body], now: datetime, wears: Iterable[Body]) -> Glance | None:
    """Return a wardrobe in numbers; None of one without items."""
    if not wardrobe:
        return None
    weeks = set(_chart_weeks(now))
    lately = {wear["itemId"] for wear in wears if clock.iso_week(clock.parse(wear["wornAt"])) in weeks}
    priced = [item for item in wardrobe if _a_wear(item) is not None]
    paid, times = sum(item["priceMicroUsd"] for item in priced), sum(item["wearCount"] for item in priced)
    return Glance(items=len(wardrobe), wornLately=len(lately), microUsd=paid // times if times else None)


def wears_by_week(wears: Iterable[Body], now: datetime) -> list[Week]:
    """Return how often anything was worn in each of the eight ISO weeks before now's."""
    weeks = _chart_weeks(now)
    counted = Counter(clock.iso_week(clock.parse(wear["wornAt"])) for wear in wears)
    return [Week(week=week, wears=counted[week]) for week in weeks]


def title_of(item: Body) -> str:
    """Return what an item is called."""
    return capitalised(str(item.get("title") or item["id"]))


def _chart_weeks(now: datetime) -> list[str]:
    return [clock.iso_week(now - timedelta(weeks=back)) for back in range(CHART_WEEKS, 0, -1)]


def _a_wear(item: Body) -> int | None:
    """Return what one wearing has cost so far; None of what was never worn, or has no price."""
    price = item.get("priceMicroUsd")
    return price // item["wearCount"] if item.get("wearCount") and price is not None else None


def _days(item: Body, now: datetime) -> int | None:
    last = item.get("lastWornAt")
    return max(0, (now - clock.parse(last)).days) if last else None
