"""Sending: how does a job's message go into its queue?

With the trace that its job has, so that whoever reads the trace sees every message of the job in it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shared.jobs import messages
from shared.queues.port import Queues
from shared.telemetry import signals


async def send(
    queues: Queues,
    queue: str,
    payload: dict[str, Any],
    *,
    generation: int | None,
    traceparent: str | None,
    delay: timedelta = timedelta(),
) -> str | None:
    """Send the message of a stored payload; return the traceparent that it has.

    Raises BadMessage (``too_large``) over 64 KB, and what `Queues.send` raises.
    """
    with signals.current().sending(queue, messages.traceparent_of(traceparent)) as sent:
        await queues.send(queue, messages.compose(payload, generation=generation, traceparent=sent), delay=delay)
    return sent
