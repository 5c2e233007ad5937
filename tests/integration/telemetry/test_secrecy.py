"""Do secrets, payloads and names of people stay out of logs, spans and metrics, whatever happens?

Markers are planted wherever others can put a text, then looked for in all that leaves.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from azure.functions import QueueMessage
from pytest_httpserver import HTTPServer
from werkzeug import Response

from demo.feeds_double import Shown, serving
from shared import heartbeats
from shared.alerts.notifications import notification_kind
from shared.config import Settings
from shared.documents.containers import MOODS, Container
from shared.documents.observed import ObservedDocuments
from shared.documents.port import Body, Document
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Permanent, Transient, Unavailable
from shared.jobs import worker
from shared.jobs.kinds import Next
from shared.jobs.outcome import Deferred, Outcome
from shared.jobs.runtime import Runtime
from shared.queues import storage
from shared.queues.storage import StorageQueues
from tests.azurite import Azurite
from tests.integration.alerts.hooks import Hook
from tests.integration.api.worlds import ApiWorld, key_of
from tests.integration.digest.test_outcomes import someone
from tests.integration.digest.worlds import DigestWorld
from tests.integration.jobs import worlds
from tests.integration.jobs.worlds import MovingClock
from tests.integration.models.model_double import ModelDouble, completion, failure
from tests.integration.models.model_double import seen as answer
from tests.integration.models.worlds import World, settings
from tests.integration.rules.worlds import RuleWorld
from tests.integration.scraper.worlds import ScrapeWorld, rss
from tests.integration.telemetry.leaving import Leaving, leaving

MARK = "xyzzy"
"""Part of every marker, as nothing of the app's own is."""
PERSON, ITEM, TITLE, TAG = f"ada.{MARK}@example.com", f"item-{MARK}", f"Ada {MARK}'s wedding dress", f"tag {MARK}"
JOB, KEY, BRAND = f"job of {MARK}", f"sk-{MARK}-0123456789abcdef", f"Brand {MARK}"
SAS = f"sig={MARK}"


@pytest.fixture
def left() -> Iterator[Leaving]:
    """What leaves while the test runs; at its end there must be something, and no marker in it."""
    with leaving() as found:
        yield found
        texts = found.all()
    assert all(texts[where] not in ("", "{}") for where in ("logs", "spans", "metrics")), "nothing was told at all"
    for where, text in texts.items():
        at = text.find(MARK)
        assert at < 0, f"{where}: …{text[max(at - 300, 0) : at + 100]}…"


def observed(world: Any) -> None:
    """Let a world's calls of the store be told of."""
    world.services = replace(world.services, documents=ObservedDocuments(world.services.documents, "sqlite"))
    world.runtime = Runtime(world.services)


def told_to_the_host(outcome: Outcome) -> None:
    """See that what the host logs of a deferred message, the exception's text, has no marker either."""
    assert MARK not in str(Deferred(outcome))


@pytest.fixture
def model(httpserver: HTTPServer) -> ModelDouble:
    """A model on this machine."""
    return ModelDouble(httpserver)


@pytest.fixture
async def taste(left: Leaving, model: ModelDouble, httpserver: HTTPServer) -> AsyncIterator[World]:
    """A worker of taste jobs."""
    httpserver.expect_request(f"/{MARK}.png").respond_with_data(b"no picture", content_type="image/png")
    made = World(
        settings(openai_base_url=model.url, openai_api_key=KEY, fetch_allowed_local=f"localhost:{httpserver.port}")
    )
    observed(made)
    yield made
    await made.close()


def like(url: str, **more: Any) -> dict[str, Any]:
    return {"image_url": url, "user_id": PERSON, "item_id": ITEM, "job_id": JOB, "title": TITLE, "tags": [TAG], **more}


ECHO = f"You said: {TITLE}, with {KEY}"
ANSWERS = {
    "a good answer": [answer(brand=BRAND, garments=[TITLE])],
    "an answer of another shape": [completion(json.dumps({"colors": TITLE}))],
    "no JSON": [completion(TITLE)],
    "a refusal": [completion(None, refusal=ECHO)],
    "a 400 that echoes": [failure(400, message=ECHO, param=TITLE)],
    "a 401 that echoes": [failure(401, message=ECHO)],
    "a 404 that echoes": [failure(404, message=ECHO)],
    "a 429 that echoes": [failure(429, message=ECHO, retry_after="30")],
    "a 500 that echoes": [failure(500, message=ECHO)],
    "a page": [Response(f"<h1>{ECHO}</h1>", status=502, content_type="text/html")],
    "unsuitable": [failure(400, code="unsupported_parameter", message=ECHO)],
}


