"""Does a remedy's command name what is there?"""

from __future__ import annotations

import base64
import dataclasses
import json

from shared.config import Settings
from shared.needs import commands
from shared.needs.place import Place, Who, place_of, who_of

BY_ENDPOINTS = dataclasses.replace(
    Settings(),
    queue_service_uri="https://stabc.queue.core.windows.net/",
    cosmos_endpoint="https://cosmos-abc.documents.azure.com:443/",
)


def token(**claims: str) -> str:
    """Return an access token that says this."""
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"header.{payload}.signature"


def test_names_come_from_endpoints_and_from_what_azure_sets() -> None:
    place = place_of(BY_ENDPOINTS, {"WEBSITE_SITE_NAME": "func-abc", "WEBSITE_RESOURCE_GROUP": "rg-test"})

    assert place == Place("func-abc", "rg-test", "stabc", "cosmos-abc", Who())


def test_in_a_shell_they_come_from_what_azd_gives() -> None:
    place = place_of(BY_ENDPOINTS, {"AZURE_FUNCTION_NAME": "func-abc", "AZURE_RESOURCE_GROUP": "rg-test"})

    assert (place.app, place.group) == ("func-abc", "rg-test")


def test_what_is_not_known_is_a_word_in_capitals() -> None:
    assert place_of(Settings(), {}) == Place("APP", "RESOURCE_GROUP", "STORAGE_ACCOUNT", "COSMOS_ACCOUNT", Who())


def test_an_access_token_tells_whose_it_is() -> None:
    assert who_of(token(oid="1-2", scp="user_impersonation")) == Who("1-2", "User")
    assert who_of(token(oid="1-2")) == Who("1-2", "ServicePrincipal")


def test_a_token_that_does_not_is_no_error() -> None:
    assert [who_of(one) for one in ("", "opaque", "a.b.c", token(sub="1"))] == [None] * 4


def test_a_value_that_a_shell_would_read_is_quoted() -> None:
    command = commands.set_setting(Place("func", "rg"), "METRICS_SCHEDULE", "0 */5 * * * *")

    assert command.endswith("--settings 'METRICS_SCHEDULE=0 */5 * * * *'")
