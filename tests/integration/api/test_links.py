"""What may whoever has a link from a mail do, without a key?"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest

from operations import digest_links
from processors.digest.inputs import PREFERENCES
from processors.digest.links import Allowed, Links, links_of, token_of
from shared.documents.containers import DIGEST_FEEDBACK, USER_PROFILES
from tests.actors import ADMIN
from tests.azurite import Azurite
from tests.integration.api.worlds import ADDRESS, ApiWorld
from tests.integration.jobs.worlds import MovingClock

KEY = "k" * 40
WEEK = "2026-W48"
ONE_CLICK = {"content": b"List-Unsubscribe=One-Click", "headers": {"content-type": "application/x-www-form-urlencoded"}}


@pytest.fixture
async def world(time: MovingClock, azurite: Azurite) -> AsyncIterator[ApiWorld]:
    """An app whose digests have links."""
    time.advance(1)
    made = ApiWorld(time, azurite.connection_string, digest_link_key=KEY, digest_api_url=ADDRESS)
    yield made
    await made.close()


@pytest.fixture
def user() -> str:
    """A user of this test alone: the blobs' account is the session's."""
    return f"user-{uuid.uuid4().hex[:10]}"


def links(world: ApiWorld, user: str) -> Links:
    """Return the links of a user's digest."""
    found = links_of(world.settings, user, WEEK)
    assert found is not None
    return found


async def wants(world: ApiWorld, user: str) -> bool | None:
    """Return whether a user wants digests, as far as the user has said."""
    held = await world.documents.get(USER_PROFILES, user, PREFERENCES)
    return None if held is None else held.body["digest"]


def below(link: str) -> str:
    """Return a link's path below /api/v1."""
    return link.removeprefix(f"{ADDRESS}/api/v1")


@pytest.mark.parametrize("said", [ONE_CLICK, {}], ids=["mail program", "button"])
async def test_one_click_unsubscribes_and_a_look_does_not(world: ApiWorld, user: str, said: dict[str, object]) -> None:
    await world.owns(user, "hat")
    link = below(links(world, user).unsubscribe)

    shown = await world.asked("GET", link, None)
    assert (shown.status_code, await wants(world, user)) == (200, None)
    assert '<form method="post"' in shown.text
    done = await world.asked("POST", link, None, **said)

    assert (done.status_code, await wants(world, user)) == (200, False)
    assert "You are unsubscribed" in done.text


async def test_preferences_lead_back_to_digests(world: ApiWorld, user: str, time: MovingClock) -> None:
    await world.owns(user, "hat")
    await world.asked("POST", below(links(world, user).unsubscribe), None)

    shown = await world.asked("GET", below(links(world, user).preferences), None)
    time.advance(1)
    token = shown.text.split('action="')[2].split('"')[0]
    await world.asked("POST", f"/links/{token}", None)

    assert await wants(world, user) is True


async def test_feedback_counts_when_it_is_posted(world: ApiWorld, user: str) -> None:
    await world.owns(user, "hat", "shoe")
    await world.wears(user, "hat")
    await world.run("digest")
    link = below(links(world, user).verdict("hat", "down"))

    assert (await world.asked("GET", link, None)).status_code == 200
    assert await world.all(DIGEST_FEEDBACK) == []
    assert (await world.asked("POST", link, None)).status_code == 200

    (said,) = await world.all(DIGEST_FEEDBACK)
    assert (said["item"], said["verdict"], said["week"]) == ("hat", "down", WEEK)


async def test_feedback_on_what_was_not_shown_is_not_found(world: ApiWorld, user: str) -> None:
    await world.owns(user, "hat")
    await world.run("digest")

    told = await world.asked("POST", below(links(world, user).verdict("mug", "up")), None)

    assert (told.status_code, told.json()["code"]) == (404, "item_not_shown")


