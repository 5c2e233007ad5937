"""Lifecycle of the development host: how does it start, run and stop?

It starts every listener, says ready, and waits for SIGTERM or SIGINT. Then nothing new is received and what runs is
finished, within a limit; a second signal ends it at once. A message that was not finished comes again by itself.
When the worker is lost (functionTimeout, sys.exit) the process starts anew in place, as the real host starts another
worker: all calls in flight are lost, and their messages come again when their visibility ends; HTTP requests get a bare
500. It keeps its identity, and so the locks of its timers, and its listening socket.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from devhost import host_id, host_options, indexing, listening_socket, local_settings
from devhost.admin_server import AdminServer
from devhost.app_settings import AppSettings
from devhost.errors import Refused
from devhost.host_options import HostOptions
from devhost.http_listener import HttpPlace
from devhost.invocation import Invoker
from devhost.listeners import Listener
from devhost.open_requests import OpenRequests
from devhost.plan import Planned, Planner, Times

STOP_LIMIT_SECONDS = 30.0
READY_LINE = "devhost ready"

_INSTANCE = "DEVHOST_INSTANCE_ID"

EXIT_OK = 0
EXIT_UNFINISHED = 1

_log = logging.getLogger("devhost")


@dataclass(frozen=True, slots=True)
class Run:
    """How to run: the app's folder, what to run of it, the port of the admin API, and the times that may be changed.

    `port` None: the usual one, or another if that is taken.
    """

    root: Path
    only: frozenset[str] | None = None
    stop_limit_seconds: float = STOP_LIMIT_SECONDS
    port: int | None = None
    times: Times = field(default_factory=Times)


def run(how: Run) -> NoReturn:
    """Run the app until a signal ends it, then exit the process. Raises Refused when the real host would not start."""
    instance_id = os.environ.pop(_INSTANCE, "") or str(uuid.uuid4())
    handed_over = os.environ.pop(listening_socket.VARIABLE, "")
    begun_with, begun_in = {**os.environ, _INSTANCE: instance_id}, Path.cwd()
    local_settings.apply(how.root)
    os.environ.setdefault("AZURE_FUNCTIONS_ENVIRONMENT", "Development")
    settings = AppSettings(dict(os.environ))
    _check_runtime(settings)
    options = host_options.read(how.root, settings)
    os.chdir(how.root)
    functions = indexing.index(how.root)
    listening = listening_socket.listen(how.port, handed_over)
    place = HttpPlace(listening_socket.address(listening), OpenRequests())

    def lose_worker(reason: str) -> None:
        place.open_requests.fail()
        _start_anew(reason, {**begun_with, **listening_socket.hand_over(listening)}, begun_in)

    invoker = Invoker(how.root, options.timeout_seconds, lose_worker)
    options = options if how.only is None else replace(options, only=how.only)
    planner = Planner(settings, options, invoker, how.times, host_id.of(how.root, settings), instance_id, place)
    code = asyncio.run(_serve(how, options, functions, planner, invoker, listening))
    logging.shutdown()
    sys.stdout.flush()
    # Threads of functions that are still running would keep the interpreter from exiting.
    os._exit(code)


async def _serve(
    how: Run,
    options: HostOptions,
    functions: list[indexing.IndexedFunction],
    planner: Planner,
    invoker: Invoker,
    listening: socket.socket,
) -> int:
    planned = planner.plan(functions)
    running = {plan.function.name: plan.listener for plan in planned if plan.listener is not None}
    if not running:
        _introduce(how, options, planned, None)
        raise Refused("No function is left to run.")
    errors = {plan.function.name: plan.note for plan in planned if plan.in_error}
    admin = AdminServer(listening, planner.host_id, running, errors, planner.homepage)
    _introduce(how, options, planned, admin)
    listeners: list[Listener] = [*running.values(), admin]
    stop = _stop_on_signals()
    invoker.start()
    starting = asyncio.gather(*(listener.start() for listener in listeners))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait((starting, stopped), return_when=asyncio.FIRST_COMPLETED)
    if not stop.is_set():
        tasks = await starting
        print(READY_LINE, flush=True)
        ended, _ = await asyncio.wait((stopped, *tasks), return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            await task  # one that ends by itself ends in an error: of devhost, or of the environment
    _log.warning("Stopping: receiving no more, finishing what runs (limit %g s).", how.stop_limit_seconds)
    stopping = asyncio.gather(*(listener.stop() for listener in listeners))
    _, unfinished = await asyncio.wait((stopping,), timeout=how.stop_limit_seconds)
    if unfinished:
        _log.error(
            "%d invocations did not finish in %g s; their messages come again when their visibility ends.",
            sum(listener.running() for listener in listeners), how.stop_limit_seconds,
        )  # fmt: skip
        logging.shutdown()
        os._exit(EXIT_UNFINISHED)
    await planner.close()
    return EXIT_OK


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()

    def on_signal(number: int) -> None:
        if stop.is_set():
            _log.error("Stopped at once by a second signal.")
            logging.shutdown()
            os._exit(128 + number)
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number)
    return stop


def _introduce(how: Run, options: HostOptions, planned: list[Planned], admin: AdminServer | None) -> None:
    queues = options.queues
    print("devhost: a development host for Azure Functions in Python. Production is Azure Functions itself.")
    print(f"  app     {how.root}")
    print(
        f"  queues  batches of {queues.batch_size}, at most {queues.parallel_limit} messages of a queue at a time, "
        f"poison after {queues.max_dequeue_count} deliveries, {'base64' if queues.base64 else 'plain'} bodies"
    )
    if admin is not None:
        print(f"  admin   {admin.describe()}/admin/host/status")
    width = max((len(plan.function.name) for plan in planned), default=0)
    for plan in planned:
        print(f"  {plan.function.name:{width}}  {plan.note}", flush=True)
    for warning in options.warnings:
        _log.warning("%s", warning)
    for plan in planned:
        if plan.in_error:
            _log.error("%s is %s", plan.function.name, plan.note)


def _check_runtime(settings: AppSettings) -> None:
    runtime = settings.get("FUNCTIONS_WORKER_RUNTIME") or "python"
    if runtime != "python":
        raise Refused(f"FUNCTIONS_WORKER_RUNTIME is {runtime!r}; this app needs python.")


def _start_anew(reason: str, environ: Mapping[str, str], folder: Path) -> None:
    _log.error(
        "%s. The worker is lost with every call in flight, and starts anew; their messages come again when their "
        "visibility ends, and requests got a bare 500.",
        reason,
    )
    logging.shutdown()
    sys.stdout.flush()
    os.chdir(folder)
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], dict(environ))
