"""Alert rules and their scheduler over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from processors.alerts.dispatch import dispatch
from shared import clock
from tests.integration.api.worlds import ApiWorld

RULE = {
    "name": "Few calls",
    "frequency": {"type": "daily", "time": "09:00", "timezone": "UTC"},
    "condition": {
        "measure": "pickup_call_rate",
        "scope": "merchant:m1",
        "windowSeconds": 3600,
        "operator": "<",
        "threshold": 40,
    },
}


async def made(world: ApiWorld, **changes: Any) -> Any:
    """Return the answer to the creation of a rule."""
    return await world.asked("POST", "/alerts/rules", json={**RULE, **changes}, params={"id": "few"})


async def test_a_rule_is_created_shown_changed_and_deleted(world: ApiWorld) -> None:
    created = await made(world)
    shown = await world.asked("GET", "/alerts/rules/few", "reader")
    changed = await world.asked("PATCH", "/alerts/rules/few", json={"condition": {"threshold": 35}})
    deleted = await world.asked("DELETE", "/alerts/rules/few")
    gone = await world.asked("GET", "/alerts/rules/few", "reader")

    assert (created.status_code, shown.json()) == (201, created.json())
    assert changed.json()["condition"]["threshold"] == 35
    assert deleted.status_code == 200
    assert (gone.status_code, gone.json()["code"]) == (404, "rule_unknown")


async def test_a_rule_that_is_there_is_not_created_again(world: ApiWorld) -> None:
    await made(world)
    again = await made(world)

    assert (again.status_code, again.json()["code"]) == (409, "rule_exists")


async def test_a_rule_that_cannot_be_names_the_member(world: ApiWorld) -> None:
    told = await made(world, severity="loud")

    assert (told.status_code, told.json()["code"]) == (422, "rule_invalid")
    assert told.json()["fields"]["field"] == "severity"


async def test_of_two_who_change_a_rule_the_second_is_told_that_it_has_changed(world: ApiWorld) -> None:
    tag = (await made(world)).headers["etag"]
    first = await world.asked("PATCH", "/alerts/rules/few", json={"name": "Mine"}, headers={"if-match": tag})
    second = await world.asked("PATCH", "/alerts/rules/few", json={"name": "Yours"}, headers={"if-match": tag})
    deleting = await world.asked("DELETE", "/alerts/rules/few", headers={"if-match": tag})

    assert first.status_code == 200
    assert [(one.status_code, one.json()["code"]) for one in (second, deleting)] == [(412, "etag_differs")] * 2
    assert (await world.asked("GET", "/alerts/rules/few")).json()["name"] == "Mine"
    again = await world.asked(
        "PATCH", "/alerts/rules/few", json={"name": "Yours"}, headers={"if-match": first.headers["etag"]}
    )
    assert again.status_code == 200


async def test_a_rule_that_only_ran_meanwhile_has_not_changed(world: ApiWorld) -> None:
    tag = (await made(world)).headers["etag"]
    await world.asked("POST", "/alerts/scheduler/reload")
    changed = await world.asked("PATCH", "/alerts/rules/few", json={"name": "Mine"}, headers={"if-match": tag})

    assert changed.status_code == 200


async def test_a_rule_is_named_by_its_whole_id_only(world: ApiWorld) -> None:
    await made(world)
    answers = [await world.asked(method, "/alerts/rules/fe") for method in ("GET", "DELETE")]
    by_name = await world.asked("DELETE", "/alerts/rules/~RmV3IGNhbGxz")

    assert [one.status_code for one in (*answers, by_name)] == [404] * 3
    assert (await world.asked("GET", "/alerts/rules/few")).status_code == 200


async def test_a_clients_rules_are_apart_from_the_apps_own(world: ApiWorld) -> None:
    await made(world)

    assert (await world.asked("GET", "/alerts/rules", params={"client": "shop"})).json()["items"] == []
    assert len((await world.asked("GET", "/alerts/rules")).json()["items"]) == 1


async def test_a_rule_tells_when_it_runs_and_runs_now_when_asked(world: ApiWorld) -> None:
    await made(world)
    coming = await world.asked("GET", "/alerts/rules/few/preview", params={"count": "2"})
    ran = await world.asked("POST", "/alerts/rules/few/run")

    assert [one["at"][:10] for one in coming.json()["items"]] == ["2026-11-24", "2026-11-25"]
    assert (ran.status_code, ran.json()["rule"]) == (202, "few")
    assert world.messages(world.settings.alert_queue) == 1


def a_uuid(text: str) -> bool:
    return str(uuid.UUID(text)) == text


class TestScheduler:
    """Every member that its users know, with its name and its form."""

    async def test_a_rule_that_has_not_run_is_a_job_with_its_next_time(self, world: ApiWorld) -> None:
        rule = (await world.asked("POST", "/alerts/rules", json=RULE)).json()
        told = (await world.asked("GET", "/alerts/scheduler", "reader")).json()

        assert a_uuid(rule["id"])
        assert told == {
            "status": "running",
            "job_count": 1,
            "jobs": [
                {
                    "id": f"alert_{rule['id']}",
                    "name": "Alert: Few calls",
                    "next_run_time": "2026-11-24T09:00:00+00:00",
                    "trigger": "cron[0 9 * * *]",
                    "last_run": None,
                    "state": None,
                }
            ],
        }

    async def test_a_rule_that_has_run_tells_when_and_what_it_found(self, world: ApiWorld) -> None:
        await world.asked("POST", "/alerts/rules", json=RULE)
        alert = world.registry.named("alert")
        world.time.now = clock.parse("2026-11-24T09:00:10.000Z")
        await dispatch(world.services, alert)
        await world.work_off()
        (job,) = (await world.asked("GET", "/alerts/scheduler", "reader")).json()["jobs"]
        (state,) = (await world.asked("GET", "/alerts/states", "reader")).json()["items"]

        assert (job["last_run"], job["next_run_time"]) == ("2026-11-24T09:00:00+00:00", "2026-11-25T09:00:00+00:00")
        assert job["state"] == state["state"]

    async def test_instants_are_in_utc_whatever_the_rules_zone(self, world: ApiWorld) -> None:
        in_berlin = {**RULE, "frequency": {"type": "daily", "time": "09:00", "timezone": "Europe/Berlin"}}
        await world.asked("POST", "/alerts/rules", json=in_berlin)
        (job,) = (await world.asked("GET", "/alerts/scheduler", "reader")).json()["jobs"]

        assert (job["next_run_time"], job["trigger"]) == ("2026-11-24T08:00:00+00:00", "cron[0 9 * * *]")

    async def test_reload_start_and_stop_answer_the_status_as_it_is_then(self, world: ApiWorld) -> None:
        await made(world)
        shown = (await world.asked("GET", "/alerts/scheduler")).json()
        answers = [
            (await world.asked("POST", f"/alerts/scheduler/{what}")).json() for what in ("stop", "reload", "start")
        ]

        assert answers == [{**shown, "status": status} for status in ("stopped", "stopped", "running")]

    async def test_a_rule_that_is_not_active_is_no_job(self, world: ApiWorld) -> None:
        await made(world, active=False)

        assert (await world.asked("GET", "/alerts/scheduler")).json()["job_count"] == 0


async def test_of_very_many_rules_the_next_thousand_are_listed_and_all_are_counted(world: ApiWorld) -> None:
    from api.routes import scheduler

    for number in range(3):
        await world.asked("POST", "/alerts/rules", json={**RULE, "name": f"Rule {number}"})
    most, scheduler.MOST = scheduler.MOST, 2
    try:
        told = (await world.asked("GET", "/alerts/scheduler")).json()
    finally:
        scheduler.MOST = most

    assert (told["job_count"], len(told["jobs"]), most) == (3, 2, 1000)
