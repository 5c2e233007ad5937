"""Does PagerDuty have an alert open for just as long as it fires here, whatever happens to messages?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from operations import alerts
from shared import clock
from shared.alerts import notifications, sending, states
from shared.alerts.channels.pagerduty import SUMMARY_CHARACTERS, dedup_key, pagerduty_event
from shared.alerts.channels.port import Notice
from shared.alerts.channels.registry import open_channel
from shared.alerts.machine import AlertPolicy, Transition, Verdict
from shared.alerts.standing import send_standing
from shared.alerts.states import AlertMessage, Evaluated, jobs_of
from shared.documents.containers import ALERT_EVENTS, GATES
from shared.documents.port import Body
from shared.errors import Misconfigured
from tests.actors import ADMIN
from tests.integration.alerts.hooks import Hook
from tests.integration.alerts.worlds import AlertWorld
from tests.integration.jobs.worlds import Killed

KEY = "0123456789abcdef0123456789abcdef"
HOUR = timedelta(hours=1)
FACTS: Body = {"severity": "critical", "value": 12}


@pytest.fixture
def hook(httpserver: HTTPServer) -> Hook:
    """PagerDuty, which takes every event."""
    hook = Hook(httpserver, "/v2/enqueue")
    hook.answers = [Response('{"status": "success"}', 202)]
    return hook


@pytest.fixture
def world(new_world: Callable[..., AlertWorld], hook: Hook) -> AlertWorld:
    """A worker that tells PagerDuty."""
    return new_world(pagerduty_routing_key=KEY, pagerduty_url=hook.url, fetch_allowed_local=hook.host)


async def evaluate(
    world: AlertWorld, verdict: Verdict, *scopes: str, client: str = "acme", remind: timedelta | None = None
) -> None:
    """Let a client's rule have been evaluated now, for these scopes; then a minute passes."""
    policy = AlertPolicy(HOUR, failures_to_error=1, remind_every=remind)
    for scope in scopes or ("org:acme",):

        def message_of(transition: Transition, scope: str = scope) -> AlertMessage:
            return AlertMessage(f"{transition.kind} of {scope}", "Too slow.", FACTS)

        evaluated = Evaluated(client, "latency", scope, clock.now(), verdict, "", policy, message_of)
        await states.apply(world.documents, evaluated, partial(sending.send, world.services))
    world.time.advance(60)


def posted(hook: Hook) -> list[tuple[str, str]]:
    """Return action and key of every event that PagerDuty got."""
    return [(event["event_action"], event["dedup_key"]) for event in hook.got]


async def test_firing_reminder_and_resolved_are_one_alert(world: AlertWorld, hook: Hook) -> None:
    for verdict in ("breach", "breach", "clear"):
        await evaluate(world, verdict, remind=timedelta(seconds=1))
        await world.work_off()

    key = "alert|acme|latency|org:acme"
    assert posted(hook) == [("trigger", key), ("trigger", key), ("resolve", key)]


async def test_an_event_has_the_rules_severity_and_the_facts(world: AlertWorld, hook: Hook) -> None:
    at = clock.text_now()
    await evaluate(world, "breach")
    await world.work_off()

    assert hook.got == [
        {
            "routing_key": KEY,
            "event_action": "trigger",
            "dedup_key": "alert|acme|latency|org:acme",
            "client": "Nightshift",
            "payload": {
                "summary": "firing of org:acme", "source": "org:acme", "severity": "critical", "timestamp": at,
                "class": "latency", "custom_details": {"text": "Too slow.", **FACTS}, "group": "acme",
            },
        }
    ]  # fmt: skip


async def test_that_a_rule_cannot_be_evaluated_is_an_alert_of_its_own(world: AlertWorld, hook: Hook) -> None:
    for verdict in ("breach", "error", "breach", "clear"):
        await evaluate(world, verdict)
        await world.work_off()

    fires, fails = "alert|acme|latency|org:acme", "error|acme|latency|org:acme"
    assert posted(hook) == [("trigger", fires), ("trigger", fails), ("resolve", fails), ("resolve", fires)]


async def test_alike_alerts_of_one_minute_are_an_event_each(world: AlertWorld, hook: Hook) -> None:
    await evaluate(world, "breach", "org:b", "org:a", "org:c")
    await world.work_off()

    assert [event["payload"]["source"] for event in hook.got] == ["org:a", "org:b", "org:c"]


