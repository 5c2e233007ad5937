"""Sources that are explained: when is one scraped next, and what is wrong with it? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.explain.answer import Answer
from operations.explanations import Surroundings, explained, no_host
from shared import clock, instants
from shared.jobs.record import Record
from shared.jobs.runs.slots import Slot
from shared.masking import masked


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What was read of a source: its document, its shard of the latest run of the scraper (None: it has none), when
    the next run is, and until when its host isn't to be asked.

    After `failures_to_pause` failures in a row it is paused; requests to one host are `delay_seconds` apart.
    """

    body: Mapping[str, Any]
    around: Surroundings
    coming: Slot
    timer: str
    failures_to_pause: int
    delay_seconds: float
    silent: bool = False
    shard: Record | None = None
    held_until: datetime | None = None

    @property
    def now(self) -> datetime:
        """When it was read."""
        return self.around.now

    def at(self, instant: datetime | str) -> str:
        """Return an instant as people read it."""
        return instants.short(clock.parse(instant) if isinstance(instant, str) else instant, self.now)


def answer_of(facts: SourceFacts) -> Answer:
    """Return when a source is scraped next, or why it isn't."""
    body = facts.body
    state, code, sentences, coming = _told(facts)
    fields = {"id": str(body["id"]), "url": masked(str(body["url"])), "name": masked(str(body["name"]))}
    said = tuple(one for one in (*sentences, *_history(facts)) if one)
    return Answer("source", str(body["id"]), str(body["sourceType"]), state, code, said, coming, fields=fields)


def _told(facts: SourceFacts) -> tuple[str, str, list[str | None], datetime | None]:
    body, shard = facts.body, facts.shard
    named = f"({masked(str(body['name']))})"
    if not body["active"]:
        since = f" since {facts.at(body['pausedAt'])}" if body.get("pausedAt") else ""
        by = f" by {body['pausedBy']}" if body.get("pausedBy") else ""
        why = f": {masked(str(body['pausedReason']))}" if body.get("pausedReason") else ""
        paused = f"{named} is paused{since}{by}{why}"
        return "paused", "source_paused", [paused, "it isn't scraped until it is resumed"], None
    state = "failing" if body["failures"] else "silent" if facts.silent else "active"
    turn = _turn(facts)
    if shard is not None and not shard.ended:
        found = explained(shard, facts.around)
        until = f", until {facts.at(found.until)}" if found.until else ""
        waits = f"{named} is scraped by run {(shard.payload or {}).get('run', '')} just now: {found.why}{until}"
        return state, "source_scraped", [waits, turn], found.until
    opens = f"{named} is scraped next by the run that {facts.timer} opens at {facts.at(facts.coming.at)}"
    rest: list[str | None] = [opens, turn]
    if not facts.around.host.is_there(facts.now):
        rest.append(f"if a host is there then: {no_host(facts.around.host, facts.now)}")
    return state, f"source_{state}", rest, facts.coming.at


def _turn(facts: SourceFacts) -> str | None:
    """Return that its host asked to be left alone."""
    if facts.held_until is None or facts.held_until <= facts.now:
        return None
    return f"its host asked to be left alone: nobody asks it before {facts.at(facts.held_until)}"


def _history(facts: SourceFacts) -> list[str | None]:
    """Return how its last runs went."""
    body, failures = facts.body, facts.body["failures"]
    failed = None
    if failures and body["active"]:
        error = body.get("lastError") or {}
        said = f", lastly: {error.get('code', 'unexpected')}: {masked(str(error.get('message', '')))}" if error else ""
        failed = f"it failed in {failures} of {facts.failures_to_pause} runs in a row that pause it{said}"
    success = "it was never scraped with success"
    if body.get("lastSuccessAt"):
        last = body.get("lastCounts") or {}
        counts = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in last.items())
        success = f"it was scraped at {facts.at(body['lastSuccessAt'])}" + (f" ({counts})" if counts else "")
    silent = None
    if facts.silent and body.get("lastNewItemAt"):
        silent = f"it has had no new item since {facts.at(body['lastNewItemAt'])}"
    delay = f"requests to its host are {facts.delay_seconds:g} s apart" if body["active"] else None
    return [failed, success, silent, delay]
