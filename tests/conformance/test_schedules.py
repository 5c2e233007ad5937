"""Do devhost and the app read schedules as Microsoft's timer extension does?

Each has a reader of its own, since devhost knows nothing of the app and isn't deployed. This holds both to what was
recorded: devhost reads every text as the extension does; the app may refuse more, and what it takes fires alike.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from devhost import schedules as host_schedules
from devhost.errors import FunctionInError
from shared.schedules import Schedule
from tests.conformance import recorded_facts
from tests.conformance.recorded_facts import RecordedSchedule

RECORDED = recorded_facts.schedules()
MILLISECOND = timedelta(milliseconds=1)


def read(recorded: RecordedSchedule, after: Callable[[datetime], datetime]) -> tuple[datetime, ...]:
    """Return as many firings as were recorded, in whole milliseconds as those are."""
    assert recorded.after is not None
    assert recorded.firings is not None
    found, instant = [], recorded.after
    for _ in recorded.firings:
        instant = after(instant)
        found.append(instant - (instant - datetime.min.replace(tzinfo=instant.tzinfo)) % MILLISECOND)
    return tuple(found)


def read_by_devhost(recorded: RecordedSchedule) -> tuple[datetime, ...] | None:
    try:
        schedule = host_schedules.parse(recorded.text)
    except FunctionInError:
        return None
    return read(recorded, schedule.after) if recorded.firings is not None else ()


def test_there_are_all_the_texts_that_were_recorded() -> None:
    assert len(RECORDED) == 972
    assert sum(recorded.firings is None for recorded in RECORDED) == 272


def test_devhost_reads_every_text_as_recorded() -> None:
    differing = {
        recorded.text: (found, recorded.firings)
        for recorded in RECORDED
        if (found := read_by_devhost(recorded)) != recorded.firings
    }
    assert differing == {}


def test_the_app_takes_nothing_that_the_extension_refuses_and_fires_at_the_same_instants() -> None:
    taken, differing = 0, {}
    for recorded in RECORDED:
        try:
            schedule = Schedule(recorded.text)
        except ValueError:
            continue
        taken += 1
        found = read(recorded, schedule.after) if recorded.firings is not None else ()
        if found != recorded.firings:
            differing[recorded.text] = (found, recorded.firings)
    assert differing == {}
    assert taken > 100


def test_fields_parted_by_tabs_are_refused_by_both() -> None:
    for text in ("0\t0\t9\t*\t*\t1", "0 0 9 * *\t1", "0 0 9 * * 1\t", "\t0 0 9 * * 1"):
        assert read_by_devhost(RecordedSchedule(text, None, None)) is None
        try:
            Schedule(text)
        except ValueError:
            continue
        raise AssertionError(f"the app takes {text!r}")
