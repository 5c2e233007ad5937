"""Benchmark of the HTTP API: what does it add to a request, beside a bare FastAPI route through the same bridge?

Both answer with the list of metrics, which needs no store: what differs is the API's own, who asks, how often, the
traces, the ETag. And how long a process's first request takes, in which the app is imported and built.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import azure.functions as func
from fastapi import FastAPI
from starlette.responses import Response

from api.app import create
from api.bridge import Bridge
from api.world import world_of
from bench.measuring import Measure, Result, Run
from operations import api_keys, metrics
from operations.answers import to_json
from shared.config import Settings
from shared.documents.sqlite import SqliteDocuments
from shared.queues.memory import MemoryQueues
from shared.services import Services

_PROJECT_FOLDER = Path(__file__).resolve().parents[1]
_REQUESTS = 300
_PATH = "/api/v1/metrics"
_FIRST = """
import asyncio, time
import azure.functions as func
import function_app
headers = {{"x-api-key": {key!r}}}
request = func.HttpRequest(method="GET", url="http://127.0.0.1/api/v1/metrics", headers=headers, body=b"")
began = time.perf_counter()
answer = asyncio.run(function_app.api.serve(request))
print(time.perf_counter() - began, answer.status_code)
"""


def measure(runs: int) -> Result:
    """Ask both in turn, by in-process requests as the worker makes them."""
    return Result(
        "api",
        f"GET {_PATH} through azure-functions' bridge, {_REQUESTS} requests a run, in turn with a bare FastAPI route "
        "that answers the same; and a process's first request.",
        "a ratio of at most 2",
        (
            Measure("api_ms", "ms", "the API, a request"),
            Measure("bare_ms", "ms", "a bare FastAPI route, a request"),
            Measure("ratio", "", "ratio of the two"),
            Measure("first_ms", "ms", "the first request of a process"),
        ),
        [asyncio.run(_run()) for _ in range(runs)],
    )


async def _run() -> Run:
    made = api_keys.new("bench", "reader", ["*"], timedelta(days=1))
    setting = json.dumps([made.entry.entry()])
    settings = dataclasses.replace(Settings(), auth_mode="keys", api_keys=setting, api_rate_per_minute=1_000_000)
    documents = SqliteDocuments(":memory:")
    services = Services(settings, documents, MemoryQueues(), None)  # type: ignore[arg-type]  # no blob is asked for
    world = world_of(services)
    bridges = {"api": Bridge(create(world)), "bare": Bridge(_bare())}
    times: dict[str, list[float]] = {name: [] for name in bridges}
    for _ in range(_REQUESTS):
        for name, bridge in bridges.items():
            began = time.perf_counter()
            answer = await bridge.answer(_request(made.key))
            times[name].append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.get_body()
    await documents.close()
    medians = {name: sorted(found)[len(found) // 2] * 1000 for name, found in times.items()}
    return {
        "api_ms": medians["api"],
        "bare_ms": medians["bare"],
        "ratio": medians["api"] / medians["bare"],
        "first_ms": _first_seconds(made.key, setting) * 1000,
    }


def _bare() -> FastAPI:
    app = FastAPI()
    by = api_keys.new("bare", "reader", ["*"], timedelta(days=1)).entry.actor

    @app.get(_PATH)
    async def listed() -> Response:
        return Response(json.dumps(to_json(metrics.known(by))), media_type="application/json")

    return app


def _request(key: str) -> func.HttpRequest:
    return func.HttpRequest(method="GET", url=f"http://127.0.0.1{_PATH}", headers={"x-api-key": key}, body=b"")


def _first_seconds(key: str, setting: str) -> float:
    timed = [sys.executable, "-c", _FIRST.format(key=key)]
    environment = {
        "AUTH_MODE": "keys",
        "API_KEYS": setting,
        "NIGHTSHIFT_SQLITE": ":memory:",
        "AzureWebJobsStorage": "UseDevelopmentStorage=true",
    }
    told = subprocess.run(
        timed, cwd=_PROJECT_FOLDER, env=environment, check=True, capture_output=True, text=True
    ).stdout.split()
    assert told[1] == "200", told
    return float(told[0])
