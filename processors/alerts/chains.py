"""Chains: rules that run at their own slot once their predecessors have run for it."""

from __future__ import annotations

from datetime import datetime

from processors.alerts import rule as rules
from processors.alerts.identity import key_of
from processors.alerts.rule import Rule
from shared.documents.containers import ALERT_RULES
from shared.documents.port import Documents
from shared.errors import Permanent, UsageError
from shared.jobs.record_store import Records


async def check(
    documents: Documents, client: str, id: str, after: tuple[str, ...], standing: tuple[str, ...] = ()
) -> None:
    """Raise UsageError for a predecessor that there isn't, and for a cycle, which is told.

    Predecessors that are `standing` may stay, though they are deleted.
    """
    ways: list[tuple[str, tuple[str, ...]]] = [(one, (id, one)) for one in after]
    seen: set[str] = set()
    while ways:
        at, way = ways.pop()
        if at == id:
            text = f"after: a cycle: {' → '.join(way)}. Nothing was stored."
            raise UsageError(text, code="rule_cycle", fields={"field": "after"})
        if at in seen:
            continue
        seen.add(at)
        is_there, before = await _read(documents, client, at)
        if not is_there and at in after and at not in standing:
            text = f"after: there is no alert rule {at!r}. Nothing was stored."
            raise UsageError(text, code="rule_unknown", fields={"field": "after"})
        if before is not None:
            ways += [(one, (*way, one)) for one in before.definition.after]


async def waits_for(documents: Documents, records: Records, rule: Rule, slot: datetime) -> str | None:
    """Return a predecessor that has yet to run for a slot; None when there is none (rule 11).

    Rules that are deleted, inactive or can't be read hold nobody.
    """
    for one in rule.definition.after:
        _, before = await _read(documents, rule.client, one)
        if before is None or not before.definition.active:
            continue
        if before.timing.next_due is not None and before.timing.next_due <= slot:
            return one
        if before.timing.last_slot is not None:
            held = await records.get(key_of(before.client, before.id, before.timing.last_slot))
            if held is not None and not held.record.ended:
                return one
    return None


async def _read(documents: Documents, client: str, id: str) -> tuple[bool, Rule | None]:
    """Return whether there is a rule, and the rule; None when it can't be read, too."""
    found = await documents.get(ALERT_RULES, client, id)
    if found is None or rules.is_deleted(found):
        return False, None
    try:
        return True, rules.from_document(found).rule
    except Permanent:
        return True, None
