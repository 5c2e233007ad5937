"""The watch over pickup rates: each five minutes one shard evaluates every scope that is due, with one `now`.

Windows end where the run's slot begins, not when it is evaluated: so a late evaluation judges what a punctual one does.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache, partial

from processors.pickup_rate import adding_up, freshness, rules, texts
from processors.pickup_rate.evaluation import Window, judged
from processors.pickup_rate.rules import RULE, Rule, Rules
from processors.pickup_rate.windows import windows
from shared import clock, skew
from shared.alerts import sending
from shared.alerts.machine import AlertPolicy
from shared.alerts.states import SYSTEM, Evaluated, apply, of_rule, state_of
from shared.config import Settings
from shared.documents.port import Body
from shared.errors import NightshiftError
from shared.jobs.kinds import Job, Kind
from shared.jobs.runs.definition import Page, Run, RunDefinition, Shard, Totals
from shared.jobs.runs.shards import ShardJob, shard_kind, slot_begin
from shared.rollups.buckets import slice_of
from shared.schedules import Schedule
from shared.services import Services
from shared.telemetry.pseudonyms import shown

NAME = "pickup-rate"
_log = logging.getLogger("nightshift.pickup_rate")


def pickup_rate_run(settings: Settings) -> RunDefinition:
    """Return the run `pickup-rate`."""
    return RunDefinition(
        name=NAME,
        timer="PickupRateAlert",
        schedule=Schedule("0 */5 * * * *"),
        slot_form="instant",
        plan=plan,
        shard_kind=pickup_rate_kind,
        fan_in=fan_in,
        about="evaluates the pickup rates of each scope that is due",
        catch_up="none",
    )


@lru_cache(maxsize=1)
def pickup_rate_kind(settings: Settings) -> Kind:
    """Return the kind `pickup-rate` as the settings have it."""
    return shard_kind("pickup-rate", settings.pickup_rate_queue, handle)


async def plan(run: Run, cursor: str | None) -> Page:
    """Return one shard when any scope is watched, or is to be told to be watched no more."""
    found = await rules.read(run.services.documents, run.services.settings)
    wanted = found.watched() or _left(found, await _states(run.services))
    return Page([Shard("tick")] if wanted else [])


async def fan_in(run: Run, totals: Totals) -> Mapping[str, int]:
    """Return nothing: the states tell."""
    return {}


async def handle(job: Job, payload: ShardJob) -> None:
    """Evaluate every scope that is due now."""
    await evaluate_due(job.services, clock.now(), slot_begin(payload))


async def evaluate_due(services: Services, now: datetime, end: datetime | None = None) -> dict[str, str]:
    """Evaluate the scopes that are due at `now`; return each one's verdict.

    Windows end at `end` (default: `now`), or else at the last 5-minute edge before it.

    One that can't be evaluated doesn't stop the others, and is evaluated again after its interval, not at once. What
    was told of a scope that nobody watches any more is told to be over.
    """
    found = await rules.read(services.documents, services.settings)
    states = await _states(services)
    send = partial(sending.send, services)
    verdicts: dict[str, str] = {}
    for scope, rule in _left(found, states).items():
        await apply(services.documents, _unwatched(scope, rule.policy, now), send)
        verdicts[scope] = "unwatched"
    due = _due(found, states, now)
    if not due:
        return verdicts
    try:
        await freshness.catch_up(services.documents)
        problem = await freshness.behind(services, now)
        found_in = {} if problem else await windows(adding_up.counted, services.documents, due, slice_of(end or now))
    except NightshiftError as error:
        problem = f"The calls can't be read: {error}"
    for scope, rule in due.items():
        if problem:
            evaluated = _failed(scope, rule.policy, now, problem)
        else:
            evaluated = _evaluated(scope, rule, found_in[scope], now)
        await apply(services.documents, evaluated, send)
        verdicts[scope] = evaluated.verdict
    return verdicts


def _evaluated(scope: str, rule: Rule, window: Window, now: datetime) -> Evaluated:
    """Return a scope's evaluation. A defect in judging one scope is that scope's error, and stops no other."""
    try:
        found = judged(window, rule)
    except Exception as error:
        _log.error("judging %s raised", shown(scope), exc_info=error)
        return _failed(scope, rule.policy, now, f"The rates can't be judged: {type(error).__name__}: {error}")
    message_of = partial(texts.message_of, window, rule, found)
    return Evaluated(SYSTEM, RULE, scope, now, found.verdict, found.reason, rule.policy, message_of)


async def _states(services: Services) -> dict[str, Body]:
    """Return the document of each scope's state."""
    return {body["scope"]: body async for body in of_rule(services.documents, SYSTEM, RULE)}


def _left(found: Rules, states: Mapping[str, Body]) -> dict[str, Rule]:
    """Return the scopes that nobody watches any more, and whose states don't say so yet."""
    left = states.keys() - found.watched().keys()
    return {scope: found.of(scope) for scope in sorted(left) if not state_of(states[scope]).is_settled}


def _due(found: Rules, states: Mapping[str, Body], now: datetime) -> dict[str, Rule]:
    """Return the watched scopes whose last evaluation is an interval old, by the interval that holds now."""
    due = {}
    for scope, rule in found.watched().items():
        before = skew.believed(states[scope]["evaluatedAt"]) if scope in states else ""
        if not before or clock.parse(before) + timedelta(seconds=rule.interval_seconds) <= now:
            due[scope] = rule
    return due


def _failed(scope: str, policy: AlertPolicy, now: datetime, reason: str) -> Evaluated:
    return Evaluated(SYSTEM, RULE, scope, now, "error", reason, policy, partial(texts.failed_message, scope, reason))


def _unwatched(scope: str, policy: AlertPolicy, now: datetime) -> Evaluated:
    message_of = partial(texts.unwatched_message, scope)
    return Evaluated(SYSTEM, RULE, scope, now, "unwatched", "no longer watched", policy, message_of)
