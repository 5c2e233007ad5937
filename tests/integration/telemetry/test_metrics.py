"""Do the metrics count and measure what happened, at a cost that doesn't grow with users, ids and texts?"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.documents.containers import JOBS, Container
from shared.documents.cosmos_usage import CHARGE_HEADER, Usage
from shared.documents.observed import ObservedDocuments
from shared.documents.sqlite import SqliteDocuments
from shared.telemetry import bounds
from tests.integration.jobs import worlds
from tests.integration.jobs.worlds import MovingClock
from tests.integration.models.model_double import ModelDouble, failure
from tests.integration.models.model_double import seen as answer
from tests.integration.models.worlds import World
from tests.integration.rules.worlds import RuleWorld
from tests.telemetry_seen import Seen


async def test_jobs_by_outcome_attempt_and_class(
    world: World, seen: Seen, model: ModelDouble, picture_url: str, time: MovingClock
) -> None:
    model.answers(*[failure(500)] * 3, answer())
    await world.like(picture_url)
    time.advance(600)
    await world.deliver()

    told = {"kind": "taste"}
    assert seen.counted("nightshift.job.deliveries", **told, outcome="retry", attempt="1", type="Transient") == 1
    assert seen.counted("nightshift.job.deliveries", **told, outcome="completed", attempt="2") == 1
    ((_, (count, age)),) = seen.points()["nightshift.queue.age"]
    assert (count, age) == (1, pytest.approx(0, abs=1)), "only the first delivery tells how old a message got"


async def test_tokens_cost_and_duration_of_models(
    world: World, seen: Seen, model: ModelDouble, picture_url: str
) -> None:
    model.answers(answer())
    await world.like(picture_url)

    tokens = {found["gen_ai.token.type"]: value for found, value in seen.points()["gen_ai.client.token.usage"]}
    assert tokens == {"input": (1, 100), "output": (1, 20)}
    assert seen.counted("nightshift.model.cost", model="small") == 27
    ((found, (count, _)),) = seen.points()["gen_ai.client.operation.duration"]
    assert (count, found["gen_ai.provider.name"]) == (1, "openai")


async def test_repeats_and_dead_letters(seen: Seen) -> None:
    of = worlds.world()
    await of.producer.enqueue(of.kind, {"name": "a"}, by="ada")
    await of.producer.enqueue(of.kind, {"name": "a"}, by="ada")
    await of.deliver()
    await of.handle(json.dumps({"name": "a"}))
    await of.handle("no message")

    assert seen.counted("nightshift.job.duplicates", kind="errand", seen_by="producer") == 1
    assert seen.counted("nightshift.job.duplicates", kind="errand", seen_by="worker") == 1
    assert seen.counted("nightshift.dead_letters", kind="errand", type="BadMessage") == 1
    assert seen.counted("messaging.client.sent.messages", name="errand-jobs") == 1


async def test_request_units_by_operation_and_container(seen: Seen) -> None:
    class Charging(SqliteDocuments):
        """A store whose reads cost 3.5 units, told as Cosmos DB's adapter tells it."""

        async def get(self, container: Container, partition: str, id: str) -> None:
            Usage().charged("get", {CHARGE_HEADER: "3.5"})

    documents = ObservedDocuments(Charging(":memory:"), "azure.cosmosdb")
    await documents.get(JOBS, "a", "b")
    assert await documents.count(JOBS) == 0

    points = seen.points()
    ((found, value),) = points["azure.cosmosdb.client.operation.request_charge"]
    assert value == (1, 3.5)
    assert (found["db.operation.name"], found["db.collection.name"]) == ("get", "jobs")
    assert {found["db.operation.name"] for found, _ in points["db.client.operation.duration"]} == {"get", "count"}


async def test_lag_misfires_and_evaluations_of_alert_rules(time: MovingClock, seen: Seen) -> None:
    world = RuleWorld(time)
    await world.create()
    time.advance(63)
    await world.tick()
    await world.work_off()
    time.advance(180)
    await world.tick()
    await world.services.close()

    points = seen.points()
    ((found, (count, seconds)),) = points["nightshift.dispatch.lag"]
    assert (found, count) == ({"nightshift.scheduled": "alert rule"}, 2)
    assert seconds >= 3
    assert seen.counted("nightshift.misfires", scheduled="alert rule", outcome="missed") == 2
    ((_, (evaluations, _)),) = points["nightshift.evaluation.duration"]
    assert evaluations == 1


async def test_ten_times_as_many_users_are_as_many_points(seen: Seen) -> None:
    async def points_after(first: int, last: int) -> int:
        of = worlds.world()
        for number in range(first, last):
            name = f"user-{number}@example.com"
            await of.producer.enqueue(of.kind, {"name": name}, by=name)
            await of.deliver()
            await of.handle(f"not JSON, of {name}")
        return sum(map(len, seen.points().values()))

    few = await points_after(0, 10)
    assert await points_after(10, 110) == few


@given(st.lists(st.text(), max_size=200))
def test_whatever_an_attribute_is_given_it_has_few_values(texts: list[str]) -> None:
    word = bounds.Words()
    assert len({word(text) for text in texts}) <= bounds.MOST_VALUES + 1


def test_attempts_are_told_apart_as_far_as_it_matters() -> None:
    assert [bounds.attempt_of(number) for number in (None, 1, 5, 6, 200)] == ["none", "1", "5", "6+", "6+"]
