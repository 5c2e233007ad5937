"""Store of alert rules: each change is one compare-and-set; one that is invalid stores nothing.

A client's rules are one partition. Which rules are due is asked across all of them, by the index on `nextDueAt`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime

from processors.alerts import chains
from processors.alerts import rule as rules
from processors.alerts.rule import Definition, Held, Rule
from shared import clock
from shared.alerts import states
from shared.documents.compare_and_set import contended, create_new, in_rounds
from shared.documents.containers import ALERT_RULES
from shared.documents.port import Condition, Document, Documents
from shared.errors import Conflict, NotFound, Refused

Version = tuple[int, int]
"""Which of the rules of an id (incarnation), and which edit of it (version)."""


async def get(documents: Documents, client: str, id: str) -> Held | None:
    """Return a client's rule; None when there is none."""
    found = await documents.get(ALERT_RULES, client, id)
    return rules.from_document(found) if found is not None else None


async def of_client(documents: Documents, client: str) -> AsyncIterator[Rule]:
    """Yield a client's rules, in no order."""
    async for document in documents.query(ALERT_RULES, partition=client):
        yield rules.from_document(document).rule


async def due(documents: Documents, until: datetime) -> AsyncIterator[Document]:
    """Yield the documents of all clients' rules that are due at an instant, the longest due first."""
    where: list[Condition] = [("nextDueAt", "<=", clock.to_text(until))]
    async for document in documents.query(ALERT_RULES, where=where, order_by="nextDueAt"):
        yield document


async def everything(documents: Documents) -> AsyncIterator[Held]:
    """Yield the rules of all clients."""
    async for document in documents.query(ALERT_RULES):
        yield rules.from_document(document)


async def create(documents: Documents, client: str, id: str, definition: Definition, *, by: str) -> Rule:
    """Store a new rule. Raises Refused when there is one of that id, UsageError for a chain that can't be."""
    await chains.check(documents, client, id, definition.after)
    now = clock.now()
    rule = rules.created(client, id, definition, await _incarnation(documents, client, id, now), by=by, now=now)
    try:
        await create_new(documents, ALERT_RULES, rules.to_body(rule))
    except Conflict:
        raise Refused(f"There is an alert rule {id} already.", code="rule_exists") from None
    return rule


async def update(
    documents: Documents,
    client: str,
    id: str,
    make: Callable[[Definition], Definition],
    *,
    by: str,
    expected: Version | None = None,
) -> Rule:
    """Change a rule to what `make` makes of its definition. Raises NotFound, and what `make` and `create` raise.

    Raises Refused when it isn't the `expected` version any more.
    """

    async def changed() -> Rule:
        held = await existing(documents, client, id)
        _check_version(held, expected)
        definition = make(held.rule.definition)
        if definition == held.rule.definition:
            return held.rule
        if definition.after != held.rule.definition.after:
            await chains.check(documents, client, id, definition.after)
        return await _replaced(documents, held, rules.edited(held.rule, definition, by=by, now=clock.now()))

    return await in_rounds(changed, contended(ALERT_RULES, id))


async def delete(documents: Documents, client: str, id: str, *, expected: Version | None = None) -> Rule:
    """Delete a rule, and return what it was. Raises NotFound, Refused when it isn't the `expected` version any more."""

    async def deleted() -> Rule:
        held = await existing(documents, client, id)
        _check_version(held, expected)
        await documents.delete(ALERT_RULES, client, id, held.etag)
        return held.rule

    return await in_rounds(deleted, contended(ALERT_RULES, id))


async def reload(documents: Documents) -> int:
    """Compute the timing of every rule anew; return how many there are. What is due stays due."""
    count = 0
    async for found in everything(documents):
        count += await _reload(documents, found.rule)
    return count


async def advance(documents: Documents, held: Held, rule: Rule) -> None:
    """Store the timing of a rule over the version that was read. Raises PreconditionFailed: others were in between."""
    await _replaced(documents, held, rule)


async def existing(documents: Documents, client: str, id: str) -> Held:
    """Return a client's rule. Raises NotFound."""
    held = await get(documents, client, id)
    if held is None:
        raise NotFound(f"There is no alert rule {id!r}.", code="rule_unknown")
    return held


def _check_version(held: Held, expected: Version | None) -> None:
    if expected is not None and (held.rule.incarnation, held.rule.version) != expected:
        raise Refused("The alert rule has changed since it was read. Nothing was changed.", code="etag_differs")


async def _reload(documents: Documents, rule: Rule) -> bool:
    async def reloaded() -> bool:
        held = await get(documents, rule.client, rule.id)
        if held is not None:
            await _replaced(documents, held, rules.reloaded(held.rule, clock.now()))
        return held is not None

    return await in_rounds(reloaded, contended(ALERT_RULES, rule.id))


async def _replaced(documents: Documents, held: Held, rule: Rule) -> Rule:
    await documents.replace(ALERT_RULES, rules.to_body(rule), held.etag)
    return rule


async def _incarnation(documents: Documents, client: str, id: str, now: datetime) -> int:
    """Return a number larger than those of earlier rules of the id, by which their late evaluations are told apart."""
    before = [body.get("incarnation", 0) async for body in states.of_rule(documents, client, id)]
    return max(int(now.timestamp() * 1000), 1 + max(before, default=0))
