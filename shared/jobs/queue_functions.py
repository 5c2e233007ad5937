"""Queue functions: which functions of the app serve a kind of job?

Two: one on the kind's queue, and its …Dlq on the poison queue, where the host puts what it gave up on. The runtime and
the kind are imported at the first message: what is imported here, every cold start pays for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import azure.functions as func  # at run time: the worker resolves the functions' annotations in this module

if TYPE_CHECKING:
    from shared.jobs.worker import KindOf


def queue_job(app: func.FunctionApp, name: str, queue_setting: str, kind_of: KindOf, about: str) -> None:
    """Register the two functions of a kind: `name` and, on the poison queue, `name`Dlq.

    `queue_setting` is the setting that names the kind's queue. `kind_of` returns the kind; it is called with each
    message, and imports its parts then. `about` says what becomes of a message: the function's docstring.
    """

    async def deliver(message: func.QueueMessage) -> None:
        from shared.jobs import worker

        await worker.deliver(kind_of, message)

    async def deliver_poison(message: func.QueueMessage) -> None:
        from shared.jobs import worker

        await worker.deliver_poison(kind_of, message)

    _register(app, name, f"%{queue_setting}%", deliver, about)
    _register(
        app,
        f"{name}Dlq",
        f"%{queue_setting}%-poison",
        deliver_poison,
        f"Turns a message of {name} that the host gave up on into a dead letter.",
    )


def _register(
    app: func.FunctionApp,
    name: str,
    queue: str,
    function: Callable[[func.QueueMessage], Awaitable[None]],
    about: str,
) -> None:
    function.__doc__ = about
    trigger = app.queue_trigger(
        arg_name="message",
        queue_name=queue,
        connection="AzureWebJobsStorage",
        data_type=func.DataType.BINARY,  # or the host would lay the body's keys over the message's metadata
    )
    app.function_name(name)(trigger(function))
