"""Does each queue function hand its message to the kind whose queue it is on? Each is called through the real app.

So is a copy of the app with a mis-wiring planted, which must be seen.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from processors.catalogue import registry
from shared.config import Settings
from shared.documents.sqlite import SqliteDocuments
from shared.settings_reference import queues
from tests import queue_functions
from tests.azurite import PROJECT
from tests.patience import LIMIT_SECONDS
from tests.queue_functions import FUNCTIONS, SERVED

NAMES = {setting: f"wired-{default}" for setting, default in queues().items()}
"""Every queue has another name than the default, so that nothing meets by chance."""
SETTINGS = Settings.from_environment(NAMES)
NO_STORAGE = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=Zm9v;" + "".join(
    f"{service}Endpoint=http://127.0.0.1:9/a;" for service in ("Queue", "Blob")
)


@dataclass(frozen=True, slots=True)
class Found:
    """What an app was seen to do: its triggers' queues by function, and how functions misbehave."""

    queues: dict[str, str]
    misfits: dict[str, str]


def call_each_function(app: Path, home: Path) -> Found:
    """Call each queue function of the app in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.functions.invoked"],
        capture_output=True,
        text=True,
        cwd=app,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT),
            "AzureWebJobsStorage": NO_STORAGE,
            "NIGHTSHIFT_HOME": str(home),
            **NAMES,
        },
        timeout=LIMIT_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, dict[str, str]] = json.loads(done.stdout.splitlines()[-1])
    raised = {name: told["raised"] for name, told in seen.items() if told["raised"]}
    return Found({name: told["queue"] for name, told in seen.items()}, {**asyncio.run(_misfits(home)), **raised})


async def _misfits(home: Path) -> dict[str, str]:
    documents = SqliteDocuments(home / SETTINGS.sqlite)
    found = {name: await queue_functions.misfit(documents, SETTINGS, name) for name in FUNCTIONS}
    await documents.close()
    return {name: misfit for name, misfit in found.items() if misfit is not None}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What the app itself was seen to do."""
    return call_each_function(PROJECT, tmp_path_factory.mktemp("home"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the app's code."""
    for package in ("processors", "shared"):
        shutil.copytree(PROJECT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "function_app.py", tmp_path)
    return tmp_path


def test_every_kind_has_its_two_functions_and_every_queue_setting_its_kind(found: Found) -> None:
    assert set(found.queues) == set(FUNCTIONS)
    assert sorted(served.kind for served in SERVED) == sorted(kind.name for kind in registry(SETTINGS))
    assert {served.setting for served in SERVED} == set(queues())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_on_the_queue_of_its_kind(found: Found, function: str) -> None:
    kind = registry(SETTINGS).named(FUNCTIONS[function].kind)
    name = found.queues[function]
    for setting, value in NAMES.items():
        name = name.replace(f"%{setting}%", value)

    assert name == (kind.poison_queue if function.endswith(queue_functions.DLQ) else kind.queue)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_functions_message_reaches_its_own_kind(found: Found, function: str) -> None:
    assert found.misfits.get(function) is None


@pytest.mark.parametrize(
    ("file", "right", "wrong", "misfits"),
    [
        pytest.param(
            "function_app.py",
            '"SCRAPE_QUEUE_NAME", scraper.job_kind',
            '"SCRAPE_QUEUE_NAME", mood.job_kind',
            {"ProcessScrapeJob", "ProcessScrapeJobDlq"},
            id="both-of-another-kind-whose-payload-fits-too",
        ),
        pytest.param(
            "shared/jobs/queue_functions.py",
            "worker.deliver_poison(kind_of, message)",
            "worker.deliver_poison(__import__('processors.mood').mood.job_kind, message)",
            {name for name in FUNCTIONS if name.endswith("Dlq")} - {"ProcessMoodJobDlq"},
            id="a-dlq-of-another-kind",
        ),
        pytest.param(
            "shared/jobs/queue_functions.py",
            "worker.deliver_poison(kind_of, message)",
            "worker.deliver(kind_of, message)",
            {name for name in FUNCTIONS if name.endswith("Dlq")},
            id="a-dlq-that-works-on-what-the-host-gave-up-on",
        ),
    ],
)
def test_a_planted_miswiring_is_seen(
    copy: Path, tmp_path: Path, file: str, right: str, wrong: str, misfits: set[str]
) -> None:
    text = (copy / file).read_text("utf-8")
    assert right in text
    (copy / file).write_text(text.replace(right, wrong), "utf-8")

    assert set(call_each_function(copy, tmp_path / "home").misfits) == misfits


def test_a_planted_queue_of_another_kind_is_seen(copy: Path, tmp_path: Path) -> None:
    app = copy / "function_app.py"
    app.write_text(app.read_text("utf-8").replace('"MOOD_QUEUE_NAME", mood', '"DIGEST_QUEUE_NAME", mood'), "utf-8")

    named = call_each_function(copy, tmp_path / "home").queues

    wrong = {name for name in FUNCTIONS if named[name] != queue_functions.trigger_queue(name)}
    assert wrong == {"ProcessMoodJob", "ProcessMoodJobDlq"}
