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
    from shared import clock

    shown = output.table("gate", "closed", "until", "by", "why")
    for gate in gates:
        view = _view(gate)
        if gate.due is None:
            until = "somebody opens it"
        else:
            until = "now: the next job tries it" if gate.due_at(clock.now()) else view["due"]
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
        from shared import audit, clock
        from shared.jobs.gates import Gates

        known = sorted({gate for kind in registry(settings) for gate in kind.gates})
        if name not in known:
            raise UsageError(f"No kind of job has a gate {name!r}. Gates are: {', '.join(known)}")
        until = clock.now() + _duration(length) if length else None
        by = whoami.operator()
        closed = await Gates(documents).close(name, reason=reason, by=by, until=until)
        due = clock.to_text(until) if until else None
        await audit.write(documents, "close gate", by=by, gate=name, why=reason, until=due)
        return closed

    gate = session.with_documents(work)
    until = _view(gate)["due"] or f"somebody opens it: nightshift gates open {name}"
    output.show(f"{name} is closed until {until}")


@app.command("open", epilog=examples("nightshift gates open queue:taste-analysis-jobs"))
def open_(name: Name) -> None:
    """Open a gate, whoever closed it. New jobs pass at once; those it held look again by themselves."""

    async def work(documents: Documents, _: Settings) -> bool:
        from shared import audit
        from shared.jobs.gates import Gates

        opened = await Gates(documents).open(name)
        if opened:
            await audit.write(documents, "open gate", by=whoami.operator(), gate=name)
        return opened

    if not session.with_documents(work):
        raise NotFound(f"Gate {name!r} isn't closed. See: nightshift gates list")
    output.show(f"{name} is open. Jobs that it held look again by themselves, the last within 5 minutes or when due.")


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
