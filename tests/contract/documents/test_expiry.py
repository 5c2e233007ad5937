"""Does every adapter let a document expire by its own ``ttl``? No rule depends on it: it is housekeeping."""

from __future__ import annotations

import asyncio
import time

from shared.documents.containers import JOBS
from shared.documents.port import Documents
from tests.contract.documents.build import job

LIMIT_SECONDS = 4.0


async def test_a_document_is_gone_after_its_ttl(documents: Documents) -> None:
    await documents.create(JOBS, job(ttl=1))

    deadline = time.monotonic() + LIMIT_SECONDS
    while await documents.get(JOBS, "ada", "job-1") is not None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
