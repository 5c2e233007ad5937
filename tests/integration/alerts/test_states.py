"""Are the states and messages of each client its own?"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from shared import clock
from shared.alerts import sending, states
from shared.alerts.machine import AlertPolicy, Transition, Verdict
from shared.alerts.states import SYSTEM, AlertMessage, Evaluated
from shared.documents.containers import ALERT_EVENTS, ALERT_STATES
from tests.integration.alerts.worlds import AlertWorld
from tests.integration.jobs.worlds import MovingClock


def said(client: str, transition: Transition) -> AlertMessage:
    """What is told of a client's rule."""
    return AlertMessage(f"{transition.kind} for {client}", "", {})


async def evaluate(world: AlertWorld, client: str, verdict: Verdict = "breach", *, rule: str = "latency") -> None:
    """Let a client's rule have been evaluated now."""
    policy = AlertPolicy(timedelta(hours=1))
    evaluated = Evaluated(client, rule, "global", clock.now(), verdict, "", policy, partial(said, client))
    await states.apply(world.documents, evaluated, partial(sending.send, world.services))


async def statuses(world: AlertWorld, client: str, rule: str = "latency") -> list[str]:
    """The states of a client's rule."""
    return [body["status"] async for body in states.of_rule(world.documents, client, rule)]


async def test_a_client_has_states_of_its_own(world: AlertWorld) -> None:
    await evaluate(world, "acme")
    await evaluate(world, "zenith", "pass")

    found = [await statuses(world, client) for client in ("acme", "zenith", SYSTEM)]
    assert found == [["FIRING"], ["OK"], []]


async def test_states_are_those_of_the_rule_that_is_asked_for(world: AlertWorld) -> None:
    await evaluate(world, "acme")
    await evaluate(world, "acme", "pass", rule="volume")

    assert await statuses(world, "acme") == ["FIRING"]
    assert await statuses(world, "acme", "volume") == ["OK"]


async def test_a_silence_is_one_clients(world: AlertWorld) -> None:
    until = clock.now() + timedelta(hours=1)
    await states.silence(world.documents, "acme", "latency", "global", until, by="ada", why="")
    for client in ("acme", "zenith"):
        await evaluate(world, client)

    assert [event["clientId"] for event in await world.all(ALERT_EVENTS)] == ["zenith"]


async def test_what_two_clients_are_told_in_the_same_minute_is_two_messages(world: AlertWorld) -> None:
    for client in ("acme", "zenith", SYSTEM):
        await evaluate(world, client, rule="outage")

    await world.work_off()

    titles = [one["title"] for message in await world.outbox("outage:") for one in message["notifications"]]
    assert sorted(titles) == ["firing for acme", "firing for zenith", f"firing for {SYSTEM}"]


async def test_a_state_that_an_older_app_wrote_goes_on_and_is_stored_as_the_present_one(
    world: AlertWorld, time: MovingClock
) -> None:
    await evaluate(world, "acme")
    (present,) = await world.all(ALERT_STATES)
    fired, quiet = present["state"]["firedAt"], present["state"]["quietUntil"]
    older = {
        "name": "FIRING", "since": fired, "breaches": 1, "clears": 0, "failures": 0, "fired_at": fired,
        "quiet_until": quiet, "told_firing": True, "told_error": False, "told_at": fired, "told_fired_at": fired,
        "reminders": 0, "told": 1,
    }  # fmt: skip
    await world.documents.upsert(ALERT_STATES, {**present, "state": older, "schemaVersion": 1})
    time.advance(300)

    await evaluate(world, "acme")
    (still,) = await world.all(ALERT_STATES)
    time.advance(300)
    await evaluate(world, "acme", "clear")

    assert still == {**present, "state": {**present["state"], "breaches": 2}, "evaluatedAt": still["evaluatedAt"]}
    assert await world.told() == ["firing", "resolved"]


async def test_members_of_a_stored_state_are_in_camel_case(world: AlertWorld) -> None:
    await evaluate(world, "acme")

    (stored,) = await world.all(ALERT_STATES)
    assert [member for member in stored["state"] if "_" in member] == []
    assert {"firedAt", "toldFiring", "quietUntil"} < set(stored["state"])
