"""Plan of the host: which functions run, on which listener, and why don't the others?"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from azure.storage.queue.aio import QueueServiceClient

from devhost import connections, http_route, retry_policy, schedules
from devhost.app_settings import AppSettings
from devhost.connections import Connection
from devhost.errors import FunctionInError
from devhost.host_clock import HostClock
from devhost.host_options import HostOptions
from devhost.http_listener import BODY_LIMIT_BYTES, HttpListener, HttpPlace
from devhost.indexing import IndexedFunction
from devhost.invocation import Invoker
from devhost.listeners import Listener
from devhost.ncrontab import NEVER
from devhost.queue_listener import RECEIVE_VISIBILITY_SECONDS, QueueListener
from devhost.restart_notice import RestartNotice
from devhost.singleton_lock import LEASE_SECONDS, RETRY_SECONDS, SingletonLock
from devhost.timer_listener import Timer, TimerListener

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobServiceClient

_FUNCTION_NAME = re.compile(r"(?!host$)[a-z][a-z0-9_-]{0,127}", re.IGNORECASE)
_ARGUMENT_NAME = re.compile(r"(?!.*__)[a-z][a-z0-9_]{0,127}", re.IGNORECASE)
_QUEUE_NAME = re.compile(r"(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")

_log = logging.getLogger("devhost")


@dataclass(frozen=True, slots=True)
class Planned:
    """One function: `listener` None when it doesn't run, with the reason in `note`."""

    function: IndexedFunction
    listener: Listener | None
    note: str
    in_error: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """The host's fixed times, in seconds, and its clock: tests alone change them."""

    receive_visibility: float = RECEIVE_VISIBILITY_SECONDS
    lock_lease: int = LEASE_SECONDS
    lock_retry: float = RETRY_SECONDS
    clock: HostClock = field(default_factory=HostClock)


