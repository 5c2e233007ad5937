"""Are the pictures, the name and the address of a user in the digest, and gone when the user is forgotten?"""

from __future__ import annotations

import io
from email import message_from_bytes, policy

import pytest
from PIL import Image

from operations import users, wardrobe
from operations.pictures import Picture
from processors.digest import person
from processors.digest.person import Person
from processors.scraper.pictures import thumbnail
from processors.users import kept
from shared.blobs.containers import DIGESTS, WARDROBE_IMAGES
from shared.documents.containers import USER_PROFILES, WARDROBE
from shared.errors import UsageError
from tests.actors import ADMIN
from tests.integration.digest.test_outcomes import WEEK
from tests.integration.digest.worlds import DigestWorld


async def import_hat(world: DigestWorld, user: str) -> None:
    """Import an item with a picture of 900 by 600 pixels."""
    stream = io.BytesIO()
    Image.new("RGB", (900, 600), "navy").save(stream, "PNG")

    async def read() -> Picture:
        return Picture(stream.getvalue(), "hat.png")

    item = wardrobe.Item("hat", user, "straw hat", None, "Hats", (), None)
    (imported,) = [one async for one in wardrobe.import_items(world.services, ADMIN, [wardrobe.Row(1, item, read)])]
    assert imported.error is None


async def test_an_imported_picture_is_in_the_page_and_the_mail_twice_as_large_as_it_is_shown(
    world: DigestWorld, user: str
) -> None:
    await import_hat(world, user)
    await person.describe(world.documents, user, name="ada", email="ada@example.com", consent=True, locale="en-GB")

    await world.digest()

    names = (await world.digests(user))[WEEK]
    mail = message_from_bytes(await world.blobs.read(DIGESTS, names["eml"]), policy=policy.default)
    (picture,) = [part.get_content() for part in mail.walk() if part.get_content_type() == "image/jpeg"]
    assert Image.open(io.BytesIO(picture)).size == (144, 96)
    assert (mail["To"], mail["Content-Language"]) == ("ada <ada@example.com>", "en-GB")
    page = await world.blob(user, f"{WEEK}.html")
    assert "Good morning, Ada!" in page
    assert page.count('src="data:image/jpeg;base64,') == 1


async def test_a_picture_that_is_gone_is_not_shown(world: DigestWorld, user: str) -> None:
    await import_hat(world, user)
    held = await world.documents.get(WARDROBE, user, "hat")
    assert held is not None
    await world.blobs.delete(WARDROBE_IMAGES, held.body["thumbnail"])

    assert (await world.digest()).counters["generated"] == 1
    assert "<img" not in await world.blob(user, f"{WEEK}.html")


async def test_what_was_scraped_comes_with_the_thumbnail_that_its_item_keeps(world: DigestWorld, user: str) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (400, 800), "navy").save(stream, "PNG")
    await world.likes(user, linen=2.0)
    await world.is_found("dress", "Linen dress", imageHash="ab", thumbnail=thumbnail(stream.getvalue()))
    await world.is_found("shirt", "Linen shirt", imageHash="ab")

    await world.digest()

    mail = message_from_bytes(
        await world.blobs.read(DIGESTS, (await world.digests(user))[WEEK]["eml"]), policy=policy.default
    )
    (picture,) = [part.get_content() for part in mail.walk() if part.get_content_type() == "image/jpeg"]
    assert Image.open(io.BytesIO(picture)).size == (72, 144)


async def test_what_is_known_of_a_person_is_given_out_and_forgotten(world: DigestWorld, user: str) -> None:
    await import_hat(world, user)
    await users.describe(world.documents, ADMIN, user, name="Ada", email="ada@example.com", consent=True)

    found = await kept.export(world.services, user)
    (said,) = found["documents"]["userProfiles"]
    assert (said["name"], said["email"], said["consent"]) == ("Ada", "ada@example.com", True)
    assert len(found["blobs"]) == 2

    _ = [one async for one in users.forget(world.services, ADMIN, user)]
    assert await world.documents.get(USER_PROFILES, user, person.PERSON) is None
    assert (await kept.export(world.services, user))["blobs"] == []


async def test_what_is_not_said_of_a_person_stays(world: DigestWorld, user: str) -> None:
    await person.describe(world.documents, user, name="Ada", email="ada@example.com", consent=True)

    await person.describe(world.documents, user, locale="ar")
    said = await person.describe(world.documents, user, name="")

    assert said == Person(name=None, email="ada@example.com", consent=True, locale="ar")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"name": "A\nBcc: all"}, "name_invalid"),
        ({"email": "ada@example.com\nBcc: b@c.de"}, "email_invalid"),
        ({"email": "ada"}, "email_invalid"),
        ({"locale": "en\r\n"}, "locale_invalid"),
        ({"consent": True}, "email_missing"),
    ],
)
async def test_what_no_mail_could_have_is_refused(
    world: DigestWorld, user: str, said: dict[str, str], code: str
) -> None:
    with pytest.raises(UsageError) as refused:
        await person.describe(world.documents, user, **said)  # type: ignore[arg-type]
    assert refused.value.code == code
