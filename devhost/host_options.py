"""Options of host.json: what does it ask for, and what are the host's defaults?

Settings named ``AzureFunctionsJobHost__extensions__queues__batchSize`` and so on win over the file, as in Azure.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devhost import json_files
from devhost.app_settings import AppSettings
from devhost.errors import Refused

DEFAULT_TIMEOUT_SECONDS = 30 * 60.0
"""functionTimeout outside the Consumption plan (there it is 5 minutes, and at most 10)."""

DEFAULT_ROUTE_PREFIX = "api"
"""What routes of HTTP functions begin with, unless extensions.http.routePrefix says otherwise."""

DEVELOPMENT_POLLING_SECONDS = 2.0
"""maxPollingInterval when AZURE_FUNCTIONS_ENVIRONMENT is Development; 60 s otherwise."""

_SPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?")
_QUEUE_KEYS = (
    "batchSize",
    "newBatchThreshold",
    "maxPollingInterval",
    "visibilityTimeout",
    "maxDequeueCount",
    "messageEncoding",
)


@dataclass(frozen=True, slots=True)
class QueueOptions:
    """extensions.queues of host.json. Times in seconds."""

    batch_size: int = 16
    new_batch_threshold: int = 16
    max_polling_seconds: float = 60.0
    visibility_timeout_seconds: int = 0
    max_dequeue_count: int = 5
    base64: bool = True

    @property
    def parallel_limit(self) -> int:
        """The most messages of one queue that run at a time."""
        return self.batch_size + self.new_batch_threshold


@dataclass(frozen=True, slots=True)
class HostOptions:
    """What host.json says. `timeout_seconds` None = unlimited; `only` None = all functions.

    `route_prefix` has no slashes at its ends; empty = none.
    """

    queues: QueueOptions
    timeout_seconds: float | None
    only: frozenset[str] | None
    warnings: tuple[str, ...]
    route_prefix: str = DEFAULT_ROUTE_PREFIX


def read(root: Path, settings: AppSettings, cpus: int | None = None) -> HostOptions:
    """Return the options of the app in folder `root`. Raises Refused where the host would not start."""
    path = root / "host.json"
    if not path.exists():
        raise Refused(f'{path} is missing. The least one is {{"version": "2.0"}}.')
    content = json_files.read_object(path)
    if content.get("version") != "2.0":
        raise Refused(f'{path}: "version" must be "2.0", not {content.get("version")!r}.')
    tree = _folded(content)
    for steps, value in settings.under("AzureFunctionsJobHost").items():
        _put(tree, steps, value)
    queues = _section(path, tree, "extensions", "queues")
    http = _section(path, tree, "extensions", "http")
    names = _section(path, tree).get("functions")
    warnings = [
        f"host.json: extensions.queues has no option {key!r}; the host ignores it."
        for key in queues
        if key not in {known.casefold() for known in _QUEUE_KEYS}
    ]
    warnings += [f"host.json: devhost ignores extensions.http.{key}." for key in http if key != "routeprefix"]
    prefix = http.get("routeprefix")
    return HostOptions(
        queues=_queue_options(queues, settings, cpus or usable_cpus()),
        timeout_seconds=_timeout(tree.get("functiontimeout")),
        only=None if names is None else frozenset(str(name) for name in names),
        warnings=tuple(warnings),
        route_prefix=DEFAULT_ROUTE_PREFIX if prefix is None else str(prefix).strip("/"),
    )


def usable_cpus() -> int:
    """Return how many CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def default_new_batch_threshold(batch_size: int, cpus: int) -> int:
    """Return newBatchThreshold where host.json doesn't give one: half a batch a CPU."""
    return batch_size // 2 * cpus


def parse_span(name: str, value: object) -> float:
    """Return the seconds of a .NET time span such as ``00:00:30`` or ``1.02:00:00``. Raises Refused."""
    match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        hint = " (a bare number would mean days)" if str(value).strip().isdigit() else ""
        raise Refused(f"host.json: {name} is {value!r}; write it as hh:mm:ss, such as 00:00:30{hint}.")
    days, hours, minutes, seconds = (int(part or 0) for part in match.group(1, 2, 3, 4))
    if hours > 23 or minutes > 59 or seconds > 59:
        raise Refused(f"host.json: {name} is {value!r}; hours end at 23, minutes and seconds at 59.")
    return days * 86400 + hours * 3600 + minutes * 60 + seconds + float(f"0.{match.group(5) or 0}")


def _queue_options(queues: Mapping[str, Any], settings: AppSettings, cpus: int) -> QueueOptions:
    def option(name: str, default: Any, read_value: Callable[[str, object], Any]) -> Any:
        value = queues.get(name.casefold())
        return default if value is None else read_value(f"extensions.queues.{name}", value)

    batch_size = option("batchSize", 16, _whole(1, 32))
    development = (settings.get("AZURE_FUNCTIONS_ENVIRONMENT") or "").casefold() == "development"
    polling = option("maxPollingInterval", DEVELOPMENT_POLLING_SECONDS if development else 60.0, parse_span)
    if polling < 0.1:
        raise Refused(f"host.json: extensions.queues.maxPollingInterval is {polling} s; the least is 00:00:00.1.")
    return QueueOptions(
        batch_size=batch_size,
        new_batch_threshold=option(
            "newBatchThreshold", default_new_batch_threshold(batch_size, cpus), _whole(0, 2**31 - 1)
        ),
        max_polling_seconds=polling,
        # The service knows whole seconds only; the host cuts the rest off.
        visibility_timeout_seconds=int(option("visibilityTimeout", 0, parse_span)),
        max_dequeue_count=option("maxDequeueCount", 5, _whole(1, 2**31 - 1)),
        base64=option("messageEncoding", True, _is_base64),
    )


def _whole(least: int, most: int) -> Callable[[str, object], int]:
    def read_value(name: str, value: object) -> int:
        try:
            number = int(str(value))
        except ValueError:
            raise Refused(f"host.json: {name} is {value!r}; it takes a whole number.") from None
        if not least <= number <= most:
            raise Refused(f"host.json: {name} is {number}; it takes {least} to {most}.")
        return number

    return read_value


def _is_base64(name: str, value: object) -> bool:
    encodings = {"base64": True, "none": False}
    if str(value).casefold() not in encodings:
        raise Refused(f'host.json: {name} is {value!r}; it takes "base64" or "none".')
    return encodings[str(value).casefold()]


def _timeout(value: object) -> float | None:
    if value is None:
        return DEFAULT_TIMEOUT_SECONDS
    if str(value) in ("-1", "-00:00:00.0010000"):
        return None
    seconds = parse_span("functionTimeout", value)
    if seconds <= 0:
        raise Refused(f'host.json: functionTimeout is {value!r}; it takes more than zero, or "-1" for no limit.')
    return seconds


def _folded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.casefold(): _folded(item) for key, item in value.items()}
    return value


def _put(tree: dict[str, Any], steps: tuple[str, ...], value: str) -> None:
    for step in steps[:-1]:
        inner = tree.get(step)
        if not isinstance(inner, dict):
            inner = tree[step] = {}
        tree = inner
    tree[steps[-1]] = value


def _section(path: Path, tree: dict[str, Any], *steps: str) -> dict[str, Any]:
    for step in steps:
        tree = tree.get(step) or {}
        if not isinstance(tree, dict):
            raise Refused(f"{path}: {'.'.join(steps)} must be an object.")
    return tree
