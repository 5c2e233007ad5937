"""Is it said which setting keeps people from signing in to the console by Entra?"""

from __future__ import annotations

from typing import Any

import pytest

from operations.health import console_sign_in
from shared.config import Settings
from shared.errors import Misconfigured

WHOLE: dict[str, Any] = {
    "auth_mode": "keys",
    "entra_tenant_id": "11111111-2222-3333-4444-555555555555",
    "console_entra_client_id": "its client id",
    "console_entra_identity": "its identity",
    "console_url": "https://nightshift.example/console",
    "console_secret": "s" * 40,
}
IN_AZURE = {"azure_instance": "i", "documents": "cosmos", "storage": "AccountName=real"}


def warned(**changes: Any) -> list[str]:
    """Return the names of what is warned of when the settings are whole but for changes."""
    found = list(console_sign_in.check(Settings(**{**WHOLE, **changes})))
    return [finding.name for finding in found if finding.state == "warning"]


def test_where_nothing_is_set_nothing_is_said() -> None:
    assert list(console_sign_in.check(Settings())) == []


@pytest.mark.parametrize("place", [{}, IN_AZURE])
@pytest.mark.parametrize(
    ("proof", "by"),
    [
        ({}, "a managed identity"),
        ({"console_entra_identity": "", "console_entra_client_secret": "s"}, "a client secret"),
    ],
)
def test_settings_that_are_whole_are_well(place: dict[str, Any], proof: dict[str, Any], by: str) -> None:
    settings = Settings(**{**WHOLE, **place, **proof})
    console_sign_in.require(settings)
    (finding,) = console_sign_in.check(settings)
    assert (finding.state, by in finding.found) == ("ok", True)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"console_entra_client_id": ""}, "CONSOLE_ENTRA_CLIENT_ID"),
        ({"auth_mode": "none"}, "AUTH_MODE"),
        ({"auth_mode": "dev"}, "AUTH_MODE"),
        ({"entra_tenant_id": ""}, "ENTRA_TENANT_ID"),
        ({"console_entra_identity": ""}, "CONSOLE_ENTRA_IDENTITY"),
        ({"console_entra_client_secret": "s"}, "CONSOLE_ENTRA_CLIENT_SECRET"),
        ({"console_url": "http://nightshift.example/console"}, "CONSOLE_URL"),
        ({"console_url": "nightshift.example/console"}, "CONSOLE_URL"),
        ({"console_url": "https://[::1"}, "CONSOLE_URL"),
        ({**IN_AZURE, "console_url": ""}, "CONSOLE_URL"),
        ({**IN_AZURE, "console_secret": ""}, "CONSOLE_SECRET"),
    ],
)
def test_a_half_that_is_missing_or_wrong_is_named_with_its_remedy(changes: dict[str, Any], name: str) -> None:
    assert warned(**changes) == [name]
    if changes.get("console_entra_client_id", True):
        with pytest.raises(Misconfigured, match=name):
            console_sign_in.require(Settings(**{**WHOLE, **changes}))


def test_on_a_laptop_the_console_needs_no_public_address() -> None:
    assert warned(console_url="", console_secret="") == []
    assert warned(console_url="http://localhost:7071/console") == []
