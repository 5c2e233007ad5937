"""Does whoever writes a user's first document register that user?"""

from __future__ import annotations

from processors.wardrobe.wears import wear
from shared import clock, users
from shared.documents.containers import USER_PROFILES, USERS, WARDROBE
from shared.documents.port import Documents
from shared.documents.sqlite import SqliteDocuments
from tests.integration.jobs.worlds import MovingClock
from tests.integration.taste.worlds import TasteWorld


async def registered(documents: Documents) -> list[str]:
    """Return who is registered."""
    return sorted([document.body["id"] async for document in documents.query(USERS)])


async def test_a_first_like_registers_its_user(time: MovingClock) -> None:
    world = TasteWorld()

    await world.like("hat")

    assert await registered(world.documents) == ["ada"]


async def test_a_like_registers_a_user_whom_another_process_has_just_forgotten(time: MovingClock) -> None:
    world = TasteWorld()
    await world.like("hat")
    for container, partition, document in (
        (USERS, users.bucket_of("ada"), "ada"),
        (USER_PROFILES, "ada", "taste-profile"),
    ):
        standing = await world.documents.get(container, partition, document)
        assert standing is not None
        await world.documents.delete(container, partition, document, standing.etag)

    await world.like("shoes")

    assert await registered(world.documents) == ["ada"]


async def test_a_wear_registers_its_user() -> None:
    documents = SqliteDocuments(":memory:")
    await documents.create(WARDROBE, {"id": "hat", "userId": "ada"})

    await wear(documents, "ada", "hat", clock.text_now())

    assert await registered(documents) == ["ada"]
    assert await users.page(documents, "", most=5) == [users.Registered("ada", users.key_of("ada"))]
