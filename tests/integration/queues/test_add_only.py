"""What may somebody do who has a queue's add-only address? Add messages, and nothing else."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.transport import AioHttpTransport
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from shared.errors import Misconfigured
from shared.queues.storage import StorageQueues
from tests.azurite import Azurite

QUEUE = "add-only"
SOON = timedelta(minutes=10)
XML = "<QueueMessage><MessageText>{}</MessageText></QueueMessage>"
KEY = """<?xml version="1.0" encoding="utf-8"?><UserDelegationKey><SignedOid>oid</SignedOid><SignedTid>tid</SignedTid>
<SignedStart>2026-11-23T09:00:00Z</SignedStart><SignedExpiry>2026-11-24T09:00:00Z</SignedExpiry>
<SignedService>q</SignedService><SignedVersion>2026-02-06</SignedVersion><Value>{}</Value></UserDelegationKey>"""


@pytest.fixture
async def queues(azurite: Azurite) -> AsyncIterator[StorageQueues]:
    """The queues of a running Azurite, with one of this test."""
    opened = StorageQueues.from_connection_string(azurite.connection_string)
    await opened.ensure(QUEUE)
    yield opened
    await opened.close()


async def test_a_post_adds_a_message(queues: StorageQueues) -> None:
    before = await queues.depth(QUEUE) or 0
    made = await queues.add_only(QUEUE, datetime.now(UTC) + SOON)

    async with aiohttp.ClientSession() as session, session.post(made.messages_url, data=XML.format("{}")) as answer:
        assert answer.status == 201

    assert await queues.depth(QUEUE) == before + 1
    assert made.signed_by == "key"


async def test_an_sdk_adds_a_message_by_the_address_of_the_queue(queues: StorageQueues) -> None:
    made = await queues.add_only(QUEUE, datetime.now(UTC) + SOON)

    async with QueueClient.from_queue_url(made.url) as client:
        assert (await client.send_message("{}")).id


@pytest.mark.parametrize(
    "doing", ["peek_messages", "receive_message", "clear_messages", "get_queue_properties", "delete_queue"]
)
async def test_nothing_else_is_allowed(queues: StorageQueues, doing: str) -> None:
    made = await queues.add_only(QUEUE, datetime.now(UTC) + SOON)

    async with QueueClient.from_queue_url(made.url, retry_total=0) as client:
        with pytest.raises(HttpResponseError) as refused:
            await getattr(client, doing)()

    assert refused.value.status_code in (401, 403)


async def test_another_queue_is_not_reached(queues: StorageQueues) -> None:
    await queues.ensure(f"{QUEUE}-other")
    made = await queues.add_only(QUEUE, datetime.now(UTC) + SOON)
    other = made.messages_url.replace(f"/{QUEUE}/", f"/{QUEUE}-other/")

    async with aiohttp.ClientSession() as session, session.post(other, data=XML.format("{}")) as answer:
        assert answer.status == 403


async def test_an_address_that_is_over_adds_nothing(queues: StorageQueues) -> None:
    made = await queues.add_only(QUEUE, datetime.now(UTC) - SOON)

    async with aiohttp.ClientSession() as session, session.post(made.messages_url, data=XML.format("{}")) as answer:
        assert answer.status == 403


async def test_a_connection_string_without_a_key_signs_nothing(azurite: Azurite) -> None:
    queues = StorageQueues.from_connection_string(
        f"QueueEndpoint={azurite.queue_endpoint};SharedAccessSignature=sv=2026-02-06&sig=abc"
    )

    with pytest.raises(Misconfigured, match="has no AccountKey"):
        await queues.add_only(QUEUE, datetime.now(UTC) + SOON)
    await queues.close()


class Identity:
    """An identity that has a token."""

    async def get_token(self, *scopes: str, **more: Any) -> AccessToken:
        return AccessToken("token", int(time.time()) + 3600)

    async def close(self) -> None:
        """Give nothing back."""


class Entra(AioHttpTransport):
    """A transport to a server of the test, whatever host it is for: to a real one the token would be sent by https."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    async def send(self, request: Any, **more: Any) -> Any:
        parts = urlsplit(request.url)
        request.url = f"http://127.0.0.1:{self._port}{parts.path}?{parts.query}"
        return await super().send(request, **more)


@pytest.fixture
async def by_identity() -> AsyncIterator[Callable[..., Any]]:
    """Make queues of an identity, whose service answers the asking for a key as the test says."""
    from aiohttp import web

    runners, opened = [], []

    async def make(status: int = 200, body: str = KEY) -> StorageQueues:
        async def answer(request: web.Request) -> web.Response:
            assert request.query["comp"] == "userdelegationkey"
            assert request.headers["Authorization"] == "Bearer token"
            return web.Response(status=status, text=body, content_type="application/xml")

        app = web.Application()
        app.router.add_post("/", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        runners.append(runner)
        port = runner.addresses[0][1]
        identity = Identity()
        service = QueueServiceClient(
            "https://shop.queue.core.windows.net", credential=identity, transport=Entra(port), retry_total=0
        )
        opened.append(StorageQueues(service, identity))
        return opened[-1]

    yield make
    for one in opened:
        await one.close()
    for runner in runners:
        await runner.cleanup()


async def test_an_identity_signs_by_a_user_delegation_key(by_identity: Callable[..., Any]) -> None:
    queues = await by_identity(body=KEY.format(base64.b64encode(b"delegated").decode()))

    made = await queues.add_only(QUEUE, datetime(2026, 11, 23, 12, tzinfo=UTC))

    said = {name: value for name, (value,) in parse_qs(urlsplit(made.url).query).items()}
    assert made.url.startswith(f"https://shop.queue.core.windows.net/{QUEUE}?")
    assert (said["sp"], said["spr"], said["se"]) == ("a", "https", "2026-11-23T12:00:00Z")
    assert (said["skoid"], said["sktid"], said["sks"]) == ("oid", "tid", "q")
    assert made.signed_by == "identity"


async def test_an_identity_that_may_not_is_told_its_roles(by_identity: Callable[..., Any]) -> None:
    queues = await by_identity(
        status=403, body="<Error><Code>AuthorizationPermissionMismatch</Code><Message>No.</Message></Error>"
    )

    with pytest.raises(Misconfigured, match="'Storage Queue Delegator' and 'Storage Queue Data Message Sender'"):
        await queues.add_only(QUEUE, datetime.now(UTC) + SOON)
