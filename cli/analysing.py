"""How is a file of pictures analysed? On all processors, in the order of the file, each row by itself.

Small files are done in this process: starting others takes as long as some tens of pictures.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from cli import pictures, tables
from cli.errors import Failed
from shared.errors import NightshiftError

COLUMNS = ("id", "title", "image")
WORTH_PROCESSES = 60
"""Rows from which other processes pay off: a picture takes about 10 ms, a process about 0.5 s to start."""
_ROWS_A_CHUNK = 16
_MAX_BYTES = 64 * 1024 * 1024


def analyse(file: Path) -> Iterator[dict[str, Any]]:
    """Yield for each row {"id", "colors", "garments", "styleKeywords", "brand"}, or {"id", "error"}, in order.

    Raises UsageError when the file can't be read as a table.
    """
    rows = list(tables.rows(file, COLUMNS))
    work = [(row, file.parent) for row in rows]
    workers = min(_processors(), len(rows) // (WORTH_PROCESSES // 2))
    if workers < 2:
        yield from map(_analyse_row, work)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts_to_the_parent) as pool:
        yield from pool.map(_analyse_row, work, chunksize=_ROWS_A_CHUNK)


def _analyse_row(work: tuple[tables.Row, Path]) -> dict[str, Any]:
    from processors.taste.analysers.findings import ItemText
    from processors.taste.analysers.local import analyse as analyse_picture

    row, folder = work
    row_id = row.cells.get("id") or None
    try:
        if row.problem:
            raise Failed(f"line {row.line} {row.problem}")
        if row_id is None:
            raise Failed(f"line {row.line}: id is empty")
        if not row.cells["image"]:
            raise Failed(f"line {row.line}: image is empty")
        picture = pictures.read(folder / row.cells["image"], _MAX_BYTES)
        found = analyse_picture(picture, ItemText(title=row.cells["title"]))
    except NightshiftError as error:
        return {"id": row_id, "error": str(error)}
    return {
        "id": row_id,
        "colors": list(found.colors),
        "garments": list(found.garments),
        "styleKeywords": list(found.style_keywords),
        "brand": found.brand,
    }


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
