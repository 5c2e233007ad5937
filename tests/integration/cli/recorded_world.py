"""A world with a past for the command line to be asked about: a bit of everything, the same at each building.

Its documents are made by the product's own code where that is short, else written as the product writes them. Time is
told, and queues and users have names that no other test of the session uses.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from processors.alerts import store
from processors.alerts.dispatch import dispatch
from processors.alerts.rule import checked
from processors.catalogue import alert_kind
from processors.digest import preferences
from processors.metrics.kind import Event, usage_event
from processors.metrics.source import EVENTS
from processors.pickup_rate import rules
from processors.pickup_rate.calls import Call
from processors.pickup_rate.run import evaluate_due
from processors.pickup_rate.taking_in import take_in
from processors.scraper import sources
from processors.taste import profile
from processors.taste.analysers.findings import Findings
from processors.taste.evidence import evidence_body
from processors.taste.model import TasteJob
from processors.wardrobe.wears import wear
from shared import clock
from shared.alerts import states as alert_states
from shared.alerts import tasks
from shared.alerts.states import SYSTEM
from shared.blobs.containers import DIGESTS as DIGEST_BLOBS
from shared.blobs.containers import WARDROBE_IMAGES
from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.containers import (
    ALERT_EVENTS,
    ALERT_TASKS,
    MOODS,
    ROLLUP_WORK,
    SCRAPED_ITEMS,
    TASTE_EVIDENCE,
    USER_PROFILES,
    WARDROBE,
)
from shared.documents.port import Body
from shared.jobs.runtime import Runtime
from shared.rollups import marks
from shared.rollups.rolling_up import roll_up
from shared.services import Services
from shared.settings_reference import queues
from shared.usage import events
from shared.web.exchange import Validators
from tests.integration.cli.recorded_jobs import RecordedJobs
from tests.integration.jobs.worlds import MovingClock
from tests.workload_world import WorkloadWorld

NOW = datetime.fromisoformat("2026-11-23T09:30:00+00:00")
"""A Monday, half an hour after the digests' slot: when the commands are typed."""
ADA, BEN = "recorded-ada", "recorded-ben"


def environment(home: str, storage: str) -> dict[str, str]:
    """Return the settings of this world."""
    return {
        **{name: f"recorded-{default}" for name, default in queues().items()},
        "AzureWebJobsStorage": storage,
        "NIGHTSHIFT_HOME": home,
        "ENABLE_PICKUP_RATE_ALERT": "true",
        "PICKUP_RATE_ALERT_INTERVAL_SECONDS": "300",
        "WEEKLY_DIGEST_MAX_CONCURRENCY": "1",
    }


