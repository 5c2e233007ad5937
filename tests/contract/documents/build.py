"""What do the documents of these tests look like?"""

from __future__ import annotations

from typing import Any

from shared.documents.port import Body, Documents


def job(id: str = "job-1", scope: str = "ada", **members: Any) -> Body:
    """A body for the container JOBS."""
    return {"id": id, "scope": scope, **members}


async def ids_of(documents: Documents, *args: Any, **kwargs: Any) -> list[str]:
    """The ids that a query yields, in its order."""
    return [document.body["id"] async for document in documents.query(*args, **kwargs)]
