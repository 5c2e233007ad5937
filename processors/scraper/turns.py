"""Turns at a host: when may it be asked? All workers take them from one document, so that requests keep a delay.

A turn is a span of time: whoever holds it may begin a request in it, and the next one begins a delay after its end. So
two requests have at least the delay between them, however late in their turns they are sent. Whether a turn is still
one's own is asked where the request is about to be written: who comes too late for it, or uses it up, takes another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared import clock, skew
from shared.documents.compare_and_set import change
from shared.documents.containers import SCRAPER_SOURCES
from shared.documents.ids import own
from shared.documents.port import Body, Documents
from shared.errors import Transient
from shared.web.retry_after import LONGEST_RETRY_AFTER

PARTITION = own("hosts")
"""The partition of scraperSources that holds what is known of hosts; no source can have this type."""
LONGEST_WAIT = timedelta(seconds=150)
"""Whoever's turn is later than that doesn't wait for it: a step has four minutes."""
LONGEST_CONNECTED_WAIT = timedelta(seconds=10)
"""The same for whoever has a connection already: servers close those that say nothing."""
_INSTANTS = ("nextAt", "lastUntil", "heldUntil")
_MOST_TURNS = 6
"""Turns that one may be late for; a worker that slow makes all others wait for nothing."""
_LENGTH_OF_DELAY = 0.25
_LONGEST = timedelta(seconds=1)
"""A turn is a quarter of the delay long, time to connect in, and at most this."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to begin one request to `host` in [at, until]; behind it nobody asks for `delay`."""

    host: str
    delay: timedelta
    at: datetime
    until: datetime
    used: bool = False

    @property
    def is_own(self) -> bool:
        """Whether a request may begin now. Without a delay it always may."""
        return not self.used and (not self.delay or clock.now() <= self.until)


class Turns:
    """The turns of all hosts, in `documents`."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def take(self, host: str, delay_seconds: float, longest: timedelta = LONGEST_WAIT) -> Turn:
        """Wait for the next turn at `host`, and return it while it is still one's own.

        `delay_seconds` is what lies between this request and the ones before and after it, at least. Raises Transient
        `host_busy` when that turn is more than `longest` away, or the host has asked to be left alone, or this worker
        comes too late for several.
        """
        for _ in range(_MOST_TURNS):
            turn, wait = await self._reserved(host, timedelta(seconds=delay_seconds), longest)
            if wait:
                await asyncio.sleep(wait.total_seconds())
                if await self._held_until(host) > clock.text_now():
                    continue
            if turn.is_own:
                return turn
        raise _busy(f"{host}: this worker comes too late for its turns")

    async def use(self, turn: Turn) -> Turn:
        """Return the turn in which a request begins now: `turn`, or another that is waited for if it isn't one's own.

        Raises what `take` raises.
        """
        if not turn.is_own:
            turn = await self.take(turn.host, turn.delay.total_seconds(), LONGEST_CONNECTED_WAIT)
        return replace(turn, used=True)

    async def hold(self, host: str, length: timedelta) -> None:
        """Let nobody ask `host` for so long, whoever has a turn included."""
        until = clock.text_now(length)
        await self._change(host, lambda body: {**body, "heldUntil": max(until, body.get("heldUntil", until))})

    async def held_until(self, host: str) -> datetime | None:
        """Return until when `host` has asked to be left alone; None when it hasn't."""
        until = await self._held_until(host)
        return clock.parse(until) if until else None

    async def _reserved(self, host: str, delay: timedelta, longest: timedelta) -> tuple[Turn, timedelta]:
        """Return the next turn, written down as this worker's, and how long to wait for it."""
        length = min(delay * _LENGTH_OF_DELAY, _LONGEST)
        now = at = clock.now()

        def take(body: Body) -> Body:
            nonlocal now, at
            now = clock.now()
            known = {name: clock.parse(body[name]) for name in _INSTANTS if name in body}
            if "lastUntil" in known:
                known["lastUntil"] += delay  # the one before may have wanted a shorter delay than this one
            at = max([now, *known.values()])
            if at - now > longest:
                raise _busy(f"{host} is not to be asked before {clock.to_text(at)}")
            until = at + length
            next_at = max(until + delay, known.get("nextAt", now))
            return {**body, "lastUntil": clock.to_text(until), "nextAt": clock.to_text(next_at)}

        await self._change(host, take)
        return Turn(host, delay, at, at + length), at - now

    async def _held_until(self, host: str) -> str:
        standing = await self._documents.get(SCRAPER_SOURCES, PARTITION, _key(host))
        return str(_believed(standing.body).get("heldUntil", "")) if standing else ""

    async def _change(self, host: str, make: Callable[[Body], Body]) -> None:
        fresh: Body = {"id": _key(host), "sourceType": PARTITION, "schemaVersion": 1}

        def made(body: Body | None) -> Body:
            return {**make(_believed(body or fresh)), "updatedAt": clock.text_now()}

        await change(self._documents, SCRAPER_SOURCES, PARTITION, _key(host), made)


def _believed(body: Body) -> Body:
    """Return a host's document without instants that can't be: a wrong clock's, or later than any host is held."""
    latest = clock.text_now(LONGEST_RETRY_AFTER + skew.MAX_APART)
    is_theirs = skew.believed(body.get("updatedAt", "")) != body.get("updatedAt", "")
    doubted = [name for name in _INSTANTS if is_theirs or body.get(name, "") > latest]
    return {name: value for name, value in body.items() if name not in doubted}


def _key(host: str) -> str:
    return f"turn|{host}"


def _busy(why: str) -> Transient:
    return Transient(why, code="host_busy", dependency="content")
