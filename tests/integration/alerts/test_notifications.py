"""Does each notification reach its channel at least once, with the same id, whatever the channel answers?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from pytest_mock import MockerFixture
from werkzeug import Response

from shared.alerts import notifications
from shared.alerts.channels.port import Notice
from shared.alerts.channels.registry import open_channel
from shared.alerts.channels.slack import HEADER_CHARACTERS, SECTION_CHARACTERS, cut, escaped, slack_message
from shared.alerts.channels.webhook import signature
from shared.alerts.states import SYSTEM, jobs_of
from shared.documents.containers import ALERT_EVENTS, GATES
from shared.errors import Misconfigured
from tests.integration.alerts.hooks import OK, Hook
from tests.integration.alerts.worlds import AlertWorld
from tests.integration.jobs.worlds import Killed, MovingClock


@pytest.fixture
def hook(httpserver: HTTPServer) -> Hook:
    """A webhook that takes everything."""
    return Hook(httpserver)


@pytest.fixture
def world(new_world: Callable[..., AlertWorld], hook: Hook) -> AlertWorld:
    """A worker that tells Slack."""
    return new_world(slack_webhook_url=hook.url, fetch_allowed_local=hook.host, slack_tag_users="U1, U2")


async def fired(world: AlertWorld, *merchants: str) -> None:
    """Let an alert fire for all, and for merchants of their own."""
    for merchant in merchants or ("m1",):
        await world.calls(0, 30, merchant=merchant)
        if merchants:
            await world.says(f"merchant:{merchant}", minimum_sample=20)
    await world.evaluate(minutes=0)


async def deliver_visible(world: AlertWorld) -> None:
    """Deliver every message that is visible now."""
    while await world.deliver() is not None:
        pass


async def test_slack_gets_blocks_with_tags_and_the_event_is_marked(world: AlertWorld, hook: Hook) -> None:
    await fired(world)

    await world.work_off()

    (message,) = hook.got
    assert message["blocks"][0]["text"]["text"] == "Pickup rate below 40 %: global"
    assert "BELOW" in message["blocks"][1]["text"]["text"]
    assert message["blocks"][-1]["elements"][0]["text"].startswith(
        "<@U1> <@U2> pickup-rate:firing:2026-11-23T09:00|slack|1"
    )
    (event,) = await world.all(ALERT_EVENTS)
    assert list(event["sent"]) == ["slack"]


async def test_a_message_links_to_the_console_when_its_address_is_known(
    new_world: Callable[..., AlertWorld], hook: Hook
) -> None:
    address = "https://jobs.example/console"
    world = new_world(slack_webhook_url=hook.url, fetch_allowed_local=hook.host, console_url=address)
    await fired(world)

    await world.work_off()

    (message,) = hook.got
    assert f"<{address}|See it in the console>" in message["blocks"][-1]["elements"][0]["text"]


async def test_alike_alerts_of_one_minute_are_one_message(world: AlertWorld, hook: Hook) -> None:
    await fired(world, "m1", "m2", "m3")

    await world.work_off()

    (message,) = hook.got
    assert message["blocks"][0]["text"]["text"].endswith("and 3 more")
    assert len(message["blocks"]) == 1 + 4 + 1


async def test_slack_that_is_down_for_ten_minutes_loses_nothing(
    world: AlertWorld, hook: Hook, time: MovingClock
) -> None:
    began = time.now
    hook.answers = [lambda: Response("down", 503) if (time.now - began).total_seconds() < 600 else OK]
    await fired(world)

    await world.work_off()

    assert (time.now - began).total_seconds() >= 600
    assert len({json.dumps(message) for message in hook.got}) == 1
    (job,) = await world.jobs_in(SYSTEM)
    assert job.status == "completed"


@pytest.mark.parametrize("client", ["system", "~system"])
async def test_a_client_called_like_the_apps_own_hears_nothing_of_its_alerts(
    world: AlertWorld, hook: Hook, client: str
) -> None:
    await fired(world)
    (event,) = await world.all(ALERT_EVENTS)
    message = {"client": client, "group": event["group"], "channel": "slack"}

    world.queues.put(world.settings.notification_queue, json.dumps(message).encode())
    await world.work_off()

    assert len(hook.got) == 1
    (event,) = await world.all(ALERT_EVENTS)
    (mine,), (theirs,) = await world.jobs_in(SYSTEM), await world.jobs_in(jobs_of(client))
    assert (mine.key.id, mine.status, event["clientId"]) == (theirs.key.id, "completed", SYSTEM)
    assert event["sent"] == {"slack": mine.key.id}


async def test_200_without_ok_is_no_success(world: AlertWorld, hook: Hook) -> None:
    hook.answers = [Response("<html>log in</html>"), Response(""), OK]
    await fired(world)

    await world.work_off()

    assert len(hook.got) == 3
    (job,) = await world.jobs_in(SYSTEM)
    assert (job.status, job.attempts) == ("completed", 2)


@pytest.mark.parametrize(
    ("answer", "gate"),
    [(Response("slow", 429, {"Retry-After": "120"}), "notify:slack"), (Response("no_service", 404), "notify:slack"),
     (Response("gone", 410), "notify:slack"), (Response("who", 403), "notify:slack")],
    ids=["429", "404", "410", "403"],
)  # fmt: skip
async def test_a_channel_that_refuses_us_holds_its_messages_without_an_attempt(
    world: AlertWorld, hook: Hook, answer: Response, gate: str
) -> None:
    hook.answers = [answer, OK]
    await fired(world)
    await world.deliver()
    while not await world.all(GATES):
        if await world.deliver() is None:
            world.time.advance(30)

    assert [one["id"] for one in await world.all(GATES)] == [gate]
    await world.work_off()

    (job,) = await world.jobs_in(SYSTEM)
    assert (job.status, job.attempts, len(hook.got)) == ("completed", 0, 2)


@pytest.mark.parametrize("waiting", ["slack", "webhook"])
@pytest.mark.parametrize(
    "answer",
    [Response("slow", 429, {"Retry-After": "600"}), Response("down", 503, {"Retry-After": "600"}),
     Response("who", 403)],
    ids=["429", "503", "403"],
)  # fmt: skip
async def test_while_one_channel_says_wait_the_other_goes_on(
    new_world: Callable[..., AlertWorld], httpserver: HTTPServer, waiting: str, answer: Response
) -> None:
    hooks = {name: Hook(httpserver, f"/services/{name}") for name in ("slack", "webhook")}
    hooks[waiting].answers = [answer, OK]
    world = new_world(
        slack_webhook_url=hooks["slack"].url, notify_webhook_url=hooks["webhook"].url, notify_webhook_secret="x",
        fetch_allowed_local=hooks["slack"].host,
    )  # fmt: skip
    (going,) = hooks.keys() - {waiting}
    await fired(world)
    (event,) = await world.all(ALERT_EVENTS)
    await deliver_visible(world)
    world.time.advance(60)
    await deliver_visible(world)
    assert [one["id"] for one in await world.all(GATES)] == [f"notify:{waiting}"]

    later = {**event, "id": f"{event['id']}-later", "group": f"{event['group']}-later", "sent": {}}
    await world.documents.create(ALERT_EVENTS, later)
    await notifications.send(world.services, later)
    await deliver_visible(world)

    assert {name: len(hook.got) for name, hook in hooks.items()} == {waiting: 1, going: 2}
    assert [one["id"] for one in await world.all(GATES)] == [f"notify:{waiting}"]
    await world.work_off()
    assert {name: len(hook.got) for name, hook in hooks.items()} == {waiting: 3, going: 2}
    assert {(job.status, job.attempts) for job in await world.jobs_in(SYSTEM)} == {("completed", 0)}


async def test_a_channel_that_there_is_not_is_a_dead_letter_and_holds_nobody(world: AlertWorld, hook: Hook) -> None:
    await fired(world)
    (event,) = await world.all(ALERT_EVENTS)
    message = {"group": event["group"], "channel": "pigeon"}

    world.queues.put(world.settings.notification_queue, json.dumps(message).encode())
    await world.work_off()

    (dead,) = [job for job in await world.jobs_in(SYSTEM) if job.status == "dead"]
    assert dead.reason is not None
    assert (dead.reason.code, await world.all(GATES), len(hook.got)) == ("channel_unknown", [], 1)


async def test_a_message_that_is_refused_for_itself_is_a_dead_letter(world: AlertWorld, hook: Hook) -> None:
    hook.answers = [Response("invalid_blocks", 400)]
    await fired(world)

    await world.work_off()

    (job,) = await world.jobs_in(SYSTEM)
    assert job.reason is not None
    assert (job.status, job.reason.code) == ("dead", "notify_refused")


async def test_a_worker_that_dies_after_sending_sends_the_same_again(
    world: AlertWorld, hook: Hook, time: MovingClock, mocker: MockerFixture
) -> None:
    await fired(world)
    handle, deaths = notifications.handle, 0

    async def dying(job: Any, payload: Any) -> Any:
        nonlocal deaths
        ended = await handle(job, payload)
        if hook.got and deaths == 0:
            deaths += 1
            raise Killed
        return ended

    kind = world.kinds[world.settings.notification_queue]
    world.kinds[world.settings.notification_queue] = type(kind)(
        **{name: getattr(kind, name) for name in kind.__slots__} | {"handler": dying}
    )
    with pytest.raises(Killed):
        await world.work_off()
    time.advance(120)

    await world.work_off()

    assert len(hook.got) == 2
    assert hook.got[0] == hook.got[1]


async def test_an_event_that_comes_after_its_minutes_message_gets_one_of_its_own(world: AlertWorld, hook: Hook) -> None:
    await fired(world)
    await world.work_off()
    (event,) = await world.all(ALERT_EVENTS)
    late = {**event, "id": f"{event['id']}-late", "scope": "merchant:late", "title": "Late", "sent": {}}
    await world.documents.create(ALERT_EVENTS, late)

    for _ in range(2):
        await notifications.send(world.services, late)
    await world.work_off()

    assert [message["blocks"][0]["text"]["text"] for message in hook.got] == ["Pickup rate below 40 %: global", "Late"]


async def test_the_webhook_is_signed_over_timestamp_and_body(new_world: Callable[..., AlertWorld], hook: Hook) -> None:
    world = new_world(notify_webhook_url=hook.url, notify_webhook_secret="s3cret", fetch_allowed_local=hook.host)
    await fired(world)

    await world.work_off()

    (headers,), (raw,), (message,) = hook.headers, hook.raw, hook.got
    expected = signature("s3cret", headers["X-Nightshift-Timestamp"], raw)
    assert headers["X-Nightshift-Signature"] == f"sha256={expected}"
    (told,) = message["notifications"]
    assert (told["id"], told["kind"]) == ("pickup-rate|global|1", "firing")
    assert told["facts"]["callRate"] == {"percent": 0.0, "picked": 0, "total": 30}


async def test_without_a_webhook_messages_go_to_the_outbox(new_world: Callable[..., AlertWorld]) -> None:
    world = new_world()
    await fired(world)
    await world.work_off()

    (event,) = await world.all(ALERT_EVENTS)
    (message,) = [one for one in await world.outbox(event["group"]) if one["group"] == event["sent"]["outbox"]]
    assert message["notifications"][0]["title"] == "Pickup rate below 40 %: global"


@pytest.mark.parametrize("name", ["slack", "webhook"])
async def test_a_webhook_at_another_host_is_never_posted_to(new_world: Callable[..., AlertWorld], name: str) -> None:
    url = "https://evil.example/services/secret-part"
    world = new_world(slack_webhook_url=url, notify_webhook_url=url, notify_webhook_secret="x")
    services = world.services

    with pytest.raises(Misconfigured, match="NOTIFY_ALLOWED_HOSTS") as refused:
        open_channel(name, services.settings, services.fetcher, services.blobs)

    assert "secret-part" not in str(refused.value)


async def test_the_webhooks_address_is_in_no_error_and_no_record(
    new_world: Callable[..., AlertWorld], caplog: pytest.LogCaptureFixture
) -> None:
    world = new_world(slack_webhook_url="http://localhost:1/services/secret-part", fetch_allowed_local="localhost:1")
    await fired(world)
    for _ in range(3):
        if await world.deliver() is None:
            world.time.advance(60)

    jobs = await world.jobs_in(SYSTEM)
    assert jobs[0].attempts > 0
    assert "secret-part" not in str(jobs) + caplog.text


def notice(text: str, title: str = "T") -> Notice:
    """Return a notice that says this."""
    return Notice("n", "firing", "2026-11-23T09:00:00.000Z", title, text, {})


def test_long_texts_are_cut_to_slacks_limits() -> None:
    message = slack_message("g", [notice("&" * 10_000, "x" * 1_000)] * 60)

    assert len(message["blocks"]) <= 50
    assert len(message["blocks"][0]["text"]["text"]) <= HEADER_CHARACTERS
    assert all(len(block["text"]["text"]) <= SECTION_CHARACTERS for block in message["blocks"][1:-1])


def test_what_others_wrote_tags_and_links_nobody() -> None:
    message = slack_message("g", [notice("<!channel> <@U9> <https://evil.example|x> & more")])

    assert message["blocks"][1]["text"]["text"] == escaped("<!channel> <@U9> <https://evil.example|x> & more")
    assert "<" not in message["blocks"][1]["text"]["text"]


@pytest.mark.parametrize(("text", "limit", "short"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("ab&amp;cd", 6, "ab…")])
def test_a_cut_text_ends_in_no_half_entity(text: str, limit: int, short: str) -> None:
    assert cut(text, limit) == short
