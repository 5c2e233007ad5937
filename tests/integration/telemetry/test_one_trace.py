"""Is everything that a job brings about one trace: from its producer through retries and a replay to a notification?"""

from __future__ import annotations

import json
from dataclasses import replace

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode
from pytest_httpserver import HTTPServer

from shared import heartbeats
from shared.alerts.notifications import notification_kind
from shared.config import Settings
from shared.documents.containers import HEARTBEATS
from shared.documents.observed import ObservedDocuments
from shared.jobs.gates import Gates
from shared.jobs.interventions import Interventions
from shared.jobs.kinds import Registry
from shared.jobs.producer import Producer
from shared.jobs.record import JobKey
from shared.jobs.record_store import Records
from shared.jobs.rescue import Rescue
from shared.jobs.runtime import Runtime
from shared.telemetry import names
from tests.integration.alerts.hooks import Hook
from tests.integration.jobs.worlds import MovingClock
from tests.integration.models.model_double import ModelDouble, completion, failure
from tests.integration.models.model_double import seen as answer
from tests.integration.models.worlds import World
from tests.integration.rules.worlds import RuleWorld
from tests.telemetry_seen import Seen

TRACE, PRODUCER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PRODUCER}-01"
QUEUE = "taste-analysis-jobs"


def id_of(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.span_id:016x}"


def parent_of(span: ReadableSpan) -> str | None:
    return f"{span.parent.span_id:016x}" if span.parent else None


def traces(seen: Seen) -> set[str]:
    return {f"{span.context.trace_id:032x}" for span in seen.spans() if span.context}


def steps(seen: Seen) -> list[tuple[str, object]]:
    """Return sends, deliveries and questions in order, each with what came of it."""
    told = (names.OUTCOME, names.ERROR)
    return [
        (span.name, next((span.attributes[name] for name in told if name in (span.attributes or {})), None))
        for span in seen.spans()
        if (span.attributes is not None and span.kind is not SpanKind.CLIENT) or span.name.startswith("chat")
    ]


async def what(world: World) -> str | None:
    """Return what came of the next delivery."""
    outcome = await world.deliver()
    return outcome.what if outcome else None


async def test_a_job_with_a_retry_a_death_and_a_replay(
    world: World, seen: Seen, model: ModelDouble, picture_url: str, time: MovingClock
) -> None:
    model.answers(*[failure(500)] * 3, completion(None, finish="content_filter"), answer())

    assert (await world.like(picture_url, traceparent=TRACEPARENT)).what == "retry"
    time.advance(600)
    assert await what(world) == "dead"
    records = Records(world.services.documents)
    ops = Interventions(records, world.queues, Gates(world.services.documents), Registry([world.kind]), by="ops")
    held = await records.get(JobKey("ada", "job-1"))
    assert held is not None
    await ops.replay(held)
    assert await what(world) == "completed"

    assert traces(seen) == {TRACE}
    assert steps(seen) == [
        (f"process {QUEUE}", "retry"),
        *[("chat small", "Transient")] * 3,
        (f"process {QUEUE}", "dead"),
        ("chat small", None),
        (f"send {QUEUE}", None),
        (f"process {QUEUE}", "completed"),
        ("chat small", None),
    ]
    first, second, third = seen.named(f"process {QUEUE}")
    (sent,) = seen.named(f"send {QUEUE}")
    assert [parent_of(first), parent_of(second)] == [PRODUCER, PRODUCER]
    assert parent_of(sent) == PRODUCER
    assert parent_of(third) == id_of(sent)
    assert [span.attributes[names.ATTEMPT] for span in (first, second, third) if span.attributes] == [1, 2, 1]
    assert (first.status.status_code, third.status.status_code) == (StatusCode.ERROR, StatusCode.UNSET)
    record = await records.get(JobKey("ada", "job-1"))
    assert record is not None
    assert (record.record.traceparent or "").split("-")[1] == TRACE, "dead-letters show tells the trace"


