"""Commands, `nightshift` as a person types it, without a new Python for each: for the demo and for tests.

Starting Python and importing the command line costs more than most commands do, and a demo runs about two hundred. So
one process imports it once, and each command is a fork of that process: a process of its own, with its own environment.
"""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

import operations
from cli import commands

_LIBRARIES = ("aiohttp", "azure.storage.blob.aio", "azure.storage.queue.aio", "numpy", "openai", "rich.table")
"""What commands import only once they need it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command: its exit code, and what it printed."""

    code: int
    out: bytes
    err: bytes


@dataclass(frozen=True, slots=True)
class _Command:
    arguments: Sequence[str]
    environment: Mapping[str, str]
    stdin: Path | None = None
    out: Path | None = None
    err: Path | None = None


def run(arguments: Sequence[str], environment: Mapping[str, str], log: Path | None = None) -> int:
    """Run `nightshift` with `arguments`; return its exit code. It prints for itself, or at the end of file `log`."""
    return _fork(_Command(arguments, environment, out=log, err=log))


def ask(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    stdin: bytes = b"",
    limit_seconds: float | None = None,
) -> Answer:
    """Run `nightshift` with `arguments`; return what it printed.

    Raises TimeoutError when it hasn't ended after `limit_seconds`.
    """
    with tempfile.TemporaryDirectory() as folder:
        typed, out, err = (Path(folder) / name for name in ("in", "out", "err"))
        typed.write_bytes(stdin)
        code = _fork(_Command(arguments, environment, typed, out, err), limit_seconds)
        return Answer(code, out.read_bytes(), err.read_bytes())


def _fork(command: _Command, limit_seconds: float | None = None) -> int:
    process = _server().Process(target=_execute, args=(command,))
    process.start()
    try:
        process.join(limit_seconds)
        if process.exitcode is None:
            raise TimeoutError(f"{command.arguments} has not ended after {limit_seconds} s")
    finally:
        if process.is_alive():
            process.terminate()
            process.join()
    return process.exitcode


@cache
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    used = [
        module.name
        for package in (operations, commands)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    context.set_forkserver_preload(["cli.main", "shared.services", *used, *_LIBRARIES])
    return context


def _execute(command: _Command) -> None:
    os.environ.clear()
    os.environ.update(command.environment)
    time.tzset()
    sys.argv = ["nightshift", *command.arguments]
    _redirect(command.out, 1, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    _redirect(command.err, 2, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    if command.stdin is not None:
        _redirect(command.stdin, 0, os.O_RDONLY)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 (it lives as long as the process)
    from cli.main import main

    main()


def _redirect(file: Path | None, stream: int, flags: int) -> None:
    if file is not None:
        opened = os.open(file, flags, 0o600)
        os.dup2(opened, stream)
        os.close(opened)
