"""How are likes asked for, wardrobes imported, and what is kept of a user seen, given out and forgotten?"""

from __future__ import annotations

import io
import json
import uuid
from collections import Counter
from typing import Any

import pytest
from PIL import Image

from operations import digests, enqueue, profiles, users, wardrobe
from operations.pictures import Picture
from shared.documents.compare_and_set import change
from shared.documents.containers import JOBS, WARDROBE
from shared.errors import NotFound, Refused, UsageError
from shared.jobs.messages import BadMessage
from tests.actors import ADMIN
from tests.integration.operations.worlds import OperatedWorld


@pytest.fixture
def user() -> str:
    """A user of this test alone: the blobs' account is the session's."""
    return f"user-{uuid.uuid4().hex[:10]}"


def picture() -> Picture:
    stream = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(stream, "PNG")
    return Picture(stream.getvalue(), "hat.png")


def item(user: str, **changes: Any) -> wardrobe.Item:
    said = {"title": "Felt Hat", "brand": None, "category": "Hats", "tags": ("winter",), "price": 24_900_000}
    return wardrobe.Item(**{"id": "hat", "user": user, **said, **changes})


async def imported(world: OperatedWorld, *rows: wardrobe.Row) -> dict[int, wardrobe.Imported]:
    return {one.line: one async for one in wardrobe.import_items(world.services, ADMIN, rows)}


async def test_a_like_without_a_picture_takes_the_wardrobes(world: OperatedWorld, user: str) -> None:
    await imported(world, wardrobe.Row(2, item(user, image_url="https://shop.example/hat.png")))

    first = await enqueue.taste(world.services, ADMIN, {"user_id": user, "item_id": "hat"})
    again = await enqueue.taste(world.services, ADMIN, {"user_id": user, "item_id": "hat"})

    assert (first.answer, first.scope, again.answer, again.id) == ("accepted", user, "duplicate", first.id)
    assert world.messages(world.taste.queue) == 1


async def test_a_like_of_what_nobody_knows_is_refused(world: OperatedWorld, user: str) -> None:
    with pytest.raises(Refused) as refused:
        await enqueue.taste(world.services, ADMIN, {"user_id": user, "item_id": "hat"})
    with pytest.raises(BadMessage):
        await enqueue.taste(world.services, ADMIN, {"user_id": user, "item_id": 5, "image_url": "x"})

    assert (refused.value.code, world.messages(world.taste.queue)) == ("picture_unknown", 0)


async def test_a_picture_that_is_handed_in_is_uploaded_and_looked_at(world: OperatedWorld, user: str) -> None:
    asked = await enqueue.taste(world.services, ADMIN, {"user_id": user, "item_id": "hat"}, picture=picture())
    await world.work_off()

    ends = [end async for end in enqueue.ended(world.services, ADMIN, [asked], limit_seconds=60)]
    profile = await profiles.get(world.documents, ADMIN, user)
    (evidence,) = await profiles.evidence(world.documents, ADMIN, user)

    assert [(end.job, end.status) for end in ends] == [(asked.job, "completed")]
    assert (profile["evidences"], evidence["itemId"]) == (1, "hat")


async def test_a_like_of_tomorrow_counts_as_of_now_and_is_said(world: OperatedWorld, user: str) -> None:
    like = {"user_id": user, "item_id": "hat", "image_url": "https://shop.example/hat.png"}

    asked = await enqueue.taste(world.services, ADMIN, {**like, "createdAt": "2027-01-01T00:00:00Z"})

    assert asked.clamped == ("createdAt",)


async def test_a_bad_line_does_not_stop_the_rest(world: OperatedWorld, user: str) -> None:
    like = f'{{"user_id": "{user}", "item_id": "hat", "image_url": "https://shop.example/hat.png"}}'
    lines = enqueue.lines_of(f'{like}\n\nnot JSON\n{{"user_id": "{user}"}}\n'.encode())

    answers = {one.line: one async for one in enqueue.taste_lines(world.services, ADMIN, lines)}

    codes = {line: answer.error and answer.error.code for line, answer in answers.items()}
    assert codes == {1: None, 3: "not_json", 4: "invalid_payload"}


async def test_a_line_whose_job_id_something_else_has_does_not_stop_the_rest(world: OperatedWorld, user: str) -> None:
    like = f'"user_id": "{user}", "item_id": "hat", "image_url": "https://shop.example/hat.png"'
    await enqueue.taste(world.services, ADMIN, json.loads(f'{{{like}, "job_id": "taken"}}'))
    await change(world.documents, JOBS, user, "taken", lambda body: {**(body or {}), "kind": "chore"})
    lines = enqueue.lines_of(f'{{{like}, "job_id": "taken"}}\n{{{like}, "job_id": "free"}}\n'.encode())

    answers = {one.line: one async for one in enqueue.taste_lines(world.services, ADMIN, lines)}

    codes = {line: answer.error and answer.error.code for line, answer in answers.items()}
    assert codes == {1: "id_taken", 2: None}


