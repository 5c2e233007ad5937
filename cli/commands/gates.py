"""`nightshift gates`: what is held back now, and who lets it go on?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session, times, whoami
from cli.errors import NotFound
from cli.options import Json, examples
from shared.errors import UsageError

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.documents.port import Documents
    from shared.jobs.gates import Gate

app = typer.Typer(help="Gates: dependencies and queues that are held back.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Such as queue:taste-analysis-jobs.")]


@app.command("list", epilog=examples("nightshift gates list", "nightshift gates list --json"))
def list_(as_json: Json = False) -> None:
    """List the closed gates: since when, until when, why and by whom."""

    async def work(documents: Documents, _: Settings) -> list[Gate]:
        from shared.jobs.gates import Gates

        return await Gates(documents).all()

    gates = session.with_documents(work)
    if as_json:
        output.print_json(output.items(_view(gate) for gate in gates))
        return
    if not gates:
        output.note("Every gate is open.")
        return
    shown = output.table("gate", "closed", "until", "by", "why")
    for gate in gates:
        view = _view(gate)
        until = "somebody opens it" if gate.due is None else view["due"]
        shown.add_row(
            *map(output.plain, (gate.name, f"{times.age(view['closedAt'])} ago", until, gate.by, gate.reason))
        )
    output.show(shown)


@app.command(
    epilog=examples(
        "nightshift gates close queue:taste-analysis-jobs --reason 'model is being moved'",
        "nightshift gates close queue:taste-analysis-jobs --reason deploy --for 30m",
    )
)
def close(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; shown to whoever wonders.")],
    length: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="Such as 30m or 2h. Default: until it is opened.")
    ] = None,
) -> None:
    """Hold back the jobs of a queue or a dependency. Workers see it within 2 s; jobs that run go on."""

    async def work(documents: Documents, settings: Settings) -> Gate:
        from processors.catalogue import registry
        from shared import clock
        from shared.jobs.gates import Gates

        known = sorted({gate for kind in registry(settings) for gate in kind.gates})
        if name not in known:
            raise UsageError(f"No kind of job has a gate {name!r}. Gates are: {', '.join(known)}")
        until = clock.now() + _duration(length) if length else None
        return await Gates(documents).close(name, reason=reason, by=whoami.operator(), until=until)

    gate = session.with_documents(work)
    until = _view(gate)["due"] or f"nightshift gates open {name}"
    output.show(f"{name} is closed until {until}.")


@app.command("open", epilog=examples("nightshift gates open queue:taste-analysis-jobs"))
def open_(name: Name) -> None:
    """Open a gate, whoever closed it. Held jobs go on when they are due: at once when a message wakes them."""

    async def work(documents: Documents, _: Settings) -> bool:
        from shared.jobs.gates import Gates

        return await Gates(documents).open(name)

    if not session.with_documents(work):
        raise NotFound(f"Gate {name!r} isn't closed. See: nightshift gates list")
    output.show(f"{name} is open.")


def _duration(text: str) -> timedelta:
    from shared import clock

    length = clock.now() - times.since(text)
    if length <= timedelta():
        raise UsageError(f"{text!r} is no length of time. Write 30m, 2h or 3d.")
    return length


def _view(gate: Gate) -> dict[str, Any]:
    from shared import clock

    return {
        "name": gate.name,
        "closedAt": clock.to_text(gate.closed_at),
        "due": clock.to_text(gate.due) if gate.due else None,
        "reason": gate.reason,
        "by": gate.by,
    }
