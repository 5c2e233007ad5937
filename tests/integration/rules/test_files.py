"""Does a file of alert rules come into the store as it is, all of it or nothing, however often?"""

from __future__ import annotations

from typing import Any

import pytest

from operations import rule_files, rules
from operations.actor import Actor
from processors.alerts import store
from shared.alerts.states import SYSTEM
from shared.errors import NotAllowed, UsageError
from tests.actors import ADMIN
from tests.integration.rules.worlds import RuleWorld

FEW = {"measure": "pickup_call_rate", "scope": "global", "operator": "<", "threshold": 40.0}
FIRST = {"id": "first", "name": "First", "condition": FEW}
SECOND = {"name": "Second", "condition": FEW, "after": ["First"], "owner": "ada", "severity": "critical"}


async def bring(world: RuleWorld, said: Any, **options: Any) -> list[tuple[str, str]]:
    """Apply a file; return what was done to which rule."""
    plan = await rule_files.plan(world.services, ADMIN, said, **options)
    done = [
        change async for change in rule_files.apply(world.services, ADMIN, plan, client=options.get("client", SYSTEM))
    ]
    return [(change.what, change.name) for change in done]


async def stored(world: RuleWorld, client: str = SYSTEM) -> dict[str, Any]:
    """Return the rules of a client by name, as a file has them."""
    exported = await rule_files.exported(world.documents, ADMIN, client=client)
    return {rule["name"]: rule for rule in exported["rules"]}


async def test_a_file_is_brought_into_the_store_once(world: RuleWorld) -> None:
    said = {"rules": [SECOND, FIRST]}

    assert await bring(world, said) == [("create", "First"), ("create", "Second")]
    before = [one async for one in store.of_client(world.documents, SYSTEM)]
    assert await bring(world, said) == []
    assert [one async for one in store.of_client(world.documents, SYSTEM)] == before
    assert (await stored(world))["Second"]["after"] == ["first"]


async def test_what_is_exported_changes_nothing_when_it_is_applied(world: RuleWorld) -> None:
    await bring(world, [FIRST, SECOND])
    exported = await rule_files.exported(world.documents, ADMIN)

    assert await bring(world, exported) == []
    assert await bring(world, exported, client="acme") == [("create", "First"), ("create", "Second")]
    assert await stored(world, "acme") == await stored(world)


async def test_what_a_file_leaves_out_has_its_default(world: RuleWorld) -> None:
    await bring(world, [FIRST, SECOND])

    plan = await rule_files.plan(
        world.services, ADMIN, [FIRST, {"name": "Second", "condition": {**FEW, "threshold": 50}}]
    )
    [_ async for _ in rule_files.apply(world.services, ADMIN, plan)]

    (change,) = plan.changes
    assert {one.member: (one.before, one.after) for one in change.differences} == {
        "severity": ("critical", "warning"),
        "condition.threshold": (40.0, 50.0),
        "after": (["first"], []),
        "owner": ("ada", None),
    }
    assert "owner" not in (await stored(world))["Second"]


async def test_rules_that_are_not_in_the_file_stay_unless_it_prunes(world: RuleWorld) -> None:
    await bring(world, [FIRST, SECOND])

    kept = await rule_files.plan(world.services, ADMIN, [FIRST])
    assert (kept.changes, kept.unchanged, kept.not_in_file) == ((), 1, ("Second",))
    assert await bring(world, [FIRST], prune=True) == [("delete", "Second")]
    assert list(await stored(world)) == ["First"]


async def test_a_chain_that_is_turned_around_is_applied_without_a_cycle_in_between(world: RuleWorld) -> None:
    await bring(world, [FIRST, SECOND])

    turned = [{**FIRST, "after": ["Second"]}, {"name": "Second", "condition": FEW}]

    assert await bring(world, turned) == [("change", "Second"), ("change", "First")]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"rule": []}, "A file of alert rules is a list of rules"),
        ([{"condition": FEW}], "Rule 1 of the file has no name"),
        ([FIRST, {"id": "first", "name": "Other", "condition": FEW}], "Rule 'Other' is in the file twice"),
        (
            [FIRST, {"name": "Bad", "condition": {**FEW, "operator": "=>"}}],
            "Rule 'Bad': condition.operator can't be '=>'",
        ),
        (
            [FIRST, {"name": "Bad", "condition": FEW, "frequency": {"timezone": "Mars"}}],
            "Rule 'Bad': The frequency's timezone can't be 'Mars'",
        ),
        (
            [FIRST, {"name": "Bad", "condition": FEW, "after": ["Third"]}],
            "Rule 'Bad': after: there is no alert rule 'Third'",
        ),
        ([FIRST, {"name": "Bad", "id": "a|b", "condition": FEW}], "Rule 'Bad': The id of a rule"),
        ([{**FIRST, "after": ["Second"]}, SECOND], "after: a cycle: (First → Second → First|Second → First → Second)"),
        ([{**FIRST, "after": ["First"]}], "after: a cycle: First → First"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_of_a_file_with_a_fault_nothing_is_stored(world: RuleWorld, said: Any, error: str) -> None:
    with pytest.raises(UsageError, match=error):
        await rule_files.plan(world.services, ADMIN, said)

    assert await stored(world) == {}


async def test_a_cycle_through_a_rule_that_is_not_in_the_file_is_refused(world: RuleWorld) -> None:
    await bring(world, [FIRST, SECOND])

    with pytest.raises(UsageError, match="after: a cycle"):
        await rule_files.plan(world.services, ADMIN, [{**FIRST, "after": ["Second"]}])


async def test_a_name_that_two_rules_have_is_refused(world: RuleWorld) -> None:
    for key in ("one", "two"):
        await rules.create(world.services, ADMIN, {"name": "Same", "condition": FEW}, id=key)

    with pytest.raises(UsageError, match="several have that name: one, two"):
        await rule_files.plan(world.services, ADMIN, [{"name": "Same", "condition": FEW}])


async def test_a_client_does_not_make_rules_of_what_it_may_not_read(world: RuleWorld) -> None:
    client = Actor("acme", frozenset({"admin"}), frozenset({"client:acme", "org:acme"}))
    cost = {"name": "Cost", "condition": {"measure": "llm_usage", "scope": "org:acme", "operator": ">", "threshold": 1}}
    others = {**cost, "condition": {**cost["condition"], "scope": "org:others"}}

    assert (await rules.create(world.services, client, cost, client="acme")).client_id == "acme"
    with pytest.raises(NotAllowed, match="the role reader for org:others"):
        await rules.create(world.services, client, others, client="acme")
    with pytest.raises(NotAllowed, match="the role admin for everything"):
        await rules.create(world.services, client, cost)


async def test_a_predecessor_that_was_deleted_may_stay_named(world: RuleWorld) -> None:
    await bring(world, [FIRST, {"name": "Third", "condition": FEW}, {**SECOND, "after": ["First", "Third"]}])
    await rules.delete(world.services, ADMIN, "first")
    exported = await rule_files.exported(world.documents, ADMIN)
    second = next(rule for rule in exported["rules"] if rule["name"] == "Second")

    assert await bring(world, [{**second, "severity": "info", "after": second["after"][:1]}]) == [("change", "Second")]
    assert (await stored(world))["Second"]["after"] == ["first"]
