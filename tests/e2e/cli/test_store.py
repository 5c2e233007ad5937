"""Does `nightshift store init` make what the document store needs, and say what it did?"""

from __future__ import annotations

import uuid

import pytest

from shared.documents.containers import CONTAINERS
from tests import cosmos_standin as standin
from tests.e2e.cli.terminal import Terminal


@pytest.fixture
def cosmos(cosmos_standin: str) -> dict[str, str]:
    """The settings of a database in Cosmos DB that nobody has made yet."""
    return {
        "DOCUMENTS": "cosmos",
        "COSMOS_ENDPOINT": cosmos_standin,
        "COSMOS_KEY": standin.KEY,
        "COSMOS_DATABASE": f"cli-{uuid.uuid4().hex[:12]}",
    }


def test_on_sqlite_there_is_nothing_to_do(terminal: Terminal) -> None:
    said = terminal.run("store", "init")

    assert said.code == 0
    assert "nothing to do" in said.out


def test_in_cosmos_db_the_database_and_every_container_are_created(terminal: Terminal, cosmos: dict[str, str]) -> None:
    made = terminal.run("store", "init", "--json", **cosmos).json()["items"]

    names = [cosmos["COSMOS_DATABASE"], *(container.name for container in CONTAINERS)]
    assert made == [
        {"what": "container" if n else "database", "name": name, "created": True} for n, name in enumerate(names)
    ]


def test_doing_it_again_creates_nothing(terminal: Terminal, cosmos: dict[str, str]) -> None:
    terminal.run("store", "init", **cosmos)

    again = terminal.run("store", "init", "--json", **cosmos).json()["items"]

    assert {thing["created"] for thing in again} == {False}


def test_without_an_endpoint_it_says_which_setting_is_missing(terminal: Terminal) -> None:
    said = terminal.run("store", "init", DOCUMENTS="cosmos")

    assert said.code == 1
    assert "COSMOS_ENDPOINT" in said.err
