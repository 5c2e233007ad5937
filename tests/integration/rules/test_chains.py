"""Does a rule run at its own slot once its predecessors have run for it, and is nobody held for ever? Rule 11."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from operations import rules as operations
from shared.documents.containers import ALERT_RULES
from shared.errors import UsageError
from shared.queues.port import Delivery
from tests.actors import ADMIN
from tests.integration.rules.worlds import RuleWorld

EVERY_TWO = {"type": "cron", "expression": "*/2 * * * *", "timezone": "UTC"}
REAL = {"condition": {"measure": "pickup_call_rate", "scope": "global", "operator": "<", "threshold": 40}}


async def make(world: RuleWorld, id: str, *after: str, **said: Any) -> None:
    """Create a rule that runs after others, and whose evaluations can be told from theirs."""
    await world.create(id, after=after, condition={"scope": f"org:{id}"}, **said)


def ran(world: RuleWorld) -> str:
    """Return the rules that were evaluated, in order."""
    return " ".join(ask.scope.removeprefix("org:") for ask in world.meter.asked)


async def pass_seconds(world: RuleWorld, seconds: int) -> None:
    """Let time pass, with all work that becomes visible, and no dispatch."""
    await world.work_off()
    for _ in range(seconds // 5):
        world.time.advance(5)
        await world.work_off()


async def dispatched(world: RuleWorld, minutes: float = 1) -> None:
    """Let time pass, and then dispatch what is due."""
    world.time.advance(minutes * 60)
    await world.tick()


async def held_back(world: RuleWorld, id: str) -> Delivery:
    """Take the message of a rule's run from the queue: that run begins when the test delivers it."""
    found: dict[bool, list[Delivery]] = {True: [], False: []}
    while (delivery := world.queues.receive(world.kind.queue)) is not None:
        found[f'"{id}"'.encode() in delivery.body].append(delivery)
    for other in found[False]:
        await world.queues.postpone(other, timedelta())
    (wanted,) = found[True]
    return wanted


async def test_a_chain_of_three_runs_in_its_order_whatever_comes_first(world: RuleWorld) -> None:
    for rule, after in (("a", ()), ("b", ("a",)), ("c", ("b",))):
        await make(world, rule, *after)
    await dispatched(world)
    first_of_all = await held_back(world, "a")

    await pass_seconds(world, 30)
    before = ran(world)
    await world.runtime.deliver(world.kind, first_of_all)
    await pass_seconds(world, 30)

    assert (before, ran(world)) == ("", "a b c")


async def test_a_rule_waits_for_all_of_its_predecessors(world: RuleWorld) -> None:
    for rule in ("a", "b"):
        await make(world, rule)
    await make(world, "c", "a", "b")
    await dispatched(world)

    seen = []
    for delivery in [await held_back(world, "a"), await held_back(world, "b")]:
        await pass_seconds(world, 15)
        seen.append(ran(world))
        await world.runtime.deliver(world.kind, delivery)
    await pass_seconds(world, 15)

    assert (seen, ran(world)) == (["", "a"], "a b c")


async def test_a_follower_of_a_rule_that_runs_less_often_waits_for_their_common_slots_only(world: RuleWorld) -> None:
    await make(world, "a", frequency=EVERY_TWO)
    await make(world, "b", "a")
    await dispatched(world)
    await pass_seconds(world, 15)
    alone = ran(world)

    await dispatched(world, 0.75)
    of_a = await held_back(world, "a")
    await pass_seconds(world, 15)
    waiting = ran(world)
    await world.runtime.deliver(world.kind, of_a)
    await pass_seconds(world, 15)

    assert (alone, waiting, ran(world)) == ("b", "b", "b a b")


async def test_a_follower_that_runs_less_often_waits_for_its_predecessors_slot_of_the_same_time(
    world: RuleWorld,
) -> None:
    await make(world, "a")
    await make(world, "b", "a", frequency=EVERY_TWO)
    await world.minutes(1)
    await dispatched(world)

    await pass_seconds(world, 30)

    assert ran(world) == "a a b"


async def test_a_follower_waits_for_a_slot_of_its_predecessor_that_is_not_even_dispatched(world: RuleWorld) -> None:
    await make(world, "a")
    await make(world, "b", "a", frequency=EVERY_TWO)
    await dispatched(world)
    of_a = await held_back(world, "a")
    await dispatched(world)
    await world.runtime.deliver(world.kind, of_a)

    await pass_seconds(world, 30)
    before = ran(world)
    await world.tick()
    await pass_seconds(world, 15)

    assert (before, ran(world)) == ("a", "a a b")


