"""What does the audit log tell of a change: who, what, and how it was before and after?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from operations import gates, pickup_rate, rules, sources
from shared import audit
from shared.documents.containers import AUDIT
from tests.actors import ADMIN
from tests.integration.operations.worlds import OperatedWorld

RULE: dict[str, Any] = {
    "name": "Few calls",
    "frequency": {"type": "daily", "time": "09:00", "timezone": "UTC"},
    "condition": {"measure": "pickup_call_rate", "scope": "global", "operator": "<", "threshold": 40},
}


async def sides(world: OperatedWorld, action: str) -> list[tuple[Any, Any]]:
    """Return `before` and `after` of the lines of an action."""
    return [(line.get("before"), line.get("after")) for line in await world.audited(action)]


async def test_a_change_of_a_rule_tells_only_what_differs(world: OperatedWorld) -> None:
    rule = await rules.create(world.services, ADMIN, RULE, id="few")
    changed = {"condition": {"threshold": 35}, "frequency": {"time": "10:00"}, "owner": "ada"}
    await rules.update(world.services, ADMIN, rule.id, changed)

    assert await sides(world, "update alert rule") == [
        (
            {"condition.threshold": 40, "frequency.time": "09:00"},
            {"condition.threshold": 35, "frequency.time": "10:00", "owner": "ada"},
        )
    ]


async def test_a_rule_that_is_created_or_deleted_is_told_whole(world: OperatedWorld) -> None:
    await rules.create(world.services, ADMIN, RULE, id="few")
    await rules.delete(world.services, ADMIN, "few")
    ((nothing, made),) = await sides(world, "create alert rule")
    ((gone, none),) = await sides(world, "delete alert rule")

    assert (nothing, none) == (None, None)
    assert made == gone
    assert (made["name"], made["condition.threshold"]) == ("Few calls", 40)


async def test_a_change_of_a_pickup_rates_numbers_tells_the_scopes_own(world: OperatedWorld) -> None:
    for said in ({"threshold": 35, "minimum_sample": 5}, {"threshold": 30}, {"threshold": None}):
        await pickup_rate.set_numbers(world.documents, ADMIN, "merchant:m1", said)
        world.time.advance(1)

    assert await sides(world, "set pickup-rate") == [
        (None, {"threshold": 35.0, "minimum_sample": 5}),
        ({"threshold": 35.0}, {"threshold": 30.0}),
        ({"threshold": 30.0}, None),
    ]


async def test_a_source_tells_whether_it_was_scraped_without_secrets_of_its_address(world: OperatedWorld) -> None:
    url = "https://1.1.1.1/feed.xml?token=abcdef123456"
    source = (await sources.add(world.documents, world.settings, ADMIN, url, name="Shop")).source.id
    await sources.pause(world.documents, ADMIN, source, reason="they asked us to")
    await sources.resume(world.documents, ADMIN, source)

    paused = {"active": False, "pausedReason": "they asked us to", "pausedBy": "cli:ada"}
    assert await sides(world, "pause source") == [({"active": True}, paused)]
    assert await sides(world, "resume source") == [(paused, {"active": True})]
    assert "abcdef123456" not in str(await world.all(AUDIT))


async def test_a_gate_that_was_closed_before_tells_how(world: OperatedWorld) -> None:
    gate = f"queue:{world.taste.queue}"
    until = world.time.now + timedelta(hours=1)
    for reason in ("deploy", "a longer deploy"):
        await gates.close(world.documents, world.settings, ADMIN, gate, reason=reason, until=until)
        world.time.advance(1)
    await gates.open_(world.services, ADMIN, gate)

    (_, first), (before, after) = await sides(world, "close gate")
    assert (before, after) == ({"reason": "deploy"}, {"reason": "a longer deploy"})
    assert await sides(world, "open gate") == [({**first, **after}, None)]


def test_what_is_the_same_is_not_told() -> None:
    assert audit.difference({"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 2}}) == {"before": None, "after": None}
