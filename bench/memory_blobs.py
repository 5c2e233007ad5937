"""Blobs in memory: a test of what the store is asked needs no storage account."""

from __future__ import annotations

from shared.errors import PreconditionFailed


class MemoryBlobs:
    """What digests and users need of Blobs."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], bytes] = {}

    async def ensure(self, container: str) -> bool:
        """See Blobs."""
        return True

    def url(self, container: str, name: str) -> str:
        """See Blobs."""
        return f"memory:{container}/{name}"

    async def write(self, container: str, name: str, content: bytes, content_type: str) -> str:
        """See Blobs."""
        self._held[container, name] = content
        return self.url(container, name)

    async def read_version(self, container: str, name: str) -> tuple[bytes, str] | None:
        """See Blobs."""
        found = self._held.get((container, name))
        return None if found is None else (found, str(hash(found)))

    async def write_over(self, container: str, name: str, content: bytes, content_type: str, etag: str | None) -> None:
        """See Blobs."""
        standing = await self.read_version(container, name)
        if (standing[1] if standing else None) != etag:
            raise PreconditionFailed(f"{name} isn't the version that was read")
        await self.write(container, name, content, content_type)

    async def names(self, container: str, prefix: str) -> list[str]:
        """See Blobs."""
        return [name for held, name in self._held if held == container and name.startswith(prefix)]

    async def delete(self, container: str, name: str) -> None:
        """See Blobs."""
        del self._held[container, name]

    async def close(self) -> None:
        """Nothing is open."""
