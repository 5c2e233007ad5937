"""Benchmark of the console: what does a page cost beside ten thousand runs, and what where there is nothing to show?

The worlds are filled by console_worlds.py.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import azure.functions as func

from api.app import create
from api.bridge import Bridge
from api.ids import encoded
from bench.console_worlds import EMPTY, FILLED, FULL, LAST_RUN, ONE, World, opened
from bench.measuring import Measure, Result, Run

_REQUESTS = 9
_ADDRESS = "http://127.0.0.1:7071"
_FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
_is_cookie = re.compile(r"[^;]+").match
_AIM = 3


@dataclass(frozen=True, slots=True)
class Timed:
    """A page: the name of its measure, its path below /console, and the world that it is compared with."""

    name: str
    path: str
    beside: str = EMPTY


PAGES = (
    Timed("overview", ""),
    Timed("dead_letters", "/dead-letters"),
    Timed("letter", "/dead-letters/letter-0?user=user-0", ONE),
    Timed("jobs", "/jobs"),
    Timed("job", "/jobs/letter-0?user=user-0", ONE),
    Timed("runs", "/runs"),
    Timed("run", f"/runs/{encoded(LAST_RUN)}", ONE),
    Timed("digests", "/digests"),
    Timed("moods", "/moods"),
    Timed("pickup_rate", "/pickup-rate"),
    Timed("metrics", "/metrics?org=acme"),
    Timed("alerts", "/alerts"),
    Timed("rule", "/alerts/rules/rule-0", ONE),
    Timed("history", "/alerts/history"),
    Timed("tasks", "/alerts/tasks"),
)
LISTS = tuple(page for page in PAGES if page.beside == EMPTY)
_NOTE = (
    "What misses the aim doesn't grow: beside one page's worth it costs about as much (the last rows). "
    "It shows more than an empty page can hold. `/dead-letters` reads and parses the 300 letters that failed last for "
    "their causes (some 12 µs each, half of the page) and shows 25; `/alerts` shows 25 rules and 20 alerts, some 85 µs "
    "each to read, check and write as a row."
)


def measure(runs: int) -> Result:
    """Ask each page of both worlds in turn, through the bridge, as the worker makes requests."""
    return Result(
        "console",
        f"Pages of the console beside {FULL}, in SQLite in memory: an operator's request through azure-functions' "
        f"bridge, the median of {_REQUESTS} in turn with the same page where there is nothing (of a page about one "
        "thing: where there is that thing alone), and of a list with the one where there is just a page of each thing. "
        "Processor time of the process, the store's included.",
        f"at most {_AIM} each",
        (
            *(Measure(f"{page.name}_ms", "ms", f"`{page.path or '/'}`") for page in PAGES),
            *(Measure(page.name, "", f"ratio of `{page.path or '/'}`") for page in PAGES),
            Measure("most", "", "the greatest ratio"),
            *(Measure(f"{page.name}_grown", "", f"`{page.path or '/'}` beside one page's worth") for page in LISTS),
        ),
        asyncio.run(_timed(runs)),
        _NOTE,
    )


async def _timed(runs: int) -> list[Run]:
    worlds = {name: await opened(name) for name in (EMPTY, ONE, FILLED, FULL)}
    browsers = {name: await _signed_in(world) for name, world in worlds.items()}
    for page in PAGES:  # templates are compiled, and statements prepared, at the first request
        for name in _worlds_of(page):
            await browsers[name].ask(page.path)
    found = [await _run(browsers) for _ in range(runs)]
    for world in worlds.values():
        await world.services.documents.close()
    return found


async def _run(browsers: Mapping[str, _Browser]) -> Run:
    found: dict[str, float] = {}
    for page in PAGES:
        took = dict(zip(_worlds_of(page), await _in_turn(page, browsers), strict=True))
        full = took[FULL]
        found |= {f"{page.name}_ms": full * 1000, page.name: full / took[page.beside]}
        if FILLED in took:
            found[f"{page.name}_grown"] = full / took[FILLED]
    return {**found, "most": max(found[page.name] for page in PAGES)}


def _worlds_of(page: Timed) -> tuple[str, ...]:
    return (EMPTY, FILLED, FULL) if page in LISTS else (page.beside, FULL)


async def _in_turn(page: Timed, browsers: Mapping[str, _Browser]) -> list[float]:
    names = _worlds_of(page)
    times: list[list[float]] = [[] for _ in names]
    for _ in range(_REQUESTS):
        for took, name in zip(times, names, strict=True):
            began = time.process_time()
            await browsers[name].ask(page.path)
            took.append(time.process_time() - began)
    return [statistics.median(took) for took in times]


@dataclass(frozen=True, slots=True)
class _Browser:
    bridge: Bridge
    cookie: str = ""

    async def ask(self, path: str) -> None:
        answer = await self.bridge.answer(_request("GET", path, {"cookie": self.cookie}))
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}: {answer.get_body().decode()}")


async def _signed_in(world: World) -> _Browser:
    bridge = Bridge(create(world.api))
    form = urlencode({"key": world.key}).encode()
    answer = await bridge.answer(_request("POST", "/sign-in", _FORM, form))
    cookie = _is_cookie(answer.headers["set-cookie"])
    assert cookie is not None, answer.get_body()
    return _Browser(bridge, cookie[0])


def _request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> func.HttpRequest:
    return func.HttpRequest(method=method, url=f"{_ADDRESS}/console{path}", headers=dict(headers), body=body)
