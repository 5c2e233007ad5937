"""The digests' run and shards as the crash test has them: small groups, short claims, and notes of who is at work."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from processors.catalogue import digest_kind, run_definitions
from processors.digest import run
from shared.config import Settings
from shared.jobs.kinds import Job, Kind, Next
from shared.jobs.runs import run_kind as runs
from shared.jobs.runs.definition import RunDefinition, RunDefinitions
from shared.jobs.runs.shards import ShardJob
from tests.chaos import chores

USERS_A_SHARD = 10


@lru_cache(maxsize=1)
def definition(settings: Settings) -> RunDefinition:
    """Return the run `digest`, in groups of ten users."""
    run.USERS_A_SHARD = USERS_A_SHARD
    return replace(run_definitions(settings).named("digest"), shard_kind=shard_kind)


@lru_cache(maxsize=1)
def shard_kind(settings: Settings) -> Kind:
    """Return the kind of the shards, which note while they are at work."""
    kind = digest_kind(settings)

    async def handle(job: Job, payload: ShardJob) -> Next | None:
        with chores.running(payload.shard):
            return await kind.handler(job, payload)

    return _with_claims(replace(kind, handler=handle, queue=os.environ["CHORES_QUEUE"]))


@lru_cache(maxsize=1)
def run_kind(settings: Settings) -> Kind:
    """Return the kind `run` with this run alone."""
    return _with_claims(runs.run_kind(settings, RunDefinitions([definition(settings)])))


def _with_claims(kind: Kind) -> Kind:
    seconds = float(os.environ.get("CHORES_CLAIM_SECONDS", "60"))
    return replace(kind, policy=replace(kind.policy, claim=timedelta(seconds=seconds)))
