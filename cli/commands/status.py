"""`nightshift status`: is all well? Queues and how deep they are, jobs by state with the oldest, open dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli import output, session, times, whoami
from cli.options import Json

if TYPE_CHECKING:
    from operations.status import Status


def status(as_json: Json = False) -> None:
    """Show queues and their depths, jobs by state with the oldest of each, and open dead letters."""
    from operations import status
    from operations.answers import to_json

    found = session.with_documents(lambda documents, settings: status.read(documents, settings, whoami.actor()))
    if as_json:
        output.print_json({"settings": _settings(), **to_json(found)})
    else:
        _show(found)
    problems = [queue.error for queue in found.queues if queue.error]
    if problems:
        raise problems[0]


def _settings() -> dict[str, Any]:
    file, settings = session.settings_file(), session.settings()
    return {
        "file": str(file) if file else None,
        "documents": settings.documents,
        "store": str(settings.home_folder / settings.sqlite) if settings.documents == "sqlite" else None,
    }


def _clocks(clocks: dict[str, Any]) -> list[str]:
    """Return what is wrong with clocks, a line each."""
    here = clocks["here"]
    lines = [
        f"The clock of {worker['machine']} is off by {worker['aheadSeconds']:+.0f} s: it takes no work."
        for worker in clocks["workers"]
    ]
    if here is not None and here["off"]:
        lines.append(f"This machine's clock is off by {here['aheadSeconds']:+.0f} s: times shown here are wrong.")
    return lines


def _show(found: Status) -> None:
    settings, letters = _settings(), found.dead_letters
    output.show(
        output.facts(
            {
                "settings": settings["file"] or "the environment alone (there is no local.settings.json)",
                "documents": settings["store"] or settings["documents"],
            }
        )
    )
    queues = output.table("queue", "messages", right=("messages",))
    for queue in found.queues:
        queues.add_row(queue.name, "?" if queue.depth is None else str(queue.depth))
    jobs = output.table("jobs", "count", "oldest", "id", right=("count",))
    for row in found.jobs:
        oldest = (times.age(row.oldest.since), output.plain(output.short(row.oldest.id))) if row.oldest else ("", "")
        jobs.add_row(row.state, str(row.count), *oldest)
    output.show(queues, jobs)
    for line in _clocks(found.clocks):
        output.note(line)
    if letters.open:
        output.show(f"{letters.open} open dead letters, the oldest of {times.age(letters.oldest)}.")
        output.show("See: nightshift dead-letters list")
    else:
        output.show("No dead letters.")
