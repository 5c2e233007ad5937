"""`nightshift schedule`: when does each timer fire next, and did its last firing succeed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session, times, whoami
from cli.options import Json, examples

if TYPE_CHECKING:
    from operations.timers import Firing

app = typer.Typer()


@app.command(epilog=examples("nightshift schedule", "nightshift schedule --count 10 --json"))
def schedule(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only this timer or run.")] = None,
    count: Annotated[int, typer.Option("--count", min=1, max=100, help="Number of firings to show of each timer.")] = 3,
    as_json: Json = False,
) -> None:
    """Show each timer's next firings in UTC and local time, and the outcome of its last one."""
    from operations import timers

    found = session.with_documents(
        lambda documents, settings: timers.all_timers(documents, settings, whoami.actor(), name=name, count=count)
    )
    if as_json:
        output.print_json(found)
        return
    shown = output.table(
        *("timer", "schedule", "next (UTC)", "next (here)", "last", "what"),
        text="what",
        beneath=("last", "schedule", "next (here)"),
    )
    for timer in found.items:
        shown.add_row(
            output.plain(timer.name),
            timer.schedule,
            "\n".join(f"{firing.utc:%Y-%m-%d %H:%M:%S}" for firing in timer.next),
            "\n".join(firing.local[:19].replace("T", " ") for firing in timer.next),
            _last(timer.last),
            output.plain(timer.about),
        )
    output.show(shown)


def _last(last: Firing | None) -> str:
    return f"{times.age(last.at)}: {output.plain(last.outcome)}" if last else "never"
