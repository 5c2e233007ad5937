"""Is it seen whether an account takes keys?"""

from __future__ import annotations

import dataclasses

import pytest
from pytest_httpserver import HTTPServer

from shared.config import Settings
from shared.needs import keys
from tests.integration.needs.conftest import PLACE
from tests.integration.needs.door import cosmos_says, storage_says


@pytest.mark.parametrize(
    ("code", "state"), [("KeyBasedAuthenticationNotPermitted", "ok"), ("AuthenticationFailed", "warning")]
)
async def test_a_storage_account_tells_by_what_it_says_to_a_wrong_key(
    httpserver: HTTPServer, code: str, state: str
) -> None:
    httpserver.expect_request("/taste-analysis-jobs").respond_with_handler(lambda _: storage_says(code))
    settings = dataclasses.replace(Settings(), queue_service_uri=httpserver.url_for("/"))

    (found,) = await keys.check(settings, PLACE)

    assert (found.name, found.state) == ("storage account", state)
    assert (found.mend is None) == (state == "ok")
    assert found.mend in (
        None,
        "az storage account update --name acct --resource-group rg --allow-shared-key-access false",
    )


@pytest.mark.parametrize(
    ("message", "state"),
    [
        ("Local Authorization is disabled. Use an AAD token to authorize all requests.", "ok"),
        ("The input authorization token can't serve the request.", "warning"),
    ],
)
async def test_a_cosmos_account_tells_by_what_it_says_to_a_wrong_key(
    httpserver: HTTPServer, message: str, state: str
) -> None:
    httpserver.expect_request("/").respond_with_handler(lambda _: cosmos_says(401, message))
    settings = dataclasses.replace(
        Settings(), storage="UseDevelopmentStorage=true", documents="cosmos", cosmos_endpoint=httpserver.url_for("/")
    )

    (found,) = await keys.check(settings, PLACE)

    assert (found.name, found.state) == ("Cosmos DB account", state)
    assert ("properties.disableLocalAuth=true" in str(found.mend)) == (state == "warning")


async def test_emulators_are_not_asked() -> None:
    assert await keys.check(dataclasses.replace(Settings(), storage="UseDevelopmentStorage=true"), PLACE) == []
