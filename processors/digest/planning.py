"""Plan of a digest run: which users get digests, and in which groups?

Registered users by their keys, some thousands a page, in groups of neighbours. Where a page's groups begin is written
down before the first of them is planned: a plan that died and begins the page again, with new users in between, puts
everybody into the same group again. So nobody is in two.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from processors.digest import outcomes
from processors.digest.outcomes import Bounds
from shared import users
from shared.documents.port import Documents
from shared.users import Registered

_NAME_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Planned:
    """A page: its groups' names, and the key that the next page begins behind; None when this was the last."""

    shards: list[str]
    after: str | None


async def page(documents: Documents, run: str, after: str, *, most: int, a_group: int) -> Planned:
    """Plan the `most` users behind the key `after` ('' for the first), in groups of `a_group`; each is named by the
    key of its first user."""
    bounds = await outcomes.bounds(documents, run, after)
    if bounds is None:
        found = await users.page(documents, after, most=most)
        if not found:
            return Planned([], None)
        names = [one.key[:_NAME_CHARACTERS] for one in found[::a_group]]
        last = found[-1].key if len(found) == most else ""
        bounds = await outcomes.bind(documents, run, after, Bounds(names, last))
    else:
        found = await users.page(documents, after, until=bounds.last)
    pairs = [(one.user, _group_of(one, bounds)) for one in found]
    await outcomes.plan(documents, run, pairs)
    return Planned(sorted({shard for _, shard in pairs}), bounds.last or None)


async def of_one(documents: Documents, run: str, key: str) -> Planned:
    """Plan the one user who has that key; nobody when there is none (any more)."""
    one = await users.of_key(documents, key)
    if one is None:
        return Planned([], None)
    await outcomes.plan(documents, run, [(one.user, key[:_NAME_CHARACTERS])])
    return Planned([key[:_NAME_CHARACTERS]], None)


def _group_of(one: Registered, bounds: Bounds) -> str:
    """Return the group that a user is in: the last that begins at or before the user's key, else the first."""
    return bounds.names[max(bisect_right(bounds.names, one.key) - 1, 0)]
