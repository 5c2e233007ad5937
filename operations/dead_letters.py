"""Dead letters: which there are and of what they died; replaying, discarding and purging the chosen ones."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from operations import paging
from operations.actor import Actor, user_scope
from operations.answers import Page, members, page, read
from operations.jobs import JobDetail, JobSummary, interventions, record_named, shown, text_of
from shared.config import Settings
from shared.documents.containers import JOBS
from shared.documents.port import Body, Condition, Documents
from shared.errors import NotFound, Refused, UsageError
from shared.jobs import bulk, messages
from shared.jobs.bulk import Acted as Acted
from shared.jobs.bulk import Filter as Filter
from shared.jobs.interventions import Interventions
from shared.jobs.record import from_body
from shared.jobs.record_store import Held as Held
from shared.services import Services
from shared.suggestion import did_you_mean

CLASSES = ("BadMessage", "Misconfigured", "NightshiftError", "Permanent", "RateLimited", "Transient")
"""Error classes that a letter may have died of; an error without a class is there under its own name."""
ANY = Filter()
_OF_A_CAUSE = ("id", "scope", "queue", "firstFailedAt", "lastFailedAt", "reason")


@dataclass(frozen=True, slots=True)
class Letter(JobDetail):
    """A dead letter: all that is known of it, and the body of a message that is no job's, as text (unwrapped)."""

    body: str | None

    def members(self) -> Any:
        """Return the payload's members as far as there are any."""
        if self.raw is None:
            return self.payload
        try:
            return messages.decode(base64.b64decode(self.raw))
        except messages.BadMessage:
            return None


