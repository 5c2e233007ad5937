"""Endings: what a rule told last is told to be over once the rule watches it no more.

A rule that is deleted, made inactive or given another scope is *leaving* until that is done: the write that changes it
says so. Whoever changed it does it at once; what a crash left, the next tick of DispatchAlerts does. A run that was
under way while its rule changed looks again after it has written.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from functools import partial

from processors.alerts import store
from processors.alerts.rule import Rule
from shared import clock, skew
from shared.alerts import sending, states
from shared.alerts.machine import AlertPolicy, State
from shared.alerts.states import Evaluated, Occasion
from shared.documents.port import Body
from shared.errors import NightshiftError, PreconditionFailed, Unavailable
from shared.services import Services
from shared.telemetry.pseudonyms import shown

_MOST_TOLD = 2
"""An error that is over and an alert that is over are told one by one."""
_NEXT = timedelta(milliseconds=1)

_log = logging.getLogger("nightshift.alerts")


def watches(rule: Rule | None, scope: str, incarnation: int) -> bool:
    """Return whether a rule as it stands watches what a state of one of its incarnations speaks of."""
    if rule is None or not rule.definition.active:
        return False
    return rule.definition.condition.scope == scope and rule.incarnation == incarnation


async def end(services: Services, client: str, id: str) -> bool:
    """Tell what a rule told of anything that it doesn't watch to be over; return whether nothing is left to tell.

    What is silenced is told after its silence.
    """
    found = [body async for body in states.of_rule(services.documents, client, id)]
    held = await store.get(services.documents, client, id)  # after the states: none can be newer than the rule
    rule = held.rule if held is not None else None
    is_done = True
    for body in found:
        if "incarnation" in body and not watches(rule, body["scope"], body["incarnation"]):
            is_done = (await _end(services, body)).is_settled and is_done
    return is_done


async def finish(services: Services, client: str, id: str) -> bool:
    """Do what is left to do for a rule that is leaving; return whether nothing is left."""
    document = await store.leaving_one(services.documents, client, id)
    if document is None:
        return True
    if not await end(services, client, id):
        return False
    with suppress(PreconditionFailed):  # changed meanwhile: whoever did, or the next tick, looks again
        await store.left(services.documents, document)
        return True
    return False


async def finish_all(services: Services) -> int:
    """Do what crashes and silences have left to do; return for how many rules. One that fails stops no other."""
    count = 0
    for client, rule in [place async for place in store.leaving(services.documents)]:
        try:
            count += await finish(services, client, rule)
        except Unavailable:
            raise
        except NightshiftError as error:
            _log.error("what rule %s of %s told can't be told to be over", shown(rule), shown(client), exc_info=error)
    return count


async def _end(services: Services, body: Body) -> State:
    """Tell a state to be over, unless it is silent; return what it is then."""
    state = states.state_of(body)
    at = clock.now()
    last = skew.believed(body.get("slot", ""))
    if last:
        at = max(at, clock.parse(last))  # a run's slot may be ahead of this clock
    for _ in range(_MOST_TOLD):
        is_silent = state.silenced_until is not None and clock.now() < state.silenced_until
        if state.is_settled or (is_silent and state.name == "OK" and not state.is_open):
            break
        at += _NEXT
        state = await states.apply(
            services.documents,
            _evaluated(body, Occasion(body["incarnation"], clock.to_text(at))),
            partial(sending.send, services),
        )
    return state


def _evaluated(body: Body, occasion: Occasion) -> Evaluated:
    rule, scope = body["rule"], body["scope"]
    message = states.AlertMessage(
        f"Resolved: rule {rule} no longer watches {scope}",
        f"Rule {rule} was deleted, made inactive or changed. It no longer watches {scope}.",
        {"rule": {"id": rule}, "scope": scope, "verdict": "unwatched"},
    )
    return Evaluated(
        body["clientId"], rule, scope, clock.now(), "unwatched", "no longer watched", AlertPolicy(timedelta()),
        lambda _: message, occasion,
    )  # fmt: skip
