"""How far may clocks be apart, and what is an instant that is still to come worth?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared import clock, skew

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "ahead"), [(-10, False), (0, False), (120, False), (120.001, True), (1e9, True)])
def test_an_instant_is_ahead_when_no_two_clocks_are_so_far_apart(seconds: float, ahead: bool) -> None:
    instant = NOW + timedelta(seconds=seconds)

    with clock.running_on(lambda: NOW):
        assert skew.is_ahead(instant) is ahead
        assert skew.believed(clock.to_text(instant)) == ("" if ahead else clock.to_text(instant))


def test_what_is_not_believed_is_older_than_anything() -> None:
    with clock.running_on(lambda: NOW):
        assert skew.believed("9999-12-31T23:59:59.999Z") < "0001-01-01T00:00:00.000Z"
