"""The port of channels: what they send, what each sort of channel says of itself, and what all that post check."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from shared.config import Settings
from shared.errors import Misconfigured, Permanent, RateLimited, Transient
from shared.masking import masked, masked_json
from shared.printable import printable, printable_json, printable_lines
from shared.web import addresses
from shared.web.exchange import Posted
from shared.web.retry_after import OVERLOADED

if TYPE_CHECKING:
    from shared.blobs.storage import Blobs
    from shared.web.fetch import Fetcher

_DEPENDENCY = "notify:{}"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification: its id, always the same for the same one, what it says, and the facts for machines.

    `client` None: it is about a rule of the app's own. `rule` is empty when it is about none. `severity` is what the
    rule says, if it says one.
    """

    id: str
    kind: str
    at: str
    title: str
    text: str
    facts: dict[str, Any]
    rule: str = ""
    scope: str = ""
    client: str | None = None
    severity: str | None = None


class Channel(Protocol):
    """Where notifications go."""

    name: str

    async def send(self, group: str, notices: Sequence[Notice]) -> None:
        """Send notices as one message; `group` names it. Raises the failure's class."""
        ...


@dataclass(frozen=True, slots=True)
class ChannelSort:
    """A sort of channel: its name, the setting that sets it up, whether that is set, and how one is opened.

    `open` is called when it is set up; it raises Misconfigured when the settings don't suffice. `keeps_alerts`: its
    receiver keeps each alert open until it is resolved, so that it is sent what holds, not what a message was for.
    """

    name: str
    setting: str
    is_set_up: Callable[[Settings], bool]
    open: Callable[[Settings, Fetcher, Blobs], Channel]
    keeps_alerts: bool = False


def gate_of(channel: str) -> str:
    """Return the gate that failures of a channel close."""
    return _DEPENDENCY.format(channel)


def shown(notice: Notice) -> Notice:
    """Return a notice whose texts people may read: no secret, and nothing that isn't printable."""
    title, text = printable(masked(notice.title)), printable_lines(masked(notice.text))
    return replace(notice, title=title, text=text, facts=masked_json(notice.facts))


def to_json(group: str, notices: Sequence[Notice]) -> bytes:
    """Return a message as JSON, for machines."""
    told = [
        {"id": n.id, "kind": n.kind, "at": n.at, "title": n.title, "text": n.text, "facts": n.facts}
        for n in map(shown, notices)
    ]
    return printable_json(json.dumps({"group": group, "notifications": told}, ensure_ascii=False)).encode()


def check_host(channel: str, url: str, settings: Settings) -> None:
    """Check that a channel may post to `url`. Raises Misconfigured for a host that NOTIFY_ALLOWED_HOSTS doesn't name.

    Addresses of channels are secrets: no message and no error holds more of one than its host.
    """
    host = (urlsplit(url).hostname or "").lower()
    if host in addresses.entries(settings.notify_allowed_hosts.lower()):
        return
    if addresses.AllowedLocal(settings.fetch_allowed_local).covers(url):
        return
    raise Misconfigured(
        f"Channel {channel!r} would post to {host or 'nowhere'}, which NOTIFY_ALLOWED_HOSTS doesn't name.",
        code="host_not_allowed", dependency=gate_of(channel),
    )  # fmt: skip


def check_answer(posted: Posted, channel: str) -> None:
    """Check what a channel's server said. Raises the class of an answer that isn't success."""
    if 200 <= posted.status < 300:
        return
    dependency = gate_of(channel)
    what = f"{channel} answers {posted.status}"
    if posted.status == 429 or (posted.status in OVERLOADED and posted.retry_after is not None):
        raise RateLimited(what, dependency=dependency, retry_after=posted.retry_after)
    if posted.status in (408, 425) or posted.status >= 500:
        raise Transient(what, code="notify_failed", dependency=dependency)
    if posted.status in (400, 413, 422):
        raise Permanent(f"{what}: it doesn't take this message", code="notify_refused", dependency=dependency)
    raise Misconfigured(f"{what}: check its address.", code="notify_denied", dependency=dependency)
