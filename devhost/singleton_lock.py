"""Singleton lock: of several hosts, the one that holds it runs a timer; the others try again from time to time.

The lock is a lease that ends by itself when its holder dies. A holder that can't renew it in time has lost it, and may
then still be in the middle of a run while the next holder begins another.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError

from devhost.restart_notice import RestartNotice

if TYPE_CHECKING:
    from devhost.host_blobs import LockBlob

LEASE_SECONDS = 60
"""How long the lock outlives its holder; renewed at half time. Storage takes 15 to 60."""

RETRY_SECONDS = 60.0
"""How long a host waits before it tries again to get a lock that another holds."""

_log = logging.getLogger("devhost")


class SingletonLock:
    """The lock of one timer. `lost` is set when it is no longer held though nobody gave it back.

    `notice` says that Azure's host would be restarted then.
    """

    def __init__(
        self, function_name: str, blob: LockBlob, notice: RestartNotice, lease_seconds: int = LEASE_SECONDS
    ) -> None:
        self._name = function_name
        self._blob = blob
        self._notice = notice
        self._seconds = lease_seconds
        self._keeping: asyncio.Task[None] | None = None
        self.lost = asyncio.Event()

    async def acquire(self) -> bool:
        """Try to get the lock, and keep it if so. Raises AzureError when storage fails."""
        if not await self._blob.acquire(self._seconds):
            return False
        self.lost.clear()
        self._keeping = asyncio.create_task(self._keep(time.monotonic() + self._seconds))
        return True

    async def release(self) -> None:
        """Give the lock back, if it is held."""
        if self._keeping is None:
            return
        self._keeping.cancel()
        await asyncio.wait((self._keeping,))
        self._keeping = None
        try:
            await self._blob.release()
        except AzureError as error:
            _log.warning(
                "%s: its lock could not be given back; other hosts get it in %d s. %s", self._name, self._seconds, error
            )

    async def _keep(self, held_until: float) -> None:
        pause = self._seconds / 2
        while True:
            await asyncio.sleep(pause)
            asked = time.monotonic()
            try:
                if not await self._blob.renew():
                    break
                held_until, pause = asked + self._seconds, self._seconds / 2
            except AzureError as error:
                _log.warning("%s: its lock could not be renewed, trying again: %s", self._name, error)
                pause = self._seconds / 20
                if time.monotonic() > held_until:
                    break
        _log.error("%s: its lock is lost, so another host may run it from now on.", self._name)
        self._notice.lock_lost(self._name)
        self.lost.set()
