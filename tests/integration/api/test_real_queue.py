"""A like over HTTP on real queues: what the host's trigger would get."""

from __future__ import annotations

import dataclasses
import json

from azure.storage.queue import QueueClient

from api.app import create
from shared.queues.storage import StorageQueues
from shared.services import Services
from tests.azurite import Azurite
from tests.integration.api.worlds import ApiWorld

QUEUE = "api-taste-jobs"
LIKE = {"user_id": "ada", "item_id": "hat", "image_url": "https://shop.example/hat.png"}


async def test_a_like_reaches_the_queue_once_however_often_it_is_sent(world: ApiWorld, azurite: Azurite) -> None:
    queues = StorageQueues.from_connection_string(azurite.connection_string)
    await queues.ensure(QUEUE)
    settings = dataclasses.replace(world.settings, taste_queue=QUEUE)
    world.world.services = Services(settings, world.documents, queues, world.blobs)
    world.app = create(world.world)

    answers = [
        await world.asked("POST", "/jobs/taste-analysis", "producer", json=LIKE, headers={"idempotency-key": key})
        for key in ("one", "one", "two")
    ]
    await queues.close()

    told = [answer.json()["items"][0] for answer in answers]
    assert [one["answer"] for one in told] == ["accepted", "accepted", "duplicate"]
    with QueueClient.from_connection_string(azurite.connection_string, QUEUE) as queue:
        (message,) = queue.receive_messages()
    assert {**json.loads(message.content), **LIKE} == json.loads(message.content)
    assert json.loads(message.content)["job_id"] == told[0]["id"]
