"""Clock check: does this machine's clock agree with the services'?

Each worker compares the operating system's clock (not shared.clock, which tests move) with the Date of an answer of the
queue service: once in five minutes, and at once when the clock was set meanwhile. A worker whose clock is off by more
than a minute says so and takes no work: what it wrote would mute alerts, hold jobs and freeze documents until its time
has come. Without a queue service (tests, benchmarks) there is nothing to compare with, and no judgement.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from shared import clock, heartbeats, telemetry
from shared.config import Settings
from shared.documents.port import Body, Documents
from shared.errors import NightshiftError
from shared.skew import MAX_OFF

_log = logging.getLogger("nightshift.clock")

EVERY = timedelta(minutes=5)
AGAIN = timedelta(seconds=30)
"""When the service couldn't be asked."""
_PATIENCE_SECONDS = 5.0
_SET = timedelta(seconds=10)
"""A clock that moved by so much more or less than the time that has passed was set."""
_PREFIX = "clock:"


@runtime_checkable
class TellsTime(Protocol):
    """A service that says what time it is."""

    async def server_time(self) -> datetime:
        """Return its time, cut to seconds. Raises NightshiftError."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """What a comparison came to: at which time of the service, and how far the machine is `ahead` at least."""

    at: datetime
    ahead: timedelta
    """Negative: it is behind."""

    @property
    def is_off(self) -> bool:
        """Whether it is off by more than a worker's clock may be."""
        return abs(self.ahead) > MAX_OFF

    def __str__(self) -> str:
        seconds = self.ahead.total_seconds()
        return f"{abs(seconds):.0f} s {'ahead of' if seconds >= 0 else 'behind'} the queue service's"

    def to_body(self) -> dict[str, Any]:
        """Return it as plain data. Its instant is the service's: the machine's can't be trusted."""
        return {
            "at": clock.to_text(self.at),
            "aheadSeconds": round(self.ahead.total_seconds(), 1),
            "off": self.is_off,
        }


def judged(asked: datetime, answered: datetime, served: datetime) -> Finding:
    """Return what follows from an answer: it gives the service's second, at some time between `asked` and `answered`.

    A slow answer makes no clock wrong: only what can't be explained by it counts.
    """
    most, least = answered - served, asked - (served + timedelta(seconds=1))
    return Finding(served, max(least, timedelta()) or min(most, timedelta()))


def machine(settings: Settings) -> str:
    """Return what this machine is called."""
    return settings.azure_name or platform.node() or "unnamed"


class ClockCheck:
    """A worker's view of its machine's clock. `service` is asked if it tells time; `documents` take the heartbeat.

    `system` and `elapsed` (seconds of a clock that nobody sets) are the operating system's.
    """

    def __init__(
        self,
        service: object,
        documents: Documents,
        name: str,
        *,
        system: Callable[[], datetime] = lambda: datetime.now(UTC),
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service if isinstance(service, TellsTime) else None
        self._documents = documents
        self._name = name
        self._system, self._elapsed = system, elapsed
        self._found: Finding | None = None
        self._looked: tuple[datetime, float] | None = None
        self._next = 0.0
        self._looking = asyncio.Lock()

    async def look(self) -> Finding | None:
        """Return what is known of the clock, after asking if that is old; None when nothing is known."""
        if self._service is not None and self._is_old():
            async with self._looking:
                if self._is_old():
                    await self._compare(self._service)
        return self._found

    def _is_old(self) -> bool:
        if self._looked is None:
            return True
        then, at = self._looked
        passed = self._elapsed() - at
        moved = self._system() - then - timedelta(seconds=passed)
        return self._elapsed() >= self._next or abs(moved) > _SET

    async def _compare(self, service: TellsTime) -> None:
        asked = self._system()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                served = await service.server_time()
        except (NightshiftError, TimeoutError) as error:
            self._note_look(AGAIN)
            _log.warning("the clock can't be compared with the queue service's: %s", error)
            return
        before, self._found = self._found, judged(asked, self._system(), served)
        self._note_look(EVERY)
        if self._found.is_off or (before is not None and before.is_off):
            await self._tell(self._found)

    def _note_look(self, wait: timedelta) -> None:
        self._looked = self._system(), self._elapsed()
        self._next = self._elapsed() + wait.total_seconds()

    async def _tell(self, found: Finding) -> None:
        name = "clock is off: no work is taken" if found.is_off else "clock agrees again"
        level = logging.ERROR if found.is_off else logging.WARNING
        telemetry.event(_log, level, name, machine=self._name, **found.to_body())
        await heartbeats.note(self._documents, f"{_PREFIX}{self._name}", {"machine": self._name, **found.to_body()})


def off_lately(beats: Mapping[str, Body], now: datetime) -> list[Body]:
    """Return the heartbeats (of all, by name) of machines that said lately that their clock is off."""
    lately = clock.to_text(now - 2 * EVERY)
    clocks = [beat for name, beat in sorted(beats.items()) if name.startswith(_PREFIX)]
    return [beat for beat in clocks if beat["off"] and beat["at"] >= lately]


async def report(documents: Documents, service: object, of: Settings) -> dict[str, Any]:
    """Return what is known of clocks, as plain data, for whoever asks whether all is well.

    ``here`` is this machine's, compared now (None: no service tells its time); ``workers`` are those machines that took
    no work lately because theirs is off, each with the service's instant at which it said so.
    """
    here = await ClockCheck(service, documents, machine(of)).look()
    now = here.at if here is not None else clock.now()
    off = off_lately(await heartbeats.all_of(documents), now)
    return {
        "here": None if here is None else {"machine": machine(of), **here.to_body()},
        "workers": [{member: beat[member] for member in ("machine", "at", "aheadSeconds")} for beat in off],
    }
