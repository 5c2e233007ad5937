"""Do the app and the development host, which know nothing of each other, read a schedule alike?"""

from __future__ import annotations

from datetime import datetime

from hypothesis import given, settings

from devhost.ncrontab import NEVER, Ncrontab
from shared.schedules import Schedule
from tests.unit.test_schedules import INSTANTS, Field, expressions


@settings(max_examples=150, deadline=None)
@given(expressions(), INSTANTS)
def test_a_schedule_fires_when_the_host_fires_it(expression: tuple[str, tuple[Field, ...]], after: datetime) -> None:
    text, _ = expression
    try:
        schedule = Schedule(text)
    except ValueError:
        assert Ncrontab(text).after(after) == NEVER
        return

    assert Ncrontab(text).after(after) == schedule.after(after)
