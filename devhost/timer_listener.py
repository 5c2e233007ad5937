"""When does a timer function run that is due at one second of every minute?

A simple loop for schedules of the form ``S * * * * *``. It keeps no status, so a firing missed while the host was down
stays missed, and it takes no lock. Other schedules aren't run here.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from datetime import UTC, datetime, timedelta

from azure.functions.timer import TimerRequest

from devhost.errors import FunctionInError
from devhost.failures import FailureLog
from devhost.indexing import IndexedFunction
from devhost.invocation import Invoker

_EVERY_MINUTE = re.compile(r"([0-5]?\d)(?: \*){5}")


def second_of(schedule: str) -> int:
    """Return the second at which `schedule` is due each minute. Raises FunctionInError for any other schedule."""
    match = _EVERY_MINUTE.fullmatch(" ".join(schedule.split()))
    if match is None:
        raise FunctionInError(f"its schedule {schedule!r} isn't of the form 'S * * * * *', the only one run here")
    return int(match.group(1))


def next_due(second: int, after: datetime) -> datetime:
    """Return the first instant later than `after` whose second is `second`."""
    due = after.replace(second=second, microsecond=0)
    return due if due > after else due + timedelta(minutes=1)


class TimerListener:
    """Runs one function once a minute, one run at a time."""

    def __init__(self, function: IndexedFunction, second: int, invoker: Invoker) -> None:
        self._function = function
        self._second = second
        self._invoker = invoker
        self._failures = FailureLog(function.name)
        self._stopping = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._last: datetime | None = None
        self._is_running = False

    def describe(self) -> str:
        """Return the schedule."""
        return f"timer, at second {self._second} of each minute"

    def running(self) -> int:
        """Return 1 during a run."""
        return int(self._is_running)

    async def start(self) -> asyncio.Task[None]:
        """Begin to wait for the next due second. Returns the waiting."""
        self._loop = asyncio.create_task(self._tick())
        return self._loop

    async def stop(self) -> None:
        """Begin no other run. Returns when the current one has ended."""
        self._stopping.set()
        if self._loop is not None:
            await self._loop

    async def _tick(self) -> None:
        due = next_due(self._second, datetime.now(UTC))
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), max(0.0, (due - datetime.now(UTC)).total_seconds()))
                return
            await self._run(due)
            # Counted from the due instant, so that a run longer than its period is followed by the next at once.
            due = next_due(self._second, due)

    async def _run(self, due: datetime) -> None:
        self._is_running = True
        try:
            await self._invoker.call(self._function, self._request(due))
        except Exception as error:
            self._failures.tell(error, f"the firing of {due:%H:%M:%S}")
        finally:
            self._is_running = False
            self._last = due

    def _request(self, due: datetime) -> TimerRequest:
        last = self._last or datetime(1, 1, 1, tzinfo=UTC)
        status = {
            "Last": last.isoformat(),
            "LastUpdated": last.isoformat(),
            "Next": next_due(self._second, due).isoformat(),
        }
        return TimerRequest(past_due=False, schedule_status=status, schedule={"AdjustForDST": True})
