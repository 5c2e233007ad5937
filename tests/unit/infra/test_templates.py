"""What would a deployment contain? No warning, and all that it makes is closed and named as in the code."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from shared import settings_reference
from shared.documents.containers import CONTAINERS
from tests.azurite import PROJECT
from tests.unit.infra.bicep import FOLDER, MAIN, Deployment, deployment, needs_bicep, run, template
from tests.unit.infra.test_reference import GENERATED

pytestmark = needs_bicep

STORAGE, COSMOS = "Microsoft.Storage/storageAccounts", "Microsoft.DocumentDB/databaseAccounts"
ROLES = {
    "09976791-48a7-449e-bb21-39d1a415f350": "Communication and Email Service Owner",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd": "Cognitive Services OpenAI User",
    "7ee386e9-84f0-448e-80a6-f185f6533131": "Storage Queue Delegator",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
}
OF_APP = sorted(set(ROLES.values()) - {"Key Vault Secrets Officer"})
OF_OPERATORS = [
    "Key Vault Secrets Officer",
    "Storage Blob Data Contributor",
    "Storage Queue Data Contributor",
    "Storage Queue Delegator",
]
OPERATOR = "00000000-0000-0000-0000-00000000000a"
KEY_FUNCTION = re.compile(r"\blist\w*\(")
SECRET = re.compile(r"connectionstring|secret|password|instrumentationkey|accesskey|primarykey", re.IGNORECASE)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A deployment that asks for all that is optional."""
    return deployment(tmp_path_factory.mktemp("everything"), Path(__file__).with_name("everything.bicepparam"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A deployment that asks for nothing but its name and region."""
    folder = tmp_path_factory.mktemp("plain")
    parameters = folder / "plain.bicepparam"
    parameters.write_text("using 'infra/main.bicep'\nparam environmentName = 'test'\nparam location = 'westeurope'\n")
    return deployment(folder, parameters)


def test_the_files_compile_and_lint_without_a_warning() -> None:
    done = run("lint", str(MAIN))  # it looks at every module too

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_files_are_formatted_as_the_compiler_does(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "infra")
    run("format", "--pattern", "infra/**/*.bicep", cwd=tmp_path)

    for file in FOLDER.rglob("*.bicep"):
        assert (tmp_path / file.relative_to(PROJECT)).read_text("utf-8") == file.read_text("utf-8"), file


def test_every_parameter_says_what_it_is() -> None:
    parameters = template(MAIN)["parameters"]

    assert [name for name, one in parameters.items() if "description" not in one.get("metadata", {})] == []


def test_no_template_reads_a_key() -> None:
    assert KEY_FUNCTION.findall(json.dumps(template(MAIN))) == []


def test_no_output_is_a_secret(everything: Deployment) -> None:
    assert [one for one in outputs(template(MAIN)) if SECRET.search(one)] == []
    assert sorted(everything.outputs) == sorted(
        [
            *("AZURE_LOCATION", "AZURE_RESOURCE_GROUP", "AZURE_FUNCTION_NAME", "SERVICE_NIGHTSHIFT_URI"),
            *("KEY_VAULT_NAME", "COSMOS_ENDPOINT", "COSMOS_DATABASE"),
            *("AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__queueServiceUri"),
        ]
    )


def test_the_storage_account_takes_identities_only_and_shows_nothing_to_the_public(plain: Deployment) -> None:
    properties = plain.only(STORAGE)["properties"]

    assert properties["allowSharedKeyAccess"] is False
    assert properties["allowBlobPublicAccess"] is False
    assert properties["supportsHttpsTrafficOnly"] is True
    assert properties["minimumTlsVersion"] == "TLS1_2"
    containers = plain.of_type(f"{STORAGE}/blobServices/containers")
    assert {one["properties"]["publicAccess"] for one in containers} == {"None"}


def test_cosmos_takes_identities_only_and_is_strong_in_one_region(plain: Deployment) -> None:
    properties = plain.only(COSMOS)["properties"]

    assert properties["disableLocalAuth"] is True
    assert properties["minimalTlsVersion"] == "Tls12"
    assert properties["consistencyPolicy"] == {"defaultConsistencyLevel": "Strong"}
    assert len(properties["locations"]) == 1
    assert properties["capabilities"] == [{"name": "EnableServerless"}]


def test_the_app_speaks_tls_1_2_and_has_no_password(plain: Deployment) -> None:
    properties = plain.only("Microsoft.Web/sites")["properties"]
    ways = plain.of_type("Microsoft.Web/sites/basicPublishingCredentialsPolicies")

    assert properties["httpsOnly"] is True
    assert properties["siteConfig"]["minTlsVersion"] == properties["siteConfig"]["scmMinTlsVersion"] == "1.2"
    assert properties["functionAppConfig"]["runtime"] == {"name": "python", "version": "3.13"}
    assert {one["name"].rpartition("/")[2]: one["properties"]["allow"] for one in ways} == {"ftp": False, "scm": False}


@pytest.mark.parametrize("type", [STORAGE, COSMOS, "Microsoft.KeyVault/vaults"])
def test_with_a_network_nothing_is_reached_from_outside(everything: Deployment, type: str) -> None:
    assert everything.only(type)["properties"]["publicNetworkAccess"] == "Disabled"


def test_with_a_network_each_service_that_is_closed_has_a_private_endpoint(everything: Deployment) -> None:
    endpoints = everything.of_type("Microsoft.Network/privateEndpoints")
    connections = [one["properties"]["privateLinkServiceConnections"][0]["properties"] for one in endpoints]

    assert sorted(one["groupIds"][0] for one in connections) == ["Sql", "blob", "queue", "vault"]


def test_without_it_there_is_no_network_no_budget_and_no_operator(plain: Deployment) -> None:
    types = {one["type"].partition("/")[0] for one in plain.resources}

    assert {"Microsoft.Network", "Microsoft.Consumption"} & types == set()
    assert len(plain.of_type(f"{COSMOS}/sqlRoleAssignments")) == 1
    assert OPERATOR not in json.dumps(plain.resources)


def test_every_role_is_one_that_the_code_needs(everything: Deployment) -> None:
    given: dict[bool, list[str]] = {True: [], False: []}
    for one in everything.of_type("Microsoft.Authorization/roleAssignments"):
        properties = one["properties"]
        role = ROLES[re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", properties["roleDefinitionId"])[-1]]
        given[properties["principalId"] == OPERATOR].append(role)

    assert sorted(given[False]) == OF_APP
    assert sorted(given[True]) == OF_OPERATORS


def test_the_role_for_documents_allows_what_the_port_does_and_nothing_else(everything: Deployment) -> None:
    role = everything.only(f"{COSMOS}/sqlRoleDefinitions")["properties"]
    allowed = {one.rpartition("/")[2] for one in role["permissions"][0]["dataActions"]}

    assert allowed == {"readMetadata", "executeQuery", "create", "delete", "read", "replace", "upsert"}
    assert len(everything.of_type(f"{COSMOS}/sqlRoleAssignments")) == 2


def test_every_queue_has_its_poison_queue(plain: Deployment) -> None:
    names = {one["name"].rpartition("/")[2] for one in plain.of_type(f"{STORAGE}/queueServices/queues")}

    assert names == {name + ending for name in settings_reference.queues().values() for ending in ("", "-poison")}


def test_every_blob_container_of_the_app_is_there(plain: Deployment) -> None:
    names = {one["name"].rpartition("/")[2] for one in plain.of_type(f"{STORAGE}/blobServices/containers")}

    assert names == {*GENERATED["blobContainers"], "deployments"}


def test_old_notifications_and_digests_are_deleted(plain: Deployment) -> None:
    rules = plain.only(f"{STORAGE}/managementPolicies")["properties"]["policy"]["rules"]
    found = {
        rule["definition"]["filters"]["prefixMatch"][0]: rule["definition"]["actions"]["baseBlob"]["delete"]
        for rule in rules
    }

    assert found == {
        "outbox/": {"daysAfterModificationGreaterThan": 30},
        "digests/": {"daysAfterModificationGreaterThan": 400},
    }


def test_every_container_is_as_its_table_says(plain: Deployment) -> None:
    found = {
        one["properties"]["resource"]["id"]: one["properties"]["resource"]
        for one in plain.of_type(f"{COSMOS}/sqlDatabases/containers")
    }

    assert set(found) == {one.name for one in CONTAINERS}
    for one in CONTAINERS:
        there = found[one.name]
        indexed = {path["path"] for path in there["indexingPolicy"]["includedPaths"]}
        assert there["partitionKey"]["paths"] == [f"/{one.partition_key}"]
        assert there.get("defaultTtl") == (-1 if one.expires else None)
        assert indexed == {*(f"/{member.replace('.', '/')}/?" for member in one.queried_members), "/_original/*"}
        assert there["indexingPolicy"]["excludedPaths"] == [{"path": "/*"}]


def test_every_setting_that_a_binding_names_is_set(plain: Deployment) -> None:
    settings = plain.only("Microsoft.Web/sites/config")["properties"]
    named = {name for one in GENERATED["functions"].values() for name in re.findall(r"%(\w+)%", one)}

    assert named
    assert {name: settings.get(name) for name in named} == {
        name: value for name, value in settings_reference.named_by_triggers().items() if name in named
    }


def test_every_setting_is_one_of_the_app_or_of_the_host(plain: Deployment) -> None:
    settings = set(plain.only("Microsoft.Web/sites/config")["properties"])
    known = set(GENERATED["settings"])

    assert settings - known == {
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "AZURE_CLIENT_ID",
        "AzureWebJobsDisableHomepage",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
        "PYTHONTZPATH",
    }
    assert not {"AzureWebJobsStorage", "COSMOS_KEY"} & settings


def test_secrets_are_references_to_the_vault_and_keys_that_azure_never_needs_are_none(everything: Deployment) -> None:
    settings = everything.only("Microsoft.Web/sites/config")["properties"]
    secrets = {name: settings[name] for name in ("SLACK_WEBHOOK_URL", "API_KEYS", "CONSOLE_SECRET")}

    assert all("@Microsoft.KeyVault(" in value for value in secrets.values())
    assert "SecretName=" in secrets["API_KEYS"]
    assert "COSMOS_KEY" not in settings
    assert settings["AzureFunctionsJobHost__extensions__queues__batchSize"] == "8"


def test_notifications_link_to_the_console_of_the_app_that_is_deployed(plain: Deployment) -> None:
    console = plain.only("Microsoft.Web/sites/config")["properties"]["CONSOLE_URL"]

    assert console.startswith("[format('https://{0}/console'")
    assert "defaultHostName" in console


def outputs(compiled: Any) -> list[str]:
    """Return the values of a template's outputs, and of those of the modules in it."""
    if isinstance(compiled, list):
        return [value for one in compiled for value in outputs(one)]
    if not isinstance(compiled, dict):
        return []
    own = [str(one["value"]) for one in compiled.get("outputs", {}).values()] if "$schema" in compiled else []
    return [*own, *(value for one in compiled.values() for value in outputs(one))]
