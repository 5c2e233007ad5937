"""What is told of an identity that gets no token?"""

from __future__ import annotations

import dataclasses

from azure.core.exceptions import ClientAuthenticationError
from pytest_mock import MockerFixture

from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.cosmos import CosmosDocuments
from shared.needs import looking
from shared.queues.storage import StorageQueues


async def test_without_a_token_no_service_is_asked_and_each_is_told_as_not_asked(
    settings: Settings,
    queues: StorageQueues,
    blobs: Blobs,
    documents: CosmosDocuments,
    mocker: MockerFixture,
) -> None:
    refused = ClientAuthenticationError("no credential gave one")
    mocker.patch("azure.identity.aio.DefaultAzureCredential.get_token", side_effect=refused)
    by_identity = dataclasses.replace(settings, storage="", storage_account="acct")

    found = await looking.look(by_identity, {}, queues, blobs, documents)

    of_services = {one.check: one.found for one in found if one.name == "service"}
    assert of_services == dict.fromkeys(("queues", "blobs", "store"), "not asked: without a token it would refuse")
    (token,) = [one for one in found if one.check == "identity"]
    assert (token.state, (token.mend or "").startswith("az login")) == ("wrong", True)