@pytest.mark.parametrize("how", ["deleted", "inactive"])
async def test_a_predecessor_that_is_no_more_holds_nobody(world: RuleWorld, how: str) -> None:
    await make(world, "a")
    await make(world, "b", "a")
    await dispatched(world)
    await held_back(world, "a")
    if how == "deleted":
        await world.delete("a")
    else:
        await world.edit("a", active=False)

    await pass_seconds(world, 15)

    assert ran(world) == "b"


async def test_a_predecessor_that_fails_has_run(world: RuleWorld) -> None:
    await make(world, "a")
    await make(world, "b", "a")
    world.measures_fail()
    await dispatched(world)

    await pass_seconds(world, 30)

    assert ran(world) == "a b"


async def test_a_predecessor_whose_run_is_a_dead_letter_has_ended(world: RuleWorld) -> None:
    await make(world, "a")
    await make(world, "b", "a")
    await dispatched(world)
    (standing,) = [one async for one in world.documents.query(ALERT_RULES) if one.body["id"] == "a"]
    await world.documents.replace(ALERT_RULES, {**standing.body, "name": None}, standing.etag)

    await pass_seconds(world, 30)

    statuses = {one.key.id[0]: one.status for one in await world.records()}
    assert (statuses, ran(world)) == ({"a": "dead", "b": "completed"}, "b")


async def test_waiting_ends_with_the_grace(world: RuleWorld) -> None:
    """Nobody takes the message of the predecessor's run."""
    await make(world, "a")
    await make(world, "b", "a", graceSeconds=60)
    await dispatched(world)
    await held_back(world, "a")

    await pass_seconds(world, 60)
    before = ran(world)
    await pass_seconds(world, 15)

    assert (before, ran(world)) == ("", "b")


async def test_two_edits_at_once_that_make_a_cycle_hold_both_until_the_grace_ends(world: RuleWorld) -> None:
    """Each saw no cycle: each wrote before the other's could be read."""
    await make(world, "a", graceSeconds=60)
    await make(world, "b", "a", graceSeconds=60)
    (standing,) = [one async for one in world.documents.query(ALERT_RULES) if one.body["id"] == "a"]
    await world.documents.replace(ALERT_RULES, {**standing.body, "after": ["b"]}, standing.etag)
    await dispatched(world)

    await pass_seconds(world, 60)
    before = ran(world)
    await pass_seconds(world, 15)

    assert (before, sorted(ran(world).split())) == ("", ["a", "b"])


async def test_a_run_by_hand_waits_for_nobody(world: RuleWorld) -> None:
    """Whoever asks for it wants to see what comes of the rule, now."""
    await make(world, "a")
    await make(world, "b", "a")
    await dispatched(world)
    await held_back(world, "a")

    await operations.run_now(world.services, ADMIN, "b")
    await world.work_off()

    assert ran(world) == "b"


@pytest.mark.parametrize(
    ("changed", "after", "cycle"),
    [("a", ["a"], "a → a"), ("a", ["b"], "a → b → a"), ("a", ["c"], "a → c → b → a"), ("b", ["c"], "b → c → b")],
)
async def test_an_edit_that_makes_a_cycle_is_refused_and_the_cycle_named(
    world: RuleWorld, changed: str, after: list[str], cycle: str
) -> None:
    for rule, before in (("a", ()), ("b", ("a",)), ("c", ("b",))):
        await make(world, rule, *before)
    stored = await world.all(ALERT_RULES)

    with pytest.raises(UsageError) as refused:
        await operations.update(world.services, ADMIN, changed, {"after": after})

    assert f"after: a cycle: {cycle}. Nothing was stored." in str(refused.value)
    assert (refused.value.code, refused.value.fields) == ("rule_cycle", {"field": "after"})
    assert await world.all(ALERT_RULES) == stored


async def test_a_new_rule_that_closes_a_cycle_over_a_deleted_one_is_refused(world: RuleWorld) -> None:
    await make(world, "a")
    await make(world, "b", "a")
    await operations.delete(world.services, ADMIN, "a")
    stored = await world.all(ALERT_RULES)

    with pytest.raises(UsageError, match=r"after: a cycle: a → b → a\. Nothing was stored\."):
        await operations.create(world.services, ADMIN, {"name": "a", **REAL, "after": ["b"]}, id="a")
    with pytest.raises(UsageError, match=r"after: .*'nobody'.* Nothing was stored\."):
        await operations.create(world.services, ADMIN, {"name": "a", **REAL, "after": ["nobody"]}, id="a")

    assert await world.all(ALERT_RULES) == stored
