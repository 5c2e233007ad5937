"""Does the app that a host serves take a job over HTTP, do it, and show what came of it? As it runs, on Azurite."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.azurite import Azurite
from tests.e2e.cli.terminal import SAMPLE, Terminal
from tests.integration.api.worlds import entry, key_of
from tests.patience import LIMIT_SECONDS, wait_until


@dataclass
class Served:
    """An app that a host serves: its address, and the picture that a user owns."""

    client: httpx.Client
    picture: str

    def get(self, path: str, key: str | None = "backend") -> httpx.Response:
        """Ask for a path with the key of a label."""
        return self.client.get(path, headers={"x-api-key": key_of(key)} if key else {})


@pytest.fixture(scope="module")
def served(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app on a host of its own, with one caller's key, and the sample's wardrobe."""
    name = f"api-{uuid.uuid4().hex[:12]}"
    folder = tmp_path_factory.mktemp("served")
    terminal = Terminal(folder, azurite.connection_string, name, tmp_path_factory.mktemp("bytecode"))
    terminal.environ |= {
        "AUTH_MODE": "keys",
        "API_KEYS": json.dumps([entry("backend", "admin")]),
        "DEVHOST_PORT": "0",
    }
    assert terminal.run("init").code == 0
    assert terminal.run("wardrobe", "import", str(SAMPLE / "wardrobe.csv")).code == 0
    owned = terminal.run("wardrobe", "list", "ada", "--json").json()["items"]
    picture = next(item["imageUrl"] for item in owned if item["id"] == "red-heels")
    with terminal.host():
        address = re.search(r"(http://\S+)/\{\*route\}", (folder / "host.log").read_text())
        assert address is not None
        with httpx.Client(base_url=address[1], timeout=LIMIT_SECONDS) as client:
            yield Served(client, picture)


def test_a_job_is_taken_done_and_shown(served: Served) -> None:
    said = {"user_id": "ada", "item_id": "red-heels", "image_url": served.picture, "job_id": "first"}
    headers = {"x-api-key": key_of("backend"), "idempotency-key": "like-1"}
    asked = served.client.post("/api/v1/jobs/taste-analysis", json=said, headers=headers)
    again = served.client.post("/api/v1/jobs/taste-analysis", json=said, headers=headers)

    assert (asked.status_code, again.status_code, again.json()) == (202, 202, asked.json())
    assert again.headers["idempotency-replayed"] == "true"
    wait_until(
        lambda: served.get("/api/v1/jobs/first?user=ada").json()["status"] == "completed", "the job's completion", 0.1
    )
    profile = served.get("/api/v1/profiles/ada")
    assert profile.json()["evidences"] == 1
    assert "red" in [colour["name"] for colour in profile.json()["colors"]]
    assert served.get("/api/v1/explain?id=first&user=ada").json()["what"] == "job"


def test_what_can_not_be_done_is_among_the_dead_letters(served: Served) -> None:
    gone = served.picture.replace("red-heels", "nothing-there")
    said = {"user_id": "ada", "item_id": "gone", "image_url": gone, "job_id": "gone"}
    served.client.post("/api/v1/jobs/taste-analysis", json=said, headers={"x-api-key": key_of("backend")})

    wait_until(lambda: served.get("/api/v1/dead-letters?user=ada").json()["total"] == 1, "the dead letter", 0.1)
    (letter,) = served.get("/api/v1/dead-letters?user=ada").json()["items"]
    assert letter["id"] == "gone"


def test_a_wrong_key_gets_a_problem_document(served: Served) -> None:
    told = served.get("/api/v1/jobs", "stranger")

    assert (told.status_code, told.headers["content-type"]) == (401, "application/problem+json")
    assert told.json()["code"] == "key_unknown"
    assert told.json()["requestId"] == told.headers["x-request-id"]
    assert served.get("/api/v1/jobs", None).json()["code"] == "key_missing"


def test_the_root_is_the_apps_and_admin_is_the_hosts(served: Served) -> None:
    root, ready, status = (served.get(path) for path in ("/", "/api/v1/health/ready", "/admin/host/status"))

    assert (root.status_code, root.headers["content-type"], root.json()["code"]) == (
        404,
        "application/problem+json",
        "route_unknown",
    )
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert (status.status_code, status.json()["state"]) == (200, "Running")
    assert served.get("/admin/nothing").status_code == 404
