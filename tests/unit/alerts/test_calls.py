"""When was a call updated, if it doesn't say?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from processors.pickup_rate.calls import Call, of_file, received
from shared.errors import UsageError

ONE, TWO, THREE = (f"2026-11-23T0{hour}:00:00.000Z" for hour in (1, 2, 3))


def call(**more: Any) -> Call:
    """Return a call."""
    return Call.model_validate({"call_id": "c1", "merchantId": "m1", "status": "FINISHED", **more})


def test_a_message_that_does_not_say_counts_with_the_time_when_it_was_received() -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)

    assert received(call(endedAt=TWO), at).updatedAt == "2026-11-23T09:00:00.000Z"
    assert received(call(updatedAt=ONE), at).updatedAt == ONE


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({"updatedAt": THREE, "endedAt": TWO, "initiatedAt": ONE}, THREE),
        ({"endedAt": TWO, "initiatedAt": ONE}, TWO),
        ({"initiatedAt": ONE}, ONE),
    ],
)
def test_a_line_of_a_file_counts_with_its_end_or_else_its_beginning(said: dict[str, str], counts: str) -> None:
    assert of_file(call(**said)).updatedAt == counts


def test_a_line_of_a_file_without_any_time_is_refused() -> None:
    with pytest.raises(UsageError, match="updatedAt: missing") as refused:
        of_file(call())

    assert refused.value.code == "call_undated"
