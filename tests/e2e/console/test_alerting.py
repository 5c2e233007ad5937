"""Alerting: a rule's times and backtest are seen before it is stored; the scheduler is stopped and started."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from shared import clock
from tests.e2e.console.conftest import App
from tests.patience import wait_until

NAME = "Nobody picks up"
WAY = re.compile(r"/console/alerts/rules/[^/]+$")


def test_a_rule_is_previewed_while_one_types_backtested_stored_and_tells_what_it_found(app: App, page: Page) -> None:
    nobody_picked_up(app)
    page.get_by_role("link", name="Alerts", exact=True).click()
    page.get_by_role("link", name="create a rule").click()

    times = page.locator("#times time")
    page.get_by_label("Runs").select_option("cron")
    page.get_by_label("Cron expression").press_sequentially("30 7 * *")
    expect(page.locator("#times .wrong")).to_contain_text("expression")
    page.get_by_label("Cron expression").press_sequentially(" 1")
    expect(times).to_have_count(5)
    expect(times.first).to_contain_text("07:30:00")
    page.get_by_label("Runs").select_option("hourly")
    page.get_by_label("Time (hourly: its minute counts)").fill("00:17")
    expect(times.first).to_contain_text(":17:00")

    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_label("Measure, or one / another").fill("pickup_call_rate")
    page.get_by_label("Threshold").fill("40")
    page.get_by_label("Backtest of so many days").fill("1")
    page.get_by_role("button", name="Try it: times and backtest").click()
    backtest = page.get_by_role("region", name="Backtest")
    expect(backtest).to_contain_text("It would have fired once")
    expect(backtest).to_contain_text("Nothing is stored yet.")
    assert app.terminal.run("alerts", "list", "--json").json()["items"] == []

    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_text(f"Rule {NAME} is stored.")).to_be_visible()
    expect(page).to_have_url(WAY)
    page.get_by_role("link", name="Alerts", exact=True).click()
    page.get_by_role("region", name="Rules").get_by_role("link", name=NAME).click()
    expect(page.get_by_text("It was never judged.")).to_be_visible()

    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("A run is asked for")).to_be_visible()
    told = ("alerts", "history", "--json")
    wait_until(lambda: app.terminal.run(*told).json()["items"], "an alert", look=1.0)
    page.reload()
    expect(page.get_by_role("region", name="What it told")).to_contain_text(NAME)
    page.get_by_role("link", name="All of it").click()
    expect(page.locator("main tbody tr")).to_have_count(1)


def test_the_scheduler_is_stopped_started_and_reloaded(app: App, page: Page) -> None:
    page.get_by_role("link", name="Alerts", exact=True).click()
    scheduler = page.get_by_role("region", name="Scheduler")
    expect(scheduler).to_contain_text("Running.")
    scheduler.get_by_label("Why").fill("the gateway is being moved")
    scheduler.get_by_role("button", name="Stop").click()
    expect(scheduler).to_contain_text("Stopped by key:browser")
    expect(scheduler).to_contain_text("the gateway is being moved. No rule runs.")
    assert app.terminal.run("scheduler", "status", "--json").json()["status"] == "stopped"
    scheduler.get_by_role("button", name="Reload").click()
    expect(page.get_by_text("Computed anew when")).to_be_visible()
    scheduler.get_by_role("button", name="Start").click()
    expect(scheduler).to_contain_text("Running. Started by key:browser")
    assert app.terminal.run("scheduler", "status", "--json").json()["status"] == "running"


def nobody_picked_up(app: App) -> None:
    """Let there have been ten calls of two hours ago, and ten of just now, that nobody picked up."""
    lines = []
    for number in range(20):
        at = clock.text_now(-timedelta(minutes=10 if number % 2 else 120))
        call = {"id": f"call-{number}", "merchantId": "m1", "status": "FINISHED", "outcome": "NO_ANSWER"}
        lines.append(json.dumps({**call, "initiatedAt": at, "updatedAt": at}))
    said = app.terminal.run("calls", "import", str(app.terminal.write("calls.jsonl", *lines)))
    assert said.code == 0, said.err
