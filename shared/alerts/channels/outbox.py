"""The outbox: each message is a blob. It is used where no other channel is set up, and it is what tests look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.alerts.channels.port import ChannelSort, Notice, to_json
from shared.blobs.containers import OUTBOX
from shared.documents.ids import safe

if TYPE_CHECKING:
    from shared.blobs.storage import Blobs


class Outbox:
    """Puts each message into a blob of container `outbox`."""

    name = "outbox"

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def send(self, group: str, notices: Sequence[Notice]) -> None:
        """See Channel. The same group overwrites its blob."""
        await self._blobs.ensure(OUTBOX)
        name = f"{notices[0].at[:10]}/{safe(group)}.json"
        await self._blobs.write(OUTBOX, name, to_json(group, notices), "application/json; charset=utf-8")


CHANNEL = ChannelSort(
    name=Outbox.name,
    setting="",
    is_set_up=lambda settings: True,
    open=lambda settings, fetcher, blobs: Outbox(blobs),
)
