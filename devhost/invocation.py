"""Invocation: how is a function called, and what counts as its failure?

Async functions share the event loop, so a blocking call in one holds up all; sync functions share a pool of
min(32, CPUs + 4) threads. A value returned without a `$return` binding is a failure. A call that outlasts
functionTimeout, or that exits the interpreter, takes down the worker with every call in flight.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devhost.errors import DevhostError
from devhost.host_options import usable_cpus
from devhost.indexing import IndexedFunction

_local = threading.local()


class ReturnedValue(DevhostError):
    """The function returned a value that no binding takes."""


@dataclass(frozen=True, slots=True)
class RetryContext:
    """Which retry of @app.retry a call is (0: the first call), and how many there may be (-1: no limit)."""

    retry_count: int
    max_retry_count: int


@dataclass(frozen=True, slots=True)
class Context:
    """What a parameter named `context` gets: the members of azure.functions.Context that exist without a host."""

    invocation_id: str
    thread_local_storage: threading.local
    function_name: str
    function_directory: str
    trace_context: None = None
    retry_context: RetryContext | None = None


class Invoker:
    """Calls functions, and watches how long they take.

    `timeout_seconds` None = no limit. `lose_worker` gets the reason when the worker is lost; it should not return.
    """

    def __init__(self, root: Path, timeout_seconds: float | None, lose_worker: Callable[[str], None]) -> None:
        self._root = root
        self._timeout = timeout_seconds
        self._lose_worker = lose_worker
        self._pool = ThreadPoolExecutor(max_workers=min(32, usable_cpus() + 4), thread_name_prefix="function")
        self._running: dict[int, tuple[str, float]] = {}
        self._numbers = iter(range(2**63)).__next__

    def start(self) -> None:
        """Begin to watch for calls that outlast the limit."""
        if self._timeout is not None:
            # A thread, since a function that blocks the event loop must be found out too.
            threading.Thread(target=self._watch, args=(self._timeout,), name="function-timeout", daemon=True).start()

    async def call(self, function: IndexedFunction, argument: object, retry: RetryContext | None = None) -> object:
        """Call `function` with its trigger's `argument`; return what it returned.

        Raises whatever it raises, and ReturnedValue when no binding takes what it returned.
        """
        number = self._numbers()
        self._running[number] = (function.name, time.monotonic())
        try:
            arguments = {function.trigger["name"]: argument}
            if function.signature.needs_context:
                arguments["context"] = self._context(function, retry)
            if function.signature.is_async:
                result = await function.call(**arguments)
            else:
                result = await self._call_in_thread(function, arguments)
        except SystemExit as exit_:
            self._lose_worker(f"Function {function.name} called sys.exit({exit_.code!r})")
            raise
        finally:
            del self._running[number]
        if result is not None and not function.has_return:
            raise ReturnedValue(
                f"Function {function.name} returned a {type(result).__name__}, but has no $return binding: the worker "
                "counts that as a failure. Return nothing."
            )
        return result

    async def _call_in_thread(self, function: IndexedFunction, arguments: dict[str, Any]) -> object:
        context = contextvars.copy_context()
        call = function.call
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: context.run(call, **arguments))

    def _context(self, function: IndexedFunction, retry: RetryContext | None) -> Context:
        return Context(str(uuid.uuid4()), _local, function.name, str(self._root), retry_context=retry)

    def _watch(self, timeout: float) -> None:
        while True:
            time.sleep(min(1.0, timeout / 4))
            now = time.monotonic()
            for name, began in list(self._running.values()):
                if now - began > timeout:
                    self._lose_worker(f"Function {name} outlasted functionTimeout ({timeout:g} s)")
                    return
