"""Does a message put into the queue become a profile, and a bad one a dead letter? With host and store as they run.

Azurite, the development host and the commands are processes of their own; messages come from a producer that is none
of ours.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from azure.storage.queue import QueueClient

from tests import cosmos_standin
from tests.azurite import Azurite
from tests.e2e.cli.terminal import SAMPLE, Terminal
from tests.patience import wait_until


@dataclass
class Product:
    """A running product, and the queue that a backend elsewhere puts its messages into."""

    terminal: Terminal
    queue: QueueClient
    pictures: dict[str, str]

    def put(self, *bodies: str) -> None:
        """Put messages as any producer does."""
        for body in bodies:
            self.queue.send_message(body)

    def like(self, user: str, item: str, **more: Any) -> str:
        """Return the body of a like."""
        return json.dumps({"user_id": user, "item_id": item, "image_url": self.pictures[item], **more})

    def asked(self, *arguments: str) -> Any:
        """Return what a read command says, as JSON."""
        return self.terminal.run(*arguments, "--json").json()

    def dead_letters(self, code: str) -> list[dict[str, Any]]:
        """Return the dead letters that have this reason."""
        return [letter for letter in self.asked("dead-letters", "list")["items"] if code in json.dumps(letter)]

    def jobs(self, user: str) -> dict[str, str]:
        """Return a user's jobs by id, with their state."""
        return {job["id"]: job["status"] for job in self.asked("jobs", "list", "--user", user)["items"]}


@pytest.fixture(scope="module", params=["sqlite", "cosmos-standin"])
def product(
    request: pytest.FixtureRequest, azurite: Azurite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """A product on each document store, whose wardrobe is the sample's, with its host running."""
    name = f"e2e-{uuid.uuid4().hex[:12]}"
    terminal = Terminal(
        tmp_path_factory.mktemp("product"), azurite.connection_string, name, tmp_path_factory.mktemp("bytecode")
    )
    if request.param == "cosmos-standin":
        terminal.environ |= {
            "DOCUMENTS": "cosmos",
            "COSMOS_ENDPOINT": request.getfixturevalue("cosmos_standin"),
            "COSMOS_KEY": cosmos_standin.KEY,
            "COSMOS_DATABASE": name,
        }
    assert terminal.run("store", "init").code == 0
    assert terminal.run("init").code == 0
    assert terminal.run("wardrobe", "import", str(SAMPLE / "wardrobe.csv")).code == 0
    owned = terminal.run("wardrobe", "list", "ada", "--json").json()["items"]
    pictures = {item["id"]: item["imageUrl"] for item in owned}
    with terminal.host(), QueueClient.from_connection_string(azurite.connection_string, name) as queue:
        yield Product(terminal, queue, pictures)


def test_a_good_message_becomes_part_of_the_profile(product: Product) -> None:
    product.put(product.like("good", "red-heels", title="Red high heels", job_id="first"))

    wait_until(lambda: product.jobs("good") == {"first": "completed"}, "the job's completion")

    profile = product.asked("profile", "show", "good")
    assert profile["evidences"] == 1
    assert "red" in [colour["name"] for colour in profile["colors"]]


def test_a_message_in_base64_is_as_good(product: Product) -> None:
    like = product.like("wrapped", "red-heels", job_id="first")
    product.put(base64.b64encode(like.encode()).decode())

    wait_until(lambda: product.jobs("wrapped") == {"first": "completed"}, "the job's completion")


def test_a_duplicate_changes_nothing(product: Product) -> None:
    like = product.like("twice", "red-heels")
    product.put(like)
    wait_until(lambda: list(product.jobs("twice").values()) == ["completed"], "the job's completion")

    product.put(like, like)
    wait_until(lambda: depth(product.queue) == 0, "an empty queue")

    assert list(product.jobs("twice").values()) == ["completed"]
    assert product.asked("profile", "show", "twice")["colors"][0]["likes"] == 1


def test_a_malformed_body_becomes_a_dead_letter_with_its_reason(product: Product) -> None:
    product.put("this is no message")

    wait_until(lambda: len(product.dead_letters("not_json")) == 1, "the dead letter")


def test_a_missing_picture_becomes_a_dead_letter_with_its_reason(product: Product) -> None:
    like = json.loads(product.like("lost", "red-heels", job_id="gone"))
    product.put(json.dumps({**like, "image_url": like["image_url"] + ".gone"}))

    wait_until(lambda: product.jobs("lost") == {"gone": "dead"}, "the job's death")

    assert len(product.dead_letters("blob_missing")) == 1
    assert product.terminal.run("profile", "show", "lost").code == 1


def depth(queue: QueueClient) -> int:
    """Return how many messages the queue holds, hidden ones included."""
    return int(queue.get_queue_properties().approximate_message_count or 0)
