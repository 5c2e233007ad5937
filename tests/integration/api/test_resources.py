"""The other resources over HTTP: what a backend or an operator gets of each."""

from __future__ import annotations

from shared import clock
from shared.blobs.containers import WARDROBE_IMAGES
from tests.integration.api.worlds import ApiWorld

MERCHANT = {"scope": "merchant:m1"}


class TestDeadLetters:
    async def test_they_are_listed_page_by_page_with_their_number(self, world: ApiWorld) -> None:
        for number in range(3):
            await world.dead(f"hat-{number}")
            world.time.advance(1)
        first = (await world.asked("GET", "/dead-letters", "reader", params={"limit": "2"})).json()
        second = (
            await world.asked("GET", "/dead-letters", "reader", params={"limit": "2", "cursor": first["next"]})
        ).json()

        assert (first["total"], second["next"]) == (3, None)
        assert [one["id"] for one in first["items"] + second["items"]] == ["hat-2", "hat-1", "hat-0"]

    async def test_their_causes_are_counted(self, world: ApiWorld) -> None:
        await world.dead("hat")
        await world.dead("coat")
        (cause,) = (await world.asked("GET", "/dead-letters/causes", "reader")).json()["items"]

        assert (cause["count"], cause["code"], cause["class"]) == (2, "blob_missing", "Permanent")

    async def test_one_is_replayed_with_a_corrected_payload(self, world: ApiWorld) -> None:
        await world.blobs.ensure(WARDROBE_IMAGES)
        await world.dead("hat")
        letter = (await world.asked("GET", "/dead-letters/hat", "operator")).json()
        said = {"payload": {**letter["payload"], "title": "A hat"}, "force": True}
        told = await world.asked("POST", "/dead-letters/hat/replay", "operator", json=said)

        assert told.json()["done"] == ["hat"], told.json()
        assert await world.status("hat") == "queued"
        assert world.queues.sent[-1]["title"] == "A hat"

    async def test_a_correction_without_its_instant_has_that_of_its_record(self, world: ApiWorld) -> None:
        await world.blobs.ensure(WARDROBE_IMAGES)
        at = "2026-11-20T08:00:00.000Z"
        older, newer = await world.dead("hat"), await world.dead("coat", createdAt=at)
        for letter in (older, newer):
            said = {name: value for name, value in (letter.payload or {}).items() if name != "createdAt"}
            path = f"/dead-letters/{letter.key.id}/replay"
            told = await world.asked("POST", path, "operator", json={"payload": said, "force": True})
            assert told.json()["done"] == [letter.key.id], told.text

        began = older.generation_began or older.created_at
        assert [one["createdAt"] for one in world.queues.sent[-2:]] == [clock.to_text(began), at]

    async def test_many_are_acted_on_only_when_it_is_no_dry_run(self, world: ApiWorld) -> None:
        await world.dead("hat")
        await world.dead("coat")
        dry = await world.asked("POST", "/dead-letters/discard", "operator", json={"queue": world.taste.queue})
        before = await world.status("hat")
        done = await world.asked("POST", "/dead-letters/discard", "operator", json={"ids": ["hat"], "dryRun": False})

        assert (sorted(dry.json()["done"]), before) == (["coat", "hat"], "dead")
        assert done.json()["done"] == ["hat"]
        assert (await world.status("hat"), await world.status("coat")) == ("discarded", "dead")

    async def test_one_that_is_none_is_refused(self, world: ApiWorld) -> None:
        await world.like("hat")
        told = await world.asked("POST", "/dead-letters/hat/replay", "operator")

        assert (told.status_code, told.json()["code"]) == (404, "job_not_found")


async def test_a_run_is_started_shown_and_cancelled(world: ApiWorld) -> None:
    opened = await world.asked("POST", "/runs/digest/start", "operator")
    again = await world.asked("POST", "/runs/digest/start", "operator")
    shown = await world.asked("GET", f"/runs/{opened.json()['id']}", "reader")
    cancelled = await world.asked("POST", f"/runs/{opened.json()['id']}/cancel", "operator")

    assert (opened.status_code, opened.json()["answer"], again.json()["answer"]) == (202, "accepted", "duplicate")
    assert shown.json()["name"] == "digest"
    assert cancelled.json()["status"] == "cancelled"


async def test_a_digest_is_shown_listed_and_rated(world: ApiWorld) -> None:
    await world.owns("ada", "red-shirt", "blue-shirt")
    await world.wears("ada", "red-shirt")
    await world.run("digest")
    latest = await world.asked("GET", "/digests/ada/latest", "reader")
    again = await world.asked("GET", "/digests/ada/latest", "reader", headers={"if-none-match": latest.headers["etag"]})
    page = await world.asked("GET", "/digests/ada/latest/html", "reader")
    listed = await world.asked("GET", "/digests/ada", "reader")

    assert (latest.json()["userId"], again.status_code) == ("ada", 304)
    assert page.headers["content-type"].startswith("text/html")
    assert "sandbox" in page.headers["content-security-policy"]
    assert [one["week"] for one in listed.json()["items"]] == [latest.json()["week"]]


async def test_whether_digests_are_wanted_is_noted(world: ApiWorld) -> None:
    told = await world.asked("PUT", "/digests/ada/preferences", "producer", json={"wantsDigests": False})

    assert told.json() == {"wantsDigests": False}


