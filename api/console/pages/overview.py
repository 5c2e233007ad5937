"""Overview: is anything wrong? One line in words, then jobs, dead letters, alerts, gates, money and queues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.responses import Response

from api.console.page import Page
from api.console.visit import Visit, link
from operations import overview
from operations.overview import Overview
from operations.runs import Run
from operations.verdict import QueueDepth
from shared.errors import NightshiftError


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is wrong: how bad, in words, and the page (its address, its name) that shows more of it."""

    level: str
    text: str
    href: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class QueuePair:
    """A queue and its poison queue. None stands for a depth that isn't known."""

    name: str
    depth: int | None
    poison: int | None
    error: NightshiftError | None


async def show(visit: Visit) -> Response:
    """Show everything at a glance."""
    found = await overview.read(visit.services, visit.actor)
    told = list(_told(found))
    wrong = [one for one in told if one.level == "wrong"]
    warnings = [one for one in told if one.level == "warning"]
    worst = "wrong" if wrong else "warning" if warnings else "ok"
    return visit.page(
        "overview.html",
        command="nightshift status",
        worst=worst,
        headline=_headline(found, wrong, warnings),
        said=told if len(told) > 1 else told[:1] if told and told[0].href else (),
        jobs=found.jobs,
        bars={job.name: _bars(job.latest) for job in found.jobs},
        letters=found.status.dead_letters,
        alerts=found.alerts,
        gates=found.status.gates,
        money=found.money,
        queues=list(_pairs(found.status.queues)),
        counts=found.status.jobs,
    )


def _told(found: Overview) -> Iterator[Said]:
    for remark in found.status.verdict:
        if remark.level == "ok":
            continue
        cause = remark.fields.get("cause")
        if remark.code == "dead_letters":
            yield Said(remark.level, remark.message, link("/dead-letters", cause=cause), "Show them")
        else:
            yield Said(remark.level, remark.message)
    for check in found.findings:
        yield Said("wrong" if check.severity in ("error", "critical") else "warning", f"{check.scope}: {check.found}")
    if found.trouble:
        yield Said("warning", f"The look over jobs couldn't be had: {found.trouble}")


def _headline(found: Overview, wrong: list[Said], warnings: list[Said]) -> str:
    """Return the one line: the first cause, and how many more there are."""
    if not wrong and not warnings:
        ok = [remark.message for remark in found.status.verdict if remark.level == "ok"]
        return " ".join(ok)
    first = (wrong or warnings)[0].text
    more = len(wrong) + len(warnings) - 1
    first = first if first.endswith((".", "!", "?")) else f"{first}."
    return first if not more else f"{first} And {more} more thing{'s' * (more > 1)} to look at."


def _bars(latest: tuple[Run, ...]) -> list[tuple[float | None, str]]:
    return [((run.durations or {}).get("total"), run.status) for run in reversed(latest)]


def _pairs(depths: tuple[QueueDepth, ...]) -> Iterator[QueuePair]:
    """Yield each queue with its poison queue, which comes right after it; queues that several kinds share once."""
    seen = set()
    for queue, poison in zip(depths[::2], depths[1::2], strict=True):
        if queue.name not in seen:
            seen.add(queue.name)
            yield QueuePair(queue.name, queue.depth, poison.depth, queue.error)


PAGES = (Page("GET", "/", show),)
