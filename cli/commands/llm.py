"""`nightshift llm`: does the model answer, and what does it cost?"""

from __future__ import annotations

import typer

from cli import output, session, whoami
from cli.options import Json, examples

app = typer.Typer(name="llm", help="The language model that TASTE_ANALYSER=openai asks.", no_args_is_help=True)


@app.callback()
def _start() -> None:
    """Keep `check` a command of its own while it is the only one."""


@app.command(epilog=examples("nightshift llm check", "nightshift llm check --json"))
def check(as_json: Json = False) -> None:
    """Ask the model one tiny question; print its answer and cost, or what is wrong and what to do."""
    from operations import model
    from shared import clock

    found = session.with_documents(lambda documents, settings: model.check(documents, settings, whoami.actor()))
    if as_json:
        output.print_json(found)
        return
    output.show(
        output.facts(
            {
                "asked": found.asked,
                "model": found.model,
                "answered in": f"{found.seconds} s",
                "tokens": f"{found.input_tokens} in, {found.output_tokens} out",
                "cost": f"{found.cost_micro_usd} micro-USD",
                "spent today": f"{found.spent_micro_usd} of {found.budget_micro_usd} micro-USD",
                "pictures": "looked at by it" if found.in_use else "not looked at by it (TASTE_ANALYSER=local)",
            }
        )
    )
    for gate in found.closed_gates:
        until = clock.to_text(gate.due) if gate.due else "somebody opens it"
        output.note(
            f"Its gate {gate.name} is closed until {until} ({gate.reason}). "
            f"Jobs wait; to let them go now: nightshift gates open {gate.name}"
        )
