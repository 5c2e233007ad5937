"""Register of users: one registration each, so that whoever needs all of them reads each once.

Container `users`: written before a user's first document in wardrobe or userProfiles. A registration's `key` is the
hash of the user's id, its bucket the key's first two digits: both stores sort keys alike, they name nobody, and they
spread users evenly. Whom a writer missed (one that knows nothing of registrations; a like right after another process
forgot its user), `reconcile` finds by reading the documents themselves.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from weakref import WeakKeyDictionary

from shared import clock
from shared.documents import ids
from shared.documents.containers import USER_PROFILES, USERS, WARDROBE
from shared.documents.port import Body, Condition, Documents
from shared.errors import Conflict

SOURCES = (WARDROBE, USER_PROFILES)
"""A user is whoever has a document in one of these."""
REMEMBERED_FOR = timedelta(minutes=10)
REMEMBERED_AT_MOST = 50_000
"""A process forgets whom it has registered after so long, or so many: others may have taken them out meanwhile."""
DOCUMENTS_A_PAGE = 20_000
AT_ONCE = 16

_MARK = "reconciled"
"""Partition and id of the document that says that all users are registered. No bucket is called so."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A user, and the `key` that orders users."""

    user: str
    key: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One page of a reconcile: how many users were missing, and the cursor of the next page; None at the end."""

    missing: int
    after: str | None


def key_of(user: str) -> str:
    """Return what orders and spreads users: the SHA-256 of the id."""
    return ids.sha256(user)


def bucket_of(user: str) -> str:
    """Return the partition that a user's registration is in."""
    return key_of(user)[:2]


async def register(documents: Documents, user: str, *, surely: bool = False) -> bool:
    """See to it that a user is registered; return whether that was missing. Doing it again changes nothing.

    Whom this process has registered lately it doesn't ask the store about, unless it is to be done `surely`.
    """
    remembered = _remembered_by(documents)
    if user in remembered and not surely:
        return False
    key = key_of(user)
    body: Body = {"id": user, "bucket": key[:2], "key": key, "registeredAt": clock.text_now(), "schemaVersion": 1}
    missing = False
    with suppress(Conflict):
        await documents.create(USERS, body)
        missing = True
    remembered.add(user)
    return missing


def unlearn(documents: Documents, user: str) -> None:
    """Let this process ask the store again: the user's registration was taken out."""
    _remembered_by(documents).discard(user)


async def page(documents: Documents, after: str, *, most: int | None = None, until: str = "") -> list[Registered]:
    """Return the users behind the key `after` ('' for the first), by key: the first `most`, or those up to `until`."""
    found: list[Registered] = []
    first, last = int(after[:2] or "0", 16), int(until[:2] or "ff", 16)
    where: list[Condition] = [("key", ">", after)]
    if until:
        where.append(("key", "<=", until))
    for number in range(first, last + 1):
        left = None if most is None else most - len(found)
        if left == 0:
            break
        query = documents.query(
            USERS, partition=f"{number:02x}", where=where, order_by="key", select=["id", "key"], limit=left
        )
        found += [Registered(document.body["id"], document.body["key"]) async for document in query]
    return found


async def of_key(documents: Documents, key: str) -> Registered | None:
    """Return the user who has that key; None when nobody has."""
    query = documents.query(USERS, partition=key[:2], where=[("key", "=", key)], select=["id"], limit=1)
    found = [Registered(document.body["id"], key) async for document in query]
    return found[0] if found else None


async def is_known(documents: Documents, user: str) -> bool:
    """Return whether there is such a user, who then is registered."""
    if await documents.get(USERS, bucket_of(user), user) is not None:
        return True
    for source in SOURCES:
        async for _ in documents.query(source, partition=user, select=["id"], limit=1):
            await register(documents, user, surely=True)
            return True
    return False


async def is_reconciled(documents: Documents) -> bool:
    """Return whether every user was found once: only then may the registrations stand for all users."""
    return await documents.get(USERS, _MARK, _MARK) is not None


async def reconcile(documents: Documents, cursor: str | None, most: int | None = None) -> Reconciled:
    """Register who owns one of the next documents (`most`: 20,000) and isn't registered; the end is marked as such.

    The cursor is container and partition; the rest of a partition is passed over, since its user is known by then.
    """
    most = most or DOCUMENTS_A_PAGE
    name, _, after = (cursor or f"{SOURCES[0].name}|").partition("|")
    place = next(n for n, source in enumerate(SOURCES) if source.name == name)
    read, missing, last, waiting = 0, 0, None, list[str]()
    async for document in documents.query(SOURCES[place], after_partition=after, select=["userId"], limit=most):
        read += 1
        if document.body["userId"] == last:
            continue
        last = document.body["userId"]
        waiting.append(last)
        if len(waiting) == AT_ONCE:
            missing += await _register(documents, waiting)
            waiting.clear()
    missing += await _register(documents, waiting)
    if read == most and last is not None:
        return Reconciled(missing, f"{name}|{ids.safe(last)}")
    if place + 1 < len(SOURCES):
        return Reconciled(missing, f"{SOURCES[place + 1].name}|")
    await documents.upsert(USERS, {"id": _MARK, "bucket": _MARK, "at": clock.text_now(), "schemaVersion": 1})
    return Reconciled(missing, None)


async def _register(documents: Documents, users: list[str]) -> int:
    return sum(await asyncio.gather(*(register(documents, user, surely=True) for user in users)))


class _Remembered:
    """The users whom a process has registered lately in one store."""

    def __init__(self) -> None:
        self._users: set[str] = set()
        self._since = clock.now()

    def __contains__(self, user: str) -> bool:
        if abs(clock.now() - self._since) >= REMEMBERED_FOR:
            self._empty()
        return user in self._users

    def add(self, user: str) -> None:
        if len(self._users) >= REMEMBERED_AT_MOST:
            self._empty()
        self._users.add(user)

    def discard(self, user: str) -> None:
        self._users.discard(user)

    def _empty(self) -> None:
        self._users.clear()
        self._since = clock.now()


_remembered: WeakKeyDictionary[Documents, _Remembered] = WeakKeyDictionary()


def _remembered_by(documents: Documents) -> _Remembered:
    found = _remembered.get(documents)
    if found is None:
        found = _remembered[documents] = _Remembered()
    return found
