"""Handler of digest jobs: makes the digests of one group of users, a few at once. One that fails doesn't stop others.

A failure that may pass leaves its user planned: when the others are done the job fails with it, is tried again, and
finds only those. At the job's last attempt they are settled as failed, with the reason, and the shard completes.

Mails are sent when all the group's digests are there. While the mail service says to wait, the group does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from processors.digest import content, inputs, outcomes, publish, suggestions, surroundings
from processors.digest.acs import GATE
from processors.digest.model import Digest
from processors.digest.outcomes import DigestOutcome
from processors.digest.ports import Moods, Tastes
from processors.digest.preferences import is_unchanged
from shared.documents.containers import DIGESTS
from shared.documents.port import Documents
from shared.errors import Misconfigured, NightshiftError, Permanent, RateLimited, Transient, Unavailable
from shared.jobs.kinds import Job, Next
from shared.jobs.runs.definition import Run
from shared.jobs.runs.shards import ShardJob
from shared.jobs.runs.slots import Slots
from shared.services import Services
from shared.usage.budget import Caller

_PASSING = 2
STEP_SECONDS = 150.0
"""No user is begun later in a step: a step has four minutes. The next one goes on."""
MAIL_WAIT = timedelta(minutes=1)
"""When the mail service takes no more for now, and doesn't say how long."""


class DigestMaking:
    """The handler of groups of users. One per process: its groups of one run share what all their digests share."""

    def __init__(self, slots: Slots, taste_of: Tastes, moods_of: Moods, *, max_attempts: int) -> None:
        self._slots = slots
        self._taste_of, self._moods_of = taste_of, moods_of
        self._max_attempts = max_attempts
        self._lock = asyncio.Lock()
        self._shared: tuple[Documents, str, surroundings.Surroundings] | None = None

    async def handle(self, job: Job, payload: ShardJob) -> Next | None:
        """Make the digests of a group's users that have no outcome yet. Raises the first failure that may pass."""
        run = self._run_of(job, payload.run)
        services, around = job.services, await self._surroundings(job.services, run)
        is_last, failures = job.attempt >= self._max_attempts, list[NightshiftError]()
        deadline = time.monotonic() + STEP_SECONDS
        places = asyncio.Semaphore(services.settings.digest_concurrency)
        unsent: list[str] = []

        async def one(user: str, settling: Callable[[str], Awaitable[None]]) -> None:
            async with places:
                if time.monotonic() > deadline or any(_severity(error) < _PASSING for error in failures):
                    return
                await settling(user)

        async def made(user: str) -> None:
            if await self._settle(services, job, run, user, around, failures, is_last=is_last):
                unsent.append(user)

        async def sent(user: str) -> None:
            await self._mail(services, job, run, user, failures, is_last=is_last)

        async with asyncio.TaskGroup() as group:
            async for user in outcomes.waiting(services.documents, run.id, payload.shard):
                group.create_task(one(user, made))
        async with asyncio.TaskGroup() as group:
            for user in unsent:
                group.create_task(one(user, sent))
        for error in sorted(failures, key=_severity):
            if isinstance(error, RateLimited) and error.dependency == GATE:
                return Next(error.retry_after or MAIL_WAIT)
            raise error
        done = await outcomes.conclude(services.documents, run.id, payload.shard)
        return None if done else Next(timedelta())

    async def _settle(
        self,
        services: Services,
        job: Job,
        run: Run,
        user: str,
        around: surroundings.Surroundings,
        failures: list[NightshiftError],
        *,
        is_last: bool,
    ) -> bool:
        """Make one user's digest and note what came of it; or keep the failure for the end.

        Return whether its mail is still to be sent: that is noted then, too.
        """
        error: NightshiftError | None = None
        try:
            outcome = await _make(services, job, run, user, around, self._taste_of)
        except (Unavailable, RateLimited, Misconfigured) as held:
            failures.append(held)  # nobody's fault: the whole job waits
            return False
        except Permanent as refused:
            outcome, error = "failed", refused
        except Transient as passing:
            if not is_last:
                failures.append(passing)
                return False
            outcome, error = "failed", passing
        if outcome == "generated" and services.settings.digest_sender != "none":
            return True
        try:
            await outcomes.settle(services.documents, run.id, job.key.id, user, outcome, error)
        except NightshiftError as unsettled:
            failures.append(unsettled)
        return False

    async def _mail(
        self, services: Services, job: Job, run: Run, user: str, failures: list[NightshiftError], *, is_last: bool
    ) -> None:
        """Send one user's mail and note what came of it, with the digest; or keep the failure for the end."""
        from processors.digest import mailing

        error: NightshiftError | None = None
        outcome: mailing.MailOutcome
        try:
            outcome = await mailing.send_once(services, run, user)
        except (Unavailable, RateLimited, Misconfigured) as held:
            failures.append(held)
            return
        except Permanent as refused:
            outcome, error = "refused", refused
        except Transient as passing:
            if not is_last:
                failures.append(passing)
                return
            outcome, error = "failed", passing
        try:
            await outcomes.settle(services.documents, run.id, job.key.id, user, "generated", error, mail=outcome)
        except NightshiftError as unsettled:
            failures.append(unsettled)

    async def _surroundings(self, services: Services, run: Run) -> surroundings.Surroundings:
        async with self._lock:
            documents, shared = services.documents, self._shared
            if shared is None or shared[0] is not documents or shared[1] != run.id:
                shared = self._shared = documents, run.id, await surroundings.read(documents, run.slot, self._moods_of)
            return shared[2]

    def _run_of(self, job: Job, id: str) -> Run:
        name, slot, *n = id.split("|")
        number = int(n[0]) if n else None
        return Run(id, name, self._slots.read(slot), number, "", "", job.services)


async def _make(
    services: Services, job: Job, run: Run, user: str, around: surroundings.Surroundings, taste_of: Tastes
) -> DigestOutcome:
    """Make and publish one user's digest, unless it stands already or there is nothing new to say."""
    documents, week = services.documents, run.slot.text
    if await documents.get(DIGESTS, user, publish.document_id(week, run.n, run.id)) is not None:
        return "generated"
    mine = await inputs.read(documents, user, run.slot, taste_of)
    if mine.opted_out:
        return "skipped_opt_out"
    if mine.is_empty:
        return "skipped_no_data"
    fingerprint = mine.fingerprint(around)
    if run.n is None and await is_unchanged(documents, user, run.slot, fingerprint):
        return "skipped_unchanged"
    draft = content.draft(mine, around, week=week, run=run.id, at=run.slot.at)
    digest = await _suggested(services, job, mine, draft, user)
    if not content.is_worth_opening(digest):
        return "skipped_no_data"
    await publish.publish(services, digest, mine.person, fingerprint, run)
    return "generated"


async def _suggested(services: Services, job: Job, mine: inputs.Inputs, draft: content.Draft, user: str) -> Digest:
    found = suggestions.candidates(mine, draft)
    if services.settings.digest_suggester != "openai":
        return content.with_suggestions(draft.digest, suggestions.by_rules(found), suggestions.RULES)
    from processors.digest import by_model

    caller = Caller(f"{job.key.id}|{inputs.pseudonym(user)}", job.generation)
    made = await by_model.suggest(services.model, caller, found, draft)
    return content.with_suggestions(draft.digest, made, f"openai:{services.model.name}")


def _severity(error: NightshiftError) -> int:
    """Order failures by what follows for the job: a store that is away first, then what closes a gate."""
    return 0 if isinstance(error, Unavailable) else 1 if isinstance(error, RateLimited | Misconfigured) else _PASSING