async def test_a_raw_body_is_sent_as_it_is(world: OperatedWorld) -> None:
    sent = await enqueue.raw(world.services, ADMIN, b"not JSON")

    assert (sent.answer, sent.job, world.messages(world.taste.queue)) == ("sent", None, 1)
    with pytest.raises(UsageError, match="isn't UTF-8"):
        await enqueue.raw(world.services, ADMIN, b"\xff")


async def test_a_job_that_does_not_end_in_time_is_said_to_be_as_it_is(world: OperatedWorld, user: str) -> None:
    asked = await enqueue.taste(
        world.services, ADMIN, {"user_id": user, "item_id": "hat", "image_url": "https://shop.example/hat.png"}
    )

    (end,) = [end async for end in enqueue.ended(world.services, ADMIN, [asked], limit_seconds=0)]

    assert (end.status, end.timed_out) == ("queued", True)


async def test_an_import_keeps_what_others_wrote_and_says_of_each_row_what_became_of_it(
    world: OperatedWorld, user: str
) -> None:
    await world.documents.create(WARDROBE, {"id": "hat", "userId": user, "wearCount": 3, "schemaVersion": 1})

    async def unreadable() -> Picture:
        return Picture(b"text", "cap.png")

    async def read() -> Picture:
        return picture()

    came = await imported(
        world,
        wardrobe.Row(2, item(user, image_url="https://shop.example/hat.png")),
        wardrobe.Row(3, item(user, id="shoe"), read),
        wardrobe.Row(4, item(user, id="cap"), unreadable),
        wardrobe.Row(5, problem=Refused("user_id is empty", code="no_picture")),
    )

    assert {line: one.what for line, one in came.items()} == {2: "updated", 3: "created", 4: None, 5: None}
    hat, shoe = (await wardrobe.items_of(world.documents, ADMIN, user)).items
    assert (hat["wearCount"], hat["title"], shoe["priceMicroUsd"]) == (3, "Felt Hat", 24_900_000)
    assert shoe["imageUrl"].endswith(f"/{user}/shoe.png")


async def test_a_wearing_counts_once_an_instant(world: OperatedWorld, user: str) -> None:
    await world.owns(user, "hat")

    for _ in range(2):
        worn = await wardrobe.wear(world.documents, ADMIN, user, "hat", "2026-11-22T09:00:00.000Z")

    assert (worn["wearCount"], worn["lastWornAt"]) == (1, "2026-11-22T09:00:00.000Z")


async def test_a_picture_is_shown_without_the_signature_of_its_address(world: OperatedWorld, user: str) -> None:
    signed = "https://shop.example/hat.png?sig=s3cr3t"
    await imported(world, wardrobe.Row(2, item(user, image_url=signed)))

    (hat,) = (await wardrobe.items_of(world.documents, ADMIN, user)).items
    worn = await wardrobe.wear(world.documents, ADMIN, user, "hat", "2026-11-22T09:00:00.000Z")

    assert hat["imageUrl"] == worn["imageUrl"] == "https://shop.example/hat.png?sig=***"
    kept = await world.documents.get(WARDROBE, user, "hat")
    assert kept is not None
    assert kept.body["imageUrl"] == signed


async def test_a_user_without_a_profile_or_a_digest_is_said_so(world: OperatedWorld, user: str) -> None:
    for asked in (profiles.get(world.documents, ADMIN, user), digests.get(world.documents, ADMIN, user)):
        with pytest.raises(NotFound):
            await asked


async def test_a_digest_is_shown_with_its_files_and_takes_feedback(world: OperatedWorld, user: str) -> None:
    await world.owns(user, "hat", "shoe")
    await world.wears(user, "hat")
    await world.run("digest")

    found = await digests.get(world.documents, ADMIN, user, week="2026-W48")
    files = await digests.files(world.services, ADMIN, user, found)
    noted = await digests.give_feedback(world.documents, ADMIN, user, "hat", "up")

    assert (found.digest["week"], noted["verdict"]) == ("2026-W48", "up")
    assert files[found.html].startswith(b"<!doctype html>")
    assert set(files) == {found.json, found.html, found.eml}


async def test_who_wants_no_digests_gets_none(world: OperatedWorld, user: str) -> None:
    await world.owns(user, "hat")
    await users.want_digests(world.documents, ADMIN, user, wants=False)
    await world.run("digest")

    with pytest.raises(NotFound):
        await digests.get(world.documents, ADMIN, user)


async def test_what_is_kept_of_a_user_is_given_out_with_an_audit_line_that_does_not_name_the_user(
    world: OperatedWorld, user: str
) -> None:
    await world.owns(user, "hat")

    found = await users.export(world.services, ADMIN, user)

    assert [item["id"] for item in found["documents"]["wardrobe"]] == ["hat"]
    assert [user in str(line) for line in await world.audited("export user")] == [False]


async def test_forgetting_says_what_it_deletes_as_it_does(world: OperatedWorld, user: str) -> None:
    await world.owns(user, "hat", "shoe")

    told = [what async for what in users.forget(world.services, ADMIN, user)]

    assert told[:2] == ["wardrobe", "wardrobe"]
    assert await world.audited("forget user") == [{"by": "cli:ada", "counts": dict(Counter(told))}]
