"""Stored state of the host: blobs of container azure-webjobs-hosts, which it creates.

``timers/{hostId}/Host.Functions.{Name}/status`` is a timer's status; ``locks/{hostId}/Host.Functions.{Name}.Listener``
is empty, and whoever holds its lease is the one host that runs the timer.
"""

from __future__ import annotations

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob.aio import BlobClient, BlobLeaseClient, BlobServiceClient

from devhost import schedule_status
from devhost.schedule_status import Status

CONTAINER = "azure-webjobs-hosts"


class StatusBlob:
    """The status of one timer."""

    def __init__(self, blobs: BlobServiceClient, host_id: str, function_name: str) -> None:
        self._blobs = blobs
        self._blob: BlobClient = blobs.get_blob_client(
            CONTAINER, f"timers/{host_id}/Host.Functions.{function_name}/status"
        )

    async def read(self) -> Status | None:
        """Return what is stored, or None when nothing usable is. Raises AzureError."""
        try:
            download = await self._blob.download_blob()
            return schedule_status.from_json((await download.readall()).decode(errors="replace"))
        except ResourceNotFoundError:
            return None

    async def write(self, status: Status) -> None:
        """Store `status`. Raises AzureError."""
        try:
            await self._blob.upload_blob(status.to_json().encode(), overwrite=True)
        except ResourceNotFoundError:
            await create_container(self._blobs)
            await self._blob.upload_blob(status.to_json().encode(), overwrite=True)


class LockBlob:
    """The lock of one timer: who has the lease, under the id of this host's process, runs it."""

    def __init__(self, blobs: BlobServiceClient, host_id: str, function_name: str, lease_id: str) -> None:
        self._blobs = blobs
        self._blob: BlobClient = blobs.get_blob_client(
            CONTAINER, f"locks/{host_id}/Host.Functions.{function_name}.Listener"
        )
        self._lease = BlobLeaseClient(self._blob, lease_id)

    async def acquire(self, seconds: int) -> bool:
        """Take the lease for `seconds` (15 to 60); False when another holds it. Raises AzureError."""
        try:
            try:
                await self._lease.acquire(lease_duration=seconds)
            except ResourceNotFoundError:
                await self._create()
                await self._lease.acquire(lease_duration=seconds)
        except HttpResponseError as error:
            if error.status_code == 409:
                return False
            raise
        return True

    async def renew(self) -> bool:
        """Hold the lease for as long again; False when it is lost. Raises AzureError when that can't be known."""
        try:
            await self._lease.renew()
        except HttpResponseError as error:
            if error.status_code in (404, 409, 412):
                return False
            raise
        return True

    async def release(self) -> None:
        """Give the lease back, for the next to take at once. Raises AzureError."""
        try:
            await self._lease.release()
        except HttpResponseError as error:
            if error.status_code not in (404, 409, 412):
                raise

    async def _create(self) -> None:
        await create_container(self._blobs)
        try:
            await self._blob.upload_blob(b"", overwrite=False)
        except HttpResponseError as error:
            # It is there by now, and may be leased by now: another host was faster.
            if error.status_code not in (409, 412):
                raise


async def create_container(blobs: BlobServiceClient) -> None:
    """Create the host's container unless it exists. Raises AzureError."""
    try:
        await blobs.create_container(CONTAINER)
    except ResourceExistsError:
        return
