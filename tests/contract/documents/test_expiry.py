"""Does every adapter let a document expire by its own ``ttl``? No rule depends on it: it is housekeeping."""

from __future__ import annotations

from shared.documents.containers import JOBS
from shared.documents.port import Documents
from tests.contract.documents.build import job
from tests.patience import seconds, until

LIMIT_SECONDS = seconds(6.0)
"""Short: the stand-in, which lets nothing expire, is waited for in vain."""


async def test_a_document_is_gone_after_its_ttl(documents: Documents) -> None:
    await documents.create(JOBS, job(ttl=1))

    async def is_gone() -> bool:
        return await documents.get(JOBS, "ada", "job-1") is None

    await until(is_gone, "its end", look=0.1, limit_seconds=LIMIT_SECONDS)
