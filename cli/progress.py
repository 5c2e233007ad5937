"""Progress bar on stderr, on a terminal only: a log file gains nothing from one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[], None]
Show = Callable[[int, int | None], None]


@contextmanager
def bar(what: str, total: int | None) -> Iterator[Advance]:
    """Show a bar for `total` steps (None: unknown) while the block runs; it calls what it is given after each."""
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        show(done, total)

    with share(what) as show:
        show(0, total)
        yield advance


@contextmanager
def share(what: str) -> Iterator[Show]:
    """Show a bar while the block runs; it calls what it is given with how many are done, of how many."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from cli.output import progress_console

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=progress_console(), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
