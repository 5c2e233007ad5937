"""Links of digests: what their signature allows whoever holds one, without a key of the API."""

from __future__ import annotations

from processors.digest import links, preferences
from processors.digest.links import Allowed as Allowed
from shared import users
from shared.config import Settings
from shared.documents.containers import USERS
from shared.errors import NotFound, UsageError
from shared.services import Services


def look(settings: Settings, token: str) -> Allowed:
    """Return what a link allows; nothing is done. Raises NotFound for one that isn't ours, or has ended."""
    return links.read(token, links.keys_of(settings))


async def follow(services: Services, token: str) -> Allowed:
    """Do what a link allows; return it. Doing it again writes nothing. Of who was forgotten nothing is noted.

    Raises NotFound for a link that isn't ours or has ended, or whose digest isn't kept any more.
    """
    allowed = look(services.settings, token)
    documents, user = services.documents, allowed.user
    if await documents.get(USERS, users.bucket_of(user), user) is None:
        return allowed
    if allowed.act in ("subscribe", "unsubscribe"):
        wants = allowed.act == "subscribe"
        if await preferences.wants(documents, user) is not wants:
            await preferences.opt(documents, user, wants=wants)
    elif allowed.act in ("up", "down"):
        if await preferences.verdict_on(documents, user, allowed.item, week=allowed.week) == allowed.act:
            return allowed
        try:
            await preferences.give_feedback(documents, user, allowed.item, allowed.act, week=allowed.week)
        except UsageError as error:
            raise NotFound(str(error), code=error.code) from None
    return allowed


def others(settings: Settings, allowed: Allowed) -> dict[str, str]:
    """Return the tokens of what else the user may want to do after a link, by act."""
    if allowed.act in ("up", "down"):
        return {}
    key, *_ = links.keys_of(settings)
    acts: tuple[links.Act, ...] = ("unsubscribe", "subscribe")
    return {act: links.token_of(Allowed(act=act, user=allowed.user), key) for act in acts}
