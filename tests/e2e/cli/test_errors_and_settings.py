"""What does a command say when it can't, and where does it take its settings from?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.cli.terminal import Terminal

SILENT = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;"
    "BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;QueueEndpoint=http://127.0.0.1:1/devstoreaccount1;"
)


@pytest.fixture
def offline(tmp_path: Path, bytecode: Path) -> Terminal:
    """A terminal whose storage doesn't answer."""
    return Terminal(tmp_path / "offline", SILENT, "taste", bytecode)


def test_a_silent_azurite_is_named_with_the_way_to_start_it(offline: Terminal) -> None:
    said = offline.run("init")

    assert said.code == 1
    assert "127.0.0.1:1" in said.err
    assert "./scripts/start" in said.err
    assert "Traceback" not in said.err


def test_commands_that_only_read_the_store_need_no_storage(offline: Terminal) -> None:
    assert offline.run("jobs", "list", "--json").json() == {"items": [], "next": None}


def test_status_shows_what_it_can_when_the_storage_is_silent(offline: Terminal) -> None:
    said = offline.run("status", "--json")

    assert said.code == 1
    assert (said.json()["deadLetters"]["open"], said.json()["deadLetters"]["oldest"]) == (0, None)
    assert all(queue["error"] for queue in said.json()["queues"])


def test_status_says_first_that_the_storage_is_silent_and_what_to_do(offline: Terminal) -> None:
    said = offline.run("status")

    first, second, *_ = said.out.splitlines()
    assert said.code == 1
    assert "127.0.0.1:1" in first
    assert "./scripts/start" in second
    assert said.err == ""


def test_verbose_shows_the_traceback(offline: Terminal) -> None:
    assert "Traceback" in offline.run("--verbose", "init").err


def test_no_settings_at_all_says_which_file_to_copy(offline: Terminal) -> None:
    said = offline.run("init", without=("AzureWebJobsStorage",))

    assert said.code == 1
    assert "local.settings.sample.json" in said.err


def test_local_settings_lie_under_the_environment(offline: Terminal) -> None:
    values = {"TASTE_JOB_QUEUE_NAME": "filed", "NIGHTSHIFT_SQLITE": "filed.sqlite3"}
    offline.write("local.settings.json", json.dumps({"IsEncrypted": False, "Values": values}))

    settings = offline.run("status", "--json").json()

    assert settings["queues"][0]["name"] == "taste"
    assert settings["settings"]["store"].endswith("filed.sqlite3")
    assert settings["settings"]["file"] == str(offline.folder / "local.settings.json")


def test_local_settings_that_are_no_json_are_named(offline: Terminal) -> None:
    offline.write("local.settings.json", "{")

    said = offline.run("jobs", "list")

    assert said.code == 1
    assert "local.settings.json isn't JSON" in said.err


def test_a_setting_of_the_wrong_kind_is_named(offline: Terminal) -> None:
    said = offline.run("jobs", "list", TASTE_JOB_MAX_ATTEMPTS="many")

    assert said.code == 1
    assert "TASTE_JOB_MAX_ATTEMPTS" in said.err


def test_a_home_that_can_not_be_made_is_named(offline: Terminal) -> None:
    home = offline.write("home-is-a-file") / "home"

    said = offline.run("jobs", "list", NIGHTSHIFT_HOME=str(home))

    assert said.code == 1
    assert "NIGHTSHIFT_HOME" in said.err


def test_a_missing_queue_says_how_to_create_it(terminal: Terminal) -> None:
    said = terminal.run("enqueue", "taste", "--raw", "-", stdin="{}", TASTE_JOB_QUEUE_NAME="taste-never-created")

    assert said.code == 1
    assert "nightshift init" in said.err


def test_init_again_changes_nothing(terminal: Terminal) -> None:
    terminal.run("init")

    made = terminal.run("init", "--json").json()["items"]

    assert [thing["what"] for thing in made] == ["queue"] * 22 + ["container"] * 3
    assert not any(thing["created"] for thing in made)


def test_an_unknown_command_is_a_usage_error(offline: Terminal) -> None:
    assert offline.run("dance").code == 2
    assert offline.run("jobs", "list", "--state", "asleep").code == 2


def test_version_and_help_need_nothing(offline: Terminal) -> None:
    assert offline.run("--version").out.startswith("nightshift ")
    assert "Examples:" in offline.run("dead-letters", "list", "--help").out