class Planner:
    """Gives each function its listener; functions of one connection share one HTTP session.

    `host_id` names the app's locks and statuses, `instance_id` (a UUID) this process.
    """

    def __init__(
        self,
        settings: AppSettings,
        options: HostOptions,
        invoker: Invoker,
        times: Times,
        host_id: str,
        instance_id: str,
        place: HttpPlace,
    ) -> None:
        self._settings = settings
        self._options = options
        self._invoker = invoker
        self._times = times
        self.host_id = host_id
        self._instance_id = instance_id
        self._place = place
        self._http: str | None = None
        self._clients: dict[Connection, QueueServiceClient] = {}
        self._notice = RestartNotice()

    def plan(self, functions: Sequence[IndexedFunction]) -> list[Planned]:
        """Return what becomes of each of `functions`, in their order."""
        return [self._planned(function) for function in functions]

    async def close(self) -> None:
        """Close the sessions."""
        for client in self._clients.values():
            await client.close()
        if "_blobs" in self.__dict__:
            await self._blobs.close()

    def _planned(self, function: IndexedFunction) -> Planned:
        if self._options.only is not None and function.name not in self._options.only:
            return Planned(function, None, "left out: not among the functions asked for")
        if self._settings.is_disabled(function.name):
            return Planned(function, None, f"disabled by AzureWebJobs.{function.name}.Disabled")
        if function.trigger_type not in ("queueTrigger", "timerTrigger", "httpTrigger"):
            return Planned(function, None, f"not run: devhost has no {function.trigger_type}")
        try:
            _check_names(function)
            listener, note = self._listener(function)
        except FunctionInError as error:
            return Planned(function, None, f"IN ERROR: {error}", in_error=True)
        return Planned(function, listener, note)

    def _listener(self, function: IndexedFunction) -> tuple[Listener, str]:
        is_http = function.trigger_type == "httpTrigger"
        others = [binding for binding in function.others if not (is_http and binding["type"] == "http")]
        if others:
            kinds = ", ".join(str(binding["type"]) for binding in others)
            raise FunctionInError(f"it has other bindings beside its trigger ({kinds}), which devhost can't give it")
        if function.trigger_type == "timerTrigger":
            timer = self._timer_listener(function)
            return timer, timer.describe()
        if function.retry:
            kind = "HTTP" if is_http else "queue"
            _log.warning("%s: @app.retry isn't supported for %s triggers; the host ignores it.", function.name, kind)
        if is_http:
            http = self._http_listener(function)
            return http, http.describe()
        return self._queue_listener(function)

    @property
    def homepage(self) -> bool:
        """Whether the path ``/`` is the host's own page."""
        return not _is_true(self._settings.get("AzureWebJobsDisableHomepage"))

    def _http_listener(self, function: IndexedFunction) -> Listener:
        route = http_route.parse(function, self._options.route_prefix, self.homepage)
        if self._http is not None:
            raise FunctionInError(f"{self._http} has the same route, and devhost serves one HTTP function")
        if not function.has_return:
            raise FunctionInError("it answers by func.Out, which devhost can't give it. Write @app.route and return")
        limit = self._settings.get("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT") or ""
        self._http = function.name
        return HttpListener(
            function, route, self._invoker, self._place, int(limit) if limit.isdecimal() else BODY_LIMIT_BYTES
        )

    @cached_property
    def _blobs(self) -> BlobServiceClient:
        """The host's own blobs, always in AzureWebJobsStorage."""
        return connections.open_blobs(connections.resolve(connections.DEFAULT_NAME, self._settings, "blob"))

    def _timer_listener(self, function: IndexedFunction) -> Listener:
        from devhost.host_blobs import LockBlob, StatusBlob  # imported here: apps without timers need no blobs

        trigger = function.trigger
        schedule = schedules.parse(self._settings.fill(str(trigger["schedule"])))
        if schedule.after(self._times.clock.now()) == NEVER:
            raise FunctionInError(f"its schedule {schedule} never fires")
        has_status = _is_true(trigger.get("useMonitor", True)) and not schedule.fires_within_each_minute()
        timer = Timer(
            function,
            schedule,
            StatusBlob(self._blobs, self.host_id, function.name) if has_status else None,
            retry_policy.parse(function.retry),
            _is_true(trigger.get("runOnStartup", False)),
        )
        blob = LockBlob(self._blobs, self.host_id, function.name, self._instance_id)
        lock = SingletonLock(function.name, blob, self._notice, self._times.lock_lease)
        listener = TimerListener(timer, lock, self._invoker, self._times.clock, self._times.lock_retry)
        self._notice.watch(listener)
        return listener

    def _queue_listener(self, function: IndexedFunction) -> tuple[Listener, str]:
        name = self._settings.fill(str(function.trigger["queueName"])).lower()
        if not _QUEUE_NAME.fullmatch(name):
            raise FunctionInError(
                f"{name!r} can't be a queue's name: 3 to 63 small letters, digits and single hyphens, none at an end"
            )
        connection = connections.resolve(str(function.trigger.get("connection") or ""), self._settings)
        client = self._clients.get(connection)
        if client is None:
            client = self._clients[connection] = connections.open_queues(connection)
        if not connections.is_local(client.url):
            _log.warning(
                "%s: %s is no storage of this machine. devhost is for development; two hosts on one queue compete.",
                function.name, connection.setting,
            )  # fmt: skip
        listener = QueueListener(
            function, name, client, self._options.queues, self._invoker, self._notice, self._times.receive_visibility
        )
        return listener, f"{listener.describe()} ({connection.setting})"


def _is_true(value: object) -> bool:
    return str(value).casefold() == "true"


def _check_names(function: IndexedFunction) -> None:
    if not _FUNCTION_NAME.fullmatch(function.name):
        raise FunctionInError(
            "its name must be a letter and up to 127 letters, digits, hyphens or underscores, and not 'host'"
        )
    if not _ARGUMENT_NAME.fullmatch(function.trigger["name"]):
        raise FunctionInError(
            f"its argument {function.trigger['name']!r} must begin with a letter and hold no double underscore"
        )
