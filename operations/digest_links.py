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
    """Return what a link allows; nothing is done. Raises NotFound `link_unknown` for one that we didn't sign."""
    return links.read(token, settings.digest_link_key)


async def follow(services: Services, token: str) -> Allowed:
    """Do what a link allows; return it. Doing it again changes nothing. Of who was forgotten nothing is noted.

    Raises NotFound for a link that we didn't sign, or whose digest isn't kept any more.
    """
    allowed = look(services.settings, token)
    documents, user = services.documents, allowed.user
    if await documents.get(USERS, users.bucket_of(user), user) is None:
        return allowed
    if allowed.act in ("subscribe", "unsubscribe"):
        await preferences.opt(documents, user, wants=allowed.act == "subscribe")
    elif allowed.act in ("up", "down"):
        try:
            await preferences.give_feedback(documents, user, allowed.item, allowed.act, week=allowed.week)
        except UsageError as error:
            raise NotFound(str(error), code=error.code) from None
    return allowed


def others(settings: Settings, allowed: Allowed) -> dict[str, str]:
    """Return the tokens of what else the user may want to do after a link, by act."""
    key = settings.digest_link_key
    if allowed.act in ("up", "down"):
        return {}
    acts: tuple[links.Act, ...] = ("unsubscribe", "subscribe")
    return {act: links.token_of(Allowed(act=act, user=allowed.user), key) for act in acts}
