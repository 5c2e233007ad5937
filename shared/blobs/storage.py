"""Blob storage: how does the app read and write blobs?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from azure.core import MatchConditions
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import BlobServiceClient

from shared.blobs.containers import MAX_PICTURE_BYTES
from shared.errors import Misconfigured, Permanent, PreconditionFailed, Transient


class Blobs:
    """The blobs of the app's storage account."""

    def __init__(self, service: BlobServiceClient, credential: Any = None) -> None:
        self._service = service
        self._credential = credential

    @classmethod
    def from_connection_string(cls, connection_string: str) -> Blobs:
        """Open by connection string. Raises Misconfigured when it isn't one."""
        try:
            return cls(BlobServiceClient.from_connection_string(connection_string, retry_total=0))
        except ValueError as error:
            raise Misconfigured(
                f"AzureWebJobsStorage isn't a connection string: {error}", code="setting_invalid"
            ) from None

    @classmethod
    def from_uri(cls, uri: str) -> Blobs:
        """Open the account at `uri` with the app's own identity."""
        from azure.identity.aio import DefaultAzureCredential

        credential = DefaultAzureCredential()
        return cls(BlobServiceClient(uri, credential=credential, retry_total=0), credential)

    @property
    def endpoint(self) -> str:
        """The account's address."""
        return str(self._service.url)

    def url(self, container: str, name: str) -> str:
        """Return the address of a blob."""
        return str(self._service.get_blob_client(container, name).url)

    def name_in(self, container: str, url: str) -> str | None:
        """Return the name of the blob in `container` that `url` points to; None when it points anywhere else."""
        try:
            own, asked = urlsplit(self._service.url), urlsplit(url)
        except ValueError:
            return None
        base = f"{own.path.rstrip('/')}/{container}/"
        if (asked.scheme, asked.netloc.lower()) != (own.scheme, own.netloc.lower()) or not asked.path.startswith(base):
            return None
        return plain_name(asked.path.removeprefix(base)) or None

    async def check(self, container: str) -> None:
        """Ask for the container. Raises Misconfigured when it is missing or refused, Transient when nobody answers."""
        with _classed(container):
            try:
                await self._service.get_container_client(container).get_container_properties()
            except ResourceNotFoundError:
                raise Misconfigured(
                    f"There is no container {container!r}.",
                    code="container_missing",
                    dependency="blob",
                ) from None

    async def ensure(self, container: str) -> bool:
        """Create the container if there is none; return whether it was created."""
        with _classed(container):
            try:
                await self._service.create_container(container)
            except ResourceExistsError:
                return False
        return True

    async def write(self, container: str, name: str, content: bytes, content_type: str) -> str:
        """Store a blob, over what was there; return its address."""
        blob = self._service.get_blob_client(container, name)
        with _classed(f"{container}/{name}"):
            await blob.upload_blob(content, overwrite=True, content_settings=ContentSettings(content_type))
        return str(blob.url)

    async def read(self, container: str, name: str, *, limit: int = MAX_PICTURE_BYTES) -> bytes:
        """Return a blob's bytes. Raises Permanent when it is missing or larger than `limit` bytes."""
        with _classed(f"{container}/{name}"):
            stream = await self._service.get_blob_client(container, name).download_blob(offset=0, length=limit + 1)
            content = await stream.readall()
        if len(content) > limit:
            raise Permanent(
                f"Blob {container}/{name} is larger than {limit} bytes", code="blob_too_large", dependency="content"
            )
        return content

    async def read_version(self, container: str, name: str) -> tuple[bytes, str] | None:
        """Return a blob's bytes and the ETag of exactly that version; None when there is no such blob."""
        try:
            with _classed(f"{container}/{name}"):
                stream = await self._service.get_blob_client(container, name).download_blob()
                return await stream.readall(), str(stream.properties.etag)
        except Permanent as error:
            if error.code == "blob_missing":
                return None
            raise

    async def write_over(self, container: str, name: str, content: bytes, content_type: str, etag: str | None) -> None:
        """Store a blob over the version that has `etag` (None: where there is none).

        Raises PreconditionFailed when that isn't what is there.
        """
        blob = self._service.get_blob_client(container, name)
        unchanged = {"etag": etag, "match_condition": MatchConditions.IfNotModified}
        condition: dict[str, Any] = {"match_condition": MatchConditions.IfMissing} if etag is None else unchanged
        with _classed(f"{container}/{name}"):
            try:
                await blob.upload_blob(
                    content, overwrite=True, content_settings=ContentSettings(content_type), **condition
                )
            except (ResourceExistsError, ResourceModifiedError):
                raise PreconditionFailed(f"Blob {container}/{name} is another version", dependency="blob") from None

    async def names(self, container: str, prefix: str) -> list[str]:
        """Return the names of the blobs that begin with `prefix`; none when there is no such container."""
        with _classed(container):
            try:
                found = self._service.get_container_client(container).list_blob_names(name_starts_with=prefix)
                return [str(name) async for name in found]
            except ResourceNotFoundError:
                return []

    async def delete(self, container: str, name: str) -> None:
        """Delete a blob, if it is there."""
        with _classed(f"{container}/{name}"):
            try:
                await self._service.get_blob_client(container, name).delete_blob(delete_snapshots="include")
            except ResourceNotFoundError:
                return

    async def close(self) -> None:
        """Give the connections back."""
        await self._service.close()
        if self._credential is not None:
            await self._credential.close()


def plain_name(path: str) -> str:
    """Return the blob name that a URL's escaped path means; empty when it would climb out of its folder."""
    name = unquote(path)
    return "" if ".." in name.replace("\\", "/").split("/") else name


@contextmanager
def _classed(what: str) -> Iterator[None]:
    try:
        yield
    except HttpResponseError as error:
        status = error.status_code or 0
        if status in (404, 416):
            kind = ("blob_missing", "There is no blob") if status == 404 else ("blob_empty", "Nothing is in blob")
            raise Permanent(f"{kind[1]} {what}", code=kind[0], dependency="content") from error
        if isinstance(error, ClientAuthenticationError) or status in (401, 403):  # no token has no status
            raise Misconfigured(
                f"The blob service refused us at {what} ({status}). Check AzureWebJobsStorage, or give the app's "
                "identity the role 'Storage Blob Data Contributor'.",
                code="blob_denied",
                dependency="blob",
            ) from error
        if status in (408, 409, 429) or status >= 500 or status == 0:
            raise Transient(
                f"The blob service failed at {what} ({status})", code="blob_failed", dependency="blob"
            ) from error
        raise Permanent(
            f"The blob service refused the request for {what} ({status})", code="blob_refused", dependency="content"
        ) from error
    except AzureError as error:
        raise Transient(f"The blob service can't be reached: {error}", code="blob_failed", dependency="blob") from error
