"""Jobs over HTTP: asking, looking, cancelling."""

from __future__ import annotations

from tests.integration.api.worlds import ApiWorld

LIKE = {"user_id": "ada", "item_id": "hat", "image_url": "https://shop.example/hat.png"}


async def test_a_like_is_accepted_and_the_same_again_is_a_duplicate(world: ApiWorld) -> None:
    first = await world.asked("POST", "/jobs/taste-analysis", "producer", json=LIKE)
    again = await world.asked("POST", "/jobs/taste-analysis", "producer", json=LIKE)

    assert (first.status_code, again.status_code) == (202, 202)
    (one,), (other,) = first.json()["items"], again.json()["items"]
    assert (one["answer"], other["answer"], one["id"]) == ("accepted", "duplicate", other["id"])
    assert world.messages(world.settings.taste_queue) == 1


async def test_of_many_likes_each_is_told_what_became_of_it(world: ApiWorld) -> None:
    likes = [LIKE, {**LIKE, "item_id": "coat"}, {**LIKE, "signal": "maybe"}]

    told = (await world.asked("POST", "/jobs/taste-analysis", "producer", json=likes)).json()["items"]

    assert [(one["index"], one["answer"]) for one in told] == [(0, "accepted"), (1, "accepted"), (2, None)]
    assert told[2]["error"]["code"] == "invalid_payload"


async def test_a_like_that_is_refused_alone_is_a_problem_that_names_the_place(world: ApiWorld) -> None:
    told = await world.asked("POST", "/jobs/taste-analysis", "producer", json={"user_id": "ada"})

    assert told.status_code == 409 or told.status_code == 422
    assert told.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "code", "requestId"} <= told.json().keys()


async def test_more_than_500_likes_are_refused_before_any_is_taken(world: ApiWorld) -> None:
    told = await world.asked("POST", "/jobs/taste-analysis", "producer", json=[LIKE] * 501)

    assert told.status_code == 422
    assert world.messages(world.settings.taste_queue) == 0


async def test_jobs_are_listed_page_by_page_without_losing_or_repeating_any(world: ApiWorld) -> None:
    for number in range(7):
        await world.like(f"hat-{number}", user="ada" if number % 2 else "bo")
        world.time.advance(number % 3)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await world.asked("GET", "/jobs", "reader", params={"limit": 2, **cursor})).json()
        seen += [job["id"] for job in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}

    assert len(seen) == 7
    assert set(seen) == {f"hat-{number}" for number in range(7)}


async def test_a_cursor_of_another_list_is_refused(world: ApiWorld) -> None:
    for number in range(3):
        await world.like(f"hat-{number}")
    page = (await world.asked("GET", "/jobs", "reader", params={"limit": 1, "user": "ada"})).json()

    other = await world.asked("GET", "/jobs", "reader", params={"limit": 1, "user": "bo", "cursor": page["next"]})
    made_up = await world.asked("GET", "/jobs", "reader", params={"cursor": "WyJhIiwiYiJd"})

    assert [(one.status_code, one.json()["code"]) for one in (other, made_up)] == [(400, "cursor_invalid")] * 2


async def test_a_job_is_shown_by_its_whole_id_only(world: ApiWorld) -> None:
    await world.like("hat-1")

    whole = await world.asked("GET", "/jobs/hat-1", "reader")
    part = await world.asked("GET", "/jobs/hat", "reader")

    assert whole.json()["payload"]["item_id"] == "hat-1"
    assert whole.json()["explanation"]
    assert (part.status_code, part.json()["code"]) == (404, "job_not_found")


async def test_a_job_whose_id_is_not_plain_is_named_in_base64url(world: ApiWorld) -> None:
    from api import ids

    await world.like("hüte/1 %ff")

    found = await world.asked("GET", f"/jobs/{ids.encoded('hüte/1 %ff')}", "reader")

    assert found.json()["id"] == "hüte/1 %ff"


async def test_a_job_is_cancelled_by_an_operator_and_stays_so(world: ApiWorld) -> None:
    await world.like("hat")

    told = await world.asked("POST", "/jobs/hat/cancel", "operator", params={"why": "by mistake"})
    again = await world.asked("POST", "/jobs/hat/cancel", "operator")

    assert (told.status_code, told.json()["status"]) == (200, "cancelled")
    assert (again.status_code, again.json()["code"]) == (422, "job_ended")
    assert await world.status("hat") == "cancelled"
