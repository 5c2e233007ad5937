"""A webhook of anybody's: JSON, signed so that the receiver can tell that it is ours, and how old it is.

``X-Nightshift-Signature`` is ``sha256=`` and the HMAC-SHA256 of timestamp, ``.`` and body under
NOTIFY_WEBHOOK_SECRET; ``X-Nightshift-Timestamp`` is in seconds since 1970.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared import clock
from shared.alerts.channels.port import Channel, ChannelSort, Notice, check_answer, check_host, gate_of, to_json
from shared.config import Settings
from shared.errors import Misconfigured

if TYPE_CHECKING:
    from shared.blobs.storage import Blobs
    from shared.web.fetch import Fetcher


class Webhook:
    """Posts each message, signed. Any 2xx is success."""

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
        """See Channel."""
        body, timestamp = to_json(group, notices), str(int(clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "X-Nightshift-Timestamp": timestamp,
            "X-Nightshift-Signature": f"sha256={signature(self._secret, timestamp, body)}",
        }
        check_answer(await self._fetcher.post(self._url, body, headers), self.name)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of timestamp and body, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _open(settings: Settings, fetcher: Fetcher, blobs: Blobs) -> Channel:
    check_host(Webhook.name, settings.notify_webhook_url, settings)
    return Webhook(settings.notify_webhook_url, settings.notify_webhook_secret, fetcher)


CHANNEL = ChannelSort(
    name=Webhook.name,
    setting="NOTIFY_WEBHOOK_URL",
    is_set_up=lambda settings: bool(settings.notify_webhook_url),
    open=_open,
)
