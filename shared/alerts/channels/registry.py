"""The channels there are. A new one is a module beside this, and its line in CHANNELS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.alerts.channels import outbox, pagerduty, slack, webhook
from shared.alerts.channels.port import Channel, ChannelSort, gate_of
from shared.config import Settings
from shared.errors import Misconfigured, Permanent
from shared.suggestion import did_you_mean

if TYPE_CHECKING:
    from shared.blobs.storage import Blobs
    from shared.web.fetch import Fetcher

CHANNELS: tuple[ChannelSort, ...] = (
    slack.CHANNEL,
    webhook.CHANNEL,
    pagerduty.CHANNEL,
)
_WITHOUT_ANY = outbox.CHANNEL


def channel_names(settings: Settings) -> tuple[str, ...]:
    """Return the channels that are set up; without any the outbox."""
    return tuple(one.name for one in CHANNELS if one.is_set_up(settings)) or (_WITHOUT_ANY.name,)


def gates() -> tuple[str, ...]:
    """Return the gates that failures of channels close."""
    return tuple(gate_of(one.name) for one in CHANNELS)


def needs() -> dict[str, tuple[str, ...]]:
    """Return by channel the gates that hold its messages."""
    return {_WITHOUT_ANY.name: ("blob",), **{one.name: (gate_of(one.name),) for one in CHANNELS}}


def keeps_alerts(channel: str) -> bool:
    """Return whether a channel's receiver keeps each alert open until it is resolved."""
    return any(one.keeps_alerts for one in CHANNELS if one.name == channel)


def open_channel(name: str, settings: Settings, fetcher: Fetcher, blobs: Blobs) -> Channel:
    """Return a channel by name. Raises Permanent when there is none, Misconfigured when it isn't set up."""
    found = next((one for one in (*CHANNELS, _WITHOUT_ANY) if one.name == name), None)
    if found is None:
        known = needs()
        raise Permanent(
            f"There is no channel {name!r}.{did_you_mean(name, known)} Known are: {', '.join(known)}.",
            code="channel_unknown",
            dependency="message",
        )
    if not found.is_set_up(settings):
        raise Misconfigured(
            f"Channel {name!r} isn't set up: set {found.setting}.", code="channel_not_set_up", dependency=gate_of(name)
        )
    return found.open(settings, fetcher, blobs)
