"""What does each queue function of a function app do with one message?

``python -m tests.integration.functions.invoked`` indexes the function_app.py of the current folder as the host's worker
does, and calls each function on a queue with the message of its name (tests/queue_functions.py). It prints one JSON
document: by function, the queue that its trigger names, and what it raised.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from azure.functions.queue import QueueMessage

from devhost import indexing
from shared import clock
from shared.jobs.worker import runtime
from tests import queue_functions


async def invoke() -> dict[str, dict[str, str]]:
    """Call each queue function once; return what was seen."""
    seen = {}
    for function in indexing.index(Path.cwd()):
        if function.trigger_type != "queueTrigger":
            continue
        raised = ""
        if function.name in queue_functions.FUNCTIONS:
            try:
                await function.call(message_of(function.name))
            except Exception as error:
                raised = f"{type(error).__name__}: {error}"
        seen[function.name] = {"queue": function.trigger["queueName"], "raised": raised}
    await runtime().services.close()
    return seen


def message_of(name: str) -> QueueMessage:
    """Return the message of a function, as the host's worker makes it."""
    return QueueMessage(
        id=name, body=queue_functions.body(name), dequeue_count=1, insertion_time=clock.now(), pop_receipt="receipt"
    )


if __name__ == "__main__":
    print(json.dumps(asyncio.run(invoke())))