class RecordedWorld(WorkloadWorld):
    """The worker that lives through this world's past."""

    def __init__(self, time: MovingClock, settings: Settings, documents: Any) -> None:
        super().__init__(settings, time, documents)
        self.services = Services(settings, documents, self.queues, Blobs.from_connection_string(settings.storage))
        self.runtime = Runtime(self.services)
        self.queues._queues.setdefault(settings.notification_queue, {})
        self.kinds[settings.alert_queue] = alert_kind(settings)
        self.queues._queues.setdefault(settings.alert_queue, {})

    async def live(self) -> None:
        """Let everything happen that there is to be seen."""
        await self._wardrobes()
        await self._tastes()
        await self._moods()
        await self._sources()
        await self._digests()
        await self._calls()
        await self._tasks()
        await self._metrics()
        await self._rules()
        await RecordedJobs(self.settings, self.documents, self.ago).live(ADA, BEN)
        self.time.now = NOW

    def ago(self, *, days: float = 0, minutes: float = 0) -> datetime:
        """Move time to so long before the commands are typed; return that instant."""
        self.time.now = NOW - timedelta(days=days, minutes=minutes)
        return self.time.now

    async def _wardrobes(self) -> None:
        striped = {"brand": "Harbour Lane", "priceMicroUsd": 24_900_000, "tags": ["casual", "nautical"]}
        owned: tuple[tuple[str, str, Body], ...] = (
            (ADA, "breton-tee", {"title": "Striped Breton T-shirt", "category": "T-shirts", **striped}),
            (ADA, "red-heels", {"title": "Red High Heels", "category": "Shoes", "imageUrl": _picture("red-heels")}),
            (ADA, "rain-coat", {"title": "Rain Coat", "category": "Coats", "priceMicroUsd": 119_000_000}),
            (BEN, "plum-cap", {"title": "Plum Cap", "category": "Caps", "imageUrl": _picture("plum-cap")}),
        )
        for user, item, said in owned:
            await self.documents.upsert(WARDROBE, {"id": item, "userId": user, **said, "schemaVersion": 1})
        for item, days in (("breton-tee", 30), ("breton-tee", 5), ("breton-tee", 1), ("red-heels", 100)):
            await wear(self.documents, ADA, item, clock.to_text(self.ago(days=days)))
        await self.services.blobs.ensure(WARDROBE_IMAGES)
        await self.services.blobs.write(WARDROBE_IMAGES, f"{ADA}/breton-tee.png", b"a picture", "image/png")

    async def _tastes(self) -> None:
        seen = (
            ("red-heels", "up", 90, Findings(("elegant",), ("red",), ("heels",), None, "local-1")),
            ("breton-tee", "up", 20, Findings(("striped", "casual"), ("navy", "white"), ("t-shirts",), "Lane", "x")),
            ("plum-cap", "down", 10, Findings(("sporty",), ("purple",), ("caps",), None, "local-1")),
            ("rain-coat", "none", 5, None),
        )
        for item, signal, days, findings in seen:
            said = {"signal": signal, "createdAt": clock.to_text(self.ago(days=days)), "job_id": f"like-{item}"}
            like = TasteJob.model_validate({"user_id": ADA, "item_id": item, "image_url": _picture(item), **said})
            await self.documents.create(TASTE_EVIDENCE, evidence_body(like, 0, findings))
        evidences = [document.body async for document in self.documents.query(TASTE_EVIDENCE, partition=ADA)]
        await self.documents.create(USER_PROFILES, profile.fold(ADA, evidences, timedelta(days=60)))
        await preferences.opt(self.documents, BEN, wants=False)

    async def _moods(self) -> None:
        for primary, name, counts in (
            ("resort", "nautical stripes", {"2026-W40": 2, "2026-W46": 3, "2026-W47": 5, "2026-W48": 4}),
            ("resort", "linen resort", {"2026-W47": 1}),
            ("preppy", "varsity", {"2026-W38": 9}),
        ):
            signals = {"palette": ["#1f3a5f"], "patterns": ["striped"], "keyPieces": ["t-shirts"]}
            body = {
                "id": f"mood-{name.split()[0]}", "primaryMood": primary, "name": name, "description": f"So {name}.",
                "subMoods": ["coastal"], "signals": signals, "sources": ["shop"], "trend": counts, "weeks": {},
                "firstSeenAt": "2026-09-21T06:00:00.000Z", "asOf": "2026-11-23T06:00:00.000Z", "schemaVersion": 1,
            }  # fmt: skip
            await self.documents.create(MOODS, body)

    async def _metrics(self) -> None:
        """Events of two months, rolled up but for the last."""
        said = {"orgId": "acme", "project": "invoices"}
        for days, kind, more in (
            (40, "document", {"values": {"pages": 3}}),
            (2, "document", {"values": {"pages": 12, "failed_pages": 1}}),
            (1, "llm", {"reason": "challenge", "values": {"cost": 0.0125}, "tag": "eu"}),
            (1, "llm", {"reason": "summarize", "values": {"cost": 0.5}}),
            (0, "execution", {"type": "api"}),
        ):
            at = self.ago(days=days, minutes=80)
            told = {
                **said,
                **more,
                "event_id": f"{kind}-{days}-{len(more)}",
                "kind": kind,
                "occurredAt": clock.to_text(at),
            }
            await events.record(self.documents, usage_event(Event.model_validate(told), at))
        dirty = [marks.standing(found).mark async for found in self.documents.query(ROLLUP_WORK)]
        for kind in ("document", "llm"):
            await roll_up(self.documents, EVENTS, [mark for mark in dirty if (mark.org, mark.kind) == ("acme", kind)])

    async def _sources(self) -> None:
        failure = {"class": "Transient", "code": "timeout", "message": "It doesn't answer within 10 s"}
        fresh = {"listed": 3, "new": 1, "updated": 1, "duplicate": 1}
        for days, name, url, kind in (
            (90, "Silent", "https://silent.example/feed.xml", "rss"),
            (60, "Shop", "https://shop.example/feed.xml", "rss"),
            (50, "Streets", "https://www.reddit.com/r/streetwear", "reddit"),
            (40, "Broken", "https://broken.example/new-in", "page"),
            (1, "Young", "https://young.example/new-in", "page"),
        ):
            self.ago(days=days)
            source, _ = await sources.add(self.documents, sources.new(url, kind, name))
            if name in ("Silent", "Shop"):
                await sources.succeeded(self.documents, source, "scraper|2026-10-02", Validators('"1"'), fresh)
            if name == "Silent":
                self.ago(days=1)
                same = {"not_modified": 1}
                await sources.succeeded(self.documents, source, "scraper|2026-11-22", Validators('"1"'), same)
            self.ago(days=3)
            if name == "Shop":
                await sources.succeeded(self.documents, source, "scraper|2026-11-20", Validators("", "Fri"), fresh)
            if name == "Streets":
                await sources.pause(self.documents, source, reason="they asked us to", by="cli:ada")
            for slot in ("2026-11-21", "2026-11-22") if name == "Broken" else ():
                at = (self.documents, "page", source["id"], f"scraper|{slot}", failure)
                await sources.failed(*at, failures_to_pause=5)
        item = {"sourceId": "shop", "title": "Navy Striped T-shirt", "text": "Casual.", "url": "https://shop.example/1"}
        seen = clock.to_text(self.ago(days=2))
        await self.documents.create(SCRAPED_ITEMS, {"id": "item-1", **item, "scrapedAt": seen, "schemaVersion": 1})

    async def _digests(self) -> None:
        await self.services.blobs.ensure(DIGEST_BLOBS)
        self.ago(days=7)
        await self.run("digest", "2026-W47")
        await preferences.give_feedback(self.documents, ADA, "breton-tee", "up")
        self.ago(days=6)
        await self.run("digest", "2026-W47", force=True)
        self.ago(minutes=29)
        await self.run("digest", "2026-W48")

    async def _calls(self) -> None:
        said: dict[str, Body] = {
            "global": {"minimum_sample": 4, "lookback_seconds": 86_400},
            "reseller:r1": {"threshold": 55.5},
            "merchant:m1": {"reseller": "r1", "alert_type": "BOTH", "remind_seconds": 3600},
            "merchant:m2": {"definition": "connection"},
            "merchant:off": {"enabled": False},
        }
        self.ago(days=4)
        for scope, numbers in said.items():
            await rules.change(self.documents, scope, numbers, by="cli:ada")
        await self._called("m1", days=3, picked=5)
        await self._evaluate(days=2.9)
        await self._called("m1", days=1.8, picked=1)
        await self._called("m2", days=1.8, picked=5)
        await self._evaluate(days=1.7)
        silenced = {"by": "cli:ada", "why": "their line is being moved"}
        await alert_states.silence(
            self.documents, alert_states.SYSTEM, "pickup-rate", "merchant:m2", self.ago(days=-1), **silenced
        )
        await self._called("m1", days=0.2, picked=6)
        await self._called("m2", days=0.2, picked=0)
        await self._evaluate(days=0.1)
        async for event in self.documents.query(ALERT_EVENTS, order_by="at", limit=1):
            told = {**event.body, "sent": {"outbox": "pickup-rate:firing"}}
            await self.documents.replace(ALERT_EVENTS, told, event.etag)

    async def _tasks(self) -> None:
        """Alerts of a client's rules: one fires, one is acknowledged, and one is over."""
        fires, ends = "firing", "resolved"
        told_of = ((fires, "costs", ADA), (fires, "latency", ADA), (fires, "outage", BEN), (ends, "outage", BEN))
        for number, (kind, rule, owner) in enumerate(told_of):
            at = clock.to_text(self.ago(days=2, minutes=-number))
            facts = {"owner": owner, "severity": "error", "rule": {"id": rule, "name": rule.title(), "version": 1}}
            told = {"clientId": "acme", "rule": rule, "scope": "org:acme", "kind": kind, "number": number, "at": at}
            about = {"id": f"{rule}|org:acme|{number}", "title": f"{rule.title()}: 12 s", "text": "Above 10 s."}
            await tasks.follow(self.documents, {**told, **about, "facts": facts})
        (latency,) = [one async for one in self.documents.query(ALERT_TASKS, where=[("rule", "=", "latency")])]
        self.ago(days=1)
        await tasks.acknowledge(self.documents, "acme", latency.body["id"], "cli:ada")

    async def _called(self, merchant: str, *, days: float, picked: int) -> None:
        """Let there have been six calls of three leads, of which so many were picked up."""
        at = clock.to_text(self.ago(days=days))
        for n in range(6):
            answered = n < picked
            said = {
                "call_id": f"{merchant}-{days}-{n}", "merchantId": merchant, "resellerId": "r1", "status": "FINISHED",
                "requestId": f"{merchant}-{days}-{n % 3}", "attempt": 1 + n // 3, "initiatedAt": at, "updatedAt": at,
                "outcome": "CONFIRM" if answered else "NO_ANSWER",
                "connectionStatus": "ANSWERED" if answered else "NO_ANSWER",
            }  # fmt: skip
            await take_in(self.documents, Call.model_validate(said))

    async def _rules(self) -> None:
        """Rules of the app and of a client; one has run this morning and fires."""
        few = {"measure": "pickup_call_rate", "scope": "global", "operator": "<", "threshold": 90.0}
        costs = {"measure": "llm_usage", "scope": "org:acme", "operator": ">", "threshold": 100.0}
        nothing = {"type": "no_data", "measure": "llm_usage", "scope": "org:acme"}
        morning = {"type": "daily", "time": "09:00", "timezone": "UTC"}
        monday = {"type": "weekly", "time": "10:00", "dayOfWeek": [1], "timezone": "Europe/Berlin"}
        self.ago(days=1)
        for key, client, said in (
            ("pickups", SYSTEM, {"name": "Few pickups", "condition": {**few, "windowSeconds": 604_800}}),
            ("costs", SYSTEM, {"name": "Model costs", "condition": costs, "after": ["pickups"], "owner": BEN}),
            ("asleep", SYSTEM, {"name": "Asleep", "condition": few, "active": False, "frequency": monday}),
            ("silence", "acme", {"name": "Nothing came", "condition": nothing}),
        ):
            await store.create(self.documents, client, key, checked({"frequency": morning, **said}), by="cli:ada")
        self.ago(minutes=29)
        await dispatch(self.services, alert_kind(self.settings))
        await self.work_off()

    async def _evaluate(self, *, days: float) -> None:
        await evaluate_due(self.services, self.ago(days=days))


def _picture(item: str) -> str:
    return f"https://pictures.example/{item}.png"
