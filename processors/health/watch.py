"""The watch over jobs: one look at runs, timers, jobs, queues, gates, sources, models, roll-ups and clocks.

A look consumes nothing. The timer's look remembers what it saw and brings each finding into its alert; a person's look
only reads.
"""

from __future__ import annotations

import logging
from functools import partial

from processors.health import gathering, memory, ping, success, surroundings, telling
from processors.health.check import Check
from processors.health.expected import longest_wait
from processors.health.judging import checks
from processors.health.watched import ASKS, WATCH, Watched, WatchedTimer
from shared import clock, heartbeats, telemetry
from shared.alerts import sending
from shared.jobs import worker_heartbeats
from shared.services import Services
from shared.telemetry.pseudonyms import shown

_log = logging.getLogger("nightshift.health")


async def look(services: Services, watched: Watched) -> list[Check]:
    """Return the checks of a look that leaves nothing behind, with what the watch remembers of its own looks."""
    first = await gathering.basics(services, watched)
    before = await memory.read(services.documents)
    known = memory.remembered(before or memory.Memory(first.at), first.at, first.depths, first.oldest, first.gates)
    seen = await gathering.gather(services, watched, first, known)
    since = before.since if before else None
    return checks(seen, known, watched.timers, services.settings, watched_since=since)


async def watch(services: Services, watched: Watched) -> list[Check]:
    """Look, remember, and tell what is wrong, and what is over; then let a monitor elsewhere know that it was done."""
    documents = services.documents
    first = await gathering.basics(services, watched)
    known = await memory.keep(documents, first.at, first.depths, first.oldest, first.gates)
    seen = await gathering.gather(services, watched, first, known)
    others = [timer for timer in watched.timers if timer.name != WATCH]
    itself = success.TIMER.ok(f"timer:{WATCH}", "it looks now")
    found = [*checks(seen, known, others, services.settings, watched_since=known.since), itself]
    send = partial(sending.send, services)
    await telling.tell(documents, found, first.at, partial(surroundings.lines, seen), send)
    wrong = [check.scope for check in found if check.state == "finding"]
    telemetry.event(
        _log, logging.WARNING if wrong else logging.INFO, "job health", checks=len(found), findings=len(wrong),
        scopes=", ".join(map(_shown, wrong)) or None,
    )  # fmt: skip
    await ping.ping(services)
    return found


async def watch_the_watch(services: Services, timer: WatchedTimer) -> Check:
    """Tell when the watch itself has died, or lives again; return what was found. CatchUpRuns calls it while it works.

    When CatchUpRuns itself was away for long nothing ran, most likely: then the watch is given its time anew.
    """
    documents, now = services.documents, clock.now()
    known = await memory.begin(documents)
    beats = await heartbeats.all_of(documents)
    mine = beats.get(ASKS, {})
    back = mine.get("lastSuccess", "") < clock.text_now(-longest_wait(timer.schedule, now))
    since = now if back and mine else known.since
    found = success.check_timer(timer.name, timer.schedule, beats.get(timer.name), since, now)
    host = surroundings.processes(worker_heartbeats.seen_in(beats, now), now)
    await telling.tell_one(documents, found, now, [host], partial(sending.send, services))
    return found


def _shown(scope: str) -> str:
    topic, _, rest = scope.partition(":")
    return f"{topic}:{shown(rest)}" if topic == "source" else scope
