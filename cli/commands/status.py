"""`nightshift status`: is all well? A verdict in words first, then queues, jobs by state, and dead letters."""

from __future__ import annotations

import sys
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session, times, whoami
from cli.options import Json, examples
from cli.remedies import explained, next_step
from shared.errors import NightshiftError

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from operations.ports import Documents
    from operations.status import Status
    from operations.verdict import OpenLetters
    from shared.config import Settings

app = typer.Typer()

_STYLES = {"ok": "green", "warning": "yellow", "wrong": "bold red"}
_CLEAR = "\x1b[H\x1b[2J"


@app.command(epilog=examples("nightshift status", "nightshift status --watch", "nightshift status --json"))
def status(
    watch: Annotated[
        bool, typer.Option("--watch", help="Show it anew until Ctrl-C; with --json one line each.")
    ] = False,
    every: Annotated[float, typer.Option("--every", min=0.5, metavar="SECONDS", help="With --watch: how often.")] = 2.0,
    as_json: Json = False,
) -> None:
    """Say whether all is well: host, gates, dead letters; then queues and depths, and jobs by state."""
    from operations import status

    if watch:
        with suppress(KeyboardInterrupt):
            _watch(every, as_json=as_json)
        return
    found = session.with_documents(lambda documents, settings: status.read(documents, settings, whoami.actor()))
    if as_json:
        output.print_json(_members(found))
    else:
        output.show(*_parts(found))
    problems = [queue.error for queue in found.queues if queue.error]
    if problems:
        raise problems[0] if as_json else typer.Exit(1)  # people have read it first thing


def _watch(every: float, *, as_json: bool) -> None:
    from operations import status

    async def work(documents: Documents, settings: Settings) -> None:
        reading = status.watch(documents, settings, whoami.actor(), every_seconds=every)
        async with aclosing(reading) as readings:  # type: ignore[type-var]
            async for found in readings:
                _show_anew(found, as_json=as_json)

    session.with_documents(work)


def _show_anew(found: Status | NightshiftError, *, as_json: bool) -> None:
    if as_json:
        output.print_json_line({"error": str(found)} if isinstance(found, NightshiftError) else _members(found))
    else:
        sys.stdout.write(_CLEAR if sys.stdout.isatty() else "")
        output.show(*([f"Error: {explained(found)}"] if isinstance(found, NightshiftError) else _parts(found)))
    sys.stdout.flush()


def _members(found: Status) -> dict[str, Any]:
    from operations.answers import to_json

    return {"settings": _settings(), **to_json(found)}


def _settings() -> dict[str, Any]:
    file, settings = session.settings_file(), session.settings()
    return {
        "file": str(file) if file else None,
        "documents": settings.documents,
        "store": str(settings.home_folder / settings.sqlite) if settings.documents == "sqlite" else None,
    }


def _parts(found: Status) -> list[RenderableType]:
    """Return what people are shown: the verdict, then what it was made of."""
    settings, letters = _settings(), found.dead_letters
    file = settings["file"] or "the environment alone (there is no local.settings.json)"
    queues = output.table("queue", "messages", right=("messages",))
    for queue in found.queues:
        queues.add_row(queue.name, "?" if queue.depth is None else str(queue.depth))
    jobs = output.table("jobs", "count", "oldest", "id", right=("count",))
    for row in found.jobs:
        oldest = (times.age(row.oldest.since), output.plain(output.short(row.oldest.id))) if row.oldest else ("", "")
        jobs.add_row(row.state, str(row.count), *oldest)
    return [
        _verdict(found),
        queues,
        jobs,
        *_dead_letters(letters),
        output.facts({"settings": file, "documents": settings["store"] or settings["documents"]}),
    ]


def _verdict(found: Status) -> Table:
    from rich.table import Table
    from rich.text import Text

    shown = Table.grid(padding=(0, 2))
    shown.add_column()
    shown.add_column(overflow="fold")
    if all(remark.level == "ok" for remark in found.verdict):
        shown.add_row(
            Text("ok", style=_STYLES["ok"]), "All is well: nothing is held back, and there are no dead letters."
        )
    for remark in found.verdict:
        shown.add_row(Text(remark.level, style=_STYLES[remark.level]), output.plain(remark.message))
        if step := next_step(remark.code, remark.fields):
            shown.add_row("", output.plain(step))
    return shown


def _dead_letters(letters: OpenLetters) -> list[RenderableType]:
    """Return how many there are, and why that isn't the number of dead jobs."""
    from rich.text import Text

    if not letters.open:
        return ["No dead letters."]
    said = f"{output.counted(letters.open, 'open dead letter')}, the oldest of {times.age(letters.oldest)}."
    if letters.of_messages:
        jobs, messages = letters.of_jobs, letters.of_messages
        said += f" {jobs} {'is a job' if jobs == 1 else 'are jobs'} (dead, above), {messages} "
        said += "is a message that was no job's." if messages == 1 else "are messages that were no jobs'."
    return [Text(said), "See: nightshift dead-letters list"]
