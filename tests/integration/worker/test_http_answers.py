"""Does an HTTP function answer the same under devhost and under the library that production's worker calls?

Both get the same requests: devhost over HTTP, the library in the message that the host makes of one.
"""

from __future__ import annotations

import asyncio
import base64
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from devhost import http_argument, http_target
from devhost.http_route import Route
from tests.azurite import PROJECT
from tests.integration.devhost import host_process, http_apps
from tests.integration.devhost.host_process import AppFolder
from tests.integration.devhost.http_client import Asked, Told, ask
from tests.patience import LIMIT_SECONDS

if sys.version_info < (3, 13):
    pytest.skip("production's worker calls this library from Python 3.13 on", allow_module_level=True)
if importlib.util.find_spec("azure_functions_runtime") is None and not os.environ.get("CI"):
    pytest.skip("azure-functions-runtime isn't installed: run ./scripts/setup", allow_module_level=True)

HOST = ("Host", "127.0.0.1:7071")
SITE = [
    Asked("/echo/a?x=1&x=2&empty=", headers=[HOST, ("X-Ask", "b"), ("X-Ask", "c")]),
    Asked("/echo", "POST", [HOST], b"\x00\xff text"),
    Asked("/echo", "PUT", [HOST, ("Content-Type", "application/json")], b'{"a": 1}'),
    Asked("/echo", "DELETE", [HOST]),
    Asked("/echo/a%2Fb", headers=[HOST]),
    Asked("/echo/a%252Fb", headers=[HOST]),
    Asked("/echo/%FF", headers=[HOST]),
    Asked("/echo/caf%C3%A9;v=1", headers=[HOST]),
    Asked("/echo/../echo/b", headers=[HOST]),
    Asked("/echo", headers=[HOST, ("X-Forwarded-Port", "8443")]),
    Asked("/status/404", headers=[HOST]),
    Asked("/status/503", headers=[HOST]),
    Asked("/empty", headers=[HOST]),
    Asked("/binary", headers=[HOST]),
    Asked("/length", "HEAD", [HOST]),
    Asked("/twice", headers=[HOST]),
    Asked("/cookies", headers=[HOST]),
    Asked("/bad-cookie", headers=[HOST]),
    Asked("/latin-1", headers=[HOST]),
    Asked("/raises", headers=[HOST]),
    Asked("/raises-late", headers=[HOST]),
]
PLAIN = [Asked(f"/api/{rest}", headers=[HOST]) for rest in ("text", "none", "dict", "a%2Fb/c?x=1")]
OF_THE_SERVER = ("date", "server", "connection", "content-length")


@pytest.mark.parametrize(
    ("app", "function", "route", "table"),
    [
        (http_apps.SITE, "Api", Route("", "route", None, homepage=False), SITE),
        (http_apps.PLAIN, "Plain", Route("api", "rest", None, homepage=True), PLAIN),
    ],
    ids=["site", "plain"],
)
async def test_devhost_answers_as_the_library_does(
    tmp_path: Path, app: str, function: str, route: Route, table: list[Asked]
) -> None:
    folder = AppFolder(tmp_path, app, routePrefix=route.prefix)
    invocations = [
        {"function": function, "parameter": "req", "data": {"http": message(asked, route)}} for asked in table
    ]
    worker = asyncio.create_task(asyncio.to_thread(answered, tmp_path, invocations))
    async with host_process.running(folder, "UseDevelopmentStorage=true") as host:
        ours = [seen(asked, await ask(host.admin_url, asked)) for asked in table]
    theirs = [told(asked, result) for asked, result in zip(table, await worker, strict=True)]
    for asked, own, real in zip(table, ours, theirs, strict=True):
        assert own == real, asked
    assert {500, 200} <= {answer["status"] for answer in ours}


def message(asked: Asked, route: Route) -> dict[str, Any]:
    """Return what the host tells a worker of a request."""
    target = http_target.parse(asked.target)
    raw = [(name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in asked.headers]
    if asked.body is not None:
        raw.append((b"Content-Length", str(len(asked.body)).encode()))
    return {
        "method": asked.method,
        "url": target.url(HOST[1]),
        "headers": http_argument.headers_of(raw),
        "query": target.parameters(),
        "params": route.values(target.path),
        "body": base64.b64encode(asked.body or b"").decode(),
    }


def seen(asked: Asked, answer: Told) -> dict[str, Any]:
    """Return what the client sees, without what the server itself adds."""
    headers = {name.lower(): value for name, value in answer.headers if name.lower() not in OF_THE_SERVER}
    headers.pop("set-cookie", None)
    return {
        "status": answer.status,
        "headers": headers,
        "cookies": [cookie.partition(";")[0] for cookie in answer.header("set-cookie")],
        "body": answer.body,
    }


def told(asked: Asked, result: Any) -> dict[str, Any]:
    """Return what the host makes of the library's `result`: a bare 500 of a failure."""
    if isinstance(result, str):
        return {"status": 500, "headers": {}, "cookies": [], "body": b""}
    headers: dict[str, str] = {}
    for name, value in result["headers"].items():
        headers.setdefault(name.lower(), value)
    return {
        "status": int(result["status"]),
        "headers": {name: value for name, value in headers.items() if name not in OF_THE_SERVER},
        "cookies": result["cookies"],
        "body": b"" if asked.method == "HEAD" else base64.b64decode(result["body"]),
    }


def answered(folder: Path, invocations: list[dict[str, Any]]) -> list[Any]:
    """Return what the library answers."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.worker.production_library"],
        input=json.dumps(invocations),
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT)},
        timeout=LIMIT_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["indexed"] == "ok", answer
    results: list[Any] = answer["results"]
    return results
