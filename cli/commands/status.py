"""`nightshift status`: is all well? Queues and how deep they are, jobs by state with the oldest, open dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli import output, session, times
from cli.errors import Failed
from cli.options import Json

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.documents.port import Documents


def status(as_json: Json = False) -> None:
    """Show queues and their depths, jobs by state with the oldest of each, and open dead letters."""
    found = session.with_documents(_read)
    if as_json:
        output.print_json(found)
    else:
        _show(found)
    problems = [queue["error"] for queue in found["queues"] if queue["error"]]
    if problems:
        raise Failed(problems[0])


async def _read(documents: Documents, settings: Settings) -> dict[str, Any]:
    file = session.settings_file()
    return {
        "settings": {
            "file": str(file) if file else None,
            "documents": settings.documents,
            "store": str(settings.home_folder / settings.sqlite) if settings.documents == "sqlite" else None,
        },
        "queues": await _queues(settings),
        "jobs": [await _jobs(documents, state) for state in _STATES],
        "deadLetters": await _dead_letters(documents),
    }


_STATES = ("queued", "running", "waiting", "completed", "dead", "cancelled", "discarded")
_LIVE = _STATES[:3]


async def _queues(settings: Settings) -> list[dict[str, Any]]:
    from cli import azurite
    from processors.catalogue import registry
    from shared.errors import NightshiftError
    from shared.services import open_queues

    names = [name for kind in registry(settings) for name in (kind.queue, kind.poison_queue)]
    try:
        azurite.require(settings)
        queues = open_queues(settings)
    except NightshiftError as error:
        return [{"name": name, "depth": None, "error": str(error)} for name in names]
    found: list[dict[str, Any]] = []
    try:
        for name in names:
            try:
                depth = await queues.depth(name)
                problem = None if depth is not None else f"There is no queue {name!r}. Create it: nightshift init"
            except NightshiftError as failure:
                depth, problem = None, str(failure)
            found.append({"name": name, "depth": depth, "error": problem})
    finally:
        await queues.close()
    return found


async def _jobs(documents: Documents, state: str) -> dict[str, Any]:
    from cli.jobs_read import IS_JOB
    from shared.documents.containers import JOBS

    since = "generationBegan" if state in _LIVE else "endedAt"
    where: Any = [("status", "=", state), IS_JOB]
    oldest = documents.query(JOBS, where=where, order_by=since, select=("id", since), limit=1)
    first = [document.body async for document in oldest]
    return {
        "state": state,
        "count": await documents.count(JOBS, where=where),
        "oldest": {"id": first[0]["id"], "since": first[0][since]} if first else None,
    }


async def _dead_letters(documents: Documents) -> dict[str, Any]:
    from shared.documents.containers import JOBS

    where: Any = [("status", "=", "dead")]
    oldest = documents.query(JOBS, where=where, order_by="lastFailedAt", select=("lastFailedAt",), limit=1)
    first = [document.body async for document in oldest]
    return {
        "open": await documents.count(JOBS, where=where),
        "oldest": first[0]["lastFailedAt"] if first else None,
    }


def _show(found: dict[str, Any]) -> None:
    settings, letters = found["settings"], found["deadLetters"]
    output.show(
        output.facts(
            {
                "settings": settings["file"] or "the environment alone (there is no local.settings.json)",
                "documents": settings["store"] or settings["documents"],
            }
        )
    )
    queues = output.table("queue", "messages", right=("messages",))
    for queue in found["queues"]:
        queues.add_row(queue["name"], "?" if queue["depth"] is None else str(queue["depth"]))
    jobs = output.table("jobs", "count", "oldest", "id", right=("count",))
    for row in found["jobs"]:
        oldest = row["oldest"] or {}
        jobs.add_row(row["state"], str(row["count"]), times.age(oldest.get("since")), output.plain(oldest.get("id")))
    output.show(queues, jobs)
    if letters["open"]:
        output.show(f"{letters['open']} open dead letters, the oldest of {times.age(letters['oldest'])} ago.")
        output.show("See: nightshift dead-letters list")
    else:
        output.show("No dead letters.")
