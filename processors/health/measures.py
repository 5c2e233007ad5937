"""The measures of job health: what the watch over jobs looks at, as values that alert rules may ask for.

They say how things stand now, whatever the window; only `job_dead_letter_ratio` is of its window. Scopes are
``global``, ``run:NAME`` and ``queue:NAME``: `_SCOPES` says which of them a measure knows. There are no options.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from processors.health import gathering, spend
from processors.health.check import Unknown
from processors.health.watched import Watched, WatchedQueue, WatchedRun
from shared import clock
from shared.documents.containers import SCHEDULER_STATE
from shared.errors import Transient, UsageError
from shared.measures import Ask, Measure, Measured, NoData, Reading
from shared.suggestion import did_you_mean

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.services import Services

GLOBAL = "global"
_SCOPES: dict[str, tuple[str, ...]] = {
    "job_oldest_unfinished_hours": (GLOBAL,),
    "job_dead_letter_ratio": (GLOBAL, "queue"),
    "run_hours_since_success": ("run",),
    "queue_depth": (GLOBAL, "queue"),
    "poison_depth": (GLOBAL, "queue"),
    "rollup_mark_age_minutes": (GLOBAL,),
    "model_spend_share": (GLOBAL,),
}
_HOUR, _MINUTE = 3600.0, 60.0

WatchedBy = Callable[["Settings"], Watched]


def health_measures(watched_by: WatchedBy) -> list[Measure]:
    """Return the measures of what `watched_by` returns for the settings."""
    reader = partial(read, watched_by)
    return [
        Measure("job_oldest_unfinished_hours", "h", "age of the oldest job that isn't finished", reader),
        Measure("job_dead_letter_ratio", "%", "jobs that ended as dead letters, of all that ended", reader),
        Measure("run_hours_since_success", "h", "time since a scheduled run ended well", reader),
        Measure("queue_depth", "messages", "messages in queues", reader),
        Measure("poison_depth", "messages", "messages in poison queues", reader),
        Measure("rollup_mark_age_minutes", "min", "age of the oldest mark that waits to be rolled up", reader),
        Measure("model_spend_share", "%", "today's cost of models, of the day's budget", reader),
    ]


async def read(watched_by: WatchedBy, services: Services, asks: Sequence[Ask]) -> list[Reading]:
    """Return what is asked for. Raises UsageError for a scope or an option that a measure doesn't know."""
    watched = watched_by(services.settings)
    for ask in asks:
        _check(ask, watched)
    return [await _READ[ask.measure.name](services, watched, ask) for ask in asks]


def _check(ask: Ask, watched: Watched) -> None:
    name = ask.measure.name
    if ask.options:
        raise UsageError(f"{name} takes no option {min(ask.options)!r}: it has none.", code="measure_option_invalid")
    kind, _, of = ask.scope.partition(":")
    known = {"run": [one.definition.name for one in watched.runs], "queue": [one.name for one in watched.queues]}
    if kind in _SCOPES[name] and (ask.scope == GLOBAL or of in known.get(kind, ())):
        return
    takes = [one if one == GLOBAL else f"{one}:NAME" for one in _SCOPES[name]]
    names = [one for kind in _SCOPES[name] for one in known.get(kind, [])]
    meant = did_you_mean(of, names)
    there = f" There are: {', '.join(sorted(names))}." if names else ""
    raise UsageError(
        f"{ask.scope!r} is no scope of {name}.{meant} It takes {' or '.join(takes)}.{there}", code="scope_invalid"
    )


async def _oldest(services: Services, watched: Watched, ask: Ask) -> Reading:
    found = await gathering.oldest_unfinished(services.documents)
    facts = {"kind": found.kind} if found.kind else {}
    return Measured(found.age.total_seconds() / _HOUR, "h", int(found.kind is not None), facts=facts)


async def _dead_letters(services: Services, watched: Watched, ask: Ask) -> Reading:
    kinds = [queue.kind for queue in _queues(watched, ask)]
    kind = None if ask.scope == GLOBAL else kinds[0]
    found = await gathering.ingress(services, watched, ask.window, kind)
    if isinstance(found, Unknown):
        raise Transient(found.why, code="metrics_behind", dependency="metrics")
    ended = found.now
    if not ended.ended:
        return NoData("no job ended")
    return Measured(ended.percent, "%", ended.ended, {"dead": ended.dead, "ended": ended.ended})


async def _since_success(services: Services, watched: Watched, ask: Ask) -> Reading:
    run = _run(watched, ask)
    name = run.definition.name
    state = await services.documents.get(SCHEDULER_STATE, name, name)
    seen = await gathering.seen_run(services.documents, run, state.body if state else None)
    if seen.last_success is None:
        return NoData("no run of it has ended well lately")
    last = seen.last_success
    return Measured(_age_seconds(last) / _HOUR, "h", 1, facts={"lastSuccess": clock.to_text(last)})


async def _depth(services: Services, watched: Watched, ask: Ask) -> Reading:
    return await _held(services, [queue.name for queue in _queues(watched, ask)])


async def _poison(services: Services, watched: Watched, ask: Ask) -> Reading:
    return await _held(services, [queue.poison for queue in _queues(watched, ask)])


async def _held(services: Services, names: list[str]) -> Reading:
    found = await gathering.depths_of(services.queues, names)
    for held in found.values():
        if isinstance(held, Unknown):
            raise Transient(held.why, code="queue_unreadable", dependency="queue")
    counts = {name: held for name, held in found.items() if isinstance(held, int)}
    return Measured(float(sum(counts.values())), "messages", len(counts), facts={"queues": counts})


async def _mark_age(services: Services, watched: Watched, ask: Ask) -> Reading:
    since = await gathering.oldest_mark(services.documents)
    age = _age_seconds(since) if since else 0.0
    return Measured(age / _MINUTE, "min", int(since is not None))


async def _spend(services: Services, watched: Watched, ask: Ask) -> Reading:
    budget, spent = services.settings.llm_daily_budget_micro_usd, await watched.spent_today(services.documents)
    share = spend.share_percent(spent, budget)
    if share is None:
        return NoData("the budget is 0")
    return Measured(share, "%", 1, {"spentMicroUsd": spent, "budgetMicroUsd": budget})


def _run(watched: Watched, ask: Ask) -> WatchedRun:
    name = ask.scope.partition(":")[2]
    return next(one for one in watched.runs if one.definition.name == name)


def _queues(watched: Watched, ask: Ask) -> list[WatchedQueue]:
    name = ask.scope.partition(":")[2]
    return [one for one in watched.queues if ask.scope == GLOBAL or one.name == name]


def _age_seconds(since: datetime) -> float:
    return max(0.0, (clock.now() - since).total_seconds())


_READ = {
    "job_oldest_unfinished_hours": _oldest,
    "job_dead_letter_ratio": _dead_letters,
    "run_hours_since_success": _since_success,
    "queue_depth": _depth,
    "poison_depth": _poison,
    "rollup_mark_age_minutes": _mark_age,
    "model_spend_share": _spend,
}
