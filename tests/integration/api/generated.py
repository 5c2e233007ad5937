"""Requests that are generated from the served document, and answers that are checked against it.

Every check of schemathesis is made but those in LEFT_OUT. The app runs in a loop of its own, in a thread.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from shared import clock
from shared.blobs.containers import WARDROBE_IMAGES
from tests import azurite
from tests.integration.api.worlds import ADDRESS, ApiWorld, key_of
from tests.integration.jobs.worlds import MovingClock

_T = TypeVar("_T")

LEFT_OUT = {
    "positive_data_acceptance": "Business rules refuse what the schema allows: 404, 409, 422.",
    "negative_data_rejection": "Texts of numbers and unknown parameters in a query are taken, as the web does.",
    "unsupported_method": "Its own requests don't go through this app's loop; test_conventions has it.",
    "ignored_auth": "Its own requests don't go through this app's loop; test_who_may has every route.",
    "missing_required_header": "No header is required.",
    "use_after_free": "For sequences of requests; these are single ones.",
    "ensure_resource_availability": "For sequences of requests; these are single ones.",
    "object_level_authorization": "For sequences of requests; test_who_may has every route.",
    "max_response_time": "Tests never assert timings.",
}
_DANGEROUS = {"sources_preview_source"}
"""Operations that would ask other servers."""


class Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Return what `work` returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def stop(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


@contextmanager
def running(time: MovingClock, storage: str) -> Iterator[tuple[Loop, ApiWorld]]:
    """Run a world with a few things in it, in a loop of its own."""
    loop = Loop()

    async def opened() -> ApiWorld:
        world = ApiWorld(time, storage)
        await world.blobs.ensure(WARDROBE_IMAGES)
        for number in range(3):
            await world.like(f"hat-{number}")
            await world.dead(f"coat-{number}", user="bo")
        await world.likes("ada", hats=1.0)
        return world

    world = loop.run(opened())
    try:
        yield loop, world
    finally:
        loop.run(world.close())
        loop.stop()


def check_all(loop: Loop, world: ApiWorld, cases: int, seed_: int = 0) -> tuple[int, dict[str, str]]:
    """Ask each operation with so many generated requests; return how many there were, and each one's first flaw."""
    load_all_checks()
    asked = 0
    flaws: dict[str, str] = {}
    document = loop.run(_document(world))
    schema = schemathesis.openapi.from_dict(document)
    excluded = [CHECKS.get_one(name) for name in LEFT_OUT if name in CHECKS.get_all_names()]
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.definition.raw["operationId"] in _DANGEROUS:
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                strategy = operation.as_strategy(generation_mode=mode)
            except schemathesis.errors.InvalidSchema:
                continue

            @seed(seed_)
            @settings(
                max_examples=cases,
                database=None,
                deadline=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=strategy)
            def one(case: Any) -> None:
                nonlocal asked
                asked += 1
                kwargs = case.as_transport_kwargs(base_url=ADDRESS)
                prepared = requests.Request(**{k: v for k, v in kwargs.items() if k in _REQUEST}).prepare()
                if len(prepared.url or "") > _LONGEST_URL:
                    return
                answer = loop.run(_asked(world, prepared))
                case.validate_response(answer, excluded_checks=excluded)

            try:
                one()
            except (Exception, BaseExceptionGroup) as error:
                if "Unsatisfiable" not in type(error).__name__:
                    flaws.setdefault(f"{operation.label} {mode.name}", f"{type(error).__name__}: {error}"[:3000])
    return asked, flaws


_LONGEST_URL = 60_000
"""The client's own limit is a little above."""
_REQUEST = ("method", "url", "headers", "params", "data", "json", "cookies", "files")


async def _document(world: ApiWorld) -> Any:
    async with world.client(None) as client:
        return (await client.get("/api/openapi.json")).json()


async def _asked(world: ApiWorld, prepared: requests.PreparedRequest) -> httpx.Response:
    headers = {str(name): str(value) for name, value in prepared.headers.items()}
    headers["x-api-key"] = key_of("admin")
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    async with world.client(None) as client:
        return await client.request(
            str(prepared.method),
            str(prepared.url),
            headers=[(n.encode("latin-1", "replace"), v.encode("latin-1", "replace")) for n, v in headers.items()],
            content=body,
        )


def main() -> None:
    """Ask as often as the command line says, and tell what was wrong: ``… generated CASES [SEED]``, per operation."""
    cases, seed_ = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    moving = MovingClock()
    with (
        tempfile.TemporaryDirectory() as folder,
        azurite.running(Path(folder)) as storage,
        clock.running_on(lambda: moving.now),
        running(moving, storage.connection_string) as (loop, world),
    ):
        asked, flaws = check_all(loop, world, cases, seed_)
    print(f"{asked} requests, seed {seed_}: {len(flaws)} flaws")
    for operation, flaw in flaws.items():
        print(f"\n{operation}\n{flaw}")
    sys.exit(bool(flaws))


if __name__ == "__main__":
    main()
