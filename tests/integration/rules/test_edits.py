"""Does an edit, a reload or a deactivation drop a slot, or leave one that nobody wants? Rules 7 and 8."""

from __future__ import annotations

import pytest

from operations import rules as operations
from operations import scheduler as operated
from processors.alerts import store, timing
from shared.alerts.states import SYSTEM
from shared.errors import NotFound, PreconditionFailed, Refused
from tests.actors import ADMIN
from tests.integration.rules.worlds import RuleWorld

DAILY = {"type": "daily", "time": "09:30", "timezone": "UTC"}


async def test_a_change_in_between_is_not_written_over(world: RuleWorld) -> None:
    """Rule 6: replace-if-match, never upsert."""
    await world.create()
    held = await store.existing(world.documents, SYSTEM, "rule-1")
    await world.edit(name="another")

    with pytest.raises(PreconditionFailed):
        await store.advance(world.documents, held, held.rule)
    await store.delete(world.documents, SYSTEM, "rule-1", by="ada")
    with pytest.raises(PreconditionFailed):
        await store.advance(world.documents, held, held.rule)


async def test_an_edit_keeps_what_the_old_frequency_owes(world: RuleWorld) -> None:
    """Rule 7: it takes effect a minute later, and what was due by then stays due."""
    await world.create()
    world.time.advance(3 * 60)

    edited = await world.edit(frequency=DAILY)
    await world.minutes(3)

    owed = ("09:01", "09:02", "09:03", "09:04")
    assert [f"{slot:%H:%M}" for slot in edited.timing.carry] == list(owed)
    assert await world.slots() == {**dict.fromkeys(owed[:3], "slot_missed"), "09:04": "completed"}
    assert (await world.rule()).timing.next_due == world.time.now.replace(hour=9, minute=30)


async def test_an_edit_of_anything_else_leaves_the_timing(world: RuleWorld) -> None:
    before = await world.create()

    after = await world.edit(name="another")

    assert (after.version, after.timing) == (2, before.timing)


async def test_a_reload_drops_no_slot(world: RuleWorld) -> None:
    await world.create()
    await world.create("rule-2", frequency=DAILY)
    world.time.advance(60)

    assert await store.reload(world.documents) == 2
    await world.minutes(2)

    assert [one.status for one in await world.records() if "rule-1" in one.key.id] == [
        "cancelled",
        "completed",
        "completed",
    ]
    assert (await world.rule("rule-2")).timing.next_due == world.time.now.replace(hour=9, minute=30)


async def test_a_due_slot_of_a_rule_made_inactive_is_skipped(world: RuleWorld) -> None:
    """Rule 8."""
    await world.create()
    world.time.advance(60)
    await world.edit(active=False)

    await world.minutes(3)

    assert await world.slots() == {"09:01": "slot_missed", "09:02": "slot_skipped"}
    assert (await world.rule()).timing.next_due is None

    await world.edit(active=True)
    await world.minutes(3)
    assert list((await world.slots()).values())[2:] == ["completed", "completed"]


async def test_what_is_not_there_cannot_be_changed(world: RuleWorld) -> None:
    with pytest.raises(NotFound, match="no alert rule 'rule-9'"):
        await world.edit("rule-9", name="x")


async def test_an_edit_carries_no_more_slots_than_a_document_should_hold(
    world: RuleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheduler was stopped for long: what is owed would grow for ever."""
    monkeypatch.setattr(timing, "MOST_CARRIED", 10)
    before = await world.create()
    await operated.stop(world.documents, ADMIN)
    world.time.advance(9 * 60)
    carried = await world.edit(frequency=DAILY)
    again = await world.edit(frequency={**DAILY, "time": "09:31"})
    assert (len(carried.timing.carry), carried.timing.carry) == (10, again.timing.carry)

    other = await world.create("rule-2")
    world.time.advance(11 * 60)
    for said in ({"frequency": DAILY}, {"active": False}):
        with pytest.raises(Refused, match="more than 10 slots that are due") as refused:
            await operations.update(world.services, ADMIN, "rule-2", said)
        assert refused.value.code == "rule_behind"

    assert (await world.rule("rule-2")).timing == other.timing
    assert (await world.edit("rule-2", name="another")).timing == other.timing, "what isn't timing may change"
    assert await operated.reload(world.documents, ADMIN) == 1, "it keeps its timing"
    await operated.start(world.documents, ADMIN)
    await world.tick()
    assert (await world.edit("rule-2", frequency=DAILY)).timing.carry != ()
    assert before.timing.carry == ()
