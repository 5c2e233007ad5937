"""Three calls through a client that was generated: ``python -m tests.client.calls FOLDER`` (a package in that folder).

The app runs in this process, on a store and on Azurite of its own. Exits 1 when an answer isn't what the client says.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

from shared import clock
from tests import azurite
from tests.integration.api.worlds import ADDRESS, ApiWorld, key_of
from tests.integration.jobs.worlds import MovingClock

PACKAGE = "nightshift_client"


async def call(world: ApiWorld) -> None:
    """Ask for a job, list it, and ask for one that there isn't."""
    made: Any = importlib.import_module(PACKAGE)
    models: Any = importlib.import_module(f"{PACKAGE}.models")
    ask, listed, show = (
        importlib.import_module(f"{PACKAGE}.api.jobs.jobs_{name}")
        for name in ("ask_for_taste_analysis", "list_jobs", "show_job")
    )
    client = made.AuthenticatedClient(
        base_url=ADDRESS,
        token=key_of("admin"),
        auth_header_name="X-API-Key",
        prefix="",
        httpx_args={"transport": httpx.ASGITransport(world.app)},
    )
    like = models.TasteJob(user_id="ada", item_id="hat", image_url="https://shop.example/hat.png")

    asked = await ask.asyncio_detailed(client=client, body=like)
    found = await listed.asyncio_detailed(client=client, user="ada")
    none = await show.asyncio_detailed("none", client=client)

    assert (asked.status_code, asked.parsed.items[0].answer) == (202, "accepted"), asked
    assert (found.status_code, found.parsed.items[0].id) == (200, asked.parsed.items[0].id), found
    assert (none.status_code, none.parsed.code) == (404, "job_not_found"), none


def main() -> None:
    """Make the calls."""
    sys.path.insert(0, sys.argv[1])
    moving = MovingClock()

    async def run(storage: str) -> None:
        world = ApiWorld(moving, storage)
        try:
            await call(world)
        finally:
            await world.close()

    with (
        tempfile.TemporaryDirectory() as folder,
        azurite.running(Path(folder)) as storage,
        clock.running_on(lambda: moving.now),
    ):
        asyncio.run(run(storage.connection_string))
    print("The generated client's three calls were answered as its types say.")


if __name__ == "__main__":
    main()
