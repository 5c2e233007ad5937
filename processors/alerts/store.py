"""Store of alert rules: each change is one compare-and-set; one that is invalid stores nothing.

A client's rules are one partition. Which rules are due is asked across all of them, by the index on `nextDueAt`. A rule
that is deleted is not there for anybody, though something stands in its place until what it told is told to be over. Of
a rule that can't be read nothing but that is known: it stops none of the others.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from processors.alerts import chains
from processors.alerts import rule as rules
from processors.alerts.rule import Definition, Held, Rule
from shared import clock
from shared.alerts import states
from shared.documents.compare_and_set import contended, create_new, in_rounds
from shared.documents.containers import ALERT_RULES
from shared.documents.port import Condition, Document, Documents
from shared.errors import Conflict, NotFound, Permanent, PreconditionFailed, Refused
from shared.telemetry.pseudonyms import shown

_log = logging.getLogger("nightshift.alerts")


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that can't be read, and why."""

    id: str
    client: str
    name: str
    why: str


Version = tuple[int, int]
"""Which of the rules of an id (incarnation), and which edit of it (version)."""


async def get(documents: Documents, client: str, id: str) -> Held | None:
    """Return a client's rule; None when there is none. Raises Permanent (``rule_broken``): it can't be read."""
    found = await documents.get(ALERT_RULES, client, id)
    return rules.from_document(found) if found is not None and not rules.is_deleted(found) else None


async def of_client(documents: Documents, client: str) -> AsyncIterator[Rule]:
    """Yield a client's rules, in no order. One that can't be read is left out, and logged."""
    async for document in documents.query(ALERT_RULES, partition=client):
        found = present(document)
        if isinstance(found, Held):
            yield found.rule


async def names(documents: Documents, client: str) -> dict[str, str]:
    """Return the names of a client's rules by their ids, of those that can't be read too."""
    query = documents.query(ALERT_RULES, partition=client, select=["id", "name", "deletedAt"])
    return {one.body["id"]: f"{one.body.get('name')}" async for one in query if not rules.is_deleted(one)}


async def due(documents: Documents, until: datetime) -> AsyncIterator[Document]:
    """Yield the documents of all clients' rules that are due at an instant, the longest due first."""
    where: list[Condition] = [("nextDueAt", "<=", clock.to_text(until))]
    async for document in documents.query(ALERT_RULES, where=where, order_by="nextDueAt"):
        yield document


async def everything(documents: Documents) -> AsyncIterator[Held | Broken]:
    """Yield the rules of all clients, those that can't be read too."""
    async for document in documents.query(ALERT_RULES):
        found = present(document)
        if found is not None:
            yield found


async def create(documents: Documents, client: str, id: str, definition: Definition, *, by: str) -> Rule:
    """Store a new rule. Raises Refused when there is one of that id, UsageError for a chain that can't be."""
    await chains.check(documents, client, id, definition.after)
    now = clock.now()
    standing = await documents.get(ALERT_RULES, client, id)
    gone = standing if standing is not None and rules.is_deleted(standing) else None
    incarnation = await _incarnation(documents, client, id, now, gone)
    rule = rules.created(client, id, definition, incarnation, by=by, now=now)
    try:
        if gone is None:
            await create_new(documents, ALERT_RULES, rules.to_body(rule))
        else:  # what the earlier one told is left to be told to be over
            rule = replace(rule, leaving=True)
            await documents.replace(ALERT_RULES, rules.to_body(rule), gone.etag)
    except (Conflict, PreconditionFailed):
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
        _check_version((held.rule.incarnation, held.rule.version), expected)
        definition = make(held.rule.definition)
        if definition == held.rule.definition:
            return held.rule
        if definition.after != held.rule.definition.after:
            await chains.check(documents, client, id, definition.after, held.rule.definition.after)
        return await _replaced(documents, held, rules.edited(held.rule, definition, by=by, now=clock.now()))

    return await in_rounds(changed, contended(ALERT_RULES, id))


