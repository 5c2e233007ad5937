"""Does a user's word count, and can all that is kept of a user be had and forgotten?"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections import Counter
from datetime import timedelta

import pytest

from operations import users
from processors.digest import preferences
from processors.users import kept
from processors.wardrobe.wears import wear
from shared import audit, clock
from shared.blobs.containers import WARDROBE_IMAGES
from shared.documents.containers import AUDIT, CONTAINERS, JOBS, USER_PROFILES, WARDROBE, WEAR_EVENTS
from shared.documents.ids import meant
from shared.errors import UsageError
from shared.jobs import transitions
from shared.jobs.record import JobKey
from shared.jobs.record_store import Records
from shared.jobs.scopes import of_queue
from tests.actors import ADMIN
from tests.integration.digest.test_outcomes import WEEK, someone
from tests.integration.digest.worlds import DigestWorld
from tests.integration.jobs.worlds import MovingClock

LIKES = "taste-analysis-jobs"
AT = "2026-11-20T09:00:00.000Z"


async def item(world: DigestWorld, user: str, key: str) -> tuple[object, object]:
    """Return an item's wear count and when it was worn last."""
    held = await world.documents.get(WARDROBE, user, key)
    return held.body.get("wearCount"), held.body.get("lastWornAt")


async def test_wears_are_counted_once_each_whatever_their_order(world: DigestWorld, user: str) -> None:
    await world.owns(user, "hat", "shoes")
    for at in (AT, "2026-11-19T09:00:00.000Z", AT):
        await wear(world.documents, user, "hat", at)

    assert await item(world, user, "hat") == (2, AT)
    assert await item(world, user, "shoes") == (None, None)


async def test_wears_at_the_same_time_are_all_counted(world: DigestWorld, user: str) -> None:
    await world.owns(user, "hat")

    await asyncio.gather(
        *(wear(world.documents, user, "hat", f"2026-11-{day:02}T09:00:00.000Z") for day in range(1, 21))
    )

    assert await item(world, user, "hat") == (20, AT)


@pytest.mark.parametrize(
    ("key", "at", "says"), [("bag", AT, "owns no 'bag'"), ("hat", "2027-01-01T00:00:00.000Z", "to come")]
)
async def test_what_can_not_have_been_worn_is_refused(
    world: DigestWorld, user: str, key: str, at: str, says: str
) -> None:
    await world.owns(user, "hat")

    with pytest.raises(UsageError, match=says):
        await wear(world.documents, user, key, at)
    assert await world.all(WEAR_EVENTS) == []


async def test_feedback_is_on_what_the_newest_digest_shows(world: DigestWorld, user: str) -> None:
    with pytest.raises(UsageError, match="has no digest yet"):
        await preferences.give_feedback(world.documents, user, "found-1", "up")
    await someone(world, user)
    await world.digest()

    with pytest.raises(UsageError, match=r"shows no item 'mug'\. It shows: "):
        await preferences.give_feedback(world.documents, user, "mug", "up")
    noted = await preferences.give_feedback(world.documents, user, "found-1", "up")

    assert (noted["verdict"], noted["title"], noted["week"]) == ("up", "Linen dress", WEEK)


async def test_the_last_word_on_an_item_counts(world: DigestWorld, user: str, time: MovingClock) -> None:
    await someone(world, user)
    await world.digest()
    await preferences.give_feedback(world.documents, user, "found-1", "up")
    time.advance(1)

    noted = await preferences.give_feedback(world.documents, user, "found-1", "down")

    assert noted["verdict"] == "down"


async def _fill(world: DigestWorld, user: str) -> None:
    """Leave something of a user wherever something can be left."""
    await someone(world, user)
    await world.digest()
    await preferences.give_feedback(world.documents, user, "found-1", "up")
    await preferences.opt(world.documents, user, wants=True)
    await world.blobs.ensure(WARDROBE_IMAGES)
    await world.blobs.write(WARDROBE_IMAGES, f"{user}/hat.png", b"x", "image/png")
    records = Records(world.documents)
    kind = next(iter(world.kinds.values()))
    await records.create(
        transitions.new_queued(kind, JobKey(user, "like"), {"user_id": user}, by="test", traceparent=None)
    )
    for number, body in enumerate(
        (f'{{"user_id": "{user}", "item', f'{{"user_id": "{user}"}}', '{"user_id": "other"}')
    ):
        await world.documents.create(JOBS, _bare(f"bare-{number}", body.encode()))
    wrapped = base64.b64encode(f'{{"user_id": "{user}", "item_id": 5}}'.encode())
    await world.documents.create(JOBS, _bare("wrapped", wrapped))
    await audit.write(world.documents, "replay", by="ops", scope=user, job="like")


def _bare(key: str, body: bytes) -> dict[str, object]:
    """Return a dead letter of a body that is no job's."""
    return {
        "id": key, "scope": of_queue(LIKES), "status": "dead", "kind": "taste", "queue": LIKES, "generation": 0,
        "raw": base64.b64encode(body).decode(), "writeId": "x", "timeline": [],
    }  # fmt: skip


