"""How does a notification reach people? Channels: a Slack webhook, a signed JSON webhook, or blobs to be looked at.

Webhooks are posted through shared/web/fetch.py, to hosts that NOTIFY_ALLOWED_HOSTS names only. Their addresses are
secrets: no message and no error holds more of one than its host.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urlsplit

from shared import clock
from shared.blobs.storage import OUTBOX, Blobs
from shared.config import Settings
from shared.documents.ids import safe
from shared.errors import Misconfigured, Permanent, RateLimited, Transient
from shared.masking import masked, masked_json
from shared.printable import printable, printable_json, printable_lines
from shared.web import addresses
from shared.web.fetch import Fetcher, Posted

HEADER_CHARACTERS = 150
SECTION_CHARACTERS = 3_000
MOST_BLOCKS = 48
"""Slack's limits of a header, of a section's text, and (50, less those of our own) of blocks in a message."""
_DEPENDENCY = "notify:{}"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification: its id, always the same for the same one, what it says, and the facts for machines."""

    id: str
    kind: str
    at: str
    title: str
    text: str
    facts: dict[str, Any]


class Channel(Protocol):
    """Where notifications go."""

    name: str

    async def send(self, group: str, notices: Sequence[Notice]) -> None:
        """Send notices as one message; `group` names it. Raises the failure's class."""
        ...


def gate_of(channel: str) -> str:
    """Return the gate that failures of a channel close."""
    return _DEPENDENCY.format(channel)


def channel_names(settings: Settings) -> tuple[str, ...]:
    """Return the channels that are set up: slack, webhook; without either the outbox."""
    found = [("slack", settings.slack_webhook_url), ("webhook", settings.notify_webhook_url)]
    return tuple(name for name, url in found if url) or ("outbox",)


def open_channel(name: str, settings: Settings, fetcher: Fetcher, blobs: Blobs) -> Channel:
    """Return a channel by name. Raises Misconfigured when it isn't set up."""
    if name == "outbox":
        return Outbox(blobs)
    url = {"slack": settings.slack_webhook_url, "webhook": settings.notify_webhook_url}.get(name, "")
    if not url:
        setting = {"slack": "SLACK_WEBHOOK_URL", "webhook": "NOTIFY_WEBHOOK_URL"}.get(name, "a channel of that name")
        raise Misconfigured(
            f"Channel {name!r} isn't set up: set {setting}.", code="channel_not_set_up", dependency=gate_of(name)
        )
    _check_host(name, url, settings)
    if name == "slack":
        return Slack(url, settings.slack_tag_users, fetcher)
    return Webhook(url, settings.notify_webhook_secret, fetcher)


class Outbox:
    """Puts each message into a blob of container `outbox`: the default, and what tests look at."""

    name = "outbox"

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def send(self, group: str, notices: Sequence[Notice]) -> None:
        """See Channel. The same group overwrites its blob."""
        await self._blobs.ensure(OUTBOX)
        name = f"{notices[0].at[:10]}/{safe(group)}.json"
        await self._blobs.write(OUTBOX, name, _json(group, notices), "application/json; charset=utf-8")


class Slack:
    """A Slack incoming webhook. Only 200 with the body ``ok`` is success (Slack, "Sending messages using webhooks")."""

    name = "slack"

    def __init__(self, url: str, tag_users: str, fetcher: Fetcher) -> None:
        self._url = url
        self._tags = " ".join(f"<@{user}>" for user in addresses.entries(tag_users))
        self._fetcher = fetcher

    async def send(self, group: str, notices: Sequence[Notice]) -> None:
        """See Channel."""
        body = json.dumps(slack_message(group, notices, self._tags), ensure_ascii=False).encode()
        posted = await self._fetcher.post(self._url, body, {"Content-Type": "application/json"})
        _check(posted, self.name)
        if posted.body.strip() != b"ok":
            raise Transient("Slack answers 200, but not ok", code="slack_not_ok", dependency=gate_of(self.name))


