"""Explaining a thing: why is it where it is, and what happens next?"""

from __future__ import annotations

from operations.actor import Actor, client_scope, user_scope
from operations.explain import jobs, letters, messages, rules, runs, sources
from operations.explain.answer import Answer
from operations.explain.finding import Asked, Finder
from operations.explain.gathering import Gathering
from processors.alerts.rule import Rule
from shared.config import Settings
from shared.documents.port import Documents
from shared.jobs.held_messages import HeldMessage
from shared.queues.port import Queues


async def explain(
    documents: Documents,
    settings: Settings,
    by: Actor,
    named: str,
    *,
    user: str | None = None,
    client: str | None = None,
    queues: Queues | None = None,
) -> Answer:
    """Return why a job, run, alert rule, source or dead letter is where it is, and what happens next.

    `named` is its id, name or the beginning of its id (finding.py). With `user` only that user's jobs and dead letters
    are meant, with `client` only that client's rules. The number of operations that it costs is bounded. `queues` None:
    they are opened, and what they would say is left out when they can't be. Raises NotFound, Refused when several
    things are meant.
    """
    by.require("reader", client_scope(client) if client is not None else user_scope(user))
    found = await Finder(documents, settings, by, user=user, client=client).find(named)
    gathering = Gathering(documents, settings, queues)
    thing = found.thing
    if isinstance(thing, HeldMessage):
        return messages.answer_of(await gathering.message(thing))
    if isinstance(thing, Asked):
        return runs.answer_of(await gathering.run(thing))
    if isinstance(thing, Rule):
        return rules.answer_of(await gathering.rule(thing))
    if found.sort == "source":
        return sources.answer_of(await gathering.source(thing))
    if thing["status"] == "dead":
        return letters.answer_of(await gathering.letter(thing))
    return jobs.answer_of(await gathering.job(thing))