@dataclass(frozen=True, slots=True)
class Cause:
    """Alike failures: how many letters died of it, and the one that failed last as their `example`."""

    cause: str
    count: int
    code: str
    class_: str
    queues: tuple[str, ...]
    first_failed_at: str
    last_failed_at: str
    example: dict[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which letters are meant: by ids (or their beginnings), else by `wanted`; at most `limit`, of `user` only."""

    ids: tuple[str, ...]
    wanted: Filter | None
    user: str | None = None
    limit: int | None = None


async def search(
    documents: Documents,
    by: Actor,
    wanted: Filter,
    *,
    user: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> tuple[Page[JobSummary], int]:
    """Return the dead letters that the filter means, the last failed first, and how many there are in all.

    Those behind the page `after`; raises UsageError when it names no page.
    """
    by.require("reader", user_scope(user))
    where = wanted.conditions("dead")
    found, behind = await paging.read(
        documents,
        JOBS,
        newest_by="lastFailedAt",
        partition=user,
        where=where,
        select=members(JobSummary),
        limit=limit,
        after=after,
    )
    listed = Page(tuple(read(JobSummary, document.body) for document in found), behind)
    return listed, await documents.count(JOBS, partition=user, where=where)


async def by_cause(
    documents: Documents, by: Actor, wanted: Filter, *, user: str | None = None, limit: int = 50
) -> tuple[Page[Cause], int]:
    """Return what the letters of a filter died of, the most frequent first, and how many causes there are in all."""
    by.require("reader", user_scope(user))
    query = documents.query(JOBS, partition=user, where=wanted.conditions("dead"), select=_OF_A_CAUSE)
    found = grouped([letter.body async for letter in query])
    return page(found[:limit]), len(found)


async def recent_causes(
    documents: Documents, by: Actor, *, limit: int, wanted: Filter = ANY, user: str | None = None
) -> tuple[Cause, ...]:
    """Return what the last failed `limit` letters of a filter died of, the most frequent first."""
    by.require("reader", user_scope(user))
    query = documents.query(
        JOBS,
        partition=user,
        where=wanted.conditions("dead"),
        order_by="-lastFailedAt",
        select=_OF_A_CAUSE,
        limit=limit,
    )
    return tuple(grouped([letter.body async for letter in query]))


async def get(documents: Documents, by: Actor, start: str, *, user: str | None = None) -> Letter:
    """Return the dead letter whose id is or begins with `start`, secrets of addresses masked.

    Raises NotFound, or Refused when several are meant.
    """
    by.require("reader", user_scope(user))
    dead: list[Condition] = [("status", "=", "dead")]
    found = await record_named(documents, start, scope=user, where=dead)
    letter = shown(found)
    if (raw := letter.get("raw")) is None:
        return read(Letter, letter)
    return read(Letter, {**letter, "body": text_of(messages.unwrapped(base64.b64decode(raw)))})


async def choose(
    documents: Documents, by: Actor, choice: Choice, statuses: Sequence[str] = ("dead",)
) -> tuple[Held, ...]:
    """Return the letters of `choice` that have one of `statuses`, the last failed first.

    Raises NotFound, Refused for a job that isn't in such a state, or UsageError when nothing is chosen.
    """
    by.require("reader", user_scope(choice.user))
    if bool(choice.ids) == (choice.wanted is not None):
        raise UsageError("Name dead letters by their ids, or choose them by a filter: not both.", code="no_choice")
    if choice.wanted is not None:
        return tuple(await bulk.letters(documents, choice.wanted, statuses, scope=choice.user, limit=choice.limit))
    keys = dict.fromkeys([await _key_of(documents, start, choice.user, statuses) for start in choice.ids])
    standing = [await documents.get(JOBS, *key) for key in keys]
    return tuple(Held(from_body(one.body), one.etag) for one in standing if one)[: choice.limit]


async def check_filter(documents: Documents, settings: Settings, by: Actor, wanted: Filter) -> None:
    """Raise UsageError when a filter names a queue, a class or a cause that no letter has and the app doesn't know."""
    by.require("reader")
    from processors.catalogue import registry

    named = (
        ("queue", wanted.queue, "queue", {kind.queue for kind in registry(settings)}),
        ("error class", wanted.error_class, "reason.class", set(CLASSES)),
        ("cause", wanted.cause, "reason.cause", set[str]()),
    )
    for what, value, member, known in named:
        if value is None or value in known:
            continue
        ended: Condition = ("status", "in", ["dead", "discarded"])
        if not await documents.count(JOBS, where=[ended, (member, "=", value)]):
            listed = f" They are {', '.join(sorted(known))}." if known else ""
            meant = did_you_mean(value, known)
            raise UsageError(f"There is no {what} {value!r}.{meant}{listed}", code="filter_unknown")


async def replay(
    services: Services,
    by: Actor,
    letters: Sequence[Held],
    *,
    edited: dict[str, Any] | None = None,
    force: bool = False,
    rate: float | None = None,
) -> AsyncIterator[Acted]:
    """Send letters again, at most `rate` a second; yield what came of each. `edited` corrects the payload of one."""
    acting = _acting(services, by, letters)

    async def one(held: Held) -> None:
        try:
            await acting.replay(held, edited=edited, force=force)
        except messages.BadMessage as error:
            raise Refused(f"{error}.", code="payload_invalid") from None

    async for acted in bulk.each(letters, one, rate=rate):
        yield acted


async def check_replay(
    services: Services,
    by: Actor,
    letters: Sequence[Held],
    *,
    edited: dict[str, Any] | None = None,
    force: bool = False,
) -> AsyncIterator[Acted]:
    """Yield what would come of replaying each letter. Changes nothing."""
    acting = _acting(services, by, letters, role="reader")

    async def one(held: Held) -> None:
        await acting.check_replay(held.record, edited=edited, force=force)

    async for acted in bulk.each(letters, one):
        yield acted


async def discard(
    services: Services, by: Actor, letters: Sequence[Held], *, why: str | None = None
) -> AsyncIterator[Acted]:
    """End letters without replaying them; yield what came of each."""
    acting = _acting(services, by, letters)
    async for acted in bulk.each(letters, lambda held: acting.discard(held, why=why)):
        yield acted


async def purge(services: Services, by: Actor, letters: Sequence[Held]) -> AsyncIterator[Acted]:
    """Delete dead and discarded records with their payloads, for good; yield what came of each."""
    acting = _acting(services, by, letters)
    async for acted in bulk.each(letters, acting.purge):
        yield acted


def grouped(letters: Iterable[Body]) -> list[Cause]:
    """Return one entry per cause, the most frequent first, with the letter that failed last as its example."""
    alike: dict[str, list[Body]] = defaultdict(list)
    for letter in letters:
        alike[letter["reason"]["cause"]].append(letter)
    return sorted((_cause(cause, of_it) for cause, of_it in alike.items()), key=lambda one: (-one.count, one.cause))


def _cause(cause: str, letters: Sequence[Body]) -> Cause:
    newest = max(letters, key=lambda letter: str(letter["lastFailedAt"]))
    reason = newest["reason"]
    return Cause(
        cause,
        len(letters),
        reason["code"],
        reason["class"],
        tuple(sorted({str(letter["queue"]) for letter in letters})),
        min(str(letter["firstFailedAt"]) for letter in letters),
        newest["lastFailedAt"],
        {"id": newest["id"], "scope": newest["scope"], "message": reason["message"]},
    )


def _acting(services: Services, by: Actor, letters: Sequence[Held], *, role: Any = "operator") -> Interventions:
    for scope in {letter.record.key.scope for letter in letters}:
        by.require(role, user_scope(scope))
    return interventions(services, by)


async def _key_of(documents: Documents, start: str, user: str | None, statuses: Sequence[str]) -> tuple[str, str]:
    try:
        body = await record_named(documents, start, scope=user, where=[("status", "in", list(statuses))])
    except NotFound:
        other = await record_named(documents, start, scope=user)
        raise Refused(
            f"Job {other['id']} is {other['status']}, no dead letter.",
            code="no_dead_letter",
            fields={"id": other["id"]},
        ) from None
    return body["scope"], body["id"]
