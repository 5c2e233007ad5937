"""Can a rule that users defined be silenced by its name, and is it seen among the states of its client?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from operations import alerts
from shared import clock
from shared.alerts.states import SYSTEM
from shared.errors import UsageError
from tests.actors import ADMIN
from tests.integration.rules.worlds import RuleWorld


async def silence(world: RuleWorld, rule: str, client: str = SYSTEM) -> str:
    """Silence a rule of a client for an hour."""
    until = clock.now() + timedelta(hours=1)
    return await alerts.silence(world.documents, ADMIN, rule, "org:acme", until, client=client)


@pytest.mark.parametrize("said", ["5f2c9a10-rule", "5f2c", "Model costs"], ids=["id", "beginning", "name"])
async def test_a_rule_is_silenced_before_it_was_ever_evaluated(world: RuleWorld, said: str) -> None:
    await world.create("5f2c9a10-rule", name="Model costs", client="acme")
    world.meter.says = 20.0

    assert await silence(world, said, "acme") == "5f2c9a10-rule"
    await world.minutes(2)

    assert (await world.told(), await world.state()) == ([], "FIRING")


async def test_a_rule_that_is_deleted_can_be_silenced_while_it_has_a_state(world: RuleWorld) -> None:
    await world.create()
    await world.minutes(1)
    await world.delete()
    (left,) = (await alerts.states(world.documents, ADMIN)).items

    assert (left.rule, left.name) == ("rule-1", None)
    assert await silence(world, left.rule) == "rule-1"


async def test_states_of_a_client_have_the_names_of_its_rules(world: RuleWorld) -> None:
    await world.create("rule-1", client="acme", name="Model costs")
    await world.create("rule-2", client="zenith", name="Another's")
    await world.minutes(1)

    (state,) = (await alerts.states(world.documents, ADMIN, client="acme")).items

    assert (state.rule, state.name, state.state) == ("rule-1", "Model costs", "OK")


async def test_a_rule_of_another_client_is_unknown_and_the_known_ones_are_named(world: RuleWorld) -> None:
    await world.create("rule-1", client="acme", name="Model costs")

    with pytest.raises(UsageError, match=r"no alert rule 'Model costs'\. Known are: job-health, pickup-rate\.") as own:
        await silence(world, "Model costs")
    with pytest.raises(UsageError, match=r"'Model cost'\. Did you mean 'Model costs'\? Known are: Model costs\."):
        await silence(world, "Model cost", "acme")
    with pytest.raises(UsageError, match=r"no alert rule 'pickup-rate'\.$"):
        await silence(world, "pickup-rate", "zenith")

    assert own.value.code == "rule_unknown"