async def test_links_of_others_can_not_be_made(world: ApiWorld, user: str) -> None:
    good = token_of(Allowed(act="unsubscribe", user=user), KEY)
    said, signature = good.split(".")
    other, _ = token_of(Allowed(act="unsubscribe", user="victim"), "x" * 40).split(".")
    bad = [f"{other}.{signature}", f"{said}.{signature[:-2]}AA", said, f"{said}.", "a.b.c", "....", "x" * 2000]

    for token in [*bad, token_of(Allowed(act="unsubscribe", user="victim"), "x" * 40)]:
        for method in ("GET", "POST"):
            told = await world.asked(method, f"/links/{token}", None)
            assert (told.status_code, told.json()["code"]) == (404, "link_unknown")


async def test_without_a_key_no_link_is_taken(time: MovingClock, azurite: Azurite, user: str) -> None:
    made = ApiWorld(time, azurite.connection_string)
    try:
        told = await made.asked("POST", f"/links/{token_of(Allowed(act='unsubscribe', user=user), '')}", None)
    finally:
        await made.close()

    assert told.status_code == 404


async def test_a_link_page_is_shut_in_and_tells_nobody_where_it_was(world: ApiWorld, user: str) -> None:
    shown = await world.asked("GET", below(links(world, user).preferences), None)

    assert shown.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert shown.headers["cache-control"] == "no-store"
    assert "<script" not in shown.text


async def test_of_who_was_forgotten_a_link_notes_nothing(world: ApiWorld, user: str) -> None:
    await world.owns(user, "hat")
    from operations import users

    _ = [one async for one in users.forget(world.services, ADMIN, user)]

    await digest_links.follow(world.services, links(world, user).unsubscribe.rsplit("/", 1)[1])

    assert await wants(world, user) is None


async def test_the_same_link_counts_once(world: ApiWorld, user: str, time: MovingClock) -> None:
    await world.owns(user, "hat", "shoe")
    await world.run("digest")
    mine = links(world, user)
    asked = [mine.verdict("hat", "down"), mine.unsubscribe]
    first = []
    for _ in range(2):
        for link in asked:
            assert (await world.asked("POST", below(link), None)).status_code == 200
        held = await world.documents.get(USER_PROFILES, user, PREFERENCES)
        assert held is not None
        first.append((await world.all(DIGEST_FEEDBACK), held.etag))
        time.advance(60)

    assert first[0] == first[1]


async def test_another_word_on_the_item_counts(world: ApiWorld, user: str, time: MovingClock) -> None:
    await world.owns(user, "hat", "shoe")
    await world.run("digest")
    for verdict in ("down", "up"):
        time.advance(60)
        await world.asked("POST", below(links(world, user).verdict("hat", verdict)), None)  # type: ignore[arg-type]

    assert [said["verdict"] for said in await world.all(DIGEST_FEEDBACK)] == ["up"]


async def test_links_of_an_older_key_work_while_the_setting_has_it(
    time: MovingClock, azurite: Azurite, user: str
) -> None:
    old, new = "o" * 40, "n" * 40
    time.advance(1)
    made = ApiWorld(time, azurite.connection_string, digest_link_key=f"{new}, {old}", digest_api_url=ADDRESS)
    try:
        await made.owns(user, "hat")
        assert links(made, user).key == new
        for key, status in ((old, 200), (new, 200), ("x" * 40, 404)):
            told = await made.asked("POST", f"/links/{token_of(Allowed(act='unsubscribe', user=user), key)}", None)
            assert told.status_code == status
    finally:
        await made.close()


async def test_feedback_ends_after_90_days_and_unsubscribing_does_not(
    world: ApiWorld, user: str, time: MovingClock
) -> None:
    await world.owns(user, "hat", "shoe")
    await world.run("digest")
    time.advance(91 * 86_400)

    told = await world.asked("POST", below(links(world, user).verdict("hat", "down")), None)
    assert (told.status_code, told.json()["code"]) == (404, "link_expired")
    assert (await world.asked("POST", below(links(world, user).unsubscribe), None)).status_code == 200
    assert await wants(world, user) is False


async def test_who_comes_with_a_browser_is_told_in_a_page(world: ApiWorld) -> None:
    told = await world.asked("GET", "/links/a.b", None, headers={"accept": "text/html,*/*"})

    assert (told.status_code, told.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Open it from the mail once more" in told.text
