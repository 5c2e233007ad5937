"""Commands of the demo: `nightshift` as a person types it, without a new Python for each.

Starting Python and importing the command line costs more than most commands do, and the demo runs about a hundred. So
one process imports it once, and each command is a fork of that process: a process of its own, with its own environment.
"""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

import operations

_LIBRARIES = ("aiohttp", "azure.storage.blob.aio", "azure.storage.queue.aio", "numpy", "openai", "rich.table")
"""What commands import only once they need it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command: its exit code, and what it printed."""

    code: int
    out: str
    err: str


def run(arguments: Sequence[str], environment: Mapping[str, str], log: Path | None = None) -> int:
    """Run `nightshift` with `arguments`; return its exit code. It prints for itself, or at the end of file `log`."""
    return _fork(arguments, environment, log, log)


def ask(arguments: Sequence[str], environment: Mapping[str, str]) -> Answer:
    """Run `nightshift` with `arguments`; return what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        code = _fork(arguments, environment, out, err)
        return Answer(code, out.read_text("utf-8"), err.read_text("utf-8"))


def _fork(arguments: Sequence[str], environment: Mapping[str, str], out: Path | None, err: Path | None) -> int:
    process = _server().Process(target=_command, args=(list(arguments), dict(environment), out, err))
    process.start()
    try:
        process.join()
    finally:
        if process.is_alive():
            process.terminate()
            process.join()
    return process.exitcode or 0


@cache
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    used = [module.name for module in pkgutil.walk_packages(operations.__path__, "operations.")]
    context.set_forkserver_preload(["cli.main", "shared.services", *used, *_LIBRARIES])
    return context


def _command(arguments: list[str], environment: dict[str, str], out: Path | None, err: Path | None) -> None:
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["nightshift", *arguments]
    for file, stream in ((out, 1), (err, 2)):
        if file is not None:
            opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(opened, stream)
            os.close(opened)
    from cli.main import main

    main()
