"""A group of users of a run as a kind of job."""

from __future__ import annotations

from functools import lru_cache

from processors.digest.acs import GATE
from processors.digest.ports import Moods, Tastes
from processors.digest.schedule import SLOTS
from shared.config import Settings
from shared.jobs.kinds import Handler, Kind, Policy, loaded_by_its_first_job
from shared.jobs.runs.shards import FOREVER, shard_kind
from shared.models.client import gate_of
from shared.usage.budget import BUDGET_GATE

_POLICY = Policy(completed_window=FOREVER)


@lru_cache(maxsize=1)
def digest_kind(settings: Settings, taste_of: Tastes, moods_of: Moods) -> Kind:
    """Return the kind `digest` as the settings have it. `taste_of` and `moods_of` read what digests are made from."""
    asked = (gate_of(settings.openai_model), BUDGET_GATE) if settings.digest_suggester == "openai" else ()
    sent = (GATE,) if settings.digest_sender == "acs" else ()

    def making() -> Handler:
        from processors.digest.handler import DigestMaking

        return DigestMaking(SLOTS, taste_of, moods_of, max_attempts=_POLICY.max_attempts).handle

    handler = loaded_by_its_first_job(making)
    return shard_kind("digest", settings.digest_queue, handler, policy=_POLICY, dependencies=("blob", *asked, *sent))