@pytest.mark.parametrize("answers", ANSWERS.values(), ids=ANSWERS)
async def test_taste_jobs_whatever_the_model_answers(
    taste: World, model: ModelDouble, httpserver: HTTPServer, answers: list[Response]
) -> None:
    from tests.integration.models.worlds import png

    httpserver.expect_request(f"/{MARK}/tee.png").respond_with_data(png(), content_type="image/png")
    model.answers(*answers)

    told_to_the_host(await taste.like(**like(httpserver.url_for(f"/{MARK}/tee.png?{SAS}"))))

    assert TITLE in json.dumps(model.asked, ensure_ascii=False), "the model was asked about it"
    if answers is ANSWERS["a good answer"]:
        (evidence,) = await taste.evidences()
        assert MARK in json.dumps(evidence)


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:1/{MARK}.png?{SAS}",
        f"https://{MARK}.invalid/a.png",
        f"ftp://{MARK}",
        f"not an address, {MARK}",
    ],
)
async def test_taste_jobs_whose_picture_cannot_be_had(taste: World, url: str) -> None:
    told_to_the_host(await taste.like(**like(url)))


async def test_messages_that_are_none(taste: World) -> None:
    for body in (TITLE, f'{{"{MARK}": ', json.dumps(like("", signal=TITLE)), json.dumps({"user_id": [PERSON]}), KEY):
        taste.queues.put(taste.kind.queue, body.encode())
        outcome = await taste.deliver()
        assert outcome is not None
        told_to_the_host(outcome)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"invalid literal: {TITLE}"),
        KeyError(PERSON),
        Transient(f"{KEY} was refused for {PERSON}", code="content_failed"),
        Permanent(f"{TITLE} can't be read", code="content_refused"),
        Unavailable(f"{JOB!r} in jobs can't be reached: AccountKey={MARK}", dependency="store"),
        ExceptionGroup(TITLE, [ValueError(TITLE)]),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("recorded", [True, False], ids=["recorded", "plain"])
async def test_errors_that_quote_what_they_met(left: Leaving, error: Exception, recorded: bool) -> None:
    async def fails(_: object) -> None:
        try:
            raise RuntimeError(TITLE)
        except RuntimeError as cause:
            raise error from cause

    of = worlds.world(recorded=recorded)
    of.handling.does[PERSON] = fails  # type: ignore[assignment]

    told_to_the_host(await of.handle(json.dumps({"name": PERSON, "do": TITLE})))


async def test_a_store_that_fails_and_says_for_whom(left: Leaving) -> None:
    class Failing(SqliteDocuments):
        """A store that can't be reached."""

        async def get(self, container: Container, partition: str, id: str) -> Document | None:
            raise Unavailable(f"The document store can't be reached for {PERSON!r}", dependency="store")

    of = worlds.world(documents=ObservedDocuments(Failing(":memory:"), "sqlite"))
    told_to_the_host(await of.handle(json.dumps({"name": PERSON, "generation": 0})))
    with pytest.raises(Unavailable):
        async with heartbeats.beating(of.documents, "RescueJobs"):
            await of.documents.get(MOODS, PERSON, PERSON)


