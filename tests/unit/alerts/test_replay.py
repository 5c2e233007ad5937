"""What do evaluations come to, when they are replayed?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.alerts.machine import AlertPolicy, Verdict
from shared.alerts.replay import MONTH, Episode, Evaluation, Replayed, first_known, replayed

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
SIGNS: dict[str, Verdict] = {"x": "breach", "-": "pass", "o": "clear", ".": "no_data"}


def hourly(signs: str, policy: AlertPolicy | None = None) -> Replayed:
    """Replay one evaluation an hour."""
    evaluations = [Evaluation(BEGIN + n * HOUR, SIGNS[sign], 1.0, 1) for n, sign in enumerate(signs)]
    return replayed(evaluations, policy or AlertPolicy(HOUR), BEGIN, BEGIN + len(signs) * HOUR)


def test_an_alert_lasts_from_where_it_fired_to_where_it_cleared() -> None:
    found = hourly("oxx-oo")

    assert found.episodes == (Episode(BEGIN + HOUR, BEGIN + 4 * HOUR),)
    assert found.verdicts == {"clear": 3, "breach": 2, "pass": 1}


def test_one_that_fires_at_the_end_lasts_until_then() -> None:
    found = hourly("ooxx")

    assert found.episodes == (Episode(BEGIN + 2 * HOUR, None),)
    assert found.lengths == (2 * HOUR,)
    assert found.share == 0.5


def test_nothing_fires_anew_while_windows_overlap() -> None:
    assert hourly("xoxoxo", AlertPolicy(timedelta(days=1))).alarms == 1
    assert hourly("xoxoxo").alarms == 3


def test_reminders_are_no_alarms() -> None:
    found = hourly("xxxxx", AlertPolicy(HOUR, remind_every=2 * HOUR))

    assert [one.kind for one in found.transitions] == ["firing", "reminder", "reminder"]
    assert found.alarms == 1


def test_alarms_a_month_are_those_of_a_month_of_average_length() -> None:
    found = hourly("xo" * 15 * 24)

    assert found.alarms == 360
    assert found.alarms_a_month == pytest.approx(360 * MONTH / timedelta(days=30))


def test_without_data_an_alert_stays_as_it_is() -> None:
    assert hourly("x..o").episodes == (Episode(BEGIN, BEGIN + 3 * HOUR),)


@pytest.mark.parametrize(
    ("is_known", "place"),
    [([], 0), ([True, True], 0), ([False, True], 1), ([False, True, False, True], 3), ([False], 1)],
)
def test_what_is_known_begins_after_the_last_gap(is_known: list[bool], place: int) -> None:
    assert first_known(is_known) == place
