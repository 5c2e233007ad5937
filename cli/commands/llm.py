"""`nightshift llm`: does the model answer, and what does it cost?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import typer

from cli import output, session
from cli.errors import Failed
from cli.options import Json, examples
from shared.errors import Permanent, RateLimited, Transient

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.documents.port import Documents

app = typer.Typer(help="The language model that TASTE_ANALYSER=openai asks.", no_args_is_help=True)


@app.callback()
def _start() -> None:
    """Keep `check` a command of its own while it is the only one."""


@app.command(epilog=examples("nightshift llm check", "nightshift llm check --json"))
def check(as_json: Json = False) -> None:
    """Ask the model one tiny question; say how it answered, what it cost, or what is wrong and what to do."""
    found = session.with_documents(_ask)
    if as_json:
        output.print_json(found)
        return
    output.show(
        output.facts(
            {
                "asked": found["asked"],
                "model": found["model"],
                "answered in": f"{found['seconds']} s",
                "tokens": f"{found['inputTokens']} in, {found['outputTokens']} out",
                "cost": f"{found['costMicroUsd']} micro-USD",
                "spent today": f"{found['spentMicroUsd']} of {found['budgetMicroUsd']} micro-USD",
                "pictures": "looked at by it" if found["inUse"] else "not looked at by it (TASTE_ANALYSER=local)",
            }
        )
    )
    for gate in found["closedGates"]:
        output.note(
            f"Its gate {gate['name']} is closed until {gate['due'] or 'somebody opens it'} ({gate['reason']}). "
            f"Jobs wait; to let them go now: nightshift gates open {gate['name']}"
        )


async def _ask(documents: Documents, settings: Settings) -> dict[str, Any]:
    from pydantic import BaseModel, ConfigDict

    from shared import clock
    from shared.jobs.gates import Gates
    from shared.llm import Model, Question
    from shared.llm_client import described, gate_of
    from shared.llm_usage import BUDGET_GATE, Caller

    class Ready(BaseModel):
        model_config = ConfigDict(extra="forbid")

        ready: bool

    model = Model(settings, documents)
    began = time.monotonic()
    try:
        answered = await model.ask(
            Question("Answer by the schema that you are ready.", {}), Ready, Caller(f"llm-check.{clock.text_now()}", 0)
        )
        spent = await model.usage.spent()
    except RateLimited as error:
        wait = f" It says to wait {error.retry_after.total_seconds():.0f} s." if error.retry_after else ""
        raise Failed(f"{error}.{wait} Jobs wait by themselves.".replace("..", "."), code=error.code) from error
    except Transient as error:
        asked = described(settings)
        raise Failed(f"{error}. Asked was {asked}. Try again; if it stays, check that address.") from error
    except Permanent as error:
        raise Failed(f"{error}. Is {settings.openai_model} a chat model that looks at pictures?") from error
    finally:
        await model.close()
    gates = [
        gate for gate in await Gates(documents).all() if gate.name in (gate_of(settings.openai_model), BUDGET_GATE)
    ]
    return {
        "asked": described(settings),
        "model": settings.openai_model,
        "inUse": settings.taste_analyser == "openai",
        "seconds": round(time.monotonic() - began, 2),
        "inputTokens": answered.input_tokens,
        "outputTokens": answered.output_tokens,
        "costMicroUsd": answered.cost_micro_usd,
        "spentMicroUsd": spent,
        "budgetMicroUsd": settings.llm_daily_budget_micro_usd,
        "closedGates": [
            {"name": gate.name, "due": clock.to_text(gate.due) if gate.due else None, "reason": gate.reason}
            for gate in gates
        ],
    }