async def test_a_defect_of_the_runtime_itself(left: Leaving, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(SqliteDocuments):
        """A store with a defect."""

        async def create(self, container: Container, body: Body) -> Document:
            raise ValueError(f"{TITLE} of {PERSON}")

    of = worlds.world(documents=ObservedDocuments(Broken(":memory:"), "sqlite"))
    monkeypatch.setattr(worker, "runtime", lambda: of.runtime)
    monkeypatch.setattr(worker, "settings", Settings)
    message = QueueMessage(id="1", body=json.dumps({"name": PERSON}).encode())

    with pytest.raises(worker.Undelivered, match=r"^ValueError$") as raised:
        await worker.deliver(lambda _: of.kind, message)

    assert raised.value.__suppress_context__, "the host tells no error behind it"


@pytest.mark.parametrize("fails", [False, True], ids=["well", "badly"])
async def test_digests(left: Leaving, time: MovingClock, azurite: Azurite, model: ModelDouble, fails: bool) -> None:
    said = json.dumps({"suggestions": [{"number": n, "rationale": f"{TITLE} {n}"} for n in (1, 2, 3)]})
    model.answers(failure(500, message=ECHO) if fails else completion(said))
    time.advance(1)
    of = settings(digest_suggester="openai", openai_base_url=model.url, openai_api_key=KEY, taste_analyser="local")
    world = DigestWorld(time, azurite.connection_string, of)
    observed(world)
    await someone(world, PERSON)
    await world.owns(PERSON, ITEM, f"linen-{MARK}", brand=BRAND)
    await world.is_found(f"found-{MARK}", TITLE)

    entry = await world.digest()

    assert entry.ended
    assert MARK in json.dumps(model.asked)
    await world.close()


@pytest.mark.parametrize("is_there", [True, False])
async def test_sources_and_what_they_say(left: Leaving, time: MovingClock, is_there: bool) -> None:
    path = f"/feed-{MARK}.xml"
    broken = Shown(f"<rss>{TITLE}".encode())
    with serving({path: rss((f"/{MARK}", TITLE), text=PERSON) if is_there else broken}) as site:
        world = ScrapeWorld(site, time, scraper_failures_to_pause=1, scraper_contact=PERSON)
        observed(world)
        source = await world.add(f"{path}?{SAS}" if not is_there else path)
        await world.scrape()
        assert MARK in json.dumps(await world.source(source))
        await world.close()


async def test_a_queue_service_that_is_away(left: Leaving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(storage._RETRY, "retry_total", 0)  # it stays away
    key = base64.b64encode(MARK.encode()).decode()
    queues = StorageQueues.from_connection_string(
        f"DefaultEndpointsProtocol=http;AccountName={MARK};AccountKey={key};"
        f"QueueEndpoint=http://127.0.0.1:1/{MARK};BlobEndpoint=http://127.0.0.1:1/{MARK};"
    )
    of = worlds.world()
    of.services = replace(of.services, queues=queues)
    of.runtime = Runtime(of.services)
    of.handling.does["a"] = Next(timedelta())

    told_to_the_host(await of.handle(json.dumps({"name": "a"})))

    await queues.close()
    assert key not in json.dumps(left.all())


@pytest.mark.parametrize("status", [200, 400, 500])
async def test_alert_rules_and_notifications(
    left: Leaving, time: MovingClock, httpserver: HTTPServer, status: int
) -> None:
    hook = Hook(httpserver, f"/services/{MARK}/secret")
    hook.answers = [Response(f"no, says {MARK}", status=status)]
    world = RuleWorld(time)
    told = replace(
        Settings(), notify_webhook_url=f"{hook.url}?{SAS}", notify_webhook_secret=MARK, fetch_allowed_local=hook.host,
        slack_webhook_url=hook.url, call_base_backoff_seconds=0.0, call_max_backoff_seconds=0.0,
        call_jitter_seconds=0.0,
    )  # fmt: skip
    world.services = replace(world.services, settings=told)
    observed(world)
    client = f"client of {PERSON}"
    await world.create(f"rule-{MARK}", client, name=TITLE, condition={"scope": f"org:{PERSON}"})
    world.meter.says = 99.0
    await world.minutes(1)
    world.meter.says = Transient(ECHO, code="metrics_behind")
    await world.minutes(1)
    world.meter.says = KeyError(PERSON)  # type: ignore[assignment]
    await world.minutes(1)
    notifications = notification_kind(told)
    time.advance(60)
    for _ in range(6):
        delivery = world.queues.receive(notifications.queue)
        if delivery is not None:
            try:
                await world.runtime.deliver(notifications, delivery)
            except Deferred as deferred:
                told_to_the_host(deferred.outcome)
    await world.services.close()

    assert MARK in json.dumps(hook.got), "it was told to the channel"


async def test_requests_of_the_api(left: Leaving, time: MovingClock, azurite: Azurite) -> None:
    time.advance(1)
    world = ApiWorld(time, azurite.connection_string, openai_api_key=KEY, cosmos_key=MARK)
    observed(world)
    asked = [
        await world.asked("POST", "/jobs/taste-analysis", json=like(f"https://shop.example/{MARK}.png?{SAS}")),
        await world.asked("POST", "/jobs/taste-analysis", json=[like("no address"), {"user_id": PERSON}]),
        await world.asked("POST", "/jobs/taste-analysis", json=TITLE),
        await world.asked("GET", f"/users/{PERSON}/profile"),
        await world.asked("GET", f"/users/{PERSON}/digests"),
        await world.asked("GET", f"/jobs/{JOB}", params={"q": TITLE}),
        await world.asked("GET", f"/{MARK}/{PERSON}"),
        await world.asked(MARK.upper(), "/jobs"),
        await world.asked("POST", "/alerts/rules", json={"name": TITLE, "client": PERSON}, params={"id": MARK}),
        await world.asked(
            "GET", "/jobs", key=None, headers={"x-api-key": key_of(MARK), "authorization": f"Bearer {KEY}"}
        ),
        await world.asked("GET", "/jobs", headers={"user-agent": TITLE, "traceparent": MARK, "cookie": MARK}),
    ]
    world.documents.fail("get jobs")
    asked.append(await world.asked("GET", f"/jobs/{JOB}", params={"scope": PERSON}))
    world.documents.heal()
    await world.deliver()
    await world.close()

    statuses = {one.status_code for one in asked}
    assert {200, 202} & statuses
    assert {401, 404} <= statuses
