"""PagerDuty (Events API v2): an alert of its own per (rule, scope), which opens, is reminded of and is resolved.

PagerDuty keeps an alert open under its `dedup_key` until a resolve comes; a trigger after that opens a new one. So what
is posted has to be what holds by then: see shared/alerts/standing.py. Limits and answers: PagerDuty, "Send an Alert
Event" and "Events API v2 Overview".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shared.alerts.channels.port import Channel, ChannelSort, Notice, check_answer, check_host, gate_of, shown
from shared.alerts.machine import ABOUT_ERRORS, OVER
from shared.config import Settings
from shared.documents.ids import compound, safe
from shared.errors import Misconfigured
from shared.printable import printable_json

if TYPE_CHECKING:
    from shared.blobs.storage import Blobs
    from shared.web.exchange import Posted
    from shared.web.fetch import Fetcher

SUMMARY_CHARACTERS = 1_024
MOST_BYTES = 512_000
"""PagerDuty's limits of a summary and of an event."""
SEVERITIES = frozenset({"info", "warning", "error", "critical"})
_UNSAID = "warning"
"""The severity of what a rule without one tells: as of a user's rule that doesn't say."""
_BAD_KEY = (b"routing key", b"routing_key")
"""A 400 whose answer names the key is about the key, and not about the event."""


class PagerDuty:
    """An integration of a PagerDuty service. It takes one event per request: a message is as many posts, in order.

    Sent again, an event adds to the alert that is open, and opens no other.
    """

    name = "pagerduty"

    def __init__(self, url: str, routing_key: str, fetcher: Fetcher) -> None:
        self._url, self._routing_key, self._fetcher = url, routing_key, fetcher

    async def send(self, group: str, notices: Sequence[Notice]) -> None:
        """See Channel."""
        for notice in notices:
            event = {"routing_key": self._routing_key, **pagerduty_event(notice)}
            posted = await self._fetcher.post(self._url, _to_bytes(event), {"Content-Type": "application/json"})
            _check_key(posted)
            check_answer(posted, self.name)


def pagerduty_event(notice: Notice) -> dict[str, Any]:
    """Return the event of a notice, without the routing key."""
    told = shown(notice)
    event: dict[str, Any] = {
        "event_action": "resolve" if notice.kind in OVER else "trigger",
        "dedup_key": dedup_key(notice),
        "client": "Nightshift",
        "payload": {
            "summary": _cut(told.title),
            "source": notice.scope or "nightshift",
            "severity": notice.severity if notice.severity in SEVERITIES else _UNSAID,
            "timestamp": notice.at,
            "class": notice.rule or notice.kind,
            "custom_details": {"text": told.text, **told.facts},
        },
    }
    if notice.client is not None:
        event["payload"]["group"] = notice.client
    if len(_to_bytes(event)) > MOST_BYTES - 1_000:  # the rest is the key's
        event["payload"]["custom_details"] = {"text": _cut(told.text)}
    return event


def dedup_key(notice: Notice) -> str:
    """Return the key of the alert that a notice is about: always the same for the same client, rule and scope.

    That a rule can't be evaluated is an alert of its own: so it ends without resolving the other. At most 128
    characters, of the 255 that PagerDuty takes.
    """
    about = "error" if notice.kind in ABOUT_ERRORS else "alert"
    if not notice.rule:
        return safe(notice.id)
    return safe(compound(about, notice.client or "", notice.rule, notice.scope))


def _check_key(posted: Posted) -> None:
    said = posted.body.lower()
    if posted.status == 400 and any(words in said for words in _BAD_KEY):
        raise Misconfigured(
            "pagerduty refuses the routing key: check PAGERDUTY_ROUTING_KEY (an integration key of Events API v2).",
            code="notify_denied", dependency=gate_of(PagerDuty.name),
        )  # fmt: skip


def _cut(text: str) -> str:
    return text if len(text) <= SUMMARY_CHARACTERS else f"{text[: SUMMARY_CHARACTERS - 1]}…"


def _to_bytes(event: dict[str, Any]) -> bytes:
    return printable_json(json.dumps(event, ensure_ascii=False)).encode()


def _open(settings: Settings, fetcher: Fetcher, blobs: Blobs) -> Channel:
    check_host(PagerDuty.name, settings.pagerduty_url, settings)
    return PagerDuty(settings.pagerduty_url, settings.pagerduty_routing_key, fetcher)


CHANNEL = ChannelSort(
    name=PagerDuty.name,
    setting="PAGERDUTY_ROUTING_KEY",
    is_set_up=lambda settings: bool(settings.pagerduty_routing_key),
    open=_open,
    keeps_alerts=True,
)
