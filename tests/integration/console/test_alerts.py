"""The pages of alerts: what fires, the rules, what was told, tasks, silences, and the scheduler."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from operations import rules
from processors.pickup_rate import freshness
from shared import clock
from shared.documents.containers import ALERT_TASKS
from tests.actors import ADMIN
from tests.integration.api.worlds import ApiWorld
from tests.integration.console.browser import Browser, Shown
from tests.integration.console.hostile import ATTRIBUTE, SCRIPT, is_harmless
from tests.integration.console.test_pickup_rate import calls

RULE: dict[str, Any] = {
    "name": "Few pickups",
    "owner": "ada",
    "frequency": {"type": "daily", "time": "09:00", "timezone": "Europe/Berlin"},
    "condition": {"measure": "pickup_call_rate", "scope": "global", "operator": "<", "threshold": 40},
}


async def stored(world: ApiWorld, **changes: Any) -> str:
    """Store a rule; return its id."""
    return (await rules.create(world.services, ADMIN, {**RULE, **changes})).id


async def fires(world: ApiWorld, **changes: Any) -> str:
    """Let a rule fire; return its id."""
    await calls(world, 1, 10, hours_ago=0.5)
    await freshness.catch_up(world.documents)
    rule = await stored(world, **changes)
    world.time.advance(1)  # a slot from before its rule is left out
    await rules.run_now(world.services, ADMIN, rule)
    await world.work_off()
    return rule


async def test_rules_are_listed_with_state_schedule_and_next_run(world: ApiWorld, browser: Browser) -> None:
    rule = await fires(world)
    page = await browser.get("/console/alerts")
    assert page.status == 200
    (row,) = page.tree.css("section[aria-labelledby=rules] tbody tr")
    said = " ".join(row.text(separator=" ").split())
    assert said.startswith("Few pickups firing pickup_call_rate of global < 40 0 9 * * * Europe/Berlin in ")
    assert row.css_first("a").attributes["href"] == f"/console/alerts/rules/{rule}"
    assert "Firing: 1" in page.text
    assert "nightshift alerts list" in page.text
    assert "unsafe" not in page.response.headers["content-security-policy"]


async def test_a_rule_shows_its_state_its_next_times_and_what_it_told(world: ApiWorld, browser: Browser) -> None:
    rule = await fires(world)
    page = await browser.get(f"/console/alerts/rules/{rule}")
    assert "global: firing" in page.text
    assert "2026-11-24 08:00:00 UTC 2026-11-24T09:00:00+01:00" in page.text
    assert [one.text() for one in page.tree.css("section[aria-labelledby=told] .state")] == ["firing"]
    assert f"nightshift alerts show {rule}" in page.text
    told = await browser.get(f"/console/alerts/history?rule={rule}")
    assert len(told.tree.css("tbody tr")) == 1
    assert "Nothing was told" in (await browser.get("/console/alerts/history?scope=merchant:m9")).text
    assert (await browser.get("/console/alerts/rules/nothing")).status == 404


async def test_a_rule_is_found_by_its_name(world: ApiWorld, browser: Browser) -> None:
    rule = await stored(world)
    page = await browser.get("/console/alerts?rule=Few+pickups")
    assert page.response.url.path == f"/console/alerts/rules/{rule}"


async def test_an_alert_is_silenced_and_told_again(world: ApiWorld, browser: Browser) -> None:
    rule = await fires(world)
    page = await browser.send(await browser.get("/console/alerts"), "/console/alerts/silence")
    assert "is silent until 2026-11-23 11:01 UTC" in page.text
    page = await browser.get(f"/console/alerts/rules/{rule}")
    assert "Silent until 2026-11-23 11:01:0" in page.text
    page = await browser.send(page, "/console/alerts/silence", hours="0", reason="enough")
    assert "is told again" in page.text
    assert {line.get("why") for line in await world.audited("silence alert")} == {None, "enough"}
    token = page.one("form[action$='sign-out'] input[name=token]").attributes["value"]
    wrong = await browser.post("/console/alerts/silence", token=token, rule=rule, scope="global", hours="nan")
    assert (wrong.status, "0 to 2160 hours" in wrong.text) == (422, True)


async def test_a_task_is_acknowledged_once(world: ApiWorld, browser: Browser) -> None:
    await fires(world)
    page = await browser.get("/console/alerts/tasks")
    assert "nightshift tasks list" in page.text
    done = await browser.send(page, "/console/alerts/tasks/")
    assert "The task of Few pickups is acknowledged." in done.text
    assert [one.text() for one in done.tree.css("tbody .state")] == ["acknowledged"]
    assert "No tasks." in (await browser.get("/console/alerts/tasks?state=open")).text


async def test_tasks_are_shown_page_by_page(world: ApiWorld, browser: Browser) -> None:
    await fires(world)
    (task,) = [one.body async for one in world.documents.query(ALERT_TASKS)]
    for n in range(30):
        at = clock.to_text(clock.parse(task["firedAt"]) - timedelta(minutes=n + 1))
        await world.documents.create(ALERT_TASKS, {**task, "id": f"t{n}", "title": f"task {n}", "firedAt": at})
    page = await browser.get("/console/alerts/tasks?state=open&owner=ada")
    rows = [*page.tree.css("tbody th")]
    page = await browser.get(page.one("a[rel=next]").attributes["href"] or "")
    rows += page.tree.css("tbody th")
    assert len(rows) == len({row.text() for row in rows}) == 31
    assert "task 29" in rows[-1].text()
    assert not page.tree.css("a[rel=next]")


async def test_the_scheduler_is_stopped_started_and_reloaded(world: ApiWorld, admins: Browser) -> None:
    await stored(world)
    page = await admins.get("/console/alerts")
    assert "Running." in page.text
    page = await admins.send(page, "/console/alerts/scheduler/stop", why="a new store")
    assert "Stopped by key:admin" in page.text
    assert "a new store" in page.text
    page = await admins.send(page, "/console/alerts/scheduler/start")
    assert "Running." in page.text
    page = await admins.send(page, "/console/alerts/scheduler/reload")
    assert "Computed anew when 1 rule runs next." in page.text


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("silence", "operator"),
        ("tasks/t1/acknowledge", "operator"),
        ("rules/r1/run", "operator"),
        ("rules/r1/delete", "admin"),
        ("save", "admin"),
        ("try", "admin"),
        ("scheduler/stop", "admin"),
        ("scheduler/start", "admin"),
        ("scheduler/reload", "admin"),
    ],
)
async def test_changes_take_a_role_and_a_form_of_the_session(world: ApiWorld, path: str, role: str) -> None:
    async with Browser(world) as browser:
        await browser.sign_in("reader")
        page = await browser.get("/console/alerts")
        assert not page.tree.css("form[action*='/alerts/']")
        token = page.one("input[name=token]").attributes["value"]
        refused = await browser.post(f"/console/alerts/{path}", token=token)
        assert (refused.status, f"takes the role {role}" in refused.text) == (403, True)
        assert (await browser.post(f"/console/alerts/{path}")).status == 403
        crossed = await browser.post(
            f"/console/alerts/{path}", headers={"origin": "https://evil.example"}, token=token
        )  # fmt: skip
        assert crossed.status == 403


async def test_a_reader_of_one_client_sees_its_rules_alone(world: ApiWorld) -> None:
    async with Browser(world) as browser:
        await browser.sign_in("reader-right")
        assert (await browser.get("/console/alerts?client=right")).status == 200
        for path in ("?client=wrong", "", "/tasks?client=wrong", "/history?client=wrong", "/rules/r1?client=wrong"):
            assert (await browser.get(f"/console/alerts{path}")).status == 403, path


async def test_what_strangers_write_is_text(world: ApiWorld, admins: Browser) -> None:
    name = f"x{SCRIPT}{ATTRIBUTE}"
    rule = await fires(world, name=name, owner=SCRIPT)
    pages: list[Shown] = [
        await admins.get(f"/console/alerts{path}")
        for path in ("", "/history", "/tasks", f"/rules/{rule}", f"/rules/{rule}/edit")
    ]
    for page in pages:
        assert page.status == 200
        assert SCRIPT in page.text or page.tree.css("input[value*=script]")
        assert is_harmless(page), page.response.url