async def test_all_that_is_kept_of_a_user_is_given_out(world: DigestWorld, user: str) -> None:
    await _fill(world, user)

    found = await kept.export(world.services, user)

    assert set(found["documents"]) == {
        "wardrobe", "wearEvents", "userProfiles", "digests", "digestFeedback", "digestOutcomes", "jobs", "users",
    }  # fmt: skip
    assert sorted(body["id"] for body in found["documents"]["jobs"]) == ["bare-0", "bare-1", "like", "wrapped"]
    assert len(found["blobs"]) == 5


async def forgotten(world: DigestWorld, user: str) -> Counter[str]:
    """Forget a user; return how many things of each kind were deleted."""
    return Counter([what async for what in users.forget(world.services, ADMIN, user)])


async def test_who_is_forgotten_leaves_nothing_but_an_audit_line_without_the_data(
    world: DigestWorld, user: str
) -> None:
    other = f"{user}-other"
    await _fill(world, user)
    await someone(world, other)

    counts = await forgotten(world, user)

    assert counts["jobs"] == 4
    left = [str(body) for container in CONTAINERS for body in await world.all(container)]
    assert [text for text in left if f"'{user}'" in text or f'"{user}"' in text] == []
    assert [one async for one in kept.blobs_of(world.blobs, user)] == []
    assert [line["counts"] for line in await world.all(AUDIT) if line["action"] == "forget user"] == [counts]
    assert len(await world.all(WARDROBE)) == 2
    assert (await kept.export(world.services, other))["documents"]["wardrobe"]


async def test_who_is_called_like_the_hash_of_another_is_forgotten_alone(world: DigestWorld, user: str) -> None:
    victim = f"{user} of the hill"
    namesake = hashlib.sha256(victim.encode()).hexdigest()
    for one in (namesake, victim):
        await someone(world, one)
    await world.digest()
    before = await kept.export(world.services, victim)

    assert (await forgotten(world, namesake))["blobs in digests"] == 4

    assert len(before["blobs"]) == 4
    assert await kept.export(world.services, victim) == before
    latest = await world.blob(victim, "latest.json")
    assert latest["userId"] == victim
    assert (await kept.export(world.services, namesake))["documents"] == {}


@pytest.mark.parametrize("shown", ["~runs|digest", "~run|digest|2026-W48", "~queue|digest-jobs"])
async def test_who_is_called_like_a_partition_of_the_apps_own_has_no_part_in_it(world: DigestWorld, shown: str) -> None:
    await audit.write(world.documents, "replay", by="ops", scope=meant(shown), job="a")
    await audit.write(world.documents, "replay", by="ops", scope=shown, job="b")

    counts = await forgotten(world, shown)

    assert counts == {"audit lines made anonymous": 1}
    scopes = {line["job"]: line["scope"] for line in await world.all(AUDIT) if "job" in line}
    assert scopes == {"a": shown, "b": kept.FORGOTTEN}


async def test_forgetting_again_changes_nothing(world: DigestWorld, user: str) -> None:
    await _fill(world, user)
    await forgotten(world, user)

    assert await forgotten(world, user) == {}


async def test_who_is_forgotten_while_a_run_is_under_way_gets_no_digest(world: DigestWorld, user: str) -> None:
    await someone(world, user)
    opened = await world.open("digest")
    while not await world.came_of(opened):
        await world.deliver()

    await forgotten(world, user)
    await world.work_off()

    assert (await world.entry("digest", opened)).status == "completed"
    assert await world.digests(user) == {}


async def test_a_word_that_was_said_two_days_ahead_gives_way_to_the_next(
    world: DigestWorld, user: str, time: MovingClock
) -> None:
    time.now += timedelta(days=2)
    await preferences.opt(world.documents, user, wants=False)
    time.now -= timedelta(days=2)

    await preferences.opt(world.documents, user, wants=True)

    held = await world.documents.get(USER_PROFILES, user, "digest-preferences")
    assert held is not None
    assert (held.body["digest"], held.body["updatedAt"]) == (True, clock.text_now())


async def test_words_of_an_older_version_are_read_and_give_way(
    world: DigestWorld, user: str, time: MovingClock
) -> None:
    first = {"id": "digest-preferences", "userId": user, "digest": False, "at": clock.text_now(), "schemaVersion": 1}
    await world.documents.create(USER_PROFILES, first)
    await world.owns(user, "hat")
    await world.digest()
    assert (await world.came_of("digest|2026-W48"))[user] == "skipped_opt_out"
    time.advance(1)

    await preferences.opt(world.documents, user, wants=True)

    held = await world.documents.get(USER_PROFILES, user, "digest-preferences")
    assert held is not None
    assert (held.body["digest"], held.body["schemaVersion"], "at" in held.body) == (True, 2, False)
