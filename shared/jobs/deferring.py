"""Deferring: how does a message stay in its queue until it is its time?

Its own visibility is set; nothing is copied. What a gate holds back for long is left so that whoever opens the gate
finds it (held_messages.py).
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from shared import clock
from shared.errors import NightshiftError
from shared.jobs import held_messages
from shared.jobs.gates import Gates
from shared.jobs.held_messages import NOTED_FROM, HeldMessage
from shared.jobs.outcome import Outcome
from shared.queues.port import Delivery
from shared.services import Services

_log = logging.getLogger("nightshift.jobs")


class Deferring:
    """Defers the messages of one process."""

    def __init__(self, services: Services, gates: Gates) -> None:
        self._services = services
        self._gates = gates

    async def defer(self, delivery: Delivery, outcome: Outcome, wait: timedelta) -> None:
        """Let the message of `outcome` come back after `wait`."""
        receipt = await self.postpone(delivery, wait)
        if receipt is None or outcome.gate is None or wait <= NOTED_FROM:
            return
        try:
            await self._left_at_gate(replace(delivery, pop_receipt=receipt), outcome, outcome.gate, wait)
        except NightshiftError as error:
            _log.warning("message %s waits for gate %s unnoted: %s", delivery.id, outcome.gate, error)

    async def postpone(self, delivery: Delivery, wait: timedelta) -> str | None:
        """Let the message come back after `wait`; return its new receipt, None when that couldn't be said."""
        try:
            return await self._services.queues.postpone(delivery, wait)
        except NightshiftError:
            return None  # host.json's visibilityTimeout brings the message back all the same

    async def _left_at_gate(self, delivery: Delivery, outcome: Outcome, gate: str, wait: timedelta) -> None:
        """Note the message, then look whether the gate is still closed.

        Whoever opened it meanwhile looked for notes before this one was there, or after: one of the two wakes it.
        """
        documents = self._services.documents
        if outcome.unrecorded:
            held = HeldMessage(gate, outcome.kind, delivery, clock.now() + wait, outcome.asked)
            await held_messages.note(documents, held)
        if not await self._gates.is_closed(gate):
            await self.postpone(delivery, timedelta())
