"""`nightshift explain`: why is a thing where it is, and what happens next?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session, whoami
from cli.options import Json, UserFilter, examples
from cli.remedies import explanation_step

if TYPE_CHECKING:
    from operations.explain.answer import Answer

app = typer.Typer()

Id = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="A job, run (NAME/SLOT), alert rule, source or dead letter: its id, name, or the beginning of its id. "
        "job:ID, run:ID, rule:ID, source:ID or dead-letter:ID says which sort is meant.",
    ),
]
Client = Annotated[
    str | None, typer.Option("--client", metavar="CLIENT", help="Only alert rules of this client. Default: the app's.")
]


@app.command(
    epilog=examples(
        "nightshift explain 5f2c9a",
        "nightshift explain 5f2c9a --user ada --json",
        "nightshift explain digest/2026-W48",
        "nightshift explain 'Few pickups' --client acme",
        "nightshift explain source:shop",
    )
)
def explain(id: Id, user: UserFilter = None, client: Client = None, as_json: Json = False) -> None:
    """Explain why a job, run, alert rule, source or dead letter is where it is, and what happens next."""
    from operations.explain.asking import explain

    found = session.with_documents(
        lambda documents, settings: explain(documents, settings, whoami.actor(), id, user=user, client=client)
    )
    step = explanation_step(found.code, found.fields)
    if as_json:
        from operations.answers import to_json

        told = {name: value for name, value in to_json(found).items() if name != "fields"}
        output.print_json({**told, "remedy": step or None})
        return
    output.show(paragraph(found))
    if step:
        output.show(step)


def paragraph(answer: Answer) -> str:
    """Return an explanation as one paragraph: the thing, and what its sentences say of it."""
    of = f" of {answer.scope}" if answer.scope is not None and answer.what != "source" else ""
    return f"{answer.what.capitalize()} {answer.id}{of} {'; '.join(answer.sentences)}."
