"""Does a rule's owner get one task for each time that it fires, until the alert is over?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from operations import tasks
from operations.actor import Actor
from operations.answers import to_json
from processors.users import kept
from shared.alerts import sending
from shared.alerts.states import SYSTEM, jobs_of, send_all
from shared.alerts.tasks import follow
from shared.documents.containers import ALERT_EVENTS, ALERT_TASKS, AUDIT, JOBS
from shared.documents.port import Body
from shared.errors import NotAllowed, NotFound, Refused
from tests.actors import ADMIN
from tests.integration.jobs.worlds import Killed
from tests.integration.rules.worlds import RuleWorld

WINDOW = {"windowSeconds": 300}
"""A short one: nothing fires anew while windows overlap."""


async def fires(world: RuleWorld, id: str = "rule-1", client: str = SYSTEM, **said: Any) -> None:
    """Let there be a rule whose owner is ada, which fires."""
    await world.create(id, client, **{"owner": "ada", "severity": "critical", "condition": WINDOW, **said})
    world.meter.says = 20.0
    await world.minutes(1)


async def ends(world: RuleWorld) -> None:
    """Let what fires be over, and windows pass."""
    world.meter.says = 1.0
    await world.minutes(6)


async def states(world: RuleWorld) -> list[str]:
    """Return the states of all tasks, in the order in which they were opened."""
    found = sorted(await world.all(ALERT_TASKS), key=lambda task: (task["firedAt"], task["rule"]))
    return [task["state"] for task in found]


async def test_an_alert_that_fires_opens_a_task_for_the_owner_of_its_rule(world: RuleWorld) -> None:
    await fires(world, name="Costs")

    (event,) = await world.all(ALERT_EVENTS)
    (task,) = await world.all(ALERT_TASKS)
    assert {name: value for name, value in task.items() if name != "id"} == {
        "clientId": SYSTEM, "rule": "rule-1", "ruleName": "Costs", "scope": "org:acme", "number": 1, "owner": "ada",
        "severity": "critical", "title": event["title"], "text": event["text"], "firedAt": event["at"], "state": "open",
        "schemaVersion": 1, "ttl": 400 * 86_400,
    }  # fmt: skip


async def test_a_rule_without_an_owner_opens_none(world: RuleWorld) -> None:
    await fires(world, owner=None)

    assert (await world.told(), await states(world)) == (["firing"], [])


async def test_reminders_and_errors_open_and_resolve_none(world: RuleWorld) -> None:
    await fires(world, condition={**WINDOW, "remindSeconds": 60})
    await world.minutes(2)
    world.measures_fail()
    await world.minutes(4)
    world.meter.says = 20.0
    await world.minutes(2)

    assert {"reminder", "error", "error_over"} < set(await world.told())
    assert await states(world) == ["open"]


@pytest.mark.parametrize("acknowledged", [False, True], ids=["open", "acknowledged"])
async def test_the_end_of_the_alert_resolves_its_task(world: RuleWorld, acknowledged: bool) -> None:
    await fires(world)
    (task,) = await world.all(ALERT_TASKS)
    if acknowledged:
        await tasks.acknowledge(world.documents, ADMIN, task["id"])

    await ends(world)

    (task,) = await world.all(ALERT_TASKS)
    (resolved,) = [event for event in await world.all(ALERT_EVENTS) if event["kind"] == "resolved"]
    assert (task["state"], task["resolvedAt"]) == ("resolved", resolved["at"])
    assert ("acknowledgedAt" in task) == acknowledged


async def test_each_time_that_it_fires_is_a_task_of_its_own(world: RuleWorld) -> None:
    await fires(world)
    await ends(world)
    world.meter.says = 20.0
    await world.minutes(1)

    assert await states(world) == ["resolved", "open"]


async def test_a_rule_that_is_no_longer_watched_leaves_no_task_behind(world: RuleWorld) -> None:
    await fires(world)
    await world.edit(active=False)

    await world.housekeep()

    assert await states(world) == ["resolved"]


async def test_what_ends_for_one_rule_or_client_ends_for_no_other(world: RuleWorld) -> None:
    await fires(world)
    await fires(world, "rule-2")
    await fires(world, client="acme")
    await world.delete()

    await world.housekeep()

    found = [(task["clientId"], task["rule"], task["state"]) for task in await world.all(ALERT_TASKS)]
    assert sorted(found) == [
        ("acme", "rule-1", "open"), (SYSTEM, "rule-1", "resolved"), (SYSTEM, "rule-2", "open"),
    ]  # fmt: skip


async def test_a_sender_that_dies_in_between_leaves_one_task_and_one_message(
    world: RuleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise Killed

    monkeypatch.setattr("shared.alerts.notifications.send", dies)
    with pytest.raises(Killed):
        await fires(world)
    opened = await world.all(ALERT_TASKS)
    monkeypatch.undo()

    await send_all(world.documents, None, partial(sending.send, world.services))

    assert len(opened) == 1
    assert await world.all(ALERT_TASKS) == opened
    notifications = [one.body async for one in world.documents.query(JOBS, partition=jobs_of(SYSTEM))]
    assert [one["kind"] for one in notifications if one["kind"] != "alert"] == ["notification"]


@pytest.mark.parametrize("over", [False, True], ids=["acknowledged", "resolved"])
async def test_an_event_that_is_sent_again_opens_nothing_anew(world: RuleWorld, over: bool) -> None:
    await fires(world)
    (event,) = await world.all(ALERT_EVENTS)
    (task,) = await world.all(ALERT_TASKS)
    await tasks.acknowledge(world.documents, ADMIN, task["id"])
    if over:
        await ends(world)
    before = await world.all(ALERT_TASKS)

    await follow(world.documents, event)

    assert await world.all(ALERT_TASKS) == before


async def test_an_end_that_is_sent_again_resolves_no_later_task(world: RuleWorld) -> None:
    await fires(world)
    await ends(world)
    world.meter.says = 20.0
    await world.minutes(1)
    (resolved,) = [event for event in await world.all(ALERT_EVENTS) if event["kind"] == "resolved"]

    await follow(world.documents, resolved)

    assert await states(world) == ["resolved", "open"]


async def test_tasks_are_listed_by_owner_and_state_the_latest_first(world: RuleWorld) -> None:
    await fires(world)
    await ends(world)
    world.meter.says = 20.0
    await world.create("rule-2", owner="ben", condition=WINDOW)
    await world.minutes(1)
    search = partial(tasks.search, world.documents, ADMIN)

    left, adas, over = await search(), await search(owner="ada"), await search(states=["resolved"])

    assert [(one.rule, one.owner) for one in adas.items] == [("rule-1", "ada")]
    assert sorted(one.rule for one in left.items) == ["rule-1", "rule-2"]
    assert [one.fired_at < adas.items[0].fired_at for one in over.items] == [True]
    assert [one.fired_at for one in (await search(states=tasks.ALL, limit=1)).items] == [adas.items[0].fired_at]
    assert (await search(client="acme")).items == ()


async def test_acknowledging_a_task_again_changes_nothing_and_says_so(world: RuleWorld) -> None:
    await fires(world, client="acme")
    (task,) = await world.all(ALERT_TASKS)
    acknowledge = partial(tasks.acknowledge, world.documents, client="acme")

    first = await acknowledge(ADMIN, task["id"][:8])
    world.time.advance(60)
    again = await acknowledge(Actor("cli:ben", ADMIN.roles, ADMIN.scopes), task["id"])

    (line,) = await world.all(AUDIT)
    assert (line["action"], line["client"], line["task"]) == ("acknowledge task", "acme", task["id"])
    assert (first.what, first.task.state, first.task.acknowledged_by) == ("acknowledged", "acknowledged", "cli:ada")
    assert (again.what, again.task) == ("before", first.task)
    assert to_json(first)["task"]["ruleName"] == "rule-1"


async def test_a_task_that_is_over_cannot_be_acknowledged(world: RuleWorld) -> None:
    await fires(world)
    await ends(world)
    (task,) = await world.all(ALERT_TASKS)

    with pytest.raises(Refused, match="its alert was resolved at") as refused:
        await tasks.acknowledge(world.documents, ADMIN, task["id"])

    assert (refused.value.code, await world.all(ALERT_TASKS)) == ("task_resolved", [task])


@pytest.mark.parametrize("text", ["", "nonesuch", "~"])
async def test_a_task_that_there_is_not_is_said_so(world: RuleWorld, text: str) -> None:
    await fires(world)

    with pytest.raises(NotFound, match="There is no task"):
        await tasks.acknowledge(world.documents, ADMIN, text)


async def test_a_beginning_that_several_tasks_share_names_them(world: RuleWorld) -> None:
    made = [task_body(f"abc{n}") for n in range(2)]
    for body in made:
        await world.documents.create(ALERT_TASKS, body)

    with pytest.raises(Refused, match="abc0, abc1"):
        await tasks.acknowledge(world.documents, ADMIN, "abc")


async def test_who_may_act_for_one_client_acknowledges_no_others_tasks(world: RuleWorld) -> None:
    theirs = Actor("ben", frozenset({"operator"}), frozenset({"client:acme"}))
    allowed: Callable[..., Any] = partial(tasks.search, world.documents, theirs)

    assert (await allowed(client="acme")).items == ()
    for client in ("other", SYSTEM):
        with pytest.raises(NotAllowed):
            await allowed(client=client)


async def test_tasks_of_all_clients_count_to_what_is_kept_of_their_owner(world: RuleWorld) -> None:
    for body in (task_body("one"), task_body("two", clientId="acme"), task_body("three", owner="ben")):
        await world.documents.create(ALERT_TASKS, body)

    found = [one async for one in kept.documents_of(world.documents, "ada")]

    assert sorted(one.document.body["id"] for one in found) == ["one", "two"]


def task_body(id: str, **more: Any) -> Body:
    """Return a task of ada's."""
    return {
        "id": id, "clientId": SYSTEM, "rule": "rule-1", "ruleName": "Costs", "scope": "org:acme", "number": 1,
        "owner": "ada", "severity": "info", "title": "T", "text": "", "firedAt": "2026-11-23T09:00:00.000Z",
        "state": "open", "schemaVersion": 1, **more,
    }  # fmt: skip
