"""Units of work that the page of capacity counts: likes, wears, events, calls, digests, scraped items and rules."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from bench.capacity_counting import Counts, Tally, Work, a_unit
from bench.capacity_model import QUESTION
from processors.pickup_rate.calls import Call
from processors.pickup_rate.rollups import CALL_SOURCE, KINDS
from processors.pickup_rate.taking_in import take_in
from processors.scraper import items
from processors.scraper.entries import Entry
from processors.wardrobe.wears import wear
from shared import clock, users
from shared.documents.containers import TASTE_EVIDENCE, WARDROBE
from shared.jobs.runtime import Runtime
from shared.rollups.rolling_up import roll_up_standing
from shared.usage.budget import Caller, Usage
from tests.integration.alerts.worlds import AlertWorld
from tests.integration.digest.worlds import DigestWorld
from tests.integration.jobs.worlds import MovingClock
from tests.integration.metrics.worlds import World as MetricsWorld
from tests.integration.rules.worlds import RuleWorld
from tests.integration.taste.worlds import SETTINGS, SHELF, TasteWorld

_NOT_ASKED = "UseDevelopmentStorage=true"
EVIDENCES = 100
"""How much a user had liked before."""
_ITEMS = 12
_MEANWHILE = 300


async def likes(tally: Tally, count: int) -> None:
    """Deliver likes of a user each, who liked a hundred things before and has a profile."""
    world = TasteWorld(cast(Any, tally.documents))
    for user in range(count):
        for n in range(EVIDENCES):
            at = clock.text_now(-timedelta(minutes=n + 1))
            said = {"id": f"e{n}", "userId": f"user-{user}", "signal": "up", "createdAt": at, "jobId": f"j{n}"}
            more = {"generation": 0, "order": f"{at}|j{n}", "findings": None, "schemaVersion": 1}
            await tally.documents.create(TASTE_EVIDENCE, {**said, **more})
        await world.deliver({"user_id": f"user-{user}", "item_id": "hat", "image_url": f"{SHELF}red.png"})
    read = world.shelf.read_count
    tally.watch(world.queues)
    tally.begin()
    for user in range(count):
        said = {"user_id": f"user-{user}", "item_id": "coat", "image_url": f"{SHELF}navy.png"}
        world.queues.put(SETTINGS.taste_queue, json.dumps(said).encode())
        delivery = world.queues.receive(SETTINGS.taste_queue)
        assert delivery is not None
        await world.runtime.deliver(world.kind, delivery)
        world.queues.delete(delivery)
    tally.add(world.shelf.read_count - read, "blobs", "read")


async def wears(tally: Tally, count: int) -> None:
    """Let users wear an item each."""
    documents = cast(Any, tally.documents)
    for user in range(count):
        await users.register(documents, f"user-{user}", surely=True)
        await documents.create(WARDROBE, {"id": "hat", "userId": f"user-{user}", "title": "Hat"})
    tally.begin()
    for user in range(count):
        await wear(documents, f"user-{user}", "hat", clock.text_now())


async def usage_events(tally: Tally, count: int) -> None:
    """Take in events of organisations that have four each."""
    world = MetricsWorld(MovingClock(), tally.documents)
    tally.watch(world.queues)
    tally.begin()
    for n in range(count):
        world.put(event_id=f"e{n}", orgId=f"org-{n // 4}")
    await world.take_in()


async def rolled_organisations(tally: Tally, count: int) -> None:
    """Roll up an hour of organisations that had one event each."""
    world = MetricsWorld(MovingClock(), tally.documents)
    for n in range(count):
        world.put(event_id=f"e{n}", orgId=f"org-{n}")
    await world.take_in()
    tally.watch(world.queues)
    tally.begin()
    await world.roll_up()


async def calls(tally: Tally, count: int) -> None:
    """Take in calls of merchants that get two each."""
    world = _alert_world(tally)
    tally.watch(world.queues)
    tally.begin()
    for n in range(count):
        said = {"call_id": f"c{n}", "merchantId": f"m{n // 2}", "status": "FINISHED", "updatedAt": clock.text_now()}
        said |= {"requestId": f"lead-{n // 2}", "initiatedAt": clock.text_now()}
        world.queues.put(world.settings.call_events_queue, json.dumps(said).encode())
    await world.work_off()


async def told(tally: Tally, count: int) -> None:
    """Evaluate and tell of scopes that fire."""
    time = MovingClock()
    with clock.running_on(lambda: time.now):
        world = _alert_world(tally, time)
        for n in range(count):
            for m in range(20):
                said = {"call_id": f"{n}-{m}", "merchantId": f"m{n}", "resellerId": f"r{n}", "status": "FINISHED"}
                said |= {"outcome": "NO_ANSWER", "updatedAt": clock.text_now(), "initiatedAt": clock.text_now()}
                await take_in(cast(Any, tally.documents), Call.model_validate(said))
            await world.says(f"reseller:r{n}", threshold=50, enabled=True)
        for kind in KINDS:
            await roll_up_standing(cast(Any, tally.documents), CALL_SOURCE, kind, 10_000)
        await world.says("global", enabled=False)
        time.advance(_MEANWHILE)
        tally.watch(world.queues)
        tally.begin()
        await world.evaluate()
        await world.work_off()


async def digests(tally: Tally, count: int) -> None:
    """Make the weekly digests of users who own a dozen items."""
    time = MovingClock()
    with clock.running_on(lambda: time.now):
        world = DigestWorld(time, _NOT_ASKED, documents=tally.documents)
        world.services = replace(world.services, blobs=cast(Any, tally.blobs))
        world.runtime = Runtime(world.services)
        for n in range(count):
            await users.register(cast(Any, tally.documents), f"user-{n}", surely=True)
            for item in range(_ITEMS):
                body = {"id": f"item-{item}", "userId": f"user-{n}", "title": "Linen hat", "category": "Hats"}
                await tally.documents.create(WARDROBE, {**body, "tags": [], "schemaVersion": 1})
        cursor = None
        while (found := await users.reconcile(cast(Any, tally.documents), cursor, 1_000)).after is not None:
            cursor = found.after
        tally.watch(world.queues)
        tally.begin()
        await world.digest()


async def scraped_items(tally: Tally, count: int) -> None:
    """Store new entries of one source."""
    text = "White linen and sandals, for warm evenings by the sea. " * 6
    entries = [Entry(f"https://mag.example/new/{n}", f"New thing {n}", text) for n in range(count)]
    tally.begin()
    await items.store(cast(Any, tally.documents), {"id": "mag", "sourceType": "rss"}, entries)


async def rule_runs(tally: Tally, count: int) -> None:
    """Dispatch and run rules of one client that are due in one minute."""
    time = MovingClock()
    with clock.running_on(lambda: time.now):
        world = RuleWorld(time, tally.documents)
        for n in range(count):
            await world.create(f"rule-{n}")
        await world.minutes(1)
        time.advance(60)
        tally.watch(world.queues)
        tally.begin()
        await world.tick()
        await world.work_off()


def _alert_world(tally: Tally, time: MovingClock | None = None) -> AlertWorld:
    world = AlertWorld(time or MovingClock(), _NOT_ASKED, documents=tally.documents)
    world.services = replace(world.services, blobs=cast(Any, tally.blobs))
    world.runtime = Runtime(world.services)
    return world


async def model_questions(tally: Tally, count: int) -> None:
    """Record what questions to a model took; so many that their marks are dirty already."""
    usage = Usage(cast(Any, tally.documents), 10**9)
    tally.begin()
    for n in range(count):
        await usage.record(Caller(f"job-{n}", 0), "gpt-4o-mini", 1_000, 100, 210)


UNITS: dict[str, tuple[Work, int, int]] = {
    "like": (likes, 4, 12),
    "wear": (wears, 10, 40),
    "digest": (digests, 50, 250),
    "usage event": (usage_events, 20, 80),
    "organisation rolled up": (rolled_organisations, 10, 40),
    "call": (calls, 20, 80),
    "alert told": (told, 5, 20),
    "rule run": (rule_runs, 10, 40),
    QUESTION: (model_questions, 200, 400),
    "scraped item": (scraped_items, 100, 400),
}


async def counted(name: str) -> Counts:
    """Return what a unit of work asks."""
    time = MovingClock()
    with clock.running_on(lambda: time.now):
        return await a_unit(*UNITS[name])