async def test_numbers_of_pickup_rates_are_changed_only_as_they_were_read(world: ApiWorld) -> None:
    path = "/pickup-rate/settings"
    read = await world.asked("GET", path, "reader", params=MERCHANT)
    seen = {"if-match": read.headers["etag"]}
    first = await world.asked("PATCH", path, params=MERCHANT, json={"threshold": 30}, headers=seen)
    second = await world.asked("PATCH", path, params=MERCHANT, json={"threshold": 20}, headers=seen)
    wrong = await world.asked("PATCH", "/pickup-rate/settings", params=MERCHANT, json={"treshold": 20})

    assert first.json()["own"] == {"threshold": 30}
    assert (second.status_code, second.json()["code"]) == (412, "etag_differs")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "numbers_invalid")


async def test_a_gate_is_closed_and_opened_with_what_it_held_back(world: ApiWorld) -> None:
    gate = f"queue:{world.taste.queue}"
    closed = await world.asked("POST", f"/gates/{gate}/close", "operator", json={"reason": "a pause"})
    listed = await world.asked("GET", "/gates", "reader")
    opened = await world.asked("POST", f"/gates/{gate}/open", "operator")
    again = await world.asked("POST", f"/gates/{gate}/open", "operator")

    assert (closed.json()["due"], [one["name"] for one in listed.json()["items"]]) == (None, [gate])
    assert opened.json() == {"name": gate, "woken": {"jobs": 0, "messages": 0}, "left": 0, "stillClosed": []}
    assert (again.status_code, again.json()["code"]) == (404, "gate_not_closed")


async def test_of_many_calls_each_is_told_what_became_of_it(world: ApiWorld) -> None:
    call = {"call_id": "c1", "merchantId": "m1", "status": "FINISHED", "endedAt": "2026-11-23T08:00:00.000Z"}
    told = await world.asked("POST", "/calls", "producer", json=[call, {**call, "status": "?"}])

    one, other = told.json()["items"]
    assert (one["answer"], other["error"]["code"]) == ("taken", "call_invalid")


async def test_an_event_counts_in_the_series_of_its_metric(world: ApiWorld) -> None:
    event = {"event_id": "e1", "orgId": "acme", "kind": "document", "occurredAt": "2026-11-23T08:00:00.000Z"}
    told = await world.asked("POST", "/metrics/events", "producer", json=[event])
    live = await world.asked("GET", "/metrics/live", "reader", params={"org": "acme", "from": "2026-11-23T00:00:00Z"})

    assert told.json()["items"][0]["answer"] == "recorded"
    assert live.json()["partial_errors"] == []
    assert sum(metric["total_events"] for metric in live.json()["metrics"]) > 0


async def test_a_backfill_is_a_dry_run_unless_it_is_said(world: ApiWorld) -> None:
    dry = await world.asked("POST", "/metrics/backfill", "operator", json={"org": "acme"})
    done = await world.asked("POST", "/metrics/backfill", "operator", json={"org": "acme", "dryRun": False})

    assert (dry.status_code, dry.json()["answer"]) == (200, None)
    assert (done.status_code, done.json()["answer"]) == (202, "accepted")


async def test_queues_tell_how_deep_they_are(world: ApiWorld) -> None:
    await world.asked(
        "POST",
        "/jobs/taste-analysis",
        json={"user_id": "ada", "item_id": "hat", "image_url": "https://shop.example/hat.png"},
    )
    told = (await world.asked("GET", "/queues", "reader")).json()["items"]

    assert next(one for one in told if one["name"] == world.taste.queue) == {
        "name": world.taste.queue,
        "depth": 1,
        "error": None,
    }


async def test_a_source_is_added_once_and_paused_by_its_whole_id(world: ApiWorld) -> None:
    url = {"url": "https://1.1.1.1/feed.xml"}
    added = await world.asked("POST", "/sources", json=url)
    again = await world.asked("POST", "/sources", json=url)
    source = added.json()["source"]["id"]
    paused = await world.asked("POST", f"/sources/{source}/pause", json={"reason": "no more"})
    part = await world.asked("POST", f"/sources/{source[:4]}/resume")

    assert (added.status_code, again.status_code, again.json()["answer"]) == (201, 200, "duplicate")
    assert paused.json()["active"] is False
    assert (part.status_code, part.json()["code"]) == (404, "source_not_found")


async def test_a_user_is_exported_then_forgotten(world: ApiWorld) -> None:
    await world.likes("ada", hats=1.0)
    kept = await world.asked("GET", "/users/ada/export", "operator")
    gone = await world.asked("DELETE", "/users/ada")

    assert "userProfiles" in kept.json()["documents"]
    assert sum(gone.json()["deleted"].values()) >= 1
    assert (await world.asked("GET", "/profiles/ada", "reader")).status_code == 404
    assert len(await world.audited("forget user")) == 1


async def test_how_the_app_is_doing_is_told(world: ApiWorld) -> None:
    told = (await world.asked("GET", "/status", "reader")).json()

    assert {"verdict", "host", "gates", "queues", "jobs", "deadLetters", "clocks"} == set(told)


async def test_a_letter_that_cannot_be_replayed_alone_is_a_problem(world: ApiWorld) -> None:
    await world.dead("hat")
    said = {"payload": {"user_id": "ada"}, "force": True}
    told = await world.asked("POST", "/dead-letters/hat/replay", "operator", json=said)

    assert (told.status_code, told.headers["content-type"]) in [
        (n, "application/problem+json") for n in (409, 422, 503)
    ]
    assert await world.status("hat") == "dead"
