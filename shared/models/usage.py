"""Usage and budget of the language model: what did it cost, and may it cost more today?

One usage record per answered call (an error costs nothing) in container usageEvents, and a daily budget over that day's
records. The day is UTC's. Calls under way when the budget is reached are still paid for.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal, InvalidOperation

from shared import clock
from shared.documents.compare_and_set import contended, create_new, in_rounds
from shared.documents.containers import USAGE_EVENTS
from shared.documents.ids import compound, own
from shared.documents.port import Body, Condition, Documents
from shared.errors import Conflict, Misconfigured, RateLimited

BUDGET_GATE = "budget:llm"
ORG, KIND = "app", "llm"
KEPT = timedelta(days=400)
CACHE = timedelta(seconds=30)
"""How long a process goes by its own count before it reads what the others spent since."""
LATE = timedelta(minutes=5)
"""A record may be written so much later than it says, or by a clock so far behind, and is counted all the same."""


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
        """Records that are counted already and will be read again, with their instants."""

    async def check(self) -> None:
        """Raise RateLimited (dependency ``budget:llm``, until 00:00 UTC) when the day's budget is spent."""
        spent = await self.spent()
        if spent < self._budget:
            return
        now = clock.now()
        midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
        raise RateLimited(
            f"The day's budget for models is spent: {spent} of {self._budget} micro-USD. It is full again at 00:00 "
            "UTC; LLM_DAILY_BUDGET_MICRO_USD sets it.",
            code="budget_spent",
            dependency=BUDGET_GATE,
            retry_after=midnight - now,
        )

    async def spent(self) -> int:
        """Return what models cost today, in micro-USD, by the records and the calls of this process since."""
        now, day = clock.now(), clock.text_now()[:10]
        if day != self._day:
            self._day, self._spent, self._read_at = day, 0, None
            self._counted.clear()
        if self._read_at is None or now - self._read_at >= CACHE:
            since: list[Condition] = [("at", ">=", clock.to_text(self._read_at - LATE))] if self._read_at else []
            found = self._documents.query(
                USAGE_EVENTS, partition=_partition(day), where=since, select=("id", "at", "costMicroUsd")
            )
            async for document in found:
                self._count(document.body)
            self._read_at = now
            read_again = clock.to_text(now - LATE)
            self._counted = {key: at for key, at in self._counted.items() if at >= read_again}
        return self._spent

    async def record(self, caller: Caller, model: str, input_tokens: int, output_tokens: int, cost: int) -> None:
        """Store what one answered call cost. Its number is the first that is free: redeliveries may have called too."""
        at, token = clock.text_now(), secrets.token_hex(8)
        partition = _partition(at[:10])
        number = 0

        async def recorded() -> Body:
            nonlocal number
            number = max(number, await self._calls_of(caller, partition)) + 1 if number else 1
            record_id = compound(caller.job_id, str(caller.generation), str(number))
            body: Body = {
                "id": record_id,
                "orgKindDay": partition,
                "orgId": ORG,
                "kind": KIND,
                "at": at,
                "jobId": caller.job_id,
                "generation": caller.generation,
                "call": number,
                "model": model,
                "inputTokens": input_tokens,
                "outputTokens": output_tokens,
                "costMicroUsd": cost,
                "token": token,
                "ttl": int(KEPT.total_seconds()),
                "schemaVersion": 1,
            }
            try:
                await create_new(self._documents, USAGE_EVENTS, body)
            except Conflict:
                standing = await self._documents.get(USAGE_EVENTS, partition, record_id)
                if standing is None or standing.body["token"] != token:
                    raise
                # else our own write, whose answer was lost
            return body

        body = await in_rounds(recorded, contended(USAGE_EVENTS, compound(caller.job_id, str(caller.generation))))
        if at[:10] == self._day:
            self._count(body)

    def _count(self, record: Body) -> None:
        if record["id"] not in self._counted:
            self._counted[record["id"]] = record["at"]
            self._spent += record["costMicroUsd"]

    async def _calls_of(self, caller: Caller, partition: str) -> int:
        return await self._documents.count(
            USAGE_EVENTS,
            partition=partition,
            where=[("jobId", "=", caller.job_id), ("generation", "=", caller.generation)],
        )


def _partition(day: str) -> str:
    return own(ORG, compound(KIND, day))
