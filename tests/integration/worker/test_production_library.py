"""Does the app run under the library that production's worker calls? Indexed, loaded and each function invoked by it.

Production's worker for Python 3.13 calls the PyPI package azure-functions-runtime. Earlier Pythons have another one.
"""

from __future__ import annotations

import asyncio
import base64
import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueClient, QueueMessage

from processors.catalogue import housekeeping, run_definitions
from processors.taste.profile import PROFILE_ID
from shared import clock
from shared.config import Settings
from shared.documents.containers import HEARTBEATS, JOBS, USER_PROFILES
from shared.documents.sqlite import SqliteDocuments
from shared.jobs import transitions
from shared.jobs.record import Claim, JobKey, Record
from shared.jobs.record_store import Records
from shared.jobs.scopes import of_queue
from shared.telemetry.pseudonyms import shown
from tests import queue_functions
from tests.azurite import PROJECT, Azurite
from tests.patience import LIMIT_SECONDS
from tests.queue_functions import FUNCTIONS

REQUESTS = "HttpApi"
PATHS = {
    "/api/v1/health/live": (200, None),
    "/api/v1/jobs?user=ada": (200, None),
    "/api/openapi.json": (200, None),
    "/api/v1/nothing": (404, "route_unknown"),
    "/api/v1/jobs/%FF": (400, "path_unreadable"),
}
"""What is asked of the API, and the status and code of its answer."""
QUEUE, RUN_QUEUE, ROLLUP_QUEUE = "worker-taste-jobs", "worker-run-jobs", "worker-rollup-jobs"
NAMES = {"TASTE_JOB_QUEUE_NAME": QUEUE, "RUN_QUEUE_NAME": RUN_QUEUE, "ROLLUP_QUEUE_NAME": ROLLUP_QUEUE}
HOUSEKEEPING = housekeeping(Settings())
TIMERS = (
    {timer.name: timer.schedule.expression for timer in HOUSEKEEPING}
    | {run.timer: run.slots.schedule.expression for run in run_definitions(Settings()).scheduled()}
    | {"AggregateMetrics": "%METRICS_SCHEDULE%"}
)

if sys.version_info < (3, 13):
    pytest.skip("production's worker calls this library from Python 3.13 on", allow_module_level=True)
if importlib.util.find_spec("azure_functions_runtime") is None and not os.environ.get("CI"):
    pytest.skip("azure-functions-runtime isn't installed: run ./scripts/setup", allow_module_level=True)


@dataclass
class Served:
    """What came of one worker's life: its functions, and each invocation's result by what it was about."""

    functions: dict[str, list[dict[str, Any]]]
    results: dict[str, str]
    answers: dict[str, dict[str, Any]]
    messages: dict[str, QueueMessage]
    queue: QueueClient
    documents: SqliteDocuments


