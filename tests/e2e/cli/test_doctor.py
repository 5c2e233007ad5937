"""Does `nightshift doctor` find what is wrong with real services, and say how to mend it?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from azure.cosmos import CosmosClient, PartitionKey

from tests import cosmos_standin as standin
from tests.e2e.cli.terminal import Said, Terminal


@pytest.fixture
def ready(terminal: Terminal) -> Terminal:
    """A terminal after `nightshift init`."""
    assert terminal.run("init").code == 0
    return terminal


def wrong(said: Said) -> list[dict[str, Any]]:
    """Return what the doctor found wrong."""
    return [finding for finding in said.json()["findings"] if finding["state"] == "wrong"]


def found(said: Said, check: str) -> list[dict[str, Any]]:
    """Return the findings of one check."""
    return [finding for finding in said.json()["findings"] if finding["check"] == check]


def test_a_product_that_has_all_it_needs_is_well(ready: Terminal) -> None:
    said = ready.run("doctor", "--json")

    assert (said.code, wrong(said), said.json()["ok"]) == (0, [], True)
    checks = {finding["check"] for finding in said.json()["findings"]}
    assert checks == {
        "setting", "host.json", "python", "packages", "queues", "blobs", "clock", "store", "containers", "model",
    }  # fmt: skip
    assert {one["name"] for one in found(said, "blobs")} == {"wardrobe-images", "digests", "outbox"}


def test_people_get_one_line_when_all_is_well_and_a_table_of_all_if_they_want(ready: Terminal) -> None:
    said, everything = ready.run("doctor"), ready.run("doctor", "--all")

    assert (said.code, everything.code) == (0, 0)
    assert said.out.startswith("All is well: ")
    assert len(said.out.splitlines()) == 1
    assert "host.json" in everything.out
    assert ready.environ["TASTE_JOB_QUEUE_NAME"] in everything.out


def test_people_get_the_problems_alone_and_the_rest_counted(ready: Terminal) -> None:
    queue = f"missing-{uuid.uuid4().hex[:8]}"

    said = ready.run("doctor", TASTE_JOB_QUEUE_NAME=queue)

    assert said.code == 1
    assert queue in said.out
    assert "host.json" not in said.out
    assert "other checks found nothing wrong" in said.out


def test_a_missing_queue_is_found_with_the_command_that_creates_it(ready: Terminal) -> None:
    queue = f"missing-{uuid.uuid4().hex[:8]}"

    said = ready.run("doctor", "--json", TASTE_JOB_QUEUE_NAME=queue)

    assert said.code == 1
    assert [(finding["name"], finding["mend"]) for finding in wrong(said)] == [
        (queue, "Create it: nightshift init"),
        (f"{queue}-poison", "Create it: nightshift init"),
    ]


def test_a_storage_that_does_not_answer_is_found_and_the_rest_is_checked_all_the_same(ready: Terminal) -> None:
    silent = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=Zm9v;QueueEndpoint=http://127.0.0.1:9/a;"

    said = ready.run("doctor", "--json", AzureWebJobsStorage=silent)

    assert said.code == 1
    assert [finding["check"] for finding in wrong(said)] == ["queues"]
    assert "./scripts/start" in wrong(said)[0]["mend"]
    assert [finding["state"] for finding in found(said, "store")] == ["ok"]


def test_a_setting_that_cannot_be_read_is_found(ready: Terminal) -> None:
    said = ready.run("doctor", "--json", TASTE_JOB_MAX_ATTEMPTS="many")

    assert said.code == 1
    assert "TASTE_JOB_MAX_ATTEMPTS" in wrong(said)[0]["found"]


def test_a_settings_file_is_named_as_the_source_and_a_broken_one_as_wrong(ready: Terminal) -> None:
    ready.write(
        "local.settings.json",
        '{"IsEncrypted": false, "Values": {"FUNCTIONS_WORKER_RUNTIME": "python", "TASTE_JOB_MAX_ATTEMPTS": "7"}}',
    )
    from_file = ready.run("doctor", "--json")
    ready.write("local.settings.json", "{")
    broken = ready.run("doctor", "--json")

    [attempts] = [one for one in found(from_file, "setting") if one["name"] == "TASTE_JOB_MAX_ATTEMPTS"]
    assert (attempts["found"], attempts["source"]) == ("7", "local.settings.json")
    assert broken.code == 1
    assert "isn't JSON" in wrong(broken)[0]["found"]


def test_containers_that_are_missing_in_cosmos_db_are_found_until_they_are_made(
    ready: Terminal, cosmos_standin: str
) -> None:
    ready.environ |= {
        "DOCUMENTS": "cosmos",
        "COSMOS_ENDPOINT": cosmos_standin,
        "COSMOS_KEY": standin.KEY,
        "COSMOS_DATABASE": f"doctor-{uuid.uuid4().hex[:8]}",
    }
    before = ready.run("doctor", "--json")
    ready.run("store", "init")
    after = ready.run("doctor", "--json")

    assert before.code == 1
    assert [(one["check"], one["mend"]) for one in wrong(before)] == [
        ("containers", "Create the database and its containers: nightshift store init")
    ]
    assert (after.code, wrong(after)) == (0, [])
    assert [one["state"] for one in found(after, "consistency")] == ["warning"]
    assert found(after, "indexes") == []
    assert standin.KEY not in after.out


def test_a_container_of_cosmos_db_without_the_index_that_queries_need_is_told(
    ready: Terminal, cosmos_standin: str
) -> None:
    database = f"doctor-{uuid.uuid4().hex[:8]}"
    with CosmosClient(cosmos_standin, standin.KEY, enable_endpoint_discovery=False) as client:
        client.create_database(database).create_container(
            "gates", PartitionKey("/id"), indexing_policy={"indexingMode": "none", "automatic": False}
        )
    named = {"COSMOS_ENDPOINT": cosmos_standin, "COSMOS_KEY": standin.KEY, "COSMOS_DATABASE": database}

    said = ready.run("doctor", "--json", DOCUMENTS="cosmos", **named)

    assert [(one["state"], one["found"]) for one in found(said, "indexes")] == [
        ("warning", "Container 'gates' doesn't index /_original/*.")
    ]


def test_a_cosmos_db_that_does_not_answer_is_found(ready: Terminal) -> None:
    said = ready.run("doctor", "--json", DOCUMENTS="cosmos", COSMOS_ENDPOINT="http://127.0.0.1:9/")

    assert said.code == 1
    assert [one["check"] for one in wrong(said)] == ["store"]