async def test_calls_of_model_and_store_are_parts_of_the_delivery_that_made_them(
    world: World, seen: Seen, model: ModelDouble, picture_url: str
) -> None:
    model.answers(answer())

    await world.like(picture_url)

    (delivery,) = seen.named(f"process {QUEUE}")
    (chat,) = seen.named("chat small")
    assert parent_of(chat) == id_of(delivery)
    assert dict(chat.attributes or {}) == {
        names.AI_OPERATION: "chat",
        names.AI_PROVIDER: "openai",
        names.AI_MODEL: "small",
        names.AI_INPUT_TOKENS: 100,
        names.AI_OUTPUT_TOKENS: 20,
        names.COST: 27,
    }
    of_store = [span for span in seen.spans() if names.DB_SYSTEM in (span.attributes or {})]
    assert {parent_of(span) for span in of_store} == {id_of(delivery)}
    assert {"create jobs", "replace jobs"} <= {span.name for span in of_store}
    assert all(span.end_time <= delivery.end_time for span in of_store if span.end_time and delivery.end_time)


async def test_what_the_app_enqueues_goes_on_with_the_trace_it_was_given_or_begins_one(
    world: World, seen: Seen, model: ModelDouble, picture_url: str
) -> None:
    producer = Producer(Records(world.services.documents), world.queues)
    members = {"user_id": "ada", "item_id": "tee", "image_url": picture_url}

    await producer.enqueue(world.kind, members, by="ada", traceparent=TRACEPARENT)
    await producer.enqueue(world.kind, {**members, "item_id": "hat"}, by="ada")

    given, fresh = seen.named(f"send {QUEUE}")
    first = world.queues.receive(QUEUE)
    assert first is not None
    assert json.loads(first.body)["traceparent"] == f"00-{TRACE}-{id_of(given)}-01"
    assert parent_of(given) == PRODUCER
    assert parent_of(fresh) is None


async def test_a_job_that_rescue_wakes_stays_in_its_trace_and_the_tick_is_linked(
    world: World, seen: Seen, picture_url: str, time: MovingClock
) -> None:
    documents = world.services.documents
    producer = Producer(Records(documents), world.queues)
    members = {"user_id": "ada", "item_id": "tee", "image_url": picture_url}
    await producer.enqueue(world.kind, members, by="ada", traceparent=TRACEPARENT)
    time.advance(3600)

    async with heartbeats.beating(documents, "RescueJobs"):
        await Rescue(Records(documents), world.queues, Gates(documents), Registry([world.kind])).run()

    _, woken = seen.named(f"send {QUEUE}")
    (tick,) = seen.named("timer RescueJobs")
    assert woken.context is not None
    assert f"{woken.context.trace_id:032x}" == TRACE
    assert [f"{link.context.span_id:016x}" for link in woken.links] == [id_of(tick)]


async def test_an_alert_is_one_trace_from_its_timer_to_its_channel(
    time: MovingClock, seen: Seen, httpserver: HTTPServer
) -> None:
    hook = Hook(httpserver)
    world = RuleWorld(time)
    told = replace(Settings(), slack_webhook_url=hook.url, fetch_allowed_local=hook.host)
    world.services = replace(world.services, settings=told, documents=ObservedDocuments(world.documents, "sqlite"))
    world.runtime = Runtime(world.services)
    await world.create()
    world.meter.says = 99.0
    time.advance(60)

    async with heartbeats.beating(world.services.documents, "DispatchAlerts"):
        await world.tick()
    await world.work_off()
    notifications = notification_kind(told)
    time.advance(60)
    while (delivery := world.queues.receive(notifications.queue)) is not None:
        await world.runtime.deliver(notifications, delivery)
        world.queues.delete(delivery)
    await world.services.close()

    assert len(hook.got) == 1, "the channel was told"
    (of_tick,) = seen.named("timer DispatchAlerts")
    assert of_tick.context is not None
    of_trace = [span for span in seen.spans() if span.context and span.context.trace_id == of_tick.context.trace_id]
    assert [span.name for span in of_trace if names.DB_SYSTEM not in (span.attributes or {})] == [
        "timer DispatchAlerts",
        "send alert-jobs",
        "process alert-jobs",
        "send notifications",
        "process notifications",
        "notify slack",
    ]


async def test_so_many_calls_of_the_store_have_spans_and_the_others_are_counted(world: World, seen: Seen) -> None:
    documents = world.services.documents

    async with heartbeats.beating(documents, "Busy"):
        for _ in range(100):
            await documents.get(HEARTBEATS, "nobody", "nobody")

    (tick,) = seen.named("timer Busy")
    spans = [span for span in seen.spans() if names.DB_SYSTEM in (span.attributes or {})]
    assert len(spans) == 64
    assert (tick.attributes or {})[names.LEFT_OUT] == 100 + 4 - 64
