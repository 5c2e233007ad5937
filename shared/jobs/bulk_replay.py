"""Bulk replay: sending many dead letters again as a run, at a bounded rate, each once.

A run that is only asked for; what is meant stands in its slot. Its letters are those that were dead when it was asked
for: one that dies again later has failed since, and isn't among them. So a step that is done again after a crash finds
the letters that are left. It goes from the one that failed first to the last one that failed before it was asked for.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from shared import clock
from shared.documents.containers import JOBS
from shared.documents.port import Condition, Document, Documents
from shared.errors import NightshiftError, Refused, UsageError
from shared.jobs import bulk
from shared.jobs.bulk import Filter
from shared.jobs.interventions import Interventions
from shared.jobs.messages import BadMessage
from shared.jobs.record import from_body
from shared.jobs.record_store import Held
from shared.jobs.runs.definition import Page, Run, RunDefinition, asked_for
from shared.jobs.runs.slots import Slot
from shared.services import Services

NAME = "replay-dead-letters"
MOST = 100_000
"""Letters of one run."""
RATES = (0.1, 1000.0)
"""Letters a second: at least, at most."""
REFUSED = "refused_"
"""Begins the counters of letters that were refused, before the code of why."""
_PAGE, _PAGE_SECONDS = 200, 15.0
"""Letters of a page, and about how long it may take: a cancelled run ends with its page."""

Acting = Callable[[Services, str], Interventions]
"""Returns the operators' side, acting as that name."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What is asked for: letters that the filter means and that were dead at `at`, at most `cap`, `rate` a second."""

    at: datetime
    wanted: Filter
    cap: int
    rate: float
    force: bool = False

    @property
    def slot(self) -> Slot:
        """The slot of its run, which says all of it."""
        since = clock.to_text(self.wanted.since) if self.wanted.since else None
        said = {
            "cap": self.cap,
            "rate": f"{self.rate:g}",
            "queue": self.wanted.queue,
            "class": self.wanted.error_class,
            "cause": self.wanted.cause,
            "since": since,
            "force": "yes" if self.force else None,
        }
        parts = [
            f"{name}={quote(str(value), safe=':', errors='surrogatepass')}"
            for name, value in said.items()
            if value is not None
        ]
        return Slot("@".join([clock.to_text(self.at), *parts]), self.at)

    def conditions(self) -> list[Condition]:
        """Return which letters are meant, as the store's conditions."""
        return [*self.wanted.conditions("dead"), ("lastFailedAt", "<=", clock.to_text(self.at))]


def read(text: str) -> Replay:
    """Return the replay that a slot names. Raises UsageError for any other text."""
    try:
        at, *parts = text.split("@")
        said = {
            name: unquote(value, errors="surrogatepass") for name, _, value in (part.partition("=") for part in parts)
        }
        since = clock.parse(said["since"]) if "since" in said else None
        wanted = Filter(said.get("queue"), said.get("class"), said.get("cause"), since)
        found = Replay(clock.parse(at), wanted, int(said["cap"]), float(said["rate"]), "force" in said)
        is_right = 0 < found.cap <= MOST and RATES[0] <= found.rate <= RATES[1] and found.slot.text == text
    except (ValueError, KeyError):
        is_right = False
    if not is_right:
        raise UsageError(
            f"{text!r} names no replay; it takes 2026-11-23T09:00:00.000Z@cap=100@rate=10.", code="slot_invalid"
        )
    return found


def read_slot(text: str) -> Slot:
    """Return the slot of a replay's run. Raises UsageError for any other text."""
    return read(text).slot


async def left(documents: Documents, replay: Replay) -> int:
    """Return how many letters that a replay means are dead now, those that it refused among them."""
    return await documents.count(JOBS, where=replay.conditions())


def replay_run(acting: Acting) -> RunDefinition:
    """Return the run `replay-dead-letters`."""

    async def plan(run: Run, cursor: str | None) -> Page:
        return await _replayed(acting(run.services, f"{run.by} by run {run.id}"), run, cursor)

    return asked_for(NAME, plan, read_slot, "sends dead letters again that were asked for")


async def _replayed(acting: Interventions, run: Run, cursor: str | None) -> Page:
    """Replay the next letters. The cursor says how many were tried, and when the last of them had failed."""
    replay = read(run.slot.text)
    tried, since = _place(cursor)
    if cursor is not None:
        await asyncio.sleep(1 / replay.rate)
    size = min(replay.cap - tried, max(1, min(_PAGE, int(replay.rate * _PAGE_SECONDS))))
    letters, is_last = await _letters(run.services.documents, replay, since, size)
    letters = letters[: replay.cap - tried]
    counters: Counter[str] = Counter()
    failure: NightshiftError | None = None

    async def one(held: Held) -> None:
        if any(event.get("by") == acting.by and event["what"] == "replayed" for event in held.record.timeline):
            raise Refused("It died again since this run replayed it.", code="replayed_before")
        try:
            await acting.replay(held, force=replay.force)
        except BadMessage as error:
            raise Refused(f"{error}.", code="payload_invalid") from None

    async for acted in bulk.each(letters, one, rate=replay.rate):
        if acted.ends_all:
            failure = acted.error
        elif not acted.untouched:
            counters["replayed" if acted.error is None else f"{REFUSED}{acted.error.code}"] += 1
    if failure is not None:
        replayed = counters["replayed"]
        if not replayed:
            raise failure
        return Page(after=f"{tried + replayed}|{since}", counters={"replayed": replayed})  # the others are met again
    tried += len(letters)
    failed_at = letters[-1].record.last_failed_at if letters else None
    after = None if is_last or tried >= replay.cap or failed_at is None else f"{tried}|{clock.to_text(failed_at)}"
    return Page(after=after, counters=counters)


def _place(cursor: str | None) -> tuple[int, str]:
    tried, _, since = (cursor or "0|").partition("|")
    return int(tried), since


async def _letters(documents: Documents, replay: Replay, since: str, size: int) -> tuple[list[Held], bool]:
    """Return the next letters, with all that failed at the instant of the last one, and whether no more come."""
    where: list[Condition] = [*replay.conditions(), *([_after(since)] if since else [])]
    query = documents.query(JOBS, where=where, order_by="lastFailedAt", limit=size)
    found = [document async for document in query]
    if len(found) < size:
        return [_held(one) for one in found], True
    seen = {(one.body["scope"], one.body["id"]) for one in found}
    at: Condition = ("lastFailedAt", "=", found[-1].body["lastFailedAt"])
    async for one in documents.query(JOBS, where=[*replay.wanted.conditions("dead"), at]):
        if (one.body["scope"], one.body["id"]) not in seen:
            found.append(one)
    return [_held(one) for one in found], False


def _after(since: str) -> Condition:
    return ("lastFailedAt", ">", since)


def _held(document: Document) -> Held:
    return Held(from_body(document.body), document.etag)
