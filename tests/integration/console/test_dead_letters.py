"""Dead letters in the console: read, checked, edited, replayed and discarded, one or many."""

from __future__ import annotations

import json

import pytest

from api.console.pages.dead_letters import OF_A_STEP
from shared.errors import Permanent
from shared.jobs.messages import BadMessage
from tests.integration.api.worlds import ApiWorld
from tests.integration.console.browser import Browser, Shown

BROKEN = BadMessage(
    "The payload isn't a taste job: image_url: no address",
    code="invalid_payload",
    places=[{"at": "image_url", "problem": "no address"}, {"at": "signal", "problem": "missing"}],
)
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def letter_of(page: Shown, text: str) -> str:
    """Return what the mark beside a letter stands for."""
    (found,) = [row for row in page.tree.css("#letters form tbody tr") if text in row.text()]
    mark = found.css_first("input[name=id]")
    assert mark is not None
    return str(mark.attributes["value"])


async def test_causes_come_first_and_lead_to_their_letters(world: ApiWorld, browser: Browser) -> None:
    await world.dead("one")
    await world.dead("two")
    await world.dead("three", error=BROKEN)
    page = await browser.get("/console/dead-letters")
    rows = page.tree.css("section[aria-labelledby=causes] tbody tr")
    assert [row.css("td")[0].text() for row in rows] == ["2", "1"]
    link = rows[1].css_first("a")
    assert link is not None
    assert "1 letter" in (await browser.get(str(link.attributes["href"]))).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("class=BadMessage", ["three"]),
        ("queue=taste-analysis-jobs", ["one", "three"]),
        ("queue=other", []),
        ("user=ada", ["one"]),
        ("since=24h", ["one", "three"]),
        ("since=2026-11-23T10:00:00Z", []),
    ],
)
async def test_letters_are_found_by_queue_class_user_and_time(
    world: ApiWorld, browser: Browser, query: str, found: list[str]
) -> None:
    await world.dead("one")
    await world.dead("three", user="ben", error=BROKEN)
    page = await browser.get(f"/console/dead-letters?{query}")
    assert sorted(row.text(strip=True) for row in page.tree.css("#letters form tbody th")) == found


async def test_a_time_that_is_none_is_told(browser: Browser) -> None:
    page = await browser.get("/console/dead-letters?since=soon")
    assert (page.status, "'soon' is no time" in page.text) == (422, True)


async def test_a_letter_shows_its_reason_and_marks_what_is_wrong_in_its_payload(
    world: ApiWorld, browser: Browser
) -> None:
    await world.dead("one", error=BROKEN)
    page = await browser.get("/console/dead-letters/one?user=ada")
    assert "invalid_payload" in page.text
    assert page.one("pre mark").text() == '"https://shop.example/hat.png"'
    assert [item.text() for item in page.tree.css("li.wrong")] == ["signal: missing"]
    assert "No other dead letter has its cause" in page.text
    assert page.tree.css_first("svg.timeline") is not None
    assert "nightshift dead-letters show one --user ada" in page.text


async def test_a_letter_is_checked_and_nothing_is_changed(world: ApiWorld, browser: Browser) -> None:
    await world.dead("one")
    page = await browser.get("/console/dead-letters/one?user=ada")
    checked = await browser.send(page, "/console/dead-letters/one/replay", do="check")
    assert "It would be sent again" in checked.text
    assert await world.status("one") == "dead"


async def test_a_letter_is_replayed_and_leads_to_its_job(world: ApiWorld, browser: Browser) -> None:
    await world.dead("one")
    page = await browser.get("/console/dead-letters/one?user=ada")
    job = await browser.send(page, "/console/dead-letters/one/replay", do="replay")
    assert job.one("h1").text() == "Job one"
    assert "Sent again." in job.text
    assert await world.status("one") == "queued"
    assert [(line["by"], line["job"]) for line in await world.audited("replay")] == [("key:operator", "one")]


async def test_a_letter_is_edited_and_replayed(world: ApiWorld, browser: Browser) -> None:
    record = await world.dead("one", createdAt="2026-11-23T08:00:00.000Z")
    page = await browser.get("/console/dead-letters/one?user=ada")
    edited = {**json.loads(page.one("#edited").text()), "image_url": "https://shop.example/cap.png"}
    job = await browser.post(
        "/console/dead-letters/one/replay", do="replay", user=record.key.scope, payload=json.dumps(edited),
        token=page.tree.css("input[name=token]")[0].attributes["value"],
    )  # fmt: skip
    assert "cap.png" in job.text
    assert world.queues.sent[-1]["image_url"] == "https://shop.example/cap.png"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "The payload isn't JSON"),
        ("[1]", "isn't a JSON object"),
        ('{"user_id": "ada", "item_id": 5}', "isn't a taste job"),
        ('{"user_id": "eve", "item_id": "x", "image_url": "https://a.b/c.png", "job_id": "one"}', "names another job"),
        (f'{{"user_id": "{HOSTILE[:2]}', "The payload isn't JSON"),
    ],
)
async def test_an_edit_that_cant_be_sent_is_told_and_what_was_typed_stays(
    world: ApiWorld, browser: Browser, text: str, said: str
) -> None:
    await world.dead("one")
    page = await browser.get("/console/dead-letters/one?user=ada")
    token = page.tree.css("input[name=token]")[0].attributes["value"]
    told = await browser.post("/console/dead-letters/one/replay", do="replay", user="ada", payload=text, token=token)
    assert told.status == 422
    assert said in told.one("#problem").text()
    assert told.one("#edited").text() == text
    assert await world.status("one") == "dead"


