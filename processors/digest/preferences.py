"""Preferences: does a user want digests, and what does a user think of what was suggested?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from processors.digest.inputs import PREFERENCES, SAID
from processors.digest.model import Verdict
from shared import clock, skew, users
from shared.documents.compare_and_set import write_over_older
from shared.documents.containers import DIGEST_FEEDBACK, DIGESTS, USER_PROFILES
from shared.documents.port import Body, Documents
from shared.errors import UsageError
from shared.jobs.runs.slots import Slot

FEEDBACK_KEPT = timedelta(days=90)
MOST_FEEDBACK = 200
"""Words of a user that are shown."""
_OF_A_VERSION = ("id", "week", "n")


async def opt(documents: Documents, user: str, *, wants: bool) -> None:
    """Note whether a user wants digests. The last word counts."""
    await users.register(documents, user)
    body = {"id": PREFERENCES, "userId": user, "digest": wants, "updatedAt": clock.text_now()}
    await write_over_older(documents, USER_PROFILES, {**body, "schemaVersion": SAID.version}, _said_at)


async def wants(documents: Documents, user: str) -> bool:
    """Return whether a user wants digests: yes, unless the user said no."""
    held = await documents.get(USER_PROFILES, user, PREFERENCES)
    return held is None or SAID.present(held.body)["digest"] is not False


async def feedback(documents: Documents, user: str) -> list[Body]:
    """Return what a user thinks of items, in no order."""
    query = documents.query(DIGEST_FEEDBACK, partition=user, limit=MOST_FEEDBACK)
    return [SAID.present(document.body) async for document in query]


async def verdict_on(documents: Documents, user: str, item: str, *, week: str) -> str | None:
    """Return what a user said last of an item, if it was of that week's digest."""
    held = await documents.get(DIGEST_FEEDBACK, user, item)
    said = SAID.present(held.body) if held else {}
    return said["verdict"] if said.get("week") == week else None


async def newest(documents: Documents, user: str, week: str | None = None) -> Body | None:
    """Return a user's newest digest document (of `week`, if given): of a week the last version; None without any."""
    found = await _versions(documents, user, week) if week else await _last_two(documents, user)
    if len(found) == 2 and found[0]["week"] == found[1]["week"] != week:
        found = await _versions(documents, user, found[0]["week"])  # a forced run has made another
    if not found:
        return None
    last = max(found, key=lambda body: (body["week"], body["n"]))
    document = await documents.get(DIGESTS, user, last["id"])
    return document.body if document else None


async def is_unchanged(documents: Documents, user: str, slot: Slot, fingerprint: dict[str, str]) -> bool:
    """Return whether the newest digest was made of the same. One that doesn't know what it was made of never was."""
    last = await newest(documents, user)
    return last is not None and last["week"] <= slot.text and last.get("fingerprint") == fingerprint


async def give_feedback(
    documents: Documents, user: str, item: str, verdict: Verdict, *, week: str | None = None
) -> Body:
    """Note what a user thinks of an item of the newest digest (of `week`, if given); the last word on an item counts.

    Raises UsageError when there is no digest, or it doesn't show the item.
    """
    latest = await newest(documents, user, week)
    if latest is None:
        raise UsageError(f"{user} has no digest yet.", code="digest_not_found")
    titles = _items_of(latest["digest"])
    if item not in titles:
        known = ", ".join(titles) or "nothing"
        raise UsageError(
            f"The digest of {latest['week']} shows no item {item!r}. It shows: {known}.", code="item_not_shown"
        )
    body: dict[str, Any] = {
        "id": item,
        "userId": user,
        "item": item,
        "title": titles[item],
        "verdict": verdict,
        "week": latest["week"],
        "updatedAt": clock.text_now(),
        "schemaVersion": SAID.version,
        "ttl": int(FEEDBACK_KEPT.total_seconds()),
    }
    return (await write_over_older(documents, DIGEST_FEEDBACK, body, _said_at)).body


def _said_at(body: Body) -> str:
    """Return what orders words of a user. One that is still to come was a wrong clock's."""
    return skew.believed(SAID.present(body)["updatedAt"])


async def _last_two(documents: Documents, user: str) -> list[Body]:
    query = documents.query(DIGESTS, partition=user, order_by="-week", select=_OF_A_VERSION, limit=2)
    return [document.body async for document in query]


async def _versions(documents: Documents, user: str, week: str) -> list[Body]:
    query = documents.query(DIGESTS, partition=user, where=[("week", "=", week)], select=_OF_A_VERSION)
    return [document.body async for document in query]


def _items_of(digest: dict[str, Any]) -> dict[str, str]:
    shown = [*digest["suggestions"], *digest["finds"], *digest["worn"], *digest["neglected"]]
    return {one["item"]: one["title"] for one in reversed(shown)}
