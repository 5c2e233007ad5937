"""Calls of models: what did they cost, and may they cost more today?

One usage event per answered call (an error costs nothing), and a daily budget over that day's events. The day is UTC's.
Calls under way when the budget is reached are still paid for.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal, InvalidOperation

from shared import clock
from shared.documents.containers import USAGE_EVENTS
from shared.documents.ids import compound, sha256
from shared.documents.port import Body, Documents
from shared.errors import Misconfigured, RateLimited
from shared.rollups.buckets import slice_of
from shared.usage import events
from shared.usage.events import UsageEvent
from shared.usage.places import APP, PARTS, place_of

BUDGET_GATE = "budget:llm"
KIND = "model"
CACHE = timedelta(seconds=30)
"""How long a process goes by its own count before it reads what the others spent since."""
LATE = timedelta(minutes=5)
"""An event may be written so much later than it says, or by a clock so far behind, and is counted all the same."""


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom the model is called: the job and its generation."""

    job_id: str
    generation: int


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, that is millionths of a dollar per token."""

    input: Decimal
    output: Decimal

    def cost_micro_usd(self, input_tokens: int, output_tokens: int) -> int:
        """Return what a call costs, rounded up."""
        cost = self.input * input_tokens + self.output * output_tokens
        return int(cost.to_integral_value(ROUND_CEILING))


def price_of(model: str, setting: str) -> Price:
    """Return the model's price as LLM_PRICES has it. Raises Misconfigured when it hasn't, or can't be read."""
    for entry in setting.replace(",", " ").split():
        name, _, prices = entry.rpartition("=")
        if name != model:
            continue
        try:
            given = [Decimal(price) for price in prices.split("/")]
        except InvalidOperation:
            given = []
        if len(given) != 2 or not all(price.is_finite() and price >= 0 for price in given):
            raise Misconfigured(
                f"Setting LLM_PRICES has {entry!r}; it takes model=input/output in US dollars per million tokens, such "
                "as gpt-4o-mini=0.15/0.60.",
                code="price_unknown",
                dependency=f"model:{model}",
            )
        return Price(*given)
    raise Misconfigured(
        f"Setting LLM_PRICES has no price of model {model!r}, so the daily budget couldn't hold. Add "
        f"{model}=INPUT/OUTPUT in US dollars per million tokens (0/0 for a model of your own).",
        code="price_unknown",
        dependency=f"model:{model}",
    )


class Usage:
    """What one process knows of the day's spending."""

    def __init__(self, documents: Documents, budget_micro_usd: int) -> None:
        self._documents = documents
        self._budget = budget_micro_usd
        self._day = ""
        self._spent = 0
        self._read_at: datetime | None = None
        self._counted: dict[str, str] = {}
        """Events that are counted already and will be read again, with their instants."""

    async def check(self) -> None:
        """Raise RateLimited (dependency ``budget:llm``, until 00:00 UTC) when the day's budget is spent."""
        spent = await self.spent()
        if spent < self._budget:
            return
        now = clock.now()
        midnight = _midnight(now) + timedelta(days=1)
        raise RateLimited(
            f"The day's budget for models is spent: {spent} of {self._budget} micro-USD. It is full again at 00:00 "
            "UTC; LLM_DAILY_BUDGET_MICRO_USD sets it.",
            code="budget_spent",
            dependency=BUDGET_GATE,
            retry_after=midnight - now,
        )

    async def spent(self) -> int:
        """Return what models cost today, in micro-USD, by the events and the calls of this process since."""
        now, day = clock.now(), clock.text_now()[:10]
        if day != self._day:
            self._day, self._spent, self._read_at = day, 0, None
            self._counted.clear()
        if self._read_at is None or now - self._read_at >= CACHE:
            since = _midnight(now) if self._read_at is None else max(_midnight(now), slice_of(self._read_at - LATE))
            await asyncio.gather(*(self._read(part, since) for part in range(PARTS)))
            self._read_at = now
            read_again = clock.to_text(slice_of(now - LATE))
            self._counted = {key: at for key, at in self._counted.items() if at >= read_again}
        return self._spent

    async def record(self, caller: Caller, model: str, input_tokens: int, output_tokens: int, cost: int) -> None:
        """Store what one answered call cost, in micro-USD. A redelivery that calls again is another call.

        The event is kept for longer than the job: its id has the job's hash, since a job's id may name a user.
        """
        now = clock.now()
        event = UsageEvent(
            org=APP,
            kind=KIND,
            id=compound(sha256(caller.job_id)[:16], str(caller.generation), secrets.token_hex(8)),
            occurred_at=now,
            updated_at=now,
            project=model,
            values={"cost_micro_usd": cost, "input_tokens": input_tokens, "output_tokens": output_tokens},
        )
        _, stored = await events.write(self._documents, event)
        if stored["occurredAt"][:10] == self._day:
            self._count(stored)
        await events.mark(self._documents, stored)

    async def _read(self, part: int, since: datetime) -> None:
        found = self._documents.query(
            USAGE_EVENTS,
            partition=place_of(APP, KIND, part),
            where=[("slice", ">=", clock.to_text(since))],
            select=("id", "occurredAt", "values"),
        )
        async for document in found:
            self._count(document.body)

    def _count(self, event: Body) -> None:
        if event["id"] not in self._counted:
            self._counted[event["id"]] = event["occurredAt"]
            self._spent += event["values"]["cost_micro_usd"]


def _midnight(now: datetime) -> datetime:
    return datetime(now.year, now.month, now.day, tzinfo=UTC)
