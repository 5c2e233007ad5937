"""Handler of taste jobs: how does one like become part of a taste profile?

Get the picture, analyse it, write the evidence, fold the profile. A like whose evidence stands already (a redelivery)
is not analysed again; one that a later signal has replaced has nothing more to say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from weakref import WeakValueDictionary

from processors.taste import profile
from processors.taste.analysers.findings import Findings, ItemText
from processors.taste.evidence import Order, evidence_body, evidence_id, is_of_handling, moved_up, order_of
from processors.taste.model import TasteJob
from shared import users
from shared.documents.compare_and_set import contended, create_new, in_rounds, write_over_older
from shared.documents.containers import TASTE_EVIDENCE, USER_PROFILES, WARDROBE
from shared.documents.port import Documents
from shared.jobs.kinds import Job
from shared.jobs.latest import Standing

_COMPANY_SECONDS = 0.25
"""How long a fold waits for other likes of the same user on their way: one fold then serves them all, and 64 likes at
once don't read 64 times up to 64 evidences."""


class _Turn:
    """Whose turn it is at folding one user's profile, and how many likes of the user are still on their way there."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self._coming = 0
        self._all_here = asyncio.Event()

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Count a like as on its way to its evidence inside the block."""
        self._coming += 1
        self._all_here.clear()
        try:
            yield
        finally:
            self._coming -= 1
            if not self._coming:
                self._all_here.set()

    async def wait_for_company(self) -> bool:
        """Wait until no like is on its way, for a moment at most; return whether there was one to wait for."""
        if self._all_here.is_set():
            return False
        with suppress(TimeoutError):
            async with asyncio.timeout(_COMPANY_SECONDS):
                await self._all_here.wait()
        return True


class TasteAnalysis:
    """The handler of taste jobs. One per process: its jobs of one user take turns at folding that user's profile."""

    def __init__(self, half_life: timedelta) -> None:
        self._half_life = half_life
        self._turns: WeakValueDictionary[str, _Turn] = WeakValueDictionary()

    async def handle(self, job: Job, like: TasteJob) -> None:
        """Bring one settled like into its user's profile. Raises the failure's class; writing twice changes nothing."""
        documents = job.services.documents
        mine = order_of(evidence_body(like, job.generation, None))
        turn = self._turns.setdefault(like.user_id, _Turn())
        with turn.coming():
            standing = await documents.get(TASTE_EVIDENCE, like.user_id, evidence_id(like))
            if standing is None or order_of(standing.body) < mine:
                if standing is not None and is_of_handling(standing.body, like, job.generation):
                    body = moved_up(standing.body, mine[0])  # the signal was given again while the job went on
                else:
                    findings = None if like.signal == "none" else await self._analyse(job, like)
                    body = evidence_body(like, job.generation, findings)
                standing = await write_over_older(documents, TASTE_EVIDENCE, body, order_of)
        if order_of(standing.body) == mine:
            async with turn.lock:
                await self._fold(turn, documents, like.user_id, mine)

    async def standing(self, documents: Documents, like: TasteJob) -> Standing | None:
        """Return the evidence that stands of the picture that a settled like is about."""
        document = await documents.get(TASTE_EVIDENCE, like.user_id, evidence_id(like))
        return Standing(document.body["createdAt"], document.body["jobId"], document) if document else None

    async def move_up(self, documents: Documents, like: TasteJob, standing: Standing) -> None:
        """Bring the evidence that the like's own job left up to the like's time, and fold the profile.

        Raises PreconditionFailed when another signal was quicker.
        """
        body = standing.document.body
        if standing.instant < (like.createdAt or ""):
            body = moved_up(body, like.createdAt or "")
            await documents.replace(TASTE_EVIDENCE, body, standing.document.etag)
        turn = self._turns.setdefault(like.user_id, _Turn())
        async with turn.lock:
            await self._fold(turn, documents, like.user_id, order_of(body))

    async def _analyse(self, job: Job, like: TasteJob) -> Findings:
        # Imported here: whoever only asks which kinds there are waits for no Azure SDK.
        from processors.taste.pictures import read_picture

        services = job.services
        item = await _item_text(services.documents, like)
        picture = await read_picture(services, like.image_url)
        if services.settings.taste_analyser == "openai":
            from processors.taste.analysers import openai
            from shared.usage.budget import Caller

            return await openai.analyse(services.model, Caller(job.key.id, job.generation), picture, item)
        from processors.taste.analysers.local import analyse

        return await asyncio.to_thread(analyse, picture, item)

    async def _fold(self, turn: _Turn, documents: Documents, user: str, mine: Order) -> None:
        """Fold until the profile has settled `mine`: ETag first, then the parts, then replace-if-match."""

        async def folded() -> None:
            standing = await documents.get(USER_PROFILES, user, profile.PROFILE_ID)
            if standing is not None and profile.has_settled(standing.body, mine):
                return
            if await turn.wait_for_company():
                standing = await documents.get(USER_PROFILES, user, profile.PROFILE_ID)
            evidences = [
                document.body
                async for document in documents.query(
                    TASTE_EVIDENCE, partition=user, order_by="-order", limit=profile.NEWEST
                )
            ]
            body = profile.fold(user, evidences, self._half_life)
            if standing is None:
                # A forgotten user has no profile either, so ask the store, whatever this process remembers.
                await users.register(documents, user, surely=True)
                await create_new(documents, USER_PROFILES, body)
            elif standing.body != body:
                await documents.replace(USER_PROFILES, body, standing.etag)

        await in_rounds(folded, contended(USER_PROFILES, profile.PROFILE_ID))


async def _item_text(documents: Documents, like: TasteJob) -> ItemText:
    owned = await documents.get(WARDROBE, like.user_id, like.item_id)
    known = owned.body if owned else {}
    return ItemText(
        title=like.title if like.title is not None else known.get("title") or "",
        brand=known.get("brand"),
        category=known.get("category"),
        tags=tuple(like.tags if like.tags is not None else known.get("tags") or ()),
    )
