"""An operator at work: sees what is wrong, reads why, mends it, and watches it being done."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from api.console.pages.dead_letters import OF_A_STEP
from tests.e2e.console.conftest import App
from tests.patience import wait_until


def test_a_poisoned_job_is_seen_read_edited_replayed_and_watched_until_it_completes(app: App, page: Page) -> None:
    page.get_by_role("region", name="Open dead letters").get_by_role("link", name="blob_missing").first.click()
    page.get_by_role("link", name="poisoned", exact=True).click()
    expect(page.locator(".note.wrong").first).to_contain_text("blob_missing")
    page.get_by_text("Edit it first").click()
    editor = page.get_by_label("Payload (JSON)")
    payload = json.loads(editor.input_value())
    editor.fill(json.dumps({**payload, "image_url": app.picture}))
    page.get_by_role("button", name="Check this").click()
    expect(page.get_by_text("It would be sent again")).to_be_visible()
    page.get_by_role("button", name="Replay this").click()
    expect(page.get_by_text("Sent again.")).to_be_visible()
    expect(page.locator("#job .state").first).to_have_text("completed")  # the page asks by itself


def test_what_is_done_to_all_goes_on_by_itself_and_shows_how_far_it_is(app: App, page: Page) -> None:
    many = OF_A_STEP + 5
    for number in range(many):
        app.put(user_id="many", item_id="ghost", image_url=f"{app.picture}.gone", job_id=f"many-{number}")
    wait_until(lambda: len([one for one in app.dead() if one.startswith("many-")]) == many, "the deaths", look=1.0)
    page.goto(f"{app.address}/console/dead-letters?user=many")
    page.locator("#why-all").fill("a test")
    page.get_by_role("button", name="Discard all").click()
    expect(page.get_by_text("That was the last step.")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_js_property("value", many)
    page.get_by_role("link", name="What is left").click()
    expect(page.get_by_text("No dead letters that fit.")).to_be_visible()


def test_signing_out_ends_it(app: App, page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto(f"{app.address}/console/jobs")
    expect(page.get_by_label("API key")).to_be_visible()


def test_times_are_said_in_the_readers_own_zone(page: Page) -> None:
    expect(page.locator("time.local").first).to_contain_text("GMT+")