async def delete(documents: Documents, client: str, id: str, *, by: str, expected: Version | None = None) -> None:
    """Delete a rule, also one that can't be read: it is leaving then.

    Raises NotFound, Refused when it isn't the `expected` version any more.
    """

    async def deleted() -> None:
        standing = await documents.get(ALERT_RULES, client, id)
        if standing is None or rules.is_deleted(standing):
            raise _unknown(id)
        _check_version((standing.body.get("incarnation"), standing.body.get("version")), expected)
        await documents.replace(ALERT_RULES, rules.deleted(standing, by=by, now=clock.now()), standing.etag)

    await in_rounds(deleted, contended(ALERT_RULES, id))


async def leaving(documents: Documents) -> AsyncIterator[tuple[str, str]]:
    """Yield client and id of each rule that may have told something which it watches no more."""
    async for document in documents.query(ALERT_RULES, where=[("leaving", "=", True)], select=("id", "clientId")):
        yield document.body["clientId"], document.body["id"]


async def leaving_one(documents: Documents, client: str, id: str) -> Document | None:
    """Return a rule's document, or what stands in its place, while it is leaving."""
    found = await documents.get(ALERT_RULES, client, id)
    return found if found is not None and found.body.get("leaving") else None


async def left(documents: Documents, document: Document) -> None:
    """Note that nothing is left of what a rule told and doesn't watch. Raises PreconditionFailed: it was changed."""
    body = document.body
    if rules.is_deleted(document):
        await documents.delete(ALERT_RULES, body["clientId"], body["id"], document.etag)
        return
    kept = {name: value for name, value in body.items() if name != "leaving"}
    await documents.replace(ALERT_RULES, kept, document.etag)


async def reload(documents: Documents) -> int:
    """Compute the timing of every rule anew; return of how many. What is due stays due.

    One that can't be read stays as it is, and so does one that is owed too many slots; both are logged.
    """
    count = 0
    async for found in everything(documents):
        if isinstance(found, Held):
            count += await _reload(documents, found.rule)
    return count


async def advance(documents: Documents, held: Held, rule: Rule) -> None:
    """Store the timing of a rule over the version that was read. Raises PreconditionFailed: others were in between."""
    await _replaced(documents, held, rule)


async def existing(documents: Documents, client: str, id: str) -> Held:
    """Return a client's rule. Raises NotFound."""
    held = await get(documents, client, id)
    if held is None:
        raise _unknown(id)
    return held


def _check_version(standing: tuple[object, object], expected: Version | None) -> None:
    if expected is not None and standing != expected:
        raise Refused("The alert rule has changed since it was read. Nothing was changed.", code="etag_differs")


async def _reload(documents: Documents, rule: Rule) -> bool:
    async def reloaded() -> bool:
        held = await get(documents, rule.client, rule.id)
        if held is not None:
            await _replaced(documents, held, rules.reloaded(held.rule, clock.now()))
        return held is not None

    try:
        return await in_rounds(reloaded, contended(ALERT_RULES, rule.id))
    except (Refused, Permanent) as error:
        _log.error("rule %s of %s keeps its timing: %s", shown(rule.id), shown(rule.client), error)
        return False


async def _replaced(documents: Documents, held: Held, rule: Rule) -> Rule:
    await documents.replace(ALERT_RULES, rules.to_body(rule), held.etag)
    return rule


def present(document: Document) -> Held | Broken | None:
    """Return the rule of a document; None for what stands in the place of one that is deleted."""
    if rules.is_deleted(document):
        return None
    try:
        return rules.from_document(document)
    except Permanent as error:
        body = document.body
        _log.error("rule %s of %s is left out: %s", shown(body["id"]), shown(body["clientId"]), error)
        return Broken(body["id"], body["clientId"], f"{body.get('name', '')}", f"{error}")


def _unknown(id: str) -> NotFound:
    return NotFound(f"There is no alert rule {id!r}.", code="rule_unknown")


async def _incarnation(documents: Documents, client: str, id: str, now: datetime, gone: Document | None) -> int:
    """Return a number larger than those of earlier rules of the id, by which their late evaluations are told apart."""
    before = [body.get("incarnation", 0) async for body in states.of_rule(documents, client, id)]
    if gone is not None:
        before.append(gone.body.get("incarnation", 0))
    return max(int(now.timestamp() * 1000), 1 + max(before, default=0))
