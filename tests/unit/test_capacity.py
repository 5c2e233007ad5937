"""Is the arithmetic of the page of capacity right, and is the page what it makes?"""

from __future__ import annotations

from typing import Any

import pytest

from bench import capacity
from bench.capacity_limits import reached
from bench.capacity_model import (
    QUESTION,
    Charges,
    Rules,
    Use,
    at_peak,
    charge,
    in_a_month,
    kept_gb,
    of_unit,
    of_units,
    reached_at,
)
from bench.capacity_page import bill, number, page
from bench.capacity_parameters import PROFILE

RULES = Rules(peak=4, busy=0.5, at_once=10)
COUNTS: dict[str, Any] = {
    "documents": {
        "get jobs": {"calls": 1, "documents": 1, "kb": 1.0},
        "create jobs": {"calls": 2, "documents": 2, "kb": 2.0},
        "replace marks": {"calls": 1, "documents": 1, "kb": 0.2},
    },
    "queues": {"likes": {"put": 1, "got": 1, "deleted": 1}},
    "blobs": {"read": 1, "written": 2},
    "hot": {"marks": {"partition": "07", "share": 0.5}},
    "days": {"jobs": 10},
}
UNIT = of_unit(COUNTS, Use(cpu=0.1, wait=1.0, tokens=(100, 10)), RULES)


@pytest.mark.parametrize(
    ("operation", "kb", "units"),
    [
        ("get", 1, 2.0), ("get", 0, 2.0), ("get", 3, 2.18), ("create", 1, 4.95), ("create", 3, 6.48),
        ("delete", 0, 4.95), ("replace", 1, 9.9), ("upsert", 2, 12.58),
        ("query", 0, 5.0), ("query", 16, 8.34), ("count", 0, 5.0),
    ],
)  # fmt: skip
def test_an_operation_is_charged_by_its_kind_and_the_size_of_its_document(
    operation: str, kb: float, units: float
) -> None:
    assert charge(operation, 1, int(kb > 0), kb, Charges()) == pytest.approx(units)


def test_a_thousand_operations_are_charged_as_one_a_thousand_times() -> None:
    once, often = (charge("create", calls, calls, 3.0 * calls, Charges()) for calls in (1, 1000))

    assert often == pytest.approx(1000 * once)


def test_a_unit_asks_what_was_counted_of_it() -> None:
    assert dict(UNIT.request_units) == pytest.approx({"jobs": 2 + 9.9, "marks": 9.9})
    assert dict(UNIT.partitions) == pytest.approx({"marks 07": 4.95})
    assert (UNIT.messages["likes"], UNIT.queue_operations, UNIT.account_operations) == (1, 3, 6)
    assert (UNIT.kept, UNIT.tokens_in, UNIT.tokens_out) == ({"jobs": 20}, 100, 10)


def test_an_instance_is_taken_by_its_core_or_by_what_it_waits_for() -> None:
    working = of_unit(COUNTS, Use(cpu=0.1), RULES)
    waiting = of_unit(COUNTS, Use(wait=1.0, cpu=0.01), RULES)

    assert (working.instance_seconds, waiting.instance_seconds) == pytest.approx((0.2, 0.1))


def test_a_unit_that_asks_a_model_records_its_questions() -> None:
    asked = of_units({"like": COUNTS, QUESTION: COUNTS}, {"like": Use(questions=2)}, RULES)["like"]

    assert asked.all_request_units == pytest.approx(3 * UNIT.all_request_units)
    assert asked.units == 1


def test_the_peak_is_that_of_the_day_and_what_is_done_within_hours() -> None:
    spread = at_peak({"like": UNIT}, {"like": Use(a_day=1)}, 86_400, RULES)
    weekly = at_peak({"like": UNIT}, {"like": Use(a_day=1 / 7, within=3600)}, 7200, RULES)
    fixed = at_peak({"like": UNIT}, {"like": Use(all_together=86_400)}, 0, RULES)

    assert (spread.units, weekly.units, fixed.units) == pytest.approx((4, 2, 4))


def test_a_month_has_30_days_and_documents_stay_until_they_expire() -> None:
    uses = {"like": Use(a_day=2)}

    assert in_a_month({"like": UNIT}, uses, 100).units == pytest.approx(6080)
    assert kept_gb({"like": UNIT}, uses, 1024**2) == pytest.approx({"jobs": 2 * 10 * 2})


@pytest.mark.parametrize(
    ("limit", "fixed", "a_user", "users"), [(2000, 0, 0.5, 4000), (2000, 1000, 0.5, 2000), (10, 20, 1, 0)]
)
def test_a_limit_is_reached_when_users_take_what_is_left_of_it(
    limit: float, fixed: float, a_user: float, users: float
) -> None:
    assert reached_at(limit, fixed, a_user) == users
    assert reached_at(limit, fixed, 0) == float("inf")


def test_limits_come_in_the_order_in_which_they_are_reached() -> None:
    counts = capacity.stored_counts()
    found = reached(of_units(counts, PROFILE, Rules()), counts, Rules())

    assert [one.users for one in found] == sorted(one.users for one in found)
    assert len({(one.what, one.where) for one in found}) == len(found) > 10


def test_dollars_are_amounts_times_prices() -> None:
    assert bill(UNIT * 1_000_000, 4) == pytest.approx(
        {
            "request units": 21.8 * 0.25,
            "documents kept": 1.0,
            "queues and blobs": 3 * 0.4 + 0.4 + 2 * 5.0,
            "instances": 200_000 * 2 * 0.000026 + 0.4,
            "model": 15 + 6,
        }
    )


@pytest.mark.parametrize(
    ("value", "told"), [(0, "0"), (1234567, "1,230,000"), (12.345, "12.3"), (0.00657, "0.0066"), (999.9, "1,000")]
)
def test_numbers_have_three_digits_that_count(value: float, told: str) -> None:
    assert number(value) == told


def test_the_page_is_what_its_script_writes() -> None:
    assert capacity.PAGE.read_text() == page(capacity.stored_counts()), "python -m bench.capacity --write makes it"
