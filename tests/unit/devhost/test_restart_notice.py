"""What does devhost say where Azure's host would be restarted?"""

from __future__ import annotations

import pytest

from devhost.restart_notice import REFUSED_SECONDS, RestartNotice

QUEUES = "127.0.0.1:10001"


class Running:
    """What runs: `messages` that come back at these seconds, and `timers`."""

    def __init__(self, *messages: float, timers: int = 0) -> None:
        self._messages, self._timers = list(messages), timers

    def running(self) -> int:
        return len(self._messages) + self._timers

    def back_at(self) -> list[float]:
        return self._messages


class Clock:
    """A monotonic clock that the test moves."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notice(clock: Clock) -> RestartNotice:
    return RestartNotice(now=clock)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_an_outage_is_told_once_when_the_sdk_of_azures_host_would_have_given_up(
    notice: RestartNotice, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for clock.seconds in (0, 10, REFUSED_SECONDS - 1):
        notice.refused(QUEUES)
    assert told(caplog) == []
    for clock.seconds in (REFUSED_SECONDS, 30, 60):
        notice.refused(QUEUES)
    (line,) = told(caplog)
    assert line == (
        f"{QUEUES} has refused connections for 25 s: here Azure's host would shut down and be started again. "
        "Nothing runs that would be cut off. devhost goes on."
    )


def test_a_short_outage_is_not_told_and_the_next_one_counts_anew(
    notice: RestartNotice, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for clock.seconds in (0, 20):
        notice.refused(QUEUES)
    notice.answered(QUEUES)
    for clock.seconds in (21, 40):
        notice.refused(QUEUES)
    assert told(caplog) == []
    clock.seconds = 50
    notice.refused(QUEUES)
    assert len(told(caplog)) == 1


def test_a_second_outage_is_told_again(notice: RestartNotice, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    for begin in (0.0, 100.0):
        for clock.seconds in (begin, begin + 30):
            notice.refused(QUEUES)
        notice.answered(QUEUES)
    assert len(told(caplog)) == 2


def test_it_says_what_would_be_cut_off_and_when_its_messages_would_come_back(
    notice: RestartNotice, caplog: pytest.LogCaptureFixture
) -> None:
    notice.watch(Running(600.0, 540.0))
    notice.watch(Running(timers=1))
    notice.lock_lost("Weekly")
    (line,) = told(caplog)
    assert line.startswith("The lock of Weekly could not be renewed: here Azure's host would shut down")
    assert "What runs (3) would be cut off; its messages would come back from " in line
    assert "; a timer's run would come again, past due, once its lock has ended." in line


def test_locks_that_are_lost_in_an_outage_are_not_told_apart(
    notice: RestartNotice, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for clock.seconds in (0, 30):
        notice.refused(QUEUES)
    notice.lock_lost("Weekly")
    assert len(told(caplog)) == 1
