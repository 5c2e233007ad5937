"""What does the live view say, and what when some of it can't be read?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from operations import metrics
from operations.actor import ROLES, Actor
from processors.metrics.series import Question, asked
from shared import clock
from shared.errors import Unavailable
from tests.integration.metrics.worlds import World, ago

READER = Actor("ada", frozenset(ROLES), frozenset({"*"}))


async def test_an_event_shows_before_it_is_rolled_up(of: World) -> None:
    await of.tell(occurredAt=ago(minutes=5), reason="challenge", values={"cost": 0.5})

    answer = await metrics.read_live(of.services, READER, _asked(hours=1))

    values = {one["metric_name"]: one["total_value"] for one in answer["metrics"] if one["total_value"]}
    assert values == {"llm_calls": 1, "challenges": 1, "llm_usage": 0.5}
    assert (answer["source"], answer["partial_errors"]) == ("events", [])


async def test_live_and_rolled_up_say_the_same(of: World) -> None:
    for number in range(20):
        at = ago(minutes=37 * number)
        await of.tell(event_id=f"l{number}", occurredAt=at, project=f"p{number % 3}", values={"cost": number / 7})
        await of.tell(event_id=f"d{number}", kind="document", occurredAt=at, values={"pages": number})
    await of.tell(event_id="l3", void=True, updatedAt=ago())
    await of.settle()

    live = await metrics.read_live(of.services, READER, _asked(days=1))
    rolled_up = await metrics.read(of.services, READER, _asked(days=1))

    assert live["metrics"] == rolled_up["metrics"]


async def test_metrics_that_can_not_be_read_are_unavailable_and_the_rest_is_served(of: World) -> None:
    await of.tell(occurredAt=ago(minutes=5))
    await of.tell(event_id="d", kind="document", occurredAt=ago(minutes=5), values={"pages": 3})
    _fail_reading(of, "document")

    answer = await metrics.read_live(of.services, READER, _asked(hours=1))

    by_name = {one["metric_name"]: one for one in answer["metrics"]}
    assert by_name["pages_processed"] == {
        "metric_name": "pages_processed", "metric_type": "histogram", "unit": "pages", "error": "unavailable",
        "data": [], "total_value": 0,
    }  # fmt: skip
    assert by_name["llm_calls"]["total_value"] == 1
    assert len(by_name) == 12
    failed = ["documents_processed", "pages_processed", "failed_pages"]
    assert [one["metric_name"] for one in answer["partial_errors"]] == failed


async def test_one_metric_alone_reads_its_own_events_only(of: World) -> None:
    await of.tell(occurredAt=ago(minutes=5))
    of.documents.log.clear()

    answer = await metrics.read_live(of.services, READER, _asked(hours=1, metric="hitl_reviews"))

    assert [one["metric_name"] for one in answer["metrics"]] == ["hitl_reviews"]
    assert of.documents.log.count("query usageEvents") == 16


def _asked(*, hours: float = 0, days: float = 0, **more: Any) -> Question:
    now = clock.now()
    return asked("acme", now - timedelta(hours=hours, days=days), now, **more)


def _fail_reading(of: World, kind: str) -> None:
    """Let queries of events of a kind fail."""
    true = of.documents.query

    async def query(container: Any, **asked: Any) -> Any:
        if container.name == "usageEvents" and f"|{kind}|" in (asked.get("partition") or ""):
            raise Unavailable("the store is throttling", dependency="store")
        async for document in true(container, **asked):
            yield document

    of.documents.query = query  # type: ignore[method-assign]
