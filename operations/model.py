"""The language model: whether it answers, and what it costs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from operations.actor import Actor
from shared import clock
from shared.config import Settings
from shared.documents.port import Documents
from shared.errors import Permanent, RateLimited, Refused, Transient
from shared.jobs.gates import Gates
from shared.models.client import described, gate_of
from shared.models.model import Model, Question
from shared.usage.budget import BUDGET_GATE, Caller


@dataclass(frozen=True, slots=True)
class HeldGate:
    """A closed gate that keeps jobs from the model. `due` None: until somebody opens it."""

    name: str
    due: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Answered:
    """How the model answered one tiny question, and what it cost."""

    asked: str
    model: str
    in_use: bool
    seconds: float
    input_tokens: int
    output_tokens: int
    cost_micro_usd: int
    spent_micro_usd: int
    budget_micro_usd: int
    closed_gates: tuple[HeldGate, ...]


class _Ready(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ready: bool


async def check(documents: Documents, settings: Settings, by: Actor) -> Answered:
    """Ask the model one tiny question. Raises Misconfigured, or Refused that says how it failed."""
    by.require("operator")
    model = Model(settings, documents)
    began = time.monotonic()
    question = Question("Answer by the schema that you are ready.", {})
    try:
        answered = await model.ask(question, _Ready, Caller(f"llm-check.{clock.text_now()}", 0))
        spent = await model.usage.spent()
    except RateLimited as error:
        wait = f" It says to wait {error.retry_after.total_seconds():g} s." if error.retry_after else ""
        raise Refused(f"{error}.{wait} Jobs wait by themselves.".replace("..", "."), code=error.code) from error
    except Transient as error:
        asked = described(settings)
        raise Refused(
            f"{error}. The model is {asked}. Try again; if it fails again, check that address.", code="model_silent"
        ) from error
    except Permanent as error:
        raise Refused(
            f"{error}. Is {settings.openai_model} a chat model that looks at pictures?", code="model_refuses"
        ) from error
    finally:
        await model.close()
    concerned = (gate_of(settings.openai_model), BUDGET_GATE)
    gates = [gate for gate in await Gates(documents).all() if gate.name in concerned]
    return Answered(
        asked=described(settings),
        model=settings.openai_model,
        in_use=settings.taste_analyser == "openai",
        seconds=round(time.monotonic() - began, 2),
        input_tokens=answered.input_tokens,
        output_tokens=answered.output_tokens,
        cost_micro_usd=answered.cost_micro_usd,
        spent_micro_usd=spent,
        budget_micro_usd=settings.llm_daily_budget_micro_usd,
        closed_gates=tuple(HeldGate(gate.name, gate.due, gate.reason) for gate in gates),
    )
