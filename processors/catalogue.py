"""Catalogue: the app's kinds of job, runs, measures and housekeeping timers. Commands and housekeeping ask here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from processors.alerts import kind as alerts
from processors.digest import kind as digests
from processors.digest.run import digest_run
from processors.health.measures import health_measures
from processors.health.paused_sources import PausedSource
from processors.health.watched import WATCH, Watched, WatchedQueue, WatchedRun, WatchedTimer
from processors.metrics.backfill import backfill_run
from processors.metrics.kind import event_kind
from processors.metrics.measures import MEASURES as METRIC_MEASURES
from processors.metrics.measures import METRICS
from processors.metrics.reconcile import reconcile_run as metrics_reconcile_run
from processors.metrics.source import EVENTS
from processors.metrics.spending import spent_today
from processors.mood.recent import recent_moods
from processors.mood.run import mood_run
from processors.pickup_rate.backfill import backfill_run as calls_backfill_run
from processors.pickup_rate.measures import MEASURES as PICKUP_RATES
from processors.pickup_rate.rollups import CALL_SOURCE
from processors.pickup_rate.run import pickup_rate_run
from processors.pickup_rate.taking_in import call_kind
from processors.scraper import sources
from processors.scraper.run import scraper_run
from processors.taste.kind import taste_kind
from processors.taste.stored import taste_of
from processors.users.reconcile import reconcile_run
from shared.alerts.notifications import notification_kind
from shared.blobs.containers import WARDROBE_IMAGES
from shared.config import Settings
from shared.errors import Misconfigured
from shared.jobs.bulk_replay import replay_run
from shared.jobs.gates import Gates
from shared.jobs.interventions import Interventions
from shared.jobs.kinds import Job, Kind, Registry
from shared.jobs.record_store import Records
from shared.jobs.runs import run_kind as runs
from shared.jobs.runs.definition import RunDefinitions
from shared.masking import masked
from shared.measures import Measures
from shared.rollups.rolling_up import RollUp, Source, roll_up, source_of
from shared.schedules import Schedule

if TYPE_CHECKING:
    from processors.digest.preview import Preview
    from shared.documents.port import Documents
    from shared.services import Services

SOURCES: tuple[Source, ...] = (EVENTS, CALL_SOURCE)
"""What is rolled up."""


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """A timer function that works inside its timer and leaves a heartbeat of its name."""

    name: str
    schedule: Schedule
    about: str


def housekeeping(settings: Settings) -> tuple[Housekeeping, ...]:
    """Return every housekeeping timer. Raises Misconfigured when the schedule of one, which is a setting, isn't one."""
    return (
        Housekeeping(
            "RescueJobs",
            Schedule("45 * * * * *"),
            "sends the messages of overdue jobs, and alerts that were left unsent, again",
        ),
        Housekeeping("DispatchAlerts", Schedule("0 * * * * *"), "enqueues the alert rules that are due"),
        Housekeeping("CatchUpRuns", Schedule("15 */5 * * * *"), "catches up missed slots, or records them as missed"),
        Housekeeping(WATCH, Schedule("30 */5 * * * *"), "looks at runs, queues and jobs, and tells what is wrong"),
        Housekeeping(
            "AggregateMetrics",
            _given_schedule("METRICS_SCHEDULE", settings.metrics_schedule),
            "has the roll-ups recomputed that events have changed",
        ),
    )


@lru_cache(maxsize=1)
def run_definitions(settings: Settings) -> RunDefinitions:
    """Return every run of the app."""
    return RunDefinitions(
        [
            mood_run(settings),
            scraper_run(settings),
            digest_run(settings, digest_kind),
            pickup_rate_run(settings),
            reconcile_run(settings),
            metrics_reconcile_run(settings),
            backfill_run(settings),
            calls_backfill_run(settings),
            replay_run(interventions),
        ]
    )


