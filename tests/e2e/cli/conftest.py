"""Which terminals do the tests of the command line have? A new one, and one with a past."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from azure.storage.queue import QueueServiceClient

from tests.azurite import Azurite
from tests.e2e.cli.terminal import PATIENCE, SAMPLE, Terminal
from tests.patience import wait_until

BROKEN_BODY = '{"user_id": "ada", "item_id": 5, "title": "red \\u001b[31m"}'


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all terminals keep compiled modules, so that only the first command compiles them."""
    return tmp_path_factory.mktemp("bytecode")


@pytest.fixture
def terminal(azurite: Azurite, tmp_path: Path, bytecode: Path) -> Terminal:
    """A new terminal: its queues exist, its store is empty, and no host runs."""
    name = f"taste-{uuid.uuid4().hex[:12]}"
    # What `init` does, without the second that a process takes: most tests have a terminal of their own.
    with QueueServiceClient.from_connection_string(azurite.connection_string) as queues:
        for queue in (name, f"{name}-poison", f"runs-of-{name}", f"runs-of-{name}-poison"):
            queues.create_queue(queue)
    return Terminal(tmp_path / "new", azurite.connection_string, name, bytecode)


@pytest.fixture(scope="session")
def lived_in(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory, bytecode: Path) -> Terminal:
    """A terminal with a past: ada owns seven things and liked two, ben's picture is missing, and a body was broken."""
    folder = tmp_path_factory.mktemp("lived-in")
    made = Terminal(folder, azurite.connection_string, f"taste-{uuid.uuid4().hex[:12]}", bytecode)
    assert made.run("init").code == 0
    assert made.run("wardrobe", "import", str(SAMPLE / "wardrobe.csv")).code == 0
    heels = made.run("wardrobe", "list", "ada", "--json").json()["items"][4]["imageUrl"]
    with made.host():
        likes = made.write(
            "likes.jsonl",
            '{"user_id": "ada", "item_id": "red-heels"}',
            '{"user_id": "ada", "item_id": "breton-tee", "signal": "down"}',
            f'{{"user_id": "ben", "item_id": "ghost", "image_url": "{heels}.missing", "job_id": "ghost"}}',
        )
        made.run("enqueue", "taste", "--file", str(likes), "--wait", "--timeout", PATIENCE)
        made.run("enqueue", "taste", "--raw", "-", stdin=BROKEN_BODY)
        wait_until(
            lambda: len(made.run("dead-letters", "list", "--json").json()["items"]) == 2,
            lambda: made.run("status").out,
        )
    return made