@pytest.fixture(scope="module")
def served(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A worker that was given likes of all kinds, a message for each of its queue functions, and its timers."""
    home = tmp_path_factory.mktemp("worker")
    storage = azurite.connection_string
    queue = QueueClient.from_connection_string(storage, QUEUE)
    queue.create_queue()
    for other in (RUN_QUEUE, ROLLUP_QUEUE):
        QueueClient.from_connection_string(storage, other).create_queue()
    picture = _uploaded(storage)
    documents = SqliteDocuments(home / "nightshift.sqlite3")
    asyncio.run(_claim_elsewhere(documents))
    bodies = {
        "good": _like("good", picture),
        "claimed": _like("claimed", picture),
        "broken": b"\xff not JSON",
        "given up": _like("given-up", picture),
    }
    messages = {about: _received(queue, body) for about, body in bodies.items()}
    invocations = {
        about: _invocation("ProcessTasteAnalysisJob", bodies[about], messages[about])
        for about in ("good", "claimed", "broken")
    }
    invocations["given up"] = _invocation("ProcessTasteAnalysisJobDlq", bodies["given up"], messages["given up"])
    for function in FUNCTIONS:
        body = queue_functions.body(function)
        invocations[function] = _invocation(function, body, _received(queue, body))
    for timer in TIMERS:
        invocations[timer] = {
            "function": timer,
            "parameter": "timer",
            "data": {"json": {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": {}, "IsPastDue": False}},
        }
    invocations |= {path: _asked(path) for path in PATHS}
    answer = _worker(
        list(invocations.values()),
        AzureWebJobsStorage=storage,
        NIGHTSHIFT_HOME=str(home),
        AUTH_MODE="dev",
        AZURE_FUNCTIONS_ENVIRONMENT="Development",
    )
    assert answer["indexed"] == "ok"
    results = dict(zip(invocations, answer["results"], strict=True))
    answers = {path: results.pop(path) for path in PATHS}
    return Served(answer["functions"], results, answers, messages, queue, documents)


def test_every_function_of_the_app_is_indexed_and_was_invoked(served: Served) -> None:
    assert set(served.functions) == set(FUNCTIONS) | set(TIMERS) | {REQUESTS}
    assert set(served.functions) - {REQUESTS} <= set(served.results)


@pytest.mark.parametrize(
    ("function", "binding"),
    [
        *((name, {"type": "queueTrigger", "queueName": queue_functions.trigger_queue(name)}) for name in FUNCTIONS),
        *((timer, {"type": "timerTrigger", "schedule": schedule}) for timer, schedule in TIMERS.items()),
    ],
)
def test_a_functions_trigger_is_what_the_host_is_told(served: Served, function: str, binding: dict[str, str]) -> None:
    (trigger,) = served.functions[function]

    assert {name: trigger[name] for name in binding} == binding
    if trigger["type"] == "queueTrigger":
        assert (trigger["dataType"], trigger["connection"]) == ("BINARY", "AzureWebJobsStorage")


@pytest.mark.parametrize("path", PATHS)
def test_a_request_is_answered_by_the_api(served: Served, path: str) -> None:
    status, code = PATHS[path]
    told = served.answers[path]
    headers = {name.lower(): value for name, value in told["headers"].items()}

    body = json.loads(base64.b64decode(told["body"]))
    assert (int(told["status"]), body.get("code")) == (status, code)
    assert headers["content-type"].startswith("application/problem+json" if code else "application/json")
    assert headers["x-request-id"]


def test_the_route_of_the_api_is_every_path_and_the_api_itself_checks_who_asks(served: Served) -> None:
    trigger = next(one for one in served.functions[REQUESTS] if one["type"] == "httpTrigger")

    assert (trigger["route"], trigger["authLevel"].lower()) == ("{*route}", "anonymous")


async def test_a_good_message_is_handled(served: Served) -> None:
    job = await served.documents.get(JOBS, "ada", "good")
    profile = await served.documents.get(USER_PROFILES, "ada", PROFILE_ID)

    assert served.results["good"] == "ok"
    assert job is not None
    assert profile is not None
    assert (job.body["status"], profile.body["evidences"]) == ("completed", 1)


async def test_the_metadata_of_a_message_reaches_the_app(served: Served) -> None:
    job = await served.documents.get(JOBS, "ada", "good")
    message = served.messages["good"]

    assert job is not None
    assert message.inserted_on is not None
    assert job.body["message"] == {
        "id": message.id,
        "putAt": clock.to_text(message.inserted_on.astimezone(UTC)),
        "dequeueCount": 1,
    }


def test_a_message_that_must_come_back_fails_its_invocation_and_is_hidden_by_the_app_itself(served: Served) -> None:
    message = served.messages["claimed"]

    assert served.results["claimed"].startswith(f"Deferred: taste job {shown('claimed')}: deferred")
    with pytest.raises(HttpResponseError):  # the app's own update made the host's receipt stale
        served.queue.delete_message(message.id, message.pop_receipt)


async def test_a_body_of_any_bytes_becomes_a_dead_letter(served: Served) -> None:
    found = [document.body async for document in served.documents.query(JOBS, partition=of_queue(QUEUE))]

    assert served.results["broken"] == "ok"
    assert [base64.b64decode(body["raw"]) for body in found] == [b"\xff not JSON"]


async def test_a_message_that_the_host_gave_up_on_becomes_a_dead_letter(served: Served) -> None:
    job = await served.documents.get(JOBS, "ada", "given-up")

    assert served.results["given up"] == "ok"
    assert job is not None
    assert (job.body["status"], job.body["reason"]["code"]) == ("dead", "host_gave_up")


@pytest.mark.parametrize("function", FUNCTIONS)
async def test_each_functions_message_reaches_its_own_kind(served: Served, function: str) -> None:
    settings = Settings.from_environment(NAMES)

    assert served.results[function] == "ok"
    assert await queue_functions.misfit(served.documents, settings, function) is None


@pytest.mark.parametrize("timer", TIMERS)
def test_each_timer_rings(served: Served, timer: str) -> None:
    assert served.results[timer] == "ok"


@pytest.mark.parametrize("timer", [timer.name for timer in HOUSEKEEPING])
async def test_a_housekeeping_timer_runs_and_leaves_its_heartbeat(served: Served, timer: str) -> None:
    heartbeat = await served.documents.get(HEARTBEATS, timer, timer)

    assert served.results[timer] == "ok"
    assert heartbeat is not None
    assert heartbeat.body["lastSuccess"] >= heartbeat.body["lastStart"]


def test_a_setting_that_cannot_work_fails_the_indexing_with_its_reason(tmp_path: Path) -> None:
    answer = _worker([], TASTE_JOB_DEAD_LETTER_QUEUE_NAME="elsewhere", NIGHTSHIFT_HOME=str(tmp_path))

    assert answer["functions"] == {}
    assert "Setting TASTE_JOB_DEAD_LETTER_QUEUE_NAME is 'elsewhere'" in answer["indexed"]


def _worker(invocations: list[dict[str, Any]], **settings: str) -> dict[str, Any]:
    environ = {
        "PATH": os.environ["PATH"],
        **NAMES,
        **settings,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.worker.production_library"],
        input=json.dumps(invocations),
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=environ,
        timeout=LIMIT_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _invocation(function: str, body: bytes, message: QueueMessage) -> dict[str, Any]:
    """Return an invocation as the host makes it: the bytes, and the message's metadata under the host's names."""
    times = {
        "InsertionTime": message.inserted_on,
        "ExpirationTime": message.expires_on,
        "NextVisibleTime": message.next_visible_on,
    }
    return {
        "function": function,
        "parameter": "message",
        "data": {"bytes": base64.b64encode(body).decode()},
        "metadata": {
            "Id": message.id,
            "PopReceipt": message.pop_receipt,
            "DequeueCount": message.dequeue_count,
            "QueueTrigger": body.decode(errors="replace"),
            **{name: at.isoformat() for name, at in times.items() if at is not None},
        },
    }


def _like(job: str, picture: str) -> bytes:
    return json.dumps({"user_id": "ada", "item_id": job, "image_url": picture, "job_id": job}).encode()


def _received(queue: QueueClient, body: bytes) -> QueueMessage:
    """Put a message and receive it, as the host does: hidden for ten minutes."""
    queue.send_message(body.decode(errors="replace"))
    message = queue.receive_message(visibility_timeout=600)
    assert message is not None
    return message


def _uploaded(storage: str) -> str:
    """Upload a sample picture; return its address."""
    with BlobServiceClient.from_connection_string(storage) as blobs:
        container = blobs.get_container_client("wardrobe-images")
        if not container.exists():
            container.create_container()
        blob = container.get_blob_client("worker/red-heels.png")
        blob.upload_blob((PROJECT / "sample" / "pictures" / "red-heels.png").read_bytes(), overwrite=True)
        return str(blob.url)


async def _claim_elsewhere(documents: SqliteDocuments) -> None:
    """Leave a record that another worker has claimed for a minute."""
    now = clock.now()
    blank = Record(JobKey("ada", "claimed"), "taste", QUEUE, "queued", now, now)
    seen = {"id": "0", "putAt": clock.to_text(now), "dequeueCount": 1}
    claim = Claim("of another", now + timedelta(minutes=1))
    await Records(documents).create(
        transitions.claimed(blank, generation=0, crashes=0, claim=claim, payload={}, seen=seen, traceparent=None)
    )


def _asked(path: str) -> dict[str, Any]:
    """Return the invocation of a request for a path, as the host makes it of one to this machine."""
    url = f"http://127.0.0.1:7071{path}"
    http = {"method": "GET", "url": url, "headers": {"host": "127.0.0.1:7071"}, "params": {}, "query": {}, "body": ""}
    return {"function": REQUESTS, "parameter": "req", "data": {"http": http}}