async def test_a_message_that_is_held_up_halfway_goes_on_from_there(world: AlertWorld, hook: Hook) -> None:
    taken = hook.answers[0]
    hook.answers = [taken, Response("busy", 429, {"Retry-After": "120"}), taken]
    await evaluate(world, "breach", "org:a", "org:b")
    await world.work_off()

    assert [event["payload"]["source"] for event in hook.got] == ["org:a", "org:b", "org:b"]
    (job,) = await world.jobs_in(jobs_of("acme"))
    assert (job.status, job.attempts) == ("completed", 0)


async def test_a_trigger_that_comes_after_the_end_opens_nothing(world: AlertWorld, hook: Hook) -> None:
    """The sender of `firing` dies after posting; while its message waits for another, the alert ends."""
    killed = dying_after_the_first(world, hook)
    await evaluate(world, "breach")
    with pytest.raises(Killed):
        await world.work_off()
    await evaluate(world, "clear")
    await world.work_off()
    world.time.advance(120)
    await world.work_off()

    assert killed == [1]
    assert [action for action, _ in posted(hook)] == ["trigger", "resolve", "resolve"]


async def test_a_resolve_that_comes_after_it_fires_anew_closes_nothing(world: AlertWorld, hook: Hook) -> None:
    await evaluate(world, "breach")
    await world.work_off()
    dying_after_the_first(world, hook)
    await evaluate(world, "clear")
    with pytest.raises(Killed):
        await world.work_off()
    world.time.advance(2 * 3600)
    await evaluate(world, "breach")
    await world.work_off()

    assert [action for action, _ in posted(hook)] == ["trigger", "resolve", "trigger", "trigger"]


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [("breach", "clear", ["firing", "resolved"]), ("breach", "error", ["firing"])],
    ids=["of the same", "of errors"],
)
async def test_what_comes_while_an_event_is_posted_is_posted_after_it(
    world: AlertWorld, first: Verdict, then: Verdict, told: list[str]
) -> None:
    await evaluate(world, first)
    (event,) = await world.all(ALERT_EVENTS)
    sent: list[str] = []

    async def send(latest: Body) -> None:
        sent.append(latest["kind"])
        if len(sent) == 1:
            await evaluate(world, then)

    await send_standing(world.documents, event, "pagerduty", send)

    assert sent == told


async def test_a_sender_that_dies_right_after_posting_posts_it_again_and_then_never_more(world: AlertWorld) -> None:
    await evaluate(world, "breach")
    sent: list[str] = []

    async def send(latest: Body) -> None:
        sent.append(latest["kind"])
        if len(sent) == 1:
            raise Killed

    async def sender() -> None:
        (event,) = await world.all(ALERT_EVENTS)
        await send_standing(world.documents, event, "pagerduty", send)

    with pytest.raises(Killed):
        await sender()
    for _ in range(2):
        await sender()

    assert sent == ["firing", "firing"]


async def test_what_is_still_in_a_states_outbox_counts_too(world: AlertWorld) -> None:
    await evaluate(world, "breach")
    (fired,) = await world.all(ALERT_EVENTS)

    async def dies(event: Body) -> None:
        raise Killed

    policy = AlertPolicy(HOUR)
    over = Evaluated(
        "acme", "latency", "org:acme", clock.now(), "clear", "", policy, lambda _: AlertMessage("", "", {})
    )
    with pytest.raises(Killed):
        await states.apply(world.documents, over, dies)
    (resolved,) = [event for event in await world.all(ALERT_EVENTS) if event["kind"] == "resolved"]
    (standing,) = [document async for document in world.documents.query(ALERT_EVENTS, where=[("number", "=", 2)])]
    await world.documents.delete(ALERT_EVENTS, "acme", resolved["id"], standing.etag)
    sent: list[tuple[str, str]] = []

    async def send(latest: Body) -> None:
        sent.append((latest["kind"], latest["clientId"]))

    await send_standing(world.documents, fired, "pagerduty", send)

    assert sent == [("resolved", "acme")]


