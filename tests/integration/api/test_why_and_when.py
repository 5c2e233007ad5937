"""Why is a thing where it is, what would a rule have told, what is wrong, and who sees to it? Over HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.alerts.states import SYSTEM
from shared.alerts.tasks import follow
from shared.documents.port import Body
from tests.integration.api.test_alert_rules import RULE
from tests.integration.api.worlds import ApiWorld

DAY = timedelta(days=1)


def day(world: ApiWorld, **more: Any) -> dict[str, Any]:
    """Return what asks for a backtest of the last day."""
    now = world.time.now
    return {"from": clock.to_text(now - DAY), "to": clock.to_text(now), **more}


async def calls(world: ApiWorld, picked_up: Iterable[bool]) -> None:
    """Take in a call of each of the last hours, the latest first."""
    told = [
        {
            "call_id": f"c{number}",
            "merchantId": "m1",
            "status": "FINISHED",
            "outcome": "CONFIRM" if is_picked_up else "NO_ANSWER",
            "initiatedAt": clock.to_text(world.time.now - timedelta(hours=number + 1)),
            "updatedAt": clock.to_text(world.time.now - timedelta(hours=number + 1)),
        }
        for number, is_picked_up in enumerate(picked_up)
    ]
    answer = await world.asked("POST", "/calls", json=told)
    assert [one["error"] for one in answer.json()["items"]] == [None] * len(told), answer.text


def firing(client: str = SYSTEM, owner: str = "ada", minute: int = 0) -> Body:
    """Return the event of an alert that fires and has an owner."""
    return {
        "id": f"few|{minute}",
        "kind": "firing",
        "clientId": client,
        "rule": "few",
        "scope": "merchant:m1",
        "number": 1,
        "title": "Few calls",
        "text": "Few calls are picked up.",
        "at": f"2026-11-23T08:{minute:02}:00.000Z",
        "facts": {"owner": owner, "severity": "warning", "rule": {"name": "Few calls"}},
    }


class TestExplanations:
    async def test_a_job_says_why_it_is_where_it_is(self, world: ApiWorld) -> None:
        await world.like("hat")
        told = await world.asked("GET", "/jobs/hat/explain", "reader")

        assert (told.status_code, told.json()["what"], told.json()["id"]) == (200, "job", "hat")
        assert told.json()["sentences"]

    async def test_a_job_is_meant_by_its_whole_id_only(self, world: ApiWorld) -> None:
        await world.like("hat-of-ada")
        told = await world.asked("GET", "/jobs/hat/explain", "reader")

        assert (told.status_code, told.json()["code"]) == (404, "job_not_found")

    async def test_any_thing_is_named_in_the_query(self, world: ApiWorld) -> None:
        await world.dead("coat/1")
        await world.asked("POST", "/alerts/rules", json=RULE, params={"id": "few"})
        named = ("coat/1", "rule:few", "run:digest")
        found = [(await world.asked("GET", "/explain", "reader", params={"id": one})).json() for one in named]

        assert [one["what"] for one in found] == ["dead letter", "rule", "run"]

    async def test_only_things_of_the_named_owner_are_meant(self, world: ApiWorld) -> None:
        await world.dead("coat", user="bo")
        told = await world.asked("GET", "/explain", "reader-right", params={"id": "coat", "user": "right"})

        assert (told.status_code, told.json()["code"]) == (404, "thing_not_found")


class TestTasks:
    async def test_they_are_listed_by_owner_and_state_page_by_page(self, world: ApiWorld) -> None:
        for minute in range(3):
            await follow(world.documents, firing(minute=minute))
        await follow(world.documents, firing(owner="bo", minute=9))
        asked = {"owner": "ada", "state": "open", "limit": "2"}
        first = (await world.asked("GET", "/alerts/tasks", "reader", params=asked)).json()
        second = (await world.asked("GET", "/alerts/tasks", "reader", params={**asked, "cursor": first["next"]})).json()

        assert [one["firedAt"][14:16] for one in first["items"] + second["items"]] == ["02", "01", "00"]
        assert second["next"] is None

    async def test_one_is_acknowledged_once(self, world: ApiWorld) -> None:
        await follow(world.documents, firing(client="shop"))
        of_shop = {"client": "shop"}
        (task,) = (await world.asked("GET", "/alerts/tasks", params=of_shop)).json()["items"]
        path = f"/alerts/tasks/{task['id']}/acknowledge"
        first, again = [await world.asked("POST", path, "operator", params=of_shop) for _ in range(2)]
        left = (await world.asked("GET", "/alerts/tasks", params={**of_shop, "state": "open"})).json()["items"]

        assert (first.json()["what"], again.json()["what"], left) == ("acknowledged", "before", [])
        assert first.json()["task"]["acknowledgedBy"] == "key:operator"

    async def test_one_is_meant_by_its_whole_id_only(self, world: ApiWorld) -> None:
        await follow(world.documents, firing())
        (task,) = (await world.asked("GET", "/alerts/tasks")).json()["items"]
        told = await world.asked("POST", f"/alerts/tasks/{task['id'][:8]}/acknowledge")

        assert (told.status_code, told.json()["code"]) == (404, "task_not_found")


HOURLY: dict[str, Any] = {**RULE, "frequency": {"type": "hourly", "timezone": "UTC"}}


class TestBacktests:
    async def test_a_stored_rule_and_its_definition_come_to_the_same(self, world: ApiWorld) -> None:
        await calls(world, [True, False] * 6)
        await world.asked("POST", "/alerts/rules", json=HOURLY, params={"id": "few"})
        stored = await world.asked("POST", "/alerts/rules/few/backtest", "reader", json=day(world))
        said = await world.asked("POST", "/alerts/rules/backtest", "reader", json=day(world, rule=HOURLY))

        assert (stored.status_code, said.status_code) == (200, 200), said.text
        assert stored.json()["evaluations"] >= 24
        assert stored.json()["alarms"] >= 1
        assert {**said.json(), "name": ""} == {**stored.json(), "name": ""}

    async def test_other_numbers_are_tried_without_being_stored(self, world: ApiWorld) -> None:
        await calls(world, [True, False] * 6)
        await world.asked("POST", "/alerts/rules", json=HOURLY, params={"id": "few"})
        before = (await world.asked("GET", "/alerts/rules/few")).json()
        told = await world.asked("POST", "/alerts/rules/few/backtest", "reader", json=day(world, set={"threshold": 0}))

        assert told.json()["alarms"] == 0
        assert (await world.asked("GET", "/alerts/rules/few")).json() == before

    async def test_a_sweep_tells_of_each_value(self, world: ApiWorld) -> None:
        await calls(world, [True, False] * 6)
        swept = {"member": "threshold", "from": 0, "to": 100, "step": 50}
        rule = await world.asked("POST", "/alerts/rules/backtest", "reader", json=day(world, rule=HOURLY, sweep=swept))
        rate = await world.asked(
            "POST",
            "/pickup-rate/backtest",
            "reader",
            json=day(world, sweep=swept, set={"interval_seconds": 3600}),
            params={"scope": "merchant:m1"},
        )

        for told in (rule, rate):
            assert told.status_code == 200, told.text
            assert [one["value"] for one in told.json()["values"]] == [0, 50, 100], told.text

    async def test_a_pickup_rate_is_tried_with_other_numbers(self, world: ApiWorld) -> None:
        await calls(world, [False] * 12)
        numbers = {"interval_seconds": 3600, "minimum_sample": 1, "threshold": 50}
        told = await world.asked(
            "POST", "/pickup-rate/backtest", "reader", json=day(world, set=numbers), params={"scope": "merchant:m1"}
        )

        assert told.status_code == 200, told.text
        assert (told.json()["numbers"]["threshold"], told.json()["alarms"]) == (50, 1)

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"from": "2025-06-01T00:00:00.000Z"}, "backtest_range_invalid"),
            ({"from": "2026-11-24T00:00:00.000Z", "to": "2026-11-23T00:00:00.000Z"}, "backtest_range_invalid"),
            ({"set": {"treshold": 3}}, "backtest_member_unknown"),
            ({"set": {"frequency": {"type": "cron", "expression": "* * * * *"}}, "days": 9}, "backtest_range_invalid"),
            ({"sweep": {"member": "threshold", "from": 0, "to": 1e6, "step": 1}}, "sweep_invalid"),
            ({"sweep": {"member": "threshold", "from": 0, "to": 99, "step": 1}, "days": 5}, "backtest_range_invalid"),
            ({"from": "2026-11-22"}, "request_invalid"),
            ({"till": 3}, "request_invalid"),
        ],
    )
    async def test_what_would_take_too_long_or_can_not_be_is_refused(
        self, world: ApiWorld, changes: dict[str, Any], code: str
    ) -> None:
        days = changes.pop("days", 1) if "days" in (changes := dict(changes)) else 1
        begin = clock.to_text(world.time.now - days * DAY)
        said = {**day(world), "from": begin, "rule": HOURLY, **changes}
        told = await world.asked("POST", "/alerts/rules/backtest", "reader", json=said)

        assert (told.status_code, told.json()["code"]) == (422, code), told.text

    async def test_who_may_not_read_what_a_rule_watches_may_not_try_it(self, world: ApiWorld) -> None:
        told = await world.asked("POST", "/alerts/rules/backtest", "reader-right", json=day(world, rule=HOURLY))

        assert (told.status_code, told.json()["code"]) == (403, "not_allowed")


async def test_the_health_of_jobs_tells_what_was_looked_at(world: ApiWorld) -> None:
    told = await world.asked("GET", "/health/jobs", "reader")

    assert told.status_code == 200
    assert {one["state"] for one in told.json()["checks"]} <= {"ok", "finding", "unknown"}
    assert told.json()["ok"] == all(one["state"] != "finding" for one in told.json()["checks"])
