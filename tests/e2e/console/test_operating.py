"""An operator at work: sees what is wrong, reads why, mends it, and watches it being done."""

from __future__ import annotations

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from playwright.sync_api import Page, expect

from api.console.pages.dead_letters import OF_A_STEP
from processors.digest.schedule import SLOTS
from shared import clock
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.runs.ledger import Entry, Ledger
from tests.e2e.cli.test_digest import WARDROBE
from tests.e2e.console.conftest import App
from tests.patience import wait_until

OWNER = "hatter"
KEPT = timedelta(days=400)
COLOUR = "one => getComputedStyle(one).color"


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
    page.get_by_role("button", name="Replay all").click()
    asked = page.get_by_role("region", name="Replay them?")
    expect(asked).to_contain_text(f"Nothing is changed yet. Of {many} letters {many} would be sent again")
    asked.get_by_role("link", name="Leave them").click()
    page.locator("#why-all").fill("a test")
    page.get_by_role("button", name="Discard all").click()
    expect(page.get_by_text("That was the last step.")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_js_property("value", many)
    page.get_by_role("link", name="What is left").click()
    expect(page.get_by_text("No dead letters that fit.")).to_be_visible()


def test_a_missed_digest_is_seen_in_red_run_and_opened_as_its_user_sees_it(app: App, page: Page) -> None:
    slot = missed_digest(app)
    page.goto(f"{app.address}/console")
    row = page.locator("tr.missed", has_text=slot)
    red, green, blue = (int(part) for part in re.findall(r"\d+", row.locator(".state").evaluate(COLOUR))[:3])
    assert red > 2 * max(green, blue)
    row.get_by_role("button", name="Run this slot").click()
    expect(page.get_by_text("Asked for: a worker begins it.")).to_be_visible()
    expect(page.locator("#run .state").first).to_have_text("completed")
    page.get_by_role("link", name="Digests").click()
    page.get_by_role("link", name=OWNER).click()
    frame = page.locator("iframe")
    expect(frame).to_have_attribute("sandbox", "")
    expect(frame.content_frame.get_by_text("Linen Tee", exact=True).first).to_be_visible()
    page.goto(f"{app.address}/console")
    expect(page.locator("tr.missed", has_text=slot)).to_have_count(0)


def test_signing_out_ends_it(app: App, page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto(f"{app.address}/console/jobs")
    expect(page.get_by_label("API key")).to_be_visible()


def test_times_are_said_in_the_readers_own_zone(page: Page) -> None:
    expect(page.locator("time.local").first).to_contain_text("GMT+")


def missed_digest(app: App) -> str:
    """Let the timer of the digest have missed the slot before the latest one, while a user wore a tee; return it."""
    file = app.terminal.write("owned.csv", *(line.format(user=OWNER) for line in WARDROBE))
    assert app.terminal.run("wardrobe", "import", str(file)).code == 0
    assert app.terminal.run("wardrobe", "wear", OWNER, "tee", "--at", "20d").code == 0
    slot = SLOTS.latest(SLOTS.latest(clock.now()).at - timedelta(milliseconds=1))
    entry = Entry(f"digest|{slot.text}", "digest", slot.text, slot.at, "missed", "catch-up", "CatchUpRuns", KEPT)

    documents = SqliteDocuments(app.terminal.folder / "home" / "nightshift.sqlite3")
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright's loop runs in this thread
        elsewhere.submit(asyncio.run, Ledger(documents).write(entry, None)).result()
    return slot.text
