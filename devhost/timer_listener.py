"""Timer listener: when does a timer function run?

Of several hosts the one that holds the timer's lock runs it, one run at a time. If the host finds at its start that the
stored next instant is over, the function runs at once, as past due; else it runs at the next instant of its schedule.
The next one counts from the start of a run, so an overrun fires again at once. The status is saved after the run: a run
that was cut off is repeated at the next start. A failed run is retried as its @app.retry says, and counts as a run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError
from azure.functions.timer import TimerRequest

from devhost import schedule_status
from devhost.failures import FailureLog
from devhost.host_clock import HostClock
from devhost.indexing import IndexedFunction
from devhost.invocation import Invoker, RetryContext
from devhost.retry_policy import RetryPolicy
from devhost.schedule_status import Status
from devhost.schedules import Schedule
from devhost.singleton_lock import RETRY_SECONDS, SingletonLock

if TYPE_CHECKING:
    from devhost.host_blobs import StatusBlob

_TROUBLE_SECONDS = 5.0

_log = logging.getLogger("devhost")


@dataclass(frozen=True, slots=True)
class Timer:
    """What is to be run when. `store` None: no status is kept (useMonitor false, or a schedule below a minute)."""

    function: IndexedFunction
    schedule: Schedule
    store: StatusBlob | None
    retry: RetryPolicy
    runs_on_startup: bool


class TimerListener:
    """Runs one timer function. `lock_retry_seconds` is how often a host without the lock asks for it."""

    def __init__(
        self,
        timer: Timer,
        lock: SingletonLock,
        invoker: Invoker,
        clock: HostClock,
        lock_retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._timer = timer
        self._lock = lock
        self._invoker = invoker
        self._clock = clock
        self._lock_retry_seconds = lock_retry_seconds
        self._failures = FailureLog(timer.function.name)
        self._stopping = asyncio.Event()
        self._answered = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None
        self._running = 0
        self._trouble = False
        self._waiting = False

    def describe(self) -> str:
        """Return the schedule, and when it is due next."""
        due = self._timer.schedule.after(self._clock.now())
        return f"timer {self._timer.schedule}, next at {due:%Y-%m-%d %H:%M:%S} UTC"

    def running(self) -> int:
        """Return how many runs go on: at most 1, and those begun by hand."""
        return self._running

    def back_at(self) -> list[float]:
        """Return nothing: a timer has no messages."""
        return []

    async def start(self) -> asyncio.Task[None]:
        """Begin to ask for the lock. Returns the listening when storage has answered once."""
        self._listening = asyncio.create_task(self._listen())
        answered = asyncio.create_task(self._answered.wait())
        await asyncio.wait((self._listening, answered), return_when=asyncio.FIRST_COMPLETED)
        answered.cancel()
        return self._listening

    async def stop(self) -> None:
        """Begin no other run. Returns when the current one has ended and the lock is given back."""
        self._stopping.set()
        if self._listening is not None:
            await self._listening

    async def invoke(self, text: str) -> None:
        """Run the function by hand, beside its schedule; `text` reaches no timer. Raises whatever it raises."""
        status = await self._timer.store.read() if self._timer.store is not None else None
        await self._call(status, past_due=False)

    async def _listen(self) -> None:
        try:
            while not self._stopping.is_set():
                await self._stops_within(await self._take_turn())
        finally:
            await self._lock.release()

    async def _take_turn(self) -> float:
        """Run the timer while this host holds the lock; return how long to wait before asking for it again."""
        try:
            if not await self._lock.acquire():
                self._answered.set()
                self._tell_waiting()
                return self._lock_retry_seconds
            status, past_due = await self._begin()
        except AzureError as error:
            self._tell_trouble(error)
            await self._lock.release()
            return _TROUBLE_SECONDS
        self._trouble = self._waiting = False
        self._answered.set()
        await self._run_on_schedule(status, past_due)
        await self._lock.release()
        return 0.0

    async def _begin(self) -> tuple[Status, bool]:
        schedule, store, now = self._timer.schedule, self._timer.store, self._clock.now()
        if store is None:
            return schedule_status.first(schedule, now), False
        stored = await store.read()
        status = schedule_status.at_start(stored, schedule, now)
        if status != stored:
            await store.write(status)
        if stored is None:
            # What the host gives to the very first run isn't what it has stored.
            status = schedule_status.unsaved(status)
        return status, now > status.next

    async def _run_on_schedule(self, status: Status, past_due: bool) -> None:
        name = self._timer.function.name
        if past_due:
            _log.warning("%s is past due: it was to run at %s, and runs now.", name, status.next.isoformat())
            status = await self._run(status, past_due=True)
        elif self._timer.runs_on_startup:
            status = await self._run(status, on_startup=True)
        while not await self._gave_way(self._clock.wait_until(status.next)):
            status = await self._run(status)

    async def _gave_way(self, until: Coroutine[Any, Any, None]) -> bool:
        """Wait for `until`; True when the host stops, or loses the lock, before."""
        if self._stopping.is_set() or self._lock.lost.is_set():
            until.close()
            return True
        waits = [asyncio.create_task(wait) for wait in (until, self._stopping.wait(), self._lock.lost.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return self._stopping.is_set() or self._lock.lost.is_set()
        finally:
            for wait in waits:
                wait.cancel()

    async def _stops_within(self, seconds: float) -> None:
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait((stopping,), timeout=seconds)
        stopping.cancel()

    async def _run(self, status: Status, *, past_due: bool = False, on_startup: bool = False) -> Status:
        began = self._clock.now()
        try:
            await self._call(status if self._timer.store is not None else None, past_due)
        except Exception as error:
            self._failures.tell(error, f"its run of {began:%Y-%m-%d %H:%M:%S}")
        status = schedule_status.after_run(status, self._timer.schedule, began, unscheduled=past_due or on_startup)
        if self._timer.store is not None:
            try:
                await self._timer.store.write(status)
            except AzureError as error:
                _log.error("%s: its status could not be saved: %s", self._timer.function.name, error)
        return status

    async def _call(self, status: Status | None, past_due: bool) -> None:
        request = TimerRequest(
            past_due=past_due,
            schedule_status=None if status is None else status.as_members(),
            schedule={"AdjustForDST": True},
        )
        self._running += 1
        try:
            await self._call_with_retries(request)
        finally:
            self._running -= 1

    async def _call_with_retries(self, request: TimerRequest) -> None:
        policy, retry = self._timer.retry, 0
        while True:
            context = RetryContext(retry, policy.retries) if policy.retries else None
            try:
                await self._invoker.call(self._timer.function, request, context)
                return
            except Exception as error:
                retry += 1
                if not policy.allows(retry) or self._stopping.is_set():
                    raise
                self._failures.tell(error, f"a run, and is retried ({retry})")
            await self._stops_within(policy.wait_seconds(retry))

    def _tell_waiting(self) -> None:
        if not self._waiting:
            self._waiting = True
            _log.info(
                "%s: another host holds its lock, or one that was killed did so lately; this one asks every %g s.",
                self._timer.function.name, self._lock_retry_seconds,
            )  # fmt: skip

    def _tell_trouble(self, error: AzureError) -> None:
        if not self._trouble:
            self._trouble = True
            _log.warning(
                "%s: its lock or status can't be reached; trying goes on. %s", self._timer.function.name, error
            )
