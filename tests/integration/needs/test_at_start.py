"""Does an app say once what Azure lacks, without being stopped by it?"""

from __future__ import annotations

import logging

import pytest

from shared.blobs.storage import Blobs
from shared.config import Settings
from shared.documents.cosmos import CosmosDocuments
from shared.needs import at_start
from shared.queues.storage import StorageQueues
from shared.services import Services
from tests.azurite import ACCOUNT, KEY
from tests.integration.needs.door import Door, storage_says

SILENT = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};QueueEndpoint=http://127.0.0.1:1/a;"
UNRESOLVED = {"API_KEYS": "@Microsoft.KeyVault(VaultName=kv-1;SecretName=api-keys)"}
"""What the app is given for a secret that isn't in the vault."""


@pytest.fixture
def services(settings: Settings, queues: StorageQueues, blobs: Blobs, documents: CosmosDocuments) -> Services:
    """All services, behind their doors."""
    return Services(settings, documents, queues, blobs)


async def look(services: Services, again: tuple[float, ...] = (), **environment: str) -> None:
    """Look as an app does, at once."""
    await at_start.look_once(services, environment, "pod-1", first_seconds=0, again_seconds=again)


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, dict[str, object]]]:
    """Return level and fields of what was logged of needs."""
    return [(one.levelname, vars(one)["fields"]) for one in caplog.records if one.name == "nightshift.needs"]


async def test_what_is_lacking_is_an_error_in_the_log_with_its_mend_and_where_to_see_more(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "nightshift.needs"):
        await look(services, **UNRESOLVED)

    errors = [fields for level, fields in told(caplog) if level == "ERROR"]
    assert [(one["check"], one["thing"]) for one in errors] == [("setting", "API_KEYS")]
    assert "az keyvault secret set --vault-name kv-1 --name api-keys" in str(errors[0]["mend"])
    assert errors[0]["see"] == "nightshift doctor --azure"


async def test_a_role_that_is_missing_stops_nothing_and_is_kept_for_the_doctor(
    services: Services, queue_door: Door
) -> None:
    queue_door.refuses(lambda it: "needs-" in it.path, lambda: storage_says("AuthorizationPermissionMismatch"))

    await look(services)

    kept = await at_start.last(services.documents)
    assert kept is not None
    assert kept["machine"] == "pod-1"
    assert [one["name"] for one in kept["lacking"] if one["state"] == "wrong"] == ["Storage Queue Data Contributor"]


async def test_what_was_mended_is_not_kept(services: Services) -> None:
    await look(services, **UNRESOLVED)
    await look(services)

    kept = await at_start.last(services.documents)
    assert kept is not None
    assert [one["state"] for one in kept["lacking"]] == ["warning", "warning"]  # a key; and the stand-in isn't Strong


async def test_a_service_that_is_away_is_asked_again_later_and_then_told(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    away = StorageQueues.from_connection_string(SILENT)
    asked = Services(services.settings, services.documents, away, services.blobs)

    await look(asked, again=(0.0,))
    await away.close()

    (error,) = [fields for level, fields in told(caplog) if level == "ERROR"]
    assert (error["check"], error["thing"]) == ("queues", "service")
    assert "Nothing is known of it" in str(error["found"])
