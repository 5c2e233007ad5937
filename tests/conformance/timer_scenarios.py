"""The scenarios of timers, as they were recorded, and the rules beside them."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable

from azure.storage.blob.aio import BlobServiceClient

from tests.conformance import timer_app, timer_facts
from tests.conformance.stage import QUIET_SECONDS, Found, Seen, Stage, compared
from tests.integration.devhost import timers
from tests.integration.devhost.host_process import AppFolder

RECORDED = timer_facts.recorded()
IN_MINUTES = frozenset({"two-hosts-timer", "minute"})
"""Scenarios that are mostly waiting."""

_FAILING_RUNS = 5
_MISSED_SECONDS = 130.0
_LEAD_SECONDS = 12.0  # from the start of a host, which takes its time on a busy machine, to its first instant


class TimerPlay:
    """A timer of its own, under the host id `name`."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage = stage
        self.app: AppFolder = stage.app(name, timer_app.SOURCE)
        self.host_id = self.app.folder.name

    def environ(self, schedule: str, clock_offset: float = 0.0, **more: str) -> dict[str, str]:
        """Return the variables of a host."""
        return {
            "SCHEDULE": schedule,
            "AzureFunctionsWebHost__hostid": self.host_id,
            "DEVHOST_CLOCK_OFFSET_SECONDS": str(clock_offset),
            **more,
        }

    async def until_noted(self, phase: str, count: int) -> None:
        """Wait for so many starts or ends."""
        await self.stage.until(lambda: len(self.app.notes(phase=phase)) >= count)

    async def stored(self) -> dict[str, str]:
        """Return the stored status."""
        async with BlobServiceClient.from_connection_string(self.stage.azurite.connection_string) as blobs:
            return await timers.stored_status(blobs, "Tick", self.host_id)

    async def end_lock(self) -> None:
        """End the lock's lease, as its time would."""
        async with BlobServiceClient.from_connection_string(self.stage.azurite.connection_string) as blobs:
            await timers.break_lock(blobs, "Tick", self.host_id)

    def events(self) -> list[dict[str, object]]:
        """Return what was noted, under the recorded names."""
        return [{**note, "pastDue": note.get("past_due", False)} for note in self.app.notes()]


async def differing(stage: Stage, names: list[str]) -> Found:
    """Play the scenarios called `names` side by side; return where each differs from what was recorded."""
    plays = (compared(lambda name=name: _PLAYERS[name](TimerPlay(stage, name)), RECORDED[name]) for name in names)
    return dict(zip(names, await asyncio.gather(*plays), strict=True))


def _until_minute(lead_seconds: float) -> float:
    """Return the clock's offset with which the next whole minute is `lead_seconds` away."""
    return 60 - (time.time() + lead_seconds) % 60


async def _overrun(play: TimerPlay) -> Seen:
    async with play.stage.host(play.app, **play.environ(timer_app.EVERY_5_SECONDS, RUN_SECONDS="7")):
        await play.until_noted("start", timer_facts.OVERRUNS)
    return timer_facts.overrun(play.app.notes())


async def _failing(play: TimerPlay) -> Seen:
    async with play.stage.host(play.app, **play.environ(timer_app.EVERY_5_SECONDS, FAILURES="2")):
        await play.until_noted("start", _FAILING_RUNS)
    starts = [note["at"] for note in play.app.notes(phase="start")]
    # From one instant each: the first one's, then 5 s later each.
    first = 5 * round(starts[0] / 5) if starts else 0
    return {"offsets_ms": [round((at - first - 5 * number) * 1000) for number, at in enumerate(starts)]}


async def _early_run(play: TimerPlay) -> Seen:
    environ = play.environ(timer_app.EVERY_MINUTE, _until_minute(_LEAD_SECONDS), DEVHOST_FIRE_EARLY_SECONDS="0.05")
    async with play.stage.host(play.app, **environ):
        await play.until_noted("end", 1)
        await play.stage.until(lambda: len(play.app.notes(phase="start")) > 1, QUIET_SECONDS)
        stored = await play.stored()
    starts = play.app.notes(phase="start")
    return {
        "runs": len(starts),
        "pastDue": [start["past_due"] for start in starts[:1]],
        "status": timer_facts.relative(starts[0]["status"]) if starts else None,
        "stored": timer_facts.exactly(stored),
    }


async def _cut_off(play: TimerPlay) -> Seen:
    offset = _until_minute(_LEAD_SECONDS)
    async with play.stage.host(play.app, **play.environ(timer_app.EVERY_MINUTE, offset, RUN_SECONDS="3600")):
        await play.until_noted("start", 1)
    # Killed at the end of the block.
    await play.end_lock()
    async with play.stage.host(play.app, **play.environ(timer_app.EVERY_MINUTE, offset)):
        await play.until_noted("end", 1)
    starts = play.app.notes(phase="start")
    return {"pastDue": [start["past_due"] for start in starts], "ends": len(play.app.notes(phase="end"))}


async def _missed_clean(play: TimerPlay) -> Seen:
    offset = _until_minute(_LEAD_SECONDS)
    async with play.stage.host(play.app, **play.environ(timer_app.EVERY_MINUTE, offset)) as host:
        await play.until_noted("end", 1)
        stopped = time.time()
        host.process.send_signal(signal.SIGTERM)
        await host.exit_code()
    later = stopped + offset + _MISSED_SECONDS
    offset = 60 * (later // 60) + 60 - _LEAD_SECONDS - time.time()  # in the minute that is reached then
    async with play.stage.host(play.app, **play.environ(timer_app.EVERY_MINUTE, offset)):
        ready = time.time()
        await play.until_noted("start", 3)
    starts = play.app.notes(phase="start")
    first = round(starts[1]["at"] - ready, 1) if len(starts) > 1 else None
    return {"first_s_after_start": first, "seen": timer_facts.minutes(play.events())}


async def _minute(play: TimerPlay) -> Seen:
    async with play.stage.host(play.app, **play.environ(timer_app.EVERY_MINUTE)):
        await play.until_noted("start", 2)
    return {"seen": timer_facts.minutes(play.events())}


async def _two_hosts_timer(play: TimerPlay) -> Seen:
    environ = play.environ(timer_app.EVERY_10_SECONDS)
    async with play.stage.host(play.app, **environ) as first, play.stage.host(play.app, **environ) as second:
        await play.until_noted("start", 2)
        before = play.app.notes(phase="start")
        killed = time.time()
        first.process.send_signal(signal.SIGKILL)
        await play.stage.until(lambda: bool(play.app.notes(phase="start", pid=second.process.pid)))
        taken = play.app.notes(phase="start", pid=second.process.pid)
        return {
            "before": len(before),
            "pids": len({note["pid"] for note in before}),
            "took_over_s": round(taken[0]["at"] - killed, 1) if taken else None,
            "alive": second.process.returncode is None,
        }


_PLAYERS: dict[str, Callable[[TimerPlay], Awaitable[Seen]]] = {
    "overrun": _overrun,
    "failing": _failing,
    "early-run": _early_run,
    "cut-off": _cut_off,
    "missed-clean": _missed_clean,
    "minute": _minute,
    "two-hosts-timer": _two_hosts_timer,
}
