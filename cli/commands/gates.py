"""`nightshift gates`: which dependencies and queues are held back, and how are they opened?"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, progress, session, times, whoami
from cli.options import Json, examples

if TYPE_CHECKING:
    from operations.gates import Opened
    from shared.jobs.opening import LetGo
    from shared.services import Services

app = typer.Typer(name="gates", help="Gates: dependencies and queues that are held back.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Such as queue:taste-analysis-jobs.")]


@app.command("list", epilog=examples("nightshift gates list", "nightshift gates list --json"))
def list_(as_json: Json = False) -> None:
    """List the closed gates: since when, until when, why and by whom."""
    from operations import gates

    found = session.with_documents(lambda documents, settings: gates.closed(documents, settings, whoami.actor()))
    if as_json:
        output.print_json(found)
        return
    if not found.items:
        output.note("Every gate is open.")
        return
    from shared import clock

    shown = output.table("gate", "closed", "until", "holds", "by", "why", text="why", beneath=("by",))
    for gate in found.items:
        if gate.due is None:
            until = "somebody opens it"
        else:
            until = "now: the next job tries it" if gate.due <= clock.now() else times.short(gate.due)
        holds = output.counted(gate.jobs, "job")
        if gate.messages:
            holds += f", {output.counted(gate.messages, 'message')}"
        cells = (gate.name, times.ago(gate.closed_at), until, holds, gate.by, gate.reason)
        shown.add_row(*map(output.plain, cells))
    output.show(shown)


@app.command(
    epilog=examples(
        "nightshift gates close queue:taste-analysis-jobs --reason 'model is being moved'",
        "nightshift gates close queue:taste-analysis-jobs --reason deploy --for 30m",
    )
)
def close(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Reason, shown by gates list.")],
    length: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="Such as 30m or 2h. Default: until it is opened.")
    ] = None,
) -> None:
    """Hold back the jobs of a queue or a dependency. Workers see it within 2 s; jobs that run go on."""
    from operations import gates
    from shared import clock

    until = clock.now() + times.duration(length) if length else None
    gate = session.with_documents(
        lambda documents, settings: gates.close(documents, settings, whoami.actor(), name, reason=reason, until=until)
    )
    shown = clock.to_text(gate.due) if gate.due else f"somebody opens it: nightshift gates open {name}"
    output.show(f"{name} is closed until {shown}")


@app.command("open", epilog=examples("nightshift gates open queue:taste-analysis-jobs"))
def open_(name: Name, as_json: Json = False) -> None:
    """Open a gate, whoever closed it, and wake what it held back: jobs, and messages that nobody has begun."""
    from operations import gates

    async def work(services: Services) -> tuple[Opened, list[LetGo]]:
        by = whoami.actor()
        opened = await gates.open_(services, by, name)
        done = []
        with progress.bar("Waking", len(opened.held)) as advance:
            async with aclosing(gates.let_go(services, by, opened)) as waking:  # type: ignore[type-var]
                async for one in waking:
                    done.append(one)
                    advance()
        return opened, done

    opened, done = session.with_services(work)
    woken = [one for one in done if one.woken]
    jobs = sum(not one.is_message for one in woken)
    if as_json:
        answer = {"name": name, "woken": {"jobs": jobs, "messages": len(woken) - jobs}}
        output.print_json({**answer, "stillClosed": opened.still_closed})
        return
    output.show(f"{name} is open. {_woken(jobs, len(woken) - jobs)}")
    for gate in opened.still_closed:
        output.note(f"Gate {gate} is closed still, and holds back some of the same jobs. See: nightshift gates list")


def _woken(jobs: int, messages: int) -> str:
    """Return what goes on now, as a sentence."""
    if not jobs + messages:
        return "It held nothing back."
    said = f"Woken: {output.counted(jobs, 'job')}"
    if messages:
        said += f", and {output.counted(messages, 'message')} that no job has begun with"
    return f"{said}."
