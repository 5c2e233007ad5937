"""`nightshift schedule`: when does which timer fire next, and does it fire?"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session, times
from cli.options import Json

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.documents.port import Body, Documents
    from shared.schedules import Schedule


def schedule(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only this timer or run.")] = None,
    count: Annotated[int, typer.Option("--count", min=1, max=100, help="So many firings of each.")] = 3,
    as_json: Json = False,
) -> None:
    """Show each timer with its next firings in UTC and in local time, and how its last one went."""

    async def work(documents: Documents, settings: Settings) -> list[dict[str, Any]]:
        return await _timers(documents, settings, count)

    found = session.with_documents(work)
    if name is not None:
        from shared.errors import UsageError

        known = ", ".join(sorted(timer["name"] for timer in found))
        found = [timer for timer in found if name in (timer["name"], timer["timer"])]
        if not found:
            raise UsageError(f"There is no timer {name!r}; known are: {known}.")
    if as_json:
        output.print_json(output.items(found))
        return
    shown = output.table("timer", "schedule", "next (UTC)", "next (here)", "last", "what")
    for timer in found:
        shown.add_row(
            output.plain(timer["name"]),
            timer["schedule"],
            "\n".join(firing["utc"][:19].replace("T", " ") for firing in timer["next"]),
            "\n".join(firing["local"][:19].replace("T", " ") for firing in timer["next"]),
            _last(timer["last"]),
            output.plain(timer["about"]),
        )
    output.show(shown)


async def _timers(documents: Documents, settings: Settings, count: int) -> list[dict[str, Any]]:
    from cli import runs_read
    from processors.catalogue import HOUSEKEEPING, run_definitions
    from shared.heartbeats import all_of

    beats = await all_of(documents)
    timers = []
    for run in run_definitions(settings):
        latest = await runs_read.entries(documents, [("status", "!=", "missed")], name=run.name, limit=1)
        last = {"at": latest[0]["openedAt"], "outcome": latest[0]["status"]} if latest else None
        timers.append(_timer(run.name, run.timer, "run", run.schedule, run.about, last, count))
    for tick in HOUSEKEEPING:
        last = _outcome(beats.get(tick.name))
        timers.append(_timer(tick.name, tick.name, "housekeeping", tick.schedule, tick.about, last, count))
    return timers


def _timer(
    name: str, function: str, what: str, schedule: Schedule, about: str, last: dict[str, Any] | None, count: int
) -> dict[str, Any]:
    from shared import clock

    now = clock.now()
    firings = list(islice(schedule.firings_after(now), count))
    return {
        "name": name,
        "timer": function,
        "kind": what,
        "schedule": schedule.expression,
        "about": about,
        "next": [{"utc": clock.to_text(at), "local": at.astimezone().isoformat(timespec="seconds")} for at in firings],
        "last": last,
    }


def _outcome(beat: Body | None) -> dict[str, Any] | None:
    if beat is None:
        return None
    error, succeeded, started = beat.get("lastError") or {}, beat.get("lastSuccess", ""), beat["lastStart"]
    if max(error.get("at", ""), succeeded) < started:
        outcome = "hasn't ended"
    else:
        outcome = "ok" if succeeded >= error.get("at", "") else error["code"]
    return {"at": started, "outcome": outcome}


def _last(last: dict[str, Any] | None) -> str:
    return f"{times.age(last['at'])} ago: {output.plain(last['outcome'])}" if last else "never"
