"""Is what the storage account lacks found, and are rights told by trying them?"""

from __future__ import annotations

import pytest

from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.errors import Unavailable
from shared.finding import Finding
from shared.needs import blobs as blob_needs
from shared.needs import queues as queue_needs
from shared.queues.storage import StorageQueues
from tests.azurite import ACCOUNT, KEY, Azurite
from tests.integration.needs.conftest import PLACE
from tests.integration.needs.door import PRINCIPAL, Door, storage_says

ROLE, BLOB_ROLE = queue_needs.CONTRIBUTOR, blob_needs.CONTRIBUTOR
ASSIGN = (
    f"az role assignment create --role '{{role}}' --assignee-object-id {PRINCIPAL} "
    "--assignee-principal-type ServicePrincipal "
    '--scope "$(az storage account show --name acct --query id --output tsv)"'
)


def wrong(findings: list[Finding]) -> list[Finding]:
    """Return what is wrong."""
    return [one for one in findings if one.state != "ok"]


async def test_queues_that_are_all_there_and_may_be_used_are_fine(settings: Settings, queues: StorageQueues) -> None:
    found = await queue_needs.check(settings, queues, PLACE)

    assert wrong(found) == []
    assert len(found) == len(queue_needs.names(settings)) + 1
    assert found[-1].found == (
        "may count messages, look at messages and change messages. "
        "Not tried: sending, taking and deleting messages, which a worker would notice."
    )


async def test_looking_changes_no_queue(settings: Settings, queues: StorageQueues) -> None:
    await queues.send(settings.taste_queue, "a job")

    await queue_needs.check(settings, queues, PLACE)

    assert await queues.depth(settings.taste_queue) == 1
    assert await queues.oldest(settings.taste_queue) is not None


async def test_each_queue_that_is_missing_is_told_with_the_command_that_creates_it(
    settings: Settings, azurite: Azurite
) -> None:
    nothing = StorageQueues.from_connection_string(azurite.connection_string)

    found = await queue_needs.check(settings, nothing, PLACE)
    await nothing.close()

    assert [one.name for one in wrong(found)] == queue_needs.names(settings)
    assert wrong(found)[0].mend == (
        f"az storage queue create --name {settings.taste_queue} --account-name acct --auth-mode login "
        "(or all that is missing: azd provision)"
    )


async def test_a_role_that_is_missing_is_told_with_the_command_that_assigns_it(
    settings: Settings, queues: StorageQueues, queue_door: Door
) -> None:
    queue_door.refuses(lambda _: True, lambda: storage_says("AuthorizationPermissionMismatch"))

    (found,) = await queue_needs.check(settings, queues, PLACE)

    assert (found.state, found.name) == ("wrong", ROLE)
    assert found.found == (
        "refused (AuthorizationPermissionMismatch) to count messages, look at messages and change messages"
    )
    assert str(found.mend).startswith(ASSIGN.format(role=ROLE))


async def test_a_role_that_only_reads_is_seen(settings: Settings, queues: StorageQueues, queue_door: Door) -> None:
    queue_door.refuses(lambda it: it.method == "PUT", lambda: storage_says("AuthorizationPermissionMismatch"))

    (found,) = wrong(await queue_needs.check(settings, queues, PLACE))

    assert found.found == "refused (AuthorizationPermissionMismatch) to change messages"


@pytest.mark.parametrize(
    ("code", "mend"),
    [
        ("AuthorizationFailure", "az storage account network-rule add --account-name acct --resource-group rg"),
        ("KeyBasedAuthenticationNotPermitted", "--setting-names AzureWebJobsStorage"),
        ("InvalidAuthenticationInfo", "az login"),
    ],
)
async def test_a_refusal_that_no_role_would_mend_is_told_apart(
    settings: Settings, queues: StorageQueues, queue_door: Door, code: str, mend: str
) -> None:
    queue_door.refuses(lambda _: True, lambda: storage_says(code))

    (found,) = await queue_needs.check(settings, queues, PLACE)

    assert code in found.found
    assert mend in str(found.mend)
    assert "role assignment" not in str(found.mend)


async def test_queues_that_do_not_answer_are_away_and_not_missing(settings: Settings) -> None:
    silent = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};QueueEndpoint=http://127.0.0.1:1/a;"
    queues = StorageQueues.from_connection_string(silent)

    with pytest.raises(Unavailable):
        await queue_needs.check(settings, queues, PLACE)
    await queues.close()


async def test_containers_that_may_be_read_and_written_are_fine_and_nothing_is_left_in_them(blobs: Blobs) -> None:
    found = await blob_needs.check(blobs, PLACE)

    assert wrong(found) == []
    assert [await blobs.names(one.name, "nightshift-doctor") for one in found if one.check == "blobs"] == [[], [], []]


async def test_a_container_that_is_missing_is_told_with_the_command_that_creates_it(
    blobs: Blobs, blob_door: Door
) -> None:
    blob_door.refuses(lambda it: "/digests" in it.path, lambda: storage_says("ContainerNotFound", 404))

    (found,) = wrong(await blob_needs.check(blobs, PLACE))

    assert str(found.mend).startswith("az storage container create --name digests --account-name acct")


@pytest.mark.parametrize(("method", "right"), [("GET", "see containers and read blobs"), ("PUT", "write blobs")])
async def test_a_right_to_blobs_that_is_missing_is_told(blobs: Blobs, blob_door: Door, method: str, right: str) -> None:
    blob_door.refuses(lambda it: it.method == method, lambda: storage_says("AuthorizationPermissionMismatch"))

    (found,) = wrong(await blob_needs.check(blobs, PLACE))

    assert (found.name, found.found) == (BLOB_ROLE, f"refused (AuthorizationPermissionMismatch) to {right}")
    assert str(found.mend).startswith(ASSIGN.format(role=BLOB_ROLE))
