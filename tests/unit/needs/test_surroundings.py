"""Are settings that Azure should have given, and zones that an image gives, found?"""

from __future__ import annotations

import dataclasses
from importlib.util import find_spec
from pathlib import Path

import pytest

from shared.config import Settings
from shared.finding import Finding
from shared.needs import surroundings
from shared.needs.place import Place
from shared.settings_reference import named_by_triggers

PLACE = Place("func", "rg")
GIVEN = {**named_by_triggers(), "AzureWebJobsDisableHomepage": "true"}
"""What the templates give an app."""
IN_AZURE = dataclasses.replace(Settings(), azure_container="pod-1")


def check(environment: dict[str, str], settings: Settings = IN_AZURE) -> list[Finding]:
    """Return what is found but for zones, which this machine has its own of."""
    return [one for one in surroundings.check(settings, environment, PLACE) if one.check != "zones"]


@pytest.mark.parametrize(
    "reference",
    [
        "@Microsoft.KeyVault(VaultName=kv-1;SecretName=api-keys)",
        "@Microsoft.KeyVault(SecretUri=https://kv-1.vault.azure.net/secrets/api-keys/)",
        "@Microsoft.KeyVault(SecretUri=https://kv-1.vault.azure.net/secrets/api-keys)",
    ],
)
def test_a_reference_that_azure_left_as_it_was_is_wrong(reference: str) -> None:
    (found,) = check({**GIVEN, "API_KEYS": reference})

    assert (found.name, found.state) == ("API_KEYS", "wrong")
    assert found.found == "still a reference to secret 'api-keys' of vault 'kv-1': Azure couldn't resolve it"
    assert "az keyvault secret set --vault-name kv-1 --name api-keys --file FILE" in str(found.mend)
    assert "az functionapp restart --name func --resource-group rg" in str(found.mend)


def test_a_secret_that_was_resolved_is_not_shown() -> None:
    assert check({**GIVEN, "API_KEYS": "s3cret"}) == []


@pytest.mark.parametrize("name", sorted(named_by_triggers()))
def test_a_setting_that_a_trigger_names_and_nobody_gives_is_wrong_in_azure(name: str) -> None:
    (found,) = check({other: value for other, value in GIVEN.items() if other != name})

    assert (found.name, found.state) == (name, "wrong")
    assert f"{name}={named_by_triggers()[name]}" in str(found.mend).replace("'", "")


def test_a_page_of_the_hosts_own_is_told() -> None:
    (found,) = check(named_by_triggers())

    assert (found.name, found.state) == ("AzureWebJobsDisableHomepage", "warning")
    assert str(found.mend).endswith("--settings AzureWebJobsDisableHomepage=true")


def test_a_shell_of_an_operator_needs_none_of_these() -> None:
    assert check({}, Settings()) == []


def test_a_key_is_told_and_not_shown() -> None:
    found = check({}, dataclasses.replace(Settings(), storage="AccountKey=Zm9v", cosmos_key="Zm9v"))

    assert [(one.name, one.state) for one in found] == [("AzureWebJobsStorage", "warning"), ("COSMOS_KEY", "warning")]
    assert "Zm9v" not in str(found)


def test_zones_of_the_package_are_fine_and_those_of_an_image_are_told(tmp_path: Path) -> None:
    spec = find_spec("tzdata")
    assert spec is not None
    package = Path(str(spec.origin)).parent / "zoneinfo"
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe/Berlin").touch()

    assert surroundings.zones(PLACE, [str(package)]).state == "ok"
    assert surroundings.zones(PLACE, []).state == "ok"  # nothing else is there, so the package gives them
    image = surroundings.zones(PLACE, [str(tmp_path), str(package)])
    assert (image.state, f"PYTHONTZPATH={package}" in str(image.mend)) == ("warning", True)
