"""Do rules judge what usage events and calls were rolled up to, in every scope? From the event to the alert's state."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from operations import rules as operations
from processors.catalogue import alert_kind
from processors.pickup_rate.calls import Call
from processors.pickup_rate.taking_in import take_in
from shared import clock
from shared.config import Settings
from tests.actors import ADMIN
from tests.integration.jobs.worlds import MovingClock
from tests.integration.metrics.worlds import World
from tests.integration.rules.worlds import RuleWorld

HOURLY = {"type": "hourly", "time": "00:00", "timezone": "UTC"}
NOBODY = "org:nobody"


@pytest.fixture
async def world(time: MovingClock) -> AsyncIterator[RuleWorld]:
    """A worker at 09:10, which knows usage and calls of this hour, and usage of the one before."""
    time.advance(600)
    usage = World(time)
    made = RuleWorld(time, usage.store, usage.queues)
    made.kind = alert_kind(Settings())
    for event, hour, project, cost in (("e1", 8, "shop", 10.0), ("e2", 9, "shop", 30.0), ("e3", 9, "blog", 10.0)):
        at = clock.to_text(time.now.replace(hour=hour, minute=5))
        await usage.tell(event_id=event, occurredAt=at, project=project, values={"cost": cost})
    await usage.settle()
    at = clock.text_now()
    for number in range(10):
        said = {
            "call_id": f"call-{number}", "requestId": f"lead-{number // 2}", "merchantId": "m1", "resellerId": "r1",
            "status": "FINISHED", "outcome": "CONFIRM" if number < 3 else "NO_ANSWER", "initiatedAt": at,
            "connectionStatus": "ANSWERED" if number < 5 else "BUSY", "updatedAt": at,
        }  # fmt: skip
        await take_in(made.documents, Call.model_validate(said))
    yield made
    await made.services.close()


def of(measure: str, scope: str, operator: str, threshold: float, **more: Any) -> dict[str, Any]:
    """Return a condition."""
    return {"measure": measure, "scope": scope, "operator": operator, "threshold": threshold, **more}


@pytest.mark.parametrize(
    ("condition", "state", "value"),
    [
        (of("llm_usage", "org:acme", ">=", 40), "FIRING", 40),
        (of("llm_usage", "org:acme", ">", 40), "OK", 40),
        (of("llm_usage", "project:acme/shop", "==", 30), "FIRING", 30),
        (of("llm_usage", "project:acme/blog", ">", 10), "OK", 10),
        (of("llm_usage", "org:acme", ">", 25, options={"stat": "max"}), "FIRING", 30),
        (of("llm_usage", "org:acme", ">", 299, type="change_percent"), "FIRING", 300),
        (of("llm_usage", NOBODY, ">", 299, type="change_percent"), "NO_DATA", None),
        (of("llm_calls", NOBODY, "<", 1), "FIRING", 0),
        (of("llm_calls", NOBODY, "<", 1, minimumSample=1), "NO_DATA", None),
        (of("llm_cost_per_call", "org:acme", ">", 19), "FIRING", 20),
        ({"ratio": ["llm_usage", "llm_calls"], "scope": NOBODY, "operator": ">", "threshold": 1}, "NO_DATA", None),
        (
            {"ratio": ["llm_usage", "llm_calls"], "scope": "org:acme", "operator": ">", "threshold": 19},
            "FIRING",
            20,
        ),
        ({"type": "no_data", "measure": "llm_calls", "scope": NOBODY}, "FIRING", None),
        ({"type": "no_data", "measure": "llm_calls", "scope": "project:acme/blog"}, "OK", 1),
        (of("pickup_call_rate", "merchant:m1", "<", 40), "FIRING", 30),
        (of("pickup_call_rate", "reseller:r1", "<=", 30), "FIRING", 30),
        (of("pickup_call_rate", "global", "<", 30), "OK", 30),
        (of("pickup_call_rate", "global", "<", 40, minimumSample=11), "NO_DATA", None),
        (of("pickup_call_rate", "merchant:m2", "<", 40), "NO_DATA", None),
        (of("pickup_lead_rate", "merchant:m1", "<=", 40), "FIRING", 40),
        (of("pickup_connection_rate", "merchant:m1", ">", 49), "FIRING", 50),
        (of("pickup_call_rate", "merchant:m1", "<", -10, type="change_percent"), "NO_DATA", None),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else str(value),
)
async def test_a_rule_judges_what_was_told(
    world: RuleWorld, condition: dict[str, Any], state: str, value: float | None
) -> None:
    members = {"name": "any", "frequency": HOURLY, "condition": condition}
    rule = await operations.create(world.services, ADMIN, members, id="rule-1")
    world.time.advance(50 * 60)

    await world.tick()
    await world.work_off()

    assert await world.state(rule.condition["scope"]) == state
    assert list((await world.slots()).values()) == ["completed"]
    if state == "FIRING":
        (event,) = await world.all_events()
        assert event["facts"]["value"] == (None if value is None else pytest.approx(value))
