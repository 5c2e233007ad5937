"""Do the Python examples of docs/ run, and do what the page says of them? (README.md: tests/e2e/test_readme.py.)"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Any, cast

import azure.storage.blob
import pytest

from shared import clock
from shared.alerts.channels.webhook import signature
from shared.blobs.storage import Blobs
from shared.config import PROJECT_FOLDER, Settings
from shared.documents.containers import CONTAINERS, USER_PROFILES
from shared.documents.ids import safe
from shared.documents.sqlite import SqliteDocuments
from shared.jobs.runtime import Runtime
from shared.queues.memory import MemoryQueues
from shared.services import Services
from tests.integration.jobs.worlds import MovingClock
from tests.integration.runs import worlds

_BLOCK = re.compile(r"^( *)```python\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
DEMO = ("demo/errands.py", "demo/app/function_app.py")
OF_THE_DEMO = "docs/your-own-job.md"
"""Its blocks are the demo's own code, which the demo's tests run."""
EXECUTED = [f"docs/{page}.md" for page in ("alerts", "api", "architecture", "architecture", "digest", "runs")]


def examples() -> Iterator[tuple[str, str]]:
    """Yield (page, code) of each Python block."""
    for path in [PROJECT_FOLDER / "README.md", *sorted((PROJECT_FOLDER / "docs").rglob("*.md"))]:
        for _, code in _BLOCK.findall(path.read_text("utf-8")):
            yield str(path.relative_to(PROJECT_FOLDER)), textwrap.dedent(code)


def run(page: str) -> dict[str, Any]:
    """Run the examples of a page; return the names that they leave."""
    code = "\n".join(code for of, code in examples() if of == page)
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, page, "exec"), names)
    return names


def test_every_example_is_executed_here() -> None:
    assert sorted(page for page, _ in examples() if page != OF_THE_DEMO) == EXECUTED


def test_the_page_on_the_demos_workload_shows_its_code() -> None:
    code = "\n".join(line.strip() for file in DEMO for line in (PROJECT_FOLDER / file).read_text("utf-8").splitlines())
    shown = [
        "\n".join(line.strip() for line in block.splitlines()) for page, block in examples() if page == OF_THE_DEMO
    ]
    assert len(shown) == 3
    assert [block for block in shown if block not in code] == []


async def test_the_example_of_a_workload_does_its_job() -> None:
    kind = run("docs/architecture.md")["greeting_kind"](Settings())
    documents, queues = SqliteDocuments(":memory:"), MemoryQueues()
    await queues.ensure(kind.queue)
    await queues.send(kind.queue, '{"user_id": "ada"}')
    delivery = queues.receive(kind.queue)
    assert delivery is not None

    outcome = await Runtime(Services(Settings(), documents, queues, cast(Blobs, None))).deliver(kind, delivery)

    assert outcome.what == "completed"
    stored = await documents.get(USER_PROFILES, "ada", "greeting")
    assert stored is not None
    assert stored.body["text"] == "Hello"
    await documents.close()


async def test_the_example_of_a_measure_answers_for_each_merchant(time: MovingClock) -> None:
    documents = SqliteDocuments(":memory:")
    services = Services(Settings(), documents, MemoryQueues(), cast(Blobs, None))

    answers = await run("docs/architecture.md")["lead_rates"](services, ["acme", "zenith"])

    assert answers == ["no leads with a finished attempt"] * 2


async def test_the_example_of_a_scheduled_job_runs_to_its_end(
    time: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worlds, "SHARD_QUEUE", "report-jobs")
    world = worlds.RunWorld(run("docs/runs.md")["report_run"](Settings()), worlds.Rounds(), time)
    opened = await world.open_latest_run()
    await world.work_off()

    entry = await world.entry(opened.id)
    assert (entry.status, entry.counters) == ("completed", {"counted": 2})


def test_the_receiver_of_the_example_takes_what_we_sign() -> None:
    is_ours = run("docs/alerts.md")["is_ours"]
    now = str(int(clock.now().timestamp()))
    headers = {"X-Nightshift-Timestamp": now, "X-Nightshift-Signature": f"sha256={signature('s3cret', now, b'{}')}"}

    assert is_ours("s3cret", headers, b"{}")
    assert not is_ours("s3cret", headers, b"[]")
    assert not is_ours("s3cret", {**headers, "X-Nightshift-Timestamp": "1"}, b"{}")


def test_the_reader_of_the_example_finds_a_digest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    class Account:
        """Stands for the storage account of the example, which is in Azure."""

        def __init__(self, *_: object) -> None:
            pass

        def get_blob_client(self, container: str, name: str) -> Account:
            """Note which blob is wanted."""
            asked.append((container, name))
            return self

        def download_blob(self) -> Account:
            """Return what can be read."""
            return self

        def readall(self) -> bytes:
            """Return a digest."""
            return b'{"week": "2026-W48", "suggestions": [{"title": "Red heels"}]}'

    monkeypatch.setattr(azure.storage.blob, "BlobServiceClient", Account)
    folder = run("docs/digest.md")["folder"]

    assert asked == [("digests", "ada/latest.json")]
    assert capsys.readouterr().out == "2026-W48 ['Red heels']\n"
    for user in ("ada", "a/b", "..", "f" * 64, "Zoë"):
        assert folder(user) == safe(user)


def test_the_table_of_containers_is_the_codes() -> None:
    page = (PROJECT_FOLDER / "docs/architecture.md").read_text("utf-8").split("## Containers")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| `/(\w+)` \| (.*?) ?\|", page, re.MULTILINE)

    assert {(name, key, bool(expires.strip())) for name, key, expires in rows} == {
        (one.name, one.partition_key, one.expires) for one in CONTAINERS
    }


@pytest.mark.parametrize("id", ["ada", "a/b", "%2F", "..", "~own", "ünï", "x" * 200])
def test_an_id_in_a_path_is_one_that_the_api_reads(id: str) -> None:
    from api import ids

    in_path = run("docs/api.md")["in_path"]

    assert ids.decoded(in_path(id)) == id
    assert in_path(id) == ids.encoded(id)
