"""Does `nightshift doctor --azure` find what a deployment lacks, with the command that mends it?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests import cosmos_standin as standin
from tests.e2e.cli.terminal import Said, Terminal


@pytest.fixture
def deployed(terminal: Terminal, cosmos_standin: str) -> Terminal:
    """A terminal whose storage and documents are all there."""
    terminal.environ |= {
        "DOCUMENTS": "cosmos",
        "COSMOS_ENDPOINT": cosmos_standin,
        "COSMOS_KEY": standin.KEY,
        "COSMOS_DATABASE": f"doctor-{uuid.uuid4().hex[:8]}",
        "AZURE_FUNCTION_NAME": "func-test",
        "AZURE_RESOURCE_GROUP": "rg-test",
        "AzureWebJobsStorage__accountName": "sttest",
    }
    assert terminal.run("store", "init").code == 0
    assert terminal.run("init").code == 0
    return terminal


def of_state(said: Said, state: str) -> list[dict[str, Any]]:
    """Return the findings of a state."""
    return [finding for finding in said.json()["findings"] if finding["state"] == state]


def test_a_deployment_that_has_all_is_well_and_says_what_was_not_tried(deployed: Terminal) -> None:
    said = deployed.run("doctor", "--azure", "--json")

    assert (said.code, of_state(said, "wrong")) == (0, [])
    assert {(one["check"], one["name"]) for one in of_state(said, "warning")} == {
        ("setting", "AzureWebJobsStorage"),
        ("setting", "COSMOS_KEY"),
        ("consistency", "account"),
        ("app", "its own look"),
    }
    rights = [one for one in of_state(said, "ok") if one["check"] == "rights"]
    assert len(rights) == 3
    assert all("Not tried: " in one["found"] for one in rights)
    assert standin.KEY not in said.out


def test_a_queue_that_is_missing_comes_with_az_instead_of_nightshift_init(deployed: Terminal) -> None:
    queue = f"missing-{uuid.uuid4().hex[:8]}"

    said = deployed.run("doctor", "--azure", "--json", TASTE_JOB_QUEUE_NAME=queue)

    assert said.code == 1
    assert [one["mend"] for one in of_state(said, "wrong")] == [
        f"az storage queue create --name {name} --account-name sttest --auth-mode login "
        "(or all that is missing: azd provision)"
        for name in (queue, f"{queue}-poison")
    ]


def test_documents_that_are_not_in_cosmos_db_are_found(deployed: Terminal) -> None:
    said = deployed.run("doctor", "--azure", "--json", DOCUMENTS="sqlite")

    assert said.code == 1
    assert [one["mend"] for one in of_state(said, "wrong")] == [
        "az functionapp config appsettings set --name func-test --resource-group rg-test --settings DOCUMENTS=cosmos; "
        "in this shell: export DOCUMENTS=cosmos"
    ]


def test_without_a_credential_that_is_told_once_with_the_way_to_sign_in(deployed: Terminal) -> None:
    by_identity = {
        "AzureWebJobsStorage": "",
        "COSMOS_KEY": "",
        "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential",  # nothing else is tried, which would take a while
    }

    said = deployed.run("doctor", "--azure", "--json", **by_identity)

    assert said.code == 1
    assert [(one["check"], one["mend"].partition(";")[0]) for one in of_state(said, "wrong")] == [
        ("identity", "az login")
    ]
    not_asked = [one for one in of_state(said, "warning") if one["found"].startswith("not asked")]
    assert [one["check"] for one in not_asked] == ["queues", "blobs", "store"]


def test_what_is_well_is_shown_by_the_same_command(deployed: Terminal) -> None:
    said = deployed.run("doctor", "--azure")

    assert " ".join(said.out.split()).endswith("They are shown by: nightshift doctor --azure --all")
