"""How many documents do pages read, however many there are?"""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest

from api.app import create
from operations import rules
from shared import clock
from shared.documents.containers import ALERT_EVENTS, ALERT_RULES, ALERT_STATES, ALERT_TASKS, DIGESTS
from shared.documents.port import Body
from tests.actors import ADMIN
from tests.integration.api.worlds import ApiWorld
from tests.integration.console.browser import Browser
from tests.integration.console.test_alerts import RULE
from tests.scale.counting import CountedDocuments

FEW, MANY = 150, 1_000
PATHS = ("/console/alerts", "/console/alerts/rules/r5", "/console/alerts/history", "/console/alerts/tasks")


async def fill(documents: CountedDocuments, world: ApiWorld, count: int) -> None:
    """Let there be so many rules, each of which fires, with an event and a task of its own; and as many digests."""
    services = dataclasses.replace(world.services, documents=documents)
    await rules.create(services, ADMIN, RULE, id="r0")
    (rule,) = [one.body async for one in documents.query(ALERT_RULES)]
    at, client = clock.text_now(), rule["clientId"]
    for n in range(count):
        about: Body = {"clientId": client, "rule": f"r{n}", "scope": "global", "schemaVersion": 1}
        state = {"name": "FIRING", "firedAt": at, "since": at}
        told = {"kind": "firing", "at": at, "title": "t", "text": "t", "facts": {}, "sent": {}}
        task = {"owner": "ada", "state": "open", "severity": "error", "ruleName": "r", "title": "t", "text": "t"}
        await documents.upsert(ALERT_RULES, {**rule, "id": f"r{n}", "name": f"rule {n}"})
        held = {"status": "FIRING", "state": state, "outbox": [], "unsent": False, "schemaVersion": 2}
        await documents.upsert(ALERT_STATES, {**about, **held, "id": f"s{n}"})
        await documents.upsert(ALERT_EVENTS, {**about, **told, "id": f"e{n}", "number": 1})
        await documents.upsert(ALERT_TASKS, {**about, **task, "id": f"t{n}", "number": 1, "firedAt": at})
        await documents.upsert(DIGESTS, {"id": "d", "userId": f"u{n}", "week": "2026-W48", "n": 0, "run": "digest/x"})


async def read_by(world: ApiWorld, path: str, count: int) -> Counter[str]:
    """Return how many documents of each container a page reads beside so many rules."""
    documents = CountedDocuments()
    world.world.services = dataclasses.replace(world.services, documents=documents)
    world.app = create(world.world)
    await fill(documents, world, count)
    async with Browser(world) as browser:
        await browser.sign_in("admin")
        before = Counter(documents.given)
        page = await browser.get(path)
    assert page.status == 200, page.text
    found = documents.given - before
    await documents.close()
    return found


@pytest.mark.parametrize("path", [*PATHS, "/console/digests"])
async def test_a_page_reads_as_many_documents_beside_a_thousand_rules_as_beside_a_hundred(
    world: ApiWorld, path: str
) -> None:
    few, many = await read_by(world, path, FEW), await read_by(world, path, MANY)
    assert few == many
    assert many.total() <= 6 * 51 + 101