async def test_a_letter_is_discarded_for_a_reason(world: ApiWorld, browser: Browser) -> None:
    await world.dead("one")
    page = await browser.get("/console/dead-letters/one?user=ada")
    refused = await browser.send(page, "/console/dead-letters/one/discard")
    assert "Say why" in refused.text
    done = await browser.send(page, "/console/dead-letters/one/discard", why="a test")
    assert "Discarded: one." in done.text
    assert [line["why"] for line in await world.audited("discard")] == ["a test"]


async def test_the_marked_ones_are_checked_and_then_replayed(world: ApiWorld, browser: Browser) -> None:
    for name in ("one", "two", "three"):
        await world.dead(name)
    page = await browser.get("/console/dead-letters")
    chosen = [letter_of(page, "one"), letter_of(page, "two")]
    checked = await browser.send(page, "/console/dead-letters/chosen", id=chosen, do="check")
    assert "2 would be sent again, 0 would be refused." in checked.text
    done = await browser.send(page, "/console/dead-letters/chosen", id=chosen, do="replay")
    assert "2 were sent again, 0 were refused." in done.text
    assert [await world.status(name) for name in ("one", "two", "three")] == ["queued", "queued", "dead"]


async def test_nothing_marked_is_told(world: ApiWorld, browser: Browser) -> None:
    await world.dead("one")
    page = await browser.send(await browser.get("/console/dead-letters"), "/console/dead-letters/chosen", do="replay")
    assert (page.status, "Nothing is chosen" in page.text) == (422, True)


async def test_all_of_a_cause_are_replayed_step_by_step_with_those_refused_passed_over(
    world: ApiWorld, browser: Browser
) -> None:
    many = 2 * OF_A_STEP + 3
    for number in range(many):
        await world.dead(f"like-{number}", **({"image_url": 5} if number == 7 else {}))
    await world.dead("another", error=Permanent("gone", code="other_cause", dependency="content"))
    cause = (await browser.get("/console/dead-letters")).tree.css("section[aria-labelledby=causes] tbody a")[0]
    page = await browser.get(str(cause.attributes["href"]))
    step = await browser.send(page, "/console/dead-letters/all", do="replay")
    assert step.one("progress").attributes["value"] == str(OF_A_STEP)
    for _ in range(2):
        step = await browser.send(step, "/console/dead-letters/all")
    assert step.one("progress").attributes["value"] == str(many)
    assert "That was the last step." in step.text
    assert "1 refused" in step.text
    assert await world.status("like-7") == "dead"
    assert await world.status("another") == "dead"
    assert world.messages("taste-analysis-jobs") == many - 1


async def test_a_check_of_all_changes_nothing(world: ApiWorld, browser: Browser) -> None:
    await world.dead("one")
    page = await browser.get("/console/dead-letters")
    step = await browser.send(page, "/console/dead-letters/all", do="check")
    assert "1 would be sent again" in step.text
    assert await world.status("one") == "dead"


async def test_a_reader_sees_no_form_that_changes_and_may_send_none(world: ApiWorld) -> None:
    await world.dead("one")
    async with Browser(world) as browser:
        await browser.sign_in("reader")
        page = await browser.get("/console/dead-letters")
        assert "Replay" not in page.text
        assert "Discard" not in (await browser.get("/console/dead-letters/one?user=ada")).text
        token = page.tree.css("input[name=token]")[0].attributes["value"]
        for path, fields in (
            ("/chosen", {"id": letter_of(page, "one")}),
            ("/all", {}),
            ("/one/replay", {"user": "ada"}),
            ("/one/discard", {"user": "ada", "why": "x"}),
        ):
            done = await browser.post(f"/console/dead-letters{path}", token=token, do="replay", **fields)
            assert done.status == 403
    assert await world.status("one") == "dead"


async def test_a_user_of_a_scope_sees_and_replays_only_its_own(world: ApiWorld) -> None:
    await world.dead("one", user="right")
    await world.dead("two", user="ada")
    async with Browser(world) as browser:
        await browser.sign_in("operator-right")
        assert (await browser.get("/console/dead-letters")).status == 403
        page = await browser.get("/console/dead-letters?user=right")
        assert (page.status, "two" in page.text) == (200, False)
        assert (await browser.get("/console/dead-letters/two?user=ada")).status == 403
        done = await browser.send(page, "/console/dead-letters/chosen", id=letter_of(page, "one"), do="replay")
        assert "1 were sent again" in done.text
    assert await world.status("one", "right") == "queued"


async def test_what_comes_from_outside_is_shown_as_text(world: ApiWorld, browser: Browser) -> None:
    error = Permanent(f"no picture {HOSTILE}", code="blob_missing", dependency="content")
    await world.dead("one", user=HOSTILE, error=error, title=HOSTILE, job_id="one")
    for path in ("/console", "/console/dead-letters", "/console/jobs"):
        page = await browser.get(path)
        assert HOSTILE in page.text or path == "/console"
        _has_no_script(page)
    link = (await browser.get("/console/dead-letters")).tree.css("#letters form tbody th a")[0]
    page = await browser.get(str(link.attributes["href"]))
    assert page.status == 200
    assert HOSTILE in page.text
    _has_no_script(page)
    for query in ("queue", "cause", "class", "user", "since"):
        _has_no_script(await browser.client_get("/console/dead-letters", {query: HOSTILE}))
    for path in ("/console/jobs", "/console/runs"):
        for query in ("id", "user", "state", "name", "kind", "done"):
            _has_no_script(await browser.client_get(path, {query: HOSTILE}))


async def test_text_in_a_link_does_not_speak_for_the_console(browser: Browser) -> None:
    assert "All is lost" not in (await browser.get("/console/runs?done=All+is+lost&sign=x")).text


def _has_no_script(page: Shown) -> None:
    assert not page.tree.css("img")
    assert all(script.attributes.get("src", "").startswith("/console/static/") for script in page.tree.css("script"))
