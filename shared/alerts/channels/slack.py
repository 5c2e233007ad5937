"""A Slack incoming webhook: messages of blocks, within Slack's limits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shared.alerts.channels.port import Channel, ChannelSort, Notice, check_answer, check_host, gate_of, shown
from shared.config import Settings
from shared.errors import Transient
from shared.printable import printable
from shared.web import addresses

if TYPE_CHECKING:
    from shared.blobs.storage import Blobs
    from shared.web.fetch import Fetcher

HEADER_CHARACTERS = 150
SECTION_CHARACTERS = 3_000
MOST_BLOCKS = 48
"""Slack's limits of a header, of a section's text, and (50, less those of our own) of blocks in a message."""


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
        check_answer(posted, self.name)
        if posted.body.strip() != b"ok":
            raise Transient("Slack answers 200, but not ok", code="slack_not_ok", dependency=gate_of(self.name))


def slack_message(group: str, notices: Sequence[Notice], tags: str = "") -> dict[str, Any]:
    """Return a Block Kit message within Slack's limits.

    What others wrote is escaped: it tags and links nothing, and turns no line around.
    """
    notices = [shown(notice) for notice in notices]
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
    link = first.facts.get("link")
    see = f"<{escaped(str(link))}|See it in the console> " if link else ""
    context = cut(f"{tags} {see}{escaped(told)}".strip(), SECTION_CHARACTERS)
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


def _open(settings: Settings, fetcher: Fetcher, blobs: Blobs) -> Channel:
    check_host(Slack.name, settings.slack_webhook_url, settings)
    return Slack(settings.slack_webhook_url, settings.slack_tag_users, fetcher)


CHANNEL = ChannelSort(
    name=Slack.name,
    setting="SLACK_WEBHOOK_URL",
    is_set_up=lambda settings: bool(settings.slack_webhook_url),
    open=_open,
)
