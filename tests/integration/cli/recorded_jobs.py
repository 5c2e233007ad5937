"""The jobs of the recorded world: one in each state, dead ones of several causes; runs, timers and gates."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from processors.catalogue import run_kind
from processors.mood.kind import mood_kind
from processors.taste.kind import taste_kind
from shared import clock
from shared.config import Settings
from shared.documents.port import Documents
from shared.errors import Misconfigured, NightshiftError, Permanent, RateLimited, Transient
from shared.heartbeats import beating
from shared.jobs import scopes, transitions
from shared.jobs.gates import Gates
from shared.jobs.kinds import Kind
from shared.jobs.messages import BadMessage
from shared.jobs.record import Claim, JobKey, Record, changed
from shared.jobs.record_store import Records
from shared.jobs.runs import job as run_job
from shared.jobs.runs.ledger import Entry, Ledger

MISSING = Permanent("There is no blob 'red.png'", code="blob_missing", dependency="content")
SLOW = Transient("The picture's host doesn't answer within 10 s", code="timeout", dependency="content")
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
BROKEN = '{"user_id": "recorded-ada", "item_id": 5, "image_url": "https://pictures.example/1.png"}'
KEPT = timedelta(days=400)


def cause_of(error: NightshiftError) -> str:
    """Return the cause that taste jobs share which died of `error`."""
    return transitions.reason_of("taste", error).cause


class RecordedJobs:
    """Brings the runtime's documents into a store; `ago` moves time."""

    def __init__(self, settings: Settings, documents: Documents, ago: Callable[..., datetime]) -> None:
        self._settings, self._documents, self._ago = settings, documents, ago
        self._taste = taste_kind(settings)

    async def live(self, ada: str, ben: str) -> None:
        """Let everything happen that there is to be seen."""
        await self._live_jobs(ada, ben)
        await self._ended_jobs(ada, ben)
        await self._dead_letters(ada, ben)
        await self._runs()
        await self._timers()
        await self._gates()

    async def _live_jobs(self, ada: str, ben: str) -> None:
        self._ago(minutes=5)
        await self._keep(self._queued(ada, "job-queued"))
        self._ago(minutes=45)
        await self._keep(self._queued(ben, "job-overdue"))
        self._ago(minutes=1)
        await self._keep(self._claimed(ada, "job-running"))
        self._ago(minutes=30)
        await self._keep(self._claimed(ben, "job-crashed", crashes=2))
        waiting = self._claimed(ada, "job-waiting")
        self._ago(minutes=2)
        slow = transitions.reason_of("taste", SLOW)
        await self._keep(transitions.retrying(waiting, slow, timedelta(minutes=4)))
        held = self._claimed(ben, "job-held")
        limited = RateLimited("The model says 429", dependency="model:gpt-4o-mini")
        await self._keep(
            transitions.held(held, transitions.reason_of("taste", limited), clock.now() + timedelta(minutes=12))
        )

    async def _ended_jobs(self, ada: str, ben: str) -> None:
        self._ago(minutes=90)
        done = self._claimed(ada, "job-completed")
        unwanted, hopeless = self._queued(ben, "job-cancelled"), self._queued(ben, "job-discarded")
        hopeless = transitions.dead(hopeless, transitions.reason_of("taste", MISSING))
        self._ago(minutes=80)
        await self._keep(transitions.completed(done))
        await self._keep(transitions.ended_by(unwanted, "cancelled", by="cli:ada", why="asked for by mistake"))
        await self._keep(transitions.ended_by(hopeless, "discarded", by="cli:ada", why="the shop is gone"))

    async def _dead_letters(self, ada: str, ben: str) -> None:
        for minutes, user, name, error, more in (
            (4_000, ada, "dead-missing-1", MISSING, {}),
            (600, ben, "dead-missing-2", MISSING, {"message": {"id": "m-7", "putAt": None, "dequeueCount": 3}}),
            (100, ada, "dead-slow", SLOW, {"attempts": 4, "traceparent": TRACE}),
            (50, ada, "dead-again", MISSING, {"replays": (cause_of(MISSING),) * 3}),
            (40, ben, "dead-crashed", Permanent("It kills its worker", code="kills_its_worker"), {"crashes": 6}),
        ):
            self._ago(minutes=minutes)
            record = changed(self._queued(user, name), **more)
            self._ago(minutes=minutes - 10)
            await self._keep(transitions.dead(record, transitions.reason_of("taste", error), spent=name == "dead-slow"))
        at = self._ago(minutes=20)
        places = [{"at": "item_id", "problem": "Input should be a valid string"}]
        invalid = transitions.reason_of("taste", BadMessage("No taste job", code="invalid_payload", places=places))
        raw = base64.b64encode(BROKEN.encode()).decode()
        blank = Record(
            JobKey(scopes.of_queue(self._taste.queue), "dead-body"),
            "taste",
            self._taste.queue,
            "queued",
            at,
            at,
            raw=raw,
        )
        await self._keep(transitions.dead(changed(blank, occurrences=2), invalid))
        wrong = self._queued(ben, "dead-invalid")
        wrong = changed(wrong, payload={**(wrong.payload or {}), "signal": "sideways"})
        await self._keep(transitions.dead(wrong, invalid))
        payload = {"run": "moods|2026-11-22", "shard": "dead-shard", "items": [["shop", "item-1"]]}
        shard = self._new(mood_kind(self._settings), JobKey(scopes.of_run("moods|2026-11-22"), "dead-shard"), payload)
        refused = Permanent("The model refuses it", code="content_filter", dependency="model:gpt-4o-mini")
        await self._keep(transitions.dead(shard, transitions.reason_of("mood", refused)))

    async def _runs(self) -> None:
        at = self._ago(minutes=150)
        reason = {"class": "Permanent", "code": "planning", "message": "It can't be planned"}
        later = {"planning_at": at, "running_at": self._ago(minutes=149)}
        status: Any
        for name, slot, status, more in (
            ("scraper", "2026-11-20", "missed", {"covered_by": "scraper|2026-11-21", "trigger": "catch-up"}),
            ("scraper", "2026-11-21", "completed", {**later, "fan_in_at": self._ago(minutes=140), "planned": 5,
                "shards": {"completed": 5}, "counters": {"new": 3, "updated": 1}}),
            ("scraper", "2026-11-22", "completed_with_failures", {**later, "fan_in_at": self._ago(minutes=139),
                "planned": 5, "shards": {"completed": 4, "dead": 1}, "counters": {"new": 1}}),
            ("moods", "2026-11-21", "missed", {"trigger": "catch-up"}),
            ("moods", "2026-11-22", "failed", {"planning_at": at, "error": reason, "trigger": "manual", "n": 1}),
            ("moods", "2026-11-23", "cancelled", {**later, "planned": 2, "shards": {"cancelled": 2}}),
            ("scraper", "2026-11-23", "running", {**later, "phase": "running", "planned": 2}),
        ):  # fmt: skip
            slot_at = datetime.fromisoformat(f"{slot}T0{6 if name == 'moods' else 7}:00:00+00:00")
            ends = {} if status in ("missed", "running") else {"opened_at": at, "ended_at": self._ago(minutes=130)}
            said: dict[str, Any] = {"trigger": "timer", "by": "Timer", "kept": KEPT, "opened_at": at, **ends, **more}
            number = f"|{said['n']}" if "n" in said else ""
            await Ledger(self._documents).write(
                Entry(f"{name}|{slot}{number}", name, slot, slot_at, status, **said), None
            )
        asked = {"name": "scraper", "slot": "2026-11-23", "trigger": "timer", "by": "PluckItScraper"}
        run = self._new(run_kind(self._settings), run_job.key("scraper", "scraper|2026-11-23"), asked)
        await self._keep(transitions.continued(run, timedelta(seconds=self._settings.run_look_seconds)))
        await self._keep(self._new(run_kind(self._settings), run_job.key("moods", "moods|2026-11-24"), {
            **asked, "name": "moods", "slot": "2026-11-24"}))  # fmt: skip

    async def _timers(self) -> None:
        self._ago(minutes=1)
        async with beating(self._documents, "RescueJobs"):
            self._ago(minutes=0.5)
        self._ago(minutes=5)
        with suppress(Transient):
            async with beating(self._documents, "CatchUpRuns"):
                raise SLOW

    async def _gates(self) -> None:
        gates = Gates(self._documents)
        at = self._ago(minutes=15)
        limited = RateLimited("It says 429", dependency="", retry_after=timedelta(hours=1))
        await gates.close_after("model:gpt-4o-mini", limited, at, by=self._taste.name)
        await gates.close_after("notify:slack", Misconfigured("It says 403", dependency=""), at, by="notification")
        await gates.close(mood_kind(self._settings).gates[0], reason="moods wait", by="cli:ada", until=None)

    def _new(self, kind: Kind, key: JobKey, payload: dict[str, Any]) -> Record:
        return transitions.new_queued(kind, key, payload, by="test", traceparent=None)

    def _queued(self, user: str, id: str) -> Record:
        picture = "https://pictures.example/red.png"
        payload = {"user_id": user, "item_id": "red-heels", "image_url": picture, "job_id": id, "signal": "up"}
        at = {"createdAt": clock.text_now(), "title": "Red High Heels"}
        return self._new(self._taste, JobKey(user, id), {**payload, **at})

    def _claimed(self, user: str, id: str, *, crashes: int = 0) -> Record:
        now, queued = clock.now(), self._queued(user, id)
        seen = {"id": f"message-of-{id}", "putAt": clock.to_text(now), "dequeueCount": 1 + crashes}
        claim = Claim(f"token-of-{id}", now + timedelta(seconds=60))
        return transitions.claimed(
            queued, generation=0, crashes=crashes, claim=claim, payload=None, seen=seen, traceparent=TRACE
        )

    async def _keep(self, record: Record) -> None:
        await Records(self._documents).create(record)