def digest_kind(settings: Settings) -> Kind:
    """Return the kind `digest`, which asks taste and mood."""
    return digests.digest_kind(settings, taste_of, recent_moods)


async def preview_digest(documents: Documents, user: str) -> Preview:
    """Return what the digest of a user would be now, which asks taste and mood. Raises NotFound."""
    from processors.digest.preview import preview

    return await preview(documents, user, taste_of, recent_moods)


@lru_cache(maxsize=1)
def run_kind(settings: Settings) -> Kind:
    """Return the kind `run` with every run of the app."""
    return runs.run_kind(settings, run_definitions(settings))


@lru_cache(maxsize=1)
def rollup_kind(settings: Settings) -> Kind:
    """Return the plain kind `rollup`, which recomputes the roll-ups of every source."""
    return Kind(name="rollup", queue=settings.rollup_queue, model=RollUp, handler=_roll_up)


async def _roll_up(job: Job, message: RollUp) -> None:
    await roll_up(job.services.documents, source_of(SOURCES, message.kind), message.work)


@lru_cache(maxsize=1)
def alert_kind(settings: Settings) -> Kind:
    """Return the kind `alert`, which asks every workload for its measures."""
    return alerts.alert_kind(settings, measures(settings))


def registry(settings: Settings) -> Registry:
    """Return every kind of the app, those of runs' shards included."""
    shard_kinds = run_definitions(settings).shard_kinds(settings)
    others = (
        call_kind(settings),
        event_kind(settings),
        rollup_kind(settings),
        alert_kind(settings),
        notification_kind(settings),
    )
    return Registry((taste_kind(settings), run_kind(settings), *shard_kinds, *others))


def interventions(services: Services, by: str) -> Interventions:
    """Return the operators' side of the queue runtime, acting as that name."""
    documents = services.documents
    return Interventions(
        Records(documents),
        services.queues,
        Gates(documents),
        registry(services.settings),
        by=by,
        checks={"blob": lambda: services.blobs.check(WARDROBE_IMAGES)},
    )


def measures(settings: Settings) -> Measures:
    """Return every measure of the app: what a kind that asks other workloads for values is given."""
    return Measures([*PICKUP_RATES, *METRIC_MEASURES, *health_measures(watched)])


@lru_cache(maxsize=1)
def watched(settings: Settings) -> Watched:
    """Return what the watch over jobs looks at: every scheduled run, queue and housekeeping timer of the app."""
    return Watched(
        runs=[
            WatchedRun(one, one.shard_kind(settings).queue if one.shard_kind else None)
            for one in run_definitions(settings).scheduled()
        ],
        queues=[WatchedQueue(kind.queue, kind.poison_queue, kind.name, kind.recorded) for kind in registry(settings)],
        timers=[WatchedTimer(one.name, one.schedule) for one in housekeeping(settings)],
        jobs_ended=METRICS["jobs_ended"],
        spent_today=spent_today,
        paused_sources=_paused_sources,
    )


async def watch_jobs(services: Services) -> None:
    """Do what the watch over jobs does: one look."""
    from processors.health.watch import watch

    await watch(services, watched(services.settings))


async def watch_the_watch(services: Services) -> None:
    """See whether the watch over jobs lives."""
    from processors.health.watch import watch_the_watch

    (timer,) = [one for one in watched(services.settings).timers if one.name == WATCH]
    await watch_the_watch(services, timer)


async def _paused_sources(documents: Documents) -> list[PausedSource]:
    return [
        PausedSource(
            body["id"],
            body["name"],
            body.get("pausedAt", "an unknown time"),
            masked(body.get("pausedReason") or "no reason given"),
            body.get("pausedBy", "somebody"),
        )
        for body in await sources.paused(documents)
    ]


def _given_schedule(name: str, expression: str) -> Schedule:
    try:
        return Schedule(expression)
    except ValueError as error:
        raise Misconfigured(f"Setting {name} is {expression!r}: {error}", code="setting_invalid") from None