@pytest.mark.parametrize(
    ("answer", "gates", "status"),
    [
        (Response('{"errors": ["Length of \'routing_key\' is incorrect"]}', 400), ["notify:pagerduty"], "waiting"),
        (Response("Invalid routing key", 400), ["notify:pagerduty"], "waiting"),
        (Response("slow down", 429, {"Retry-After": "900"}), ["notify:pagerduty"], "waiting"),
        (Response("who?", 403), ["notify:pagerduty"], "waiting"),
        (Response("down", 500), [], "waiting"),
        (Response('{"errors": ["\'payload.summary\' is missing"]}', 400), [], "dead"),
    ],
    ids=["length of key", "key", "429", "403", "500", "400"],
)
async def test_an_answer_that_is_no_success_is_classed(
    world: AlertWorld, hook: Hook, answer: Response, gates: list[str], status: str
) -> None:
    hook.answers = [answer]
    await evaluate(world, "breach")
    while await world.deliver() is not None:
        pass

    (job,) = await world.jobs_in(jobs_of("acme"))
    assert ([one["id"] for one in await world.all(GATES)], job.status) == (gates, status)
    assert KEY not in str(job)


async def test_its_host_has_to_be_allowed(new_world: Callable[..., AlertWorld]) -> None:
    services = new_world(pagerduty_routing_key=KEY, pagerduty_url="https://evil.example/v2/enqueue").services

    with pytest.raises(Misconfigured, match="NOTIFY_ALLOWED_HOSTS"):
        open_channel("pagerduty", services.settings, services.fetcher, services.blobs)


async def test_pagerdutys_own_host_is_allowed_without_saying_so(new_world: Callable[..., AlertWorld]) -> None:
    services = new_world(pagerduty_routing_key=KEY).services

    assert open_channel("pagerduty", services.settings, services.fetcher, services.blobs).name == "pagerduty"


async def test_a_test_message_opens_an_alert_of_its_own(world: AlertWorld, hook: Hook) -> None:
    ids = [await alerts.test_channel(world.services, ADMIN, "pagerduty")]
    world.time.advance(1)
    ids.append(await alerts.test_channel(world.services, ADMIN, "pagerduty"))

    assert [(event["event_action"], event["payload"]["severity"]) for event in hook.got] == [("trigger", "info")] * 2
    assert [event["dedup_key"] for event in hook.got] == ids


def test_no_two_alerts_share_a_key() -> None:
    said = [
        notice(), notice(rule="other"), notice(scope="org:other"), notice(client="acme"), notice(kind="error"),
        notice(rule="a|b", scope="c"), notice(rule="a", scope="b|c"), notice(client="latency", rule="org:acme"),
        notice(scope="s" * 900), notice(scope="s" * 901),
    ]  # fmt: skip
    keys = [dedup_key(one) for one in said]

    assert len(set(keys)) == len(said)
    assert max(map(len, keys)) <= 255


def test_an_event_stays_within_pagerdutys_limits() -> None:
    event = pagerduty_event(notice(title="x" * 5_000, text="y" * 5_000, facts={"many": ["z" * 1_000] * 600}))

    assert len(event["payload"]["summary"]) == SUMMARY_CHARACTERS
    assert event["payload"]["custom_details"] == {"text": "y" * (SUMMARY_CHARACTERS - 1) + "…"}


@pytest.mark.parametrize(("said", "sent"), [("error", "error"), (None, "warning"), ("loud", "warning")])
def test_a_rule_without_a_severity_of_pagerdutys_warns(said: str | None, sent: str) -> None:
    assert pagerduty_event(notice(severity=said))["payload"]["severity"] == sent


def notice(**said: Any) -> Notice:
    """Return a notice that says this."""
    usual = {
        "id": "n", "kind": "firing", "at": "2026-11-23T09:00:00.000Z", "title": "T", "text": "", "facts": {},
        "rule": "latency", "scope": "org:acme",
    }  # fmt: skip
    return Notice(**{**usual, **said})


def dying_after_the_first(world: AlertWorld, hook: Hook) -> list[int]:
    """Let the worker die right after the next event that PagerDuty takes; return how often it has died."""
    deaths, before = [0], len(hook.got)
    kind = world.kinds[world.settings.notification_queue]

    async def dying(job: Any, payload: Any) -> Any:
        ended = await notifications.handle(job, payload)
        if len(hook.got) > before and deaths == [0]:
            deaths[0] += 1
            raise Killed
        return ended

    fields = {name: getattr(kind, name) for name in kind.__slots__}
    world.kinds[world.settings.notification_queue] = type(kind)(**fields | {"handler": dying})
    return deaths
