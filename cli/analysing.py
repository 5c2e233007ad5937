"""How is a file of pictures analysed? On all processors, in the order of the file, each row by itself.

Small files are done in this process: starting others takes as long as some tens of pictures.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import pictures, tables
from cli.errors import Failed
from shared.errors import NightshiftError

if TYPE_CHECKING:
    from processors.taste.analysers.findings import Findings
    from shared.config import Settings

COLUMNS = ("id", "title", "image")
WORTH_PROCESSES = 60
"""Rows from which other processes pay off: a picture takes about 10 ms, a process about 0.5 s to start."""
_ROWS_A_CHUNK = 16
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Item:
    """One picture to analyse: a path in `folder` or an address, and what is known of it or wrong with it."""

    id: str | None
    title: str
    image: str
    folder: Path
    problem: str | None = None


def items_of(file: Path) -> list[Item]:
    """Return the items of a CSV file. Raises UsageError when it can't be read as a table."""
    return [_item(row, file.parent) for row in tables.rows(file, COLUMNS)]


def needs_settings(items: Iterable[Item]) -> bool:
    """Return whether any picture is to be fetched."""
    return any(pictures.is_url(item.image) for item in items)


def analyse(items: Sequence[Item], settings: Settings | None) -> Iterator[dict[str, Any]]:
    """Yield for each item {"id", "colors", "garments", "styleKeywords", "brand"}, or {"id", "error"}, in order.

    `settings` say how to fetch; None when no picture is to be fetched.
    """
    work = [(item, settings) for item in items]
    workers = min(_processors(), len(items) // (WORTH_PROCESSES // 2))
    if workers < 2:
        yield from map(_analyse_item, work)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts_to_the_parent) as pool:
        yield from pool.map(_analyse_item, work, chunksize=_ROWS_A_CHUNK)


def check(item: Item) -> None:
    """Raise Failed when there is nothing to look at."""
    if item.problem:
        raise Failed(item.problem)


def found(item: Item, findings: Findings) -> dict[str, Any]:
    """Return what an analysis found, as it is printed."""
    return {
        "id": item.id,
        "colors": list(findings.colors),
        "garments": list(findings.garments),
        "styleKeywords": list(findings.style_keywords),
        "brand": findings.brand,
    }


def not_found(item: Item, error: NightshiftError) -> dict[str, Any]:
    """Return why an item could not be analysed, as it is printed."""
    return {"id": item.id, "error": str(error)}


def read(item: Item) -> bytes:
    """Return the bytes of the picture in a local file. Raises Failed."""
    return pictures.read(item.folder / item.image, _MAX_BYTES)


def _item(row: tables.Row, folder: Path) -> Item:
    item_id, image = row.cells.get("id") or None, row.cells.get("image", "")
    problem = None
    if row.problem:
        problem = f"line {row.line} {row.problem}"
    elif item_id is None or not image:
        problem = f"line {row.line}: {'image' if item_id else 'id'} is empty"
    return Item(item_id, row.cells.get("title", ""), image, folder, problem)


def _analyse_item(work: tuple[Item, Settings | None]) -> dict[str, Any]:
    from processors.taste.analysers.findings import ItemText
    from processors.taste.analysers.local import analyse as analyse_picture

    item, settings = work
    try:
        check(item)
        picture = _fetched(item.image, settings) if settings and pictures.is_url(item.image) else read(item)
        return found(item, analyse_picture(picture, ItemText(title=item.title)))
    except NightshiftError as error:
        return not_found(item, error)


def _fetched(url: str, settings: Settings) -> bytes:
    from cli import fetching

    async def one() -> bytes:
        async with fetching.fetcher(settings) as fetcher:
            return await fetching.picture(fetcher, url, settings)

    return asyncio.run(one())


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
