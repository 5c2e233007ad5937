"""Is what a process opens closed, exactly once, and only if it was opened?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from shared.config import Settings
from shared.services import Services

LATE = ("fetcher", "blob_accounts", "model", "embedder")


class Tracked:
    """Something open that notes when it is closed."""

    def __init__(self, name: str, closed: list[str], *, fails: bool = False) -> None:
        self.name = name
        self._closed = closed
        self._fails = fails

    async def close(self) -> None:
        """Note it, or fail."""
        self._closed.append(self.name)
        if self._fails:
            raise OSError(f"{self.name} can't be closed")


def services(closed: list[str], **settings: Any) -> Services:
    """Return services whose stores note their closing in `closed`."""
    of = Settings(**settings)
    return Services(of, *(cast(Any, Tracked(name, closed)) for name in ("documents", "queues", "blobs")))


def track(opened: Any, name: str, closed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Note the closing of a service that was opened late."""
    close = opened.close

    async def noted() -> None:
        closed.append(name)
        await close()

    monkeypatch.setattr(opened, "close", noted)


@pytest.mark.parametrize("name", LATE)
def test_what_is_opened_late_is_opened_once_per_process(name: str) -> None:
    mine = services([], openai_api_key="k")

    assert getattr(mine, name) is getattr(mine, name)


async def test_only_what_was_opened_is_closed_the_last_first() -> None:
    closed: list[str] = []
    mine = services(closed)

    await mine.close()

    assert closed == ["queues", "blobs", "documents"]


async def test_what_was_opened_late_is_closed_before_what_it_uses_in_the_reverse_order_of_opening(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed: list[str] = []
    mine = services(closed, openai_api_key="k")
    for name in ("model", "embedder", "fetcher", "blob_accounts"):
        track(getattr(mine, name), name, closed, monkeypatch)

    await mine.close()

    late = ["blob_accounts", "fetcher", "embedder", "model"]
    assert closed == [*late, "queues", "blobs", "documents"]


async def test_what_a_workload_opens_for_itself_is_opened_once_and_closed_before_all_that_it_may_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed: list[str] = []
    mine = services(closed)

    def parcels(of: Services) -> Tracked:
        return Tracked("parcels", closed)

    first = mine.opened_once(parcels)
    assert mine.opened_once(parcels) is first
    track(mine.fetcher, "fetcher", closed, monkeypatch)
    await mine.close()

    assert closed == ["parcels", "fetcher", "queues", "blobs", "documents"]
    assert mine.opened_once(parcels) is not first


async def test_what_was_opened_late_is_closed_once_and_opened_anew_after(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    mine = services(closed)
    first = mine.fetcher
    track(first, "fetcher", closed, monkeypatch)

    await mine.close()
    await mine.close()

    assert closed.count("fetcher") == 1
    assert mine.fetcher is not first


async def test_one_that_cannot_be_closed_keeps_no_other_open() -> None:
    closed: list[str] = []
    mine = replace(services(closed), queues=cast(Any, Tracked("queues", closed, fails=True)))

    with pytest.raises(OSError, match="queues can't be closed"):
        await mine.close()

    assert closed == ["queues", "blobs", "documents"]


def test_services_of_other_settings_open_their_own() -> None:
    mine = services([])
    before = mine.embedder

    assert replace(mine, settings=Settings()).embedder is not before
