"""Run of a rule for a slot: it reads the rule after its claim, evaluates it, and lets the alert's state follow.

The window ends where the slot begins, not when it is evaluated: so a late evaluation judges what a punctual one does.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from processors.alerts import chains, endings, judging, store, texts
from processors.alerts.identity import AlertJob
from processors.alerts.judging import Judged
from processors.alerts.rule import SYSTEM_USER, Held, Rule
from shared import clock, skew, telemetry
from shared.alerts import sending, states
from shared.alerts.machine import State
from shared.alerts.states import Evaluated, Occasion
from shared.errors import NightshiftError, Unavailable
from shared.jobs.kinds import Ending, Job, Next, Skipped
from shared.jobs.record_store import Records
from shared.measures import Measures, read
from shared.services import Services
from shared.telemetry import signals
from shared.telemetry.pseudonyms import shown

CHAIN_LOOK = timedelta(seconds=15)
"""How often a rule looks whether its predecessors have run."""

_log = logging.getLogger("nightshift.alerts")


async def run(measures: Measures, job: Job, payload: AlertJob) -> Ending:
    """Evaluate a rule for a slot. Raises Unavailable when our own store fails; another failure is the verdict."""
    documents, slot = job.services.documents, clock.parse(payload.slot)
    held = await store.get(documents, payload.of_client, payload.rule)
    why = _why_not(held, slot)
    if held is None or why is not None:
        await endings.end(job.services, payload.of_client, payload.rule)
        _tell(logging.INFO, "alert rule skipped", payload, why=why)
        return Skipped(why or "")
    rule = held.rule
    if payload.by is None and clock.now() - slot <= rule.definition.grace:
        before = await chains.waits_for(documents, Records(documents), rule, slot)
        if before is not None:
            return Next(CHAIN_LOOK)
    began = clock.now()
    found = await evaluated(job.services, measures, rule, slot)
    signals.current().evaluated(found.verdict, clock.now() - began)
    state = await _apply(job.services, rule, slot, found)
    if not state.is_settled:
        await _end_unless_watched(job.services, rule)
    failed = found.verdict == "error"  # its reason is the text of an error
    _tell(
        logging.WARNING if failed else logging.INFO,
        "alert rule failed" if failed else "alert rule ran",
        payload, verdict=found.verdict, reason=None if failed else found.reason,
        code=found.facts.get("code") if failed else None, state=state.name, by=payload.by or SYSTEM_USER,
        late_s=round((began - slot).total_seconds(), 1),
        duration_ms=round((clock.now() - began).total_seconds() * 1000, 1),
    )  # fmt: skip
    return None


async def evaluated(services: Services, measures: Measures, rule: Rule, end: datetime) -> Judged:
    """Return what a rule's condition comes to in the window that ends at an instant. Raises Unavailable.

    Whatever else fails is a verdict of its own: never that all is well.
    """
    condition = rule.definition.condition
    try:
        readings = await read(services, judging.asks_of(condition, measures, end))
        return judging.judged(condition, readings, end)
    except Unavailable:
        raise
    except NightshiftError as error:
        return _failed(f"{error}", error.code)
    except Exception as error:  # a defect in a measure is an error of the rules that ask for it
        _log.error("rule %s of %s raised", shown(rule.id), shown(rule.client), exc_info=error)
        return _failed(f"{type(error).__name__}: {error}", "unexpected")


def _why_not(held: Held | None, slot: datetime) -> str | None:
    """Return why a slot isn't to be evaluated; None when it is (rule 9)."""
    if held is None:
        return "its rule is deleted"
    if not held.rule.definition.active:
        return "its rule is inactive"
    created = held.rule.created_at
    is_earlier = slot <= created and not skew.is_ahead(created)  # a wrong clock's instant is before nothing
    return "it is from before its rule was created" if is_earlier else None


async def _apply(services: Services, rule: Rule, slot: datetime, found: Judged) -> State:
    condition = rule.definition.condition
    return await states.apply(
        services.documents,
        Evaluated(
            rule.client, rule.id, condition.scope, clock.now(), found.verdict, found.reason, condition.policy,
            partial(texts.message_of, rule, found), Occasion(rule.incarnation, clock.to_text(slot)),
            rule.definition.channels,
        ),
        partial(sending.send, services),
    )  # fmt: skip


async def _end_unless_watched(services: Services, rule: Rule) -> None:
    """Tell what was written to be over if the rule was deleted or changed since it was read: nobody else would."""
    held = await store.get(services.documents, rule.client, rule.id)
    now = held.rule if held is not None else None
    if not endings.watches(now, rule.definition.condition.scope, rule.incarnation):
        await endings.end(services, rule.client, rule.id)


def _failed(reason: str, code: str) -> Judged:
    return Judged("error", reason, None, "", {"verdict": "error", "reason": reason, "code": code})


def _tell(level: int, what: str, payload: AlertJob, **fields: object) -> None:
    telemetry.event(_log, level, what, client=payload.client, rule=payload.rule, slot=payload.slot, **fields)
