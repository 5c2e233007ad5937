"""Dead letters: which there are and of what they died; replaying, discarding and purging them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Body
from pydantic import BaseModel, ConfigDict, Field

from api import routing
from api.exact import exactly
from api.params import By, Id, Instant, Paging, UserFilter, With, Word
from api.routing import route
from api.tallies import Tally, tallied
from operations import dead_letters
from operations.answers import Page
from operations.dead_letters import Cause, Choice, Filter, Letter
from operations.jobs import JobSummary

MOST = 500
"""Letters that one request may act on."""
routes = routing.router("dead-letters")


@dataclass(frozen=True, slots=True)
class Letters:
    """A page of dead letters, and how many there are in all."""

    items: tuple[JobSummary, ...]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class Causes:
    """What dead letters died of, the most frequent first, and how many causes there are in all."""

    items: tuple[Cause, ...]
    total: int


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Chosen(_Strict):
    """Which letters: those of `ids`, or else those that the filter means (one without members means all)."""

    ids: Annotated[list[Annotated[str, Field(min_length=1, max_length=1024)]], Field(max_length=MOST)] | None = None
    queue: Annotated[str, Field(max_length=200)] | None = None
    errorClass: Annotated[str, Field(max_length=200)] | None = None  # noqa: N815 - JSON's own names
    cause: Annotated[str, Field(max_length=200)] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100
    dryRun: bool = True  # noqa: N815


class Replayed(Chosen):
    """Which letters are sent again, at most `rate` a second; `force` though a gate is closed."""

    force: bool = False
    rate: Annotated[float, Field(gt=0, le=1000)] | None = None


class Discarded(Chosen):
    """Which letters are ended without a replay, and why."""

    why: Annotated[str, Field(max_length=500)] | None = None


class Edited(_Strict):
    """How one letter is sent again: with `payload` in place of its own; `force` though a gate is closed."""

    payload: dict[str, Any] | None = None
    force: bool = False


@route(routes, "GET", "/dead-letters", answers=Letters)
async def list_dead_letters(
    services: With,
    by: By,
    wanted: Paging,
    user: UserFilter = None,
    queue: Word = None,
    error_class: Word = None,
    cause: Word = None,
    since: Instant | None = None,
) -> Letters:
    """List dead letters, the last failed first."""
    chosen = Filter(queue, error_class, cause, since)
    found, total = await dead_letters.search(
        services.documents, by, chosen, user=user, limit=wanted.limit, after=wanted.after
    )
    page: Page[JobSummary] = wanted.page(found)
    return Letters(page.items, total, page.next)


@route(routes, "GET", "/dead-letters/causes", answers=Causes)
async def list_causes(
    services: With, by: By, user: UserFilter = None, queue: Word = None, since: Instant | None = None
) -> Causes:
    """List what dead letters died of, the most frequent cause first."""
    found, total = await dead_letters.by_cause(services.documents, by, Filter(queue, since=since), user=user)
    return Causes(found.items, total)


@route(routes, "GET", "/dead-letters/{id}", answers=Letter)
async def show_dead_letter(services: With, by: By, id: Id, user: UserFilter = None) -> Letter:
    """Show all that is known of a dead letter."""
    found = await dead_letters.get(services.documents, by, id, user=user)
    exactly(id, found.id)
    return found


@route(routes, "POST", "/dead-letters/{id}/replay", answers=Tally)
async def replay_dead_letter(
    services: With, by: By, id: Id, user: UserFilter = None, how: Annotated[Edited | None, Body()] = None
) -> Tally:
    """Send a dead letter again, with a corrected payload if one is given."""
    how = how or Edited()
    letter = await dead_letters.get(services.documents, by, id, user=user)
    exactly(id, letter.id)
    letters = await dead_letters.choose(services.documents, by, Choice((letter.id,), None, user))
    acting = dead_letters.replay(services, by, letters, edited=how.payload, force=how.force)
    return await tallied(acting, dry_run=False, is_alone=True)


@route(routes, "POST", "/dead-letters/replay", answers=Tally)
async def replay_dead_letters(services: With, by: By, chosen: Replayed, user: UserFilter = None) -> Tally:
    """Send the chosen dead letters again; unless `dryRun` is false only tell what would become of each."""
    letters = await dead_letters.choose(services.documents, by, _choice(chosen, user))
    if chosen.dryRun:
        return await tallied(dead_letters.check_replay(services, by, letters, force=chosen.force), dry_run=True)
    acting = dead_letters.replay(services, by, letters, force=chosen.force, rate=chosen.rate)
    return await tallied(acting, dry_run=False)


@route(routes, "POST", "/dead-letters/discard", answers=Tally)
async def discard_dead_letters(services: With, by: By, chosen: Discarded, user: UserFilter = None) -> Tally:
    """End the chosen dead letters without a replay; unless `dryRun` is false only tell which."""
    letters = await dead_letters.choose(services.documents, by, _choice(chosen, user))
    if chosen.dryRun:
        return Tally(True, tuple(one.record.key.id for one in letters), (), 0, None)
    return await tallied(dead_letters.discard(services, by, letters, why=chosen.why), dry_run=False)


@route(routes, "POST", "/dead-letters/purge", answers=Tally)
async def purge_dead_letters(services: With, by: By, chosen: Chosen, user: UserFilter = None) -> Tally:
    """Delete the chosen dead and discarded letters for good; unless `dryRun` is false only tell which."""
    letters = await dead_letters.choose(services.documents, by, _choice(chosen, user), ("dead", "discarded"))
    if chosen.dryRun:
        return Tally(True, tuple(one.record.key.id for one in letters), (), 0, None)
    return await tallied(dead_letters.purge(services, by, letters), dry_run=False)


def _choice(chosen: Chosen, user: str | None) -> Choice:
    if chosen.ids is not None and not (chosen.queue or chosen.errorClass or chosen.cause):
        return Choice(tuple(chosen.ids), None, user, chosen.limit)
    wanted = Filter(chosen.queue, chosen.errorClass, chosen.cause, None)
    return Choice(tuple(chosen.ids or ()), wanted, user, chosen.limit)
