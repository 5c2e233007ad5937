"""What does a wardrobe tell?"""

from __future__ import annotations

import pytest

from processors.digest import wardrobe_facts as facts
from tests.unit.digest.build import AT, item, worn


@pytest.mark.parametrize(
    ("wears", "days", "score"),
    [(10, 0, 10.0), (10, 90, 5.0), (10, 162, 1.0), (10, 180, 1.0), (10, 1000, 1.0), (0, 0, 0)],
)
def test_the_score_is_wears_times_what_the_days_leave_of_them(wears: int, days: int, score: float) -> None:
    assert facts.worn_score(wears, days) == pytest.approx(score)


def test_the_items_with_the_highest_scores_are_worn_most() -> None:
    wardrobe = [
        worn("old", 20, "2026-01-01"),
        worn("new", 5, "2026-11-22"),
        item("never"),
        worn("some", 3, "2026-11-22"),
    ]

    assert [(one.item, one.wears) for one in facts.worn(wardrobe, AT)] == [("new", 5), ("some", 3), ("old", 20)]


def test_what_was_not_worn_for_60_days_is_neglected_the_never_worn_first() -> None:
    wardrobe = [worn("59", 1, "2026-09-25"), worn("60", 1, "2026-09-24"), worn("300", 1, "2026-01-27"), item("never")]

    assert [(one.item, one.days) for one in facts.neglected(wardrobe, AT)] == [
        ("never", None),
        ("300", 300),
        ("60", 60),
    ]


def test_nothing_is_neglected_while_nobody_notes_what_is_worn() -> None:
    assert facts.neglected([item("a"), item("b")], AT) == []


def test_the_balance_has_every_category_with_its_share() -> None:
    wardrobe = [item("a", category="Shoes"), item("b", category="Shoes"), item("c", category="Bags"), item("d")]

    found = [(part.name, part.items, part.share) for part in facts.balance(wardrobe)]

    assert found == [("Shoes", 2, 0.5), ("Bags", 1, 0.25), ("Other", 1, 0.25)]


def test_categories_are_the_words_of_their_paths_ends_and_small_ones_are_other() -> None:
    wardrobe = [item("a", category="Women > Shoes"), item("b", category="men/shoes"), item("c", category="day_bags")]
    wardrobe += [item(f"x{n}", category=f"Kind {n}") for n in range(8)]

    found = [(part.name, part.items) for part in facts.balance(wardrobe)]

    assert found[0] == ("Shoes", 2)
    assert ("Day bags", 1) in found
    assert (found[-1], len(found)) == (("Other", 3), facts.MOST_CATEGORIES + 1)


def test_a_wearing_costs_the_price_parted_by_the_wears() -> None:
    wardrobe = [worn(str(n), n, "2026-11-01", priceMicroUsd=60_000_000) for n in (1, 2, 3, 4, 5)]
    wardrobe += [item("unworn", priceMicroUsd=1), worn("unpriced", 9, "2026-11-01")]

    best, worst = facts.values(wardrobe)

    assert [(one.item, one.microUsd) for one in best][:3] == [("5", 12_000_000), ("4", 15_000_000), ("3", 20_000_000)]
    assert [one.item for one in worst] == ["1", "2", "3", "4", "5"]
    costs = {one.item: one.microUsd for one in facts.worn(wardrobe, AT)}
    assert (costs["5"], costs["unpriced"]) == (12_000_000, None)


def test_a_wardrobe_at_a_glance_counts_what_was_worn_lately_and_what_a_wearing_cost() -> None:
    wardrobe = [worn("a", 3, "2026-11-20", priceMicroUsd=60_000_000), worn("b", 1, "2026-01-01"), item("c")]
    wears = [
        {"itemId": "a", "wornAt": "2026-11-20T10:00:00.000Z"},
        {"itemId": "b", "wornAt": "2026-01-01T10:00:00.000Z"},
    ]

    found = facts.glance(wardrobe, AT, wears)

    assert found is not None
    assert (found.items, found.wornLately, found.microUsd) == (3, 1, 20_000_000)
    assert facts.glance([], AT, []) is None


def test_wears_are_counted_in_the_eight_weeks_before() -> None:
    wears = [{"wornAt": f"{day}T10:00:00.000Z"} for day in ("2026-11-22", "2026-11-16", "2026-09-28", "2026-09-27")]

    found = facts.wears_by_week(wears, AT)

    assert [week.week for week in found][:: len(found) - 1] == ["2026-W40", "2026-W47"]
    assert [week.wears for week in found] == [1, 0, 0, 0, 0, 0, 0, 2]