class Webhook:
    """A webhook of anybody's: JSON, signed so that the receiver can tell that it is ours, and how old it is.

    ``X-Nightshift-Signature`` is ``sha256=`` and the HMAC-SHA256 of timestamp, ``.`` and body under
    NOTIFY_WEBHOOK_SECRET; ``X-Nightshift-Timestamp`` is in seconds since 1970.
    """

    name = "webhook"

    def __init__(self, url: str, secret: str, fetcher: Fetcher) -> None:
        if not secret:
            raise Misconfigured(
                "NOTIFY_WEBHOOK_URL is set without NOTIFY_WEBHOOK_SECRET, so nothing could be signed. Set it.",
                code="setting_missing",
                dependency=gate_of(self.name),
            )
        self._url, self._secret, self._fetcher = url, secret, fetcher

    async def send(self, group: str, notices: Sequence[Notice]) -> None:
        """See Channel. Any 2xx is success."""
        body, timestamp = _json(group, notices), str(int(clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "X-Nightshift-Timestamp": timestamp,
            "X-Nightshift-Signature": f"sha256={signature(self._secret, timestamp, body)}",
        }
        _check(await self._fetcher.post(self._url, body, headers), self.name)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of timestamp and body, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def slack_message(group: str, notices: Sequence[Notice], tags: str = "") -> dict[str, Any]:
    """Return a Block Kit message within Slack's limits.

    What others wrote is escaped: it tags and links nothing, and turns no line around.
    """
    notices = [_shown(notice) for notice in notices]
    first = notices[0]
    more = f" and {len(notices) - 1} more" if len(notices) > 1 else ""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": cut(f"{first.title}{more}", HEADER_CHARACTERS)}}
    ]
    for notice in notices[:MOST_BLOCKS]:
        text = cut(escaped(notice.text if len(notices) == 1 else f"{notice.title}\n{notice.text}"), SECTION_CHARACTERS)
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": text}})
    rest = len(notices) - MOST_BLOCKS
    told = printable(f"{group}, {rest} more are left out" if rest > 0 else group)
    context = cut(f"{tags} {escaped(told)}".strip(), SECTION_CHARACTERS)
    blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": context}]})
    return {"text": cut(escaped(f"{first.title}{more}"), SECTION_CHARACTERS), "blocks": blocks}


def escaped(text: str) -> str:
    """Return a text as Slack's mrkdwn wants what isn't markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters; one that was cut ends in an ellipsis, and in no half entity."""
    if len(text) <= limit:
        return text
    short = text[: limit - 1]
    entity = short.rfind("&")
    if entity >= 0 and ";" not in short[entity:] and len(short) - entity < 5:
        short = short[:entity]
    return f"{short}…"


def _json(group: str, notices: Sequence[Notice]) -> bytes:
    told = [
        {"id": n.id, "kind": n.kind, "at": n.at, "title": n.title, "text": n.text, "facts": n.facts}
        for n in map(_shown, notices)
    ]
    return printable_json(json.dumps({"group": group, "notifications": told}, ensure_ascii=False)).encode()


def _shown(notice: Notice) -> Notice:
    """Return a notice whose texts people may read: no secret, and nothing that isn't printable."""
    title, text = printable(masked(notice.title)), printable_lines(masked(notice.text))
    return replace(notice, title=title, text=text, facts=masked_json(notice.facts))


def _check_host(name: str, url: str, settings: Settings) -> None:
    host = (urlsplit(url).hostname or "").lower()
    if host in addresses.entries(settings.notify_allowed_hosts.lower()):
        return
    if addresses.AllowedLocal(settings.fetch_allowed_local).covers(url):
        return
    raise Misconfigured(
        f"Channel {name!r} would post to {host or 'nowhere'}, which NOTIFY_ALLOWED_HOSTS doesn't name.",
        code="host_not_allowed", dependency=gate_of(name),
    )  # fmt: skip


def _check(posted: Posted, channel: str) -> None:
    """Raise the class of an answer that isn't success."""
    if 200 <= posted.status < 300:
        return
    dependency = gate_of(channel)
    what = f"{channel} answers {posted.status}"
    if posted.status == 429:
        raise RateLimited(what, dependency=dependency, retry_after=posted.retry_after)
    if posted.status in (408, 425) or posted.status >= 500:
        raise Transient(what, code="notify_failed", dependency=dependency)
    if posted.status in (400, 413, 422):
        raise Permanent(f"{what}: it doesn't take this message", code="notify_refused", dependency=dependency)
    raise Misconfigured(f"{what}: check its address.", code="notify_denied", dependency=dependency)
