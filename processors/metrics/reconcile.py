"""Reconcile: what a crash may have left is marked again, and a sample of rows is counted anew.

Each night the slices of all events that were *recorded* in the last 7 days are marked, whenever they occurred: so an
event whose mark and message were both lost finds its way (docs/metrics.md, rule 11). It never writes rows. Before that
it compares some of them with the events: a difference that nothing explains is a defect, and is told as an alert.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from processors.metrics import rows
from processors.metrics.buckets import Bucket, bucket_of
from processors.metrics.folding import named
from shared import clock, telemetry
from shared.alerts import sending
from shared.alerts.machine import AlertPolicy, Transition, Verdict
from shared.alerts.states import SYSTEM, AlertMessage, Evaluated, apply
from shared.config import Settings
from shared.documents.containers import ROLLUP_WORK, USAGE_EVENTS
from shared.documents.port import Condition, Documents
from shared.jobs.runs.definition import Page, Run, RunDefinition, Totals
from shared.rollups import marks
from shared.rollups.marks import Mark
from shared.schedules import Schedule
from shared.telemetry.pseudonyms import shown
from shared.usage import events

NAME = "reconcile-metrics"
RECORDED_WITHIN = timedelta(days=7)
SAMPLE = 20
"""Hours that are counted anew each night."""
_PAGE = 5000
_SETTLED = timedelta(minutes=20)
"""An event this young may not be marked yet: its hour isn't compared."""
_POLICY = AlertPolicy(window=timedelta(days=1))
_MEMBERS = ["id", "orgId", "kind", "slice", "slices", "recordedAt"]

_log = logging.getLogger("nightshift.metrics")


def reconcile_run(settings: Settings) -> RunDefinition:
    """Return the run `reconcile-metrics`."""
    return RunDefinition(
        name=NAME,
        timer="ReconcileMetrics",
        schedule=Schedule("0 40 4 * * *"),
        slot_form="day",
        plan=plan,
        shard_kind=None,
        fan_in=fan_in,
        about="marks what was recorded in the last 7 days, and counts a sample of roll-ups anew",
        catch_up="once",
    )


async def plan(run: Run, cursor: str | None) -> Page:
    """Compare the sample first, since what is marked is about to be mended; then mark page after page."""
    documents = run.services.documents
    if cursor is None:
        since = clock.to_text(clock.now() - RECORDED_WITHIN)
        different = await compare_sample(documents)
        await _tell(run, different)
        return Page(after=since, counters={"sampled": SAMPLE, "different": len(different)})
    where: list[Condition] = [("recordedAt", ">=", cursor)]
    query = documents.query(USAGE_EVENTS, where=where, order_by="recordedAt", select=_MEMBERS, limit=_PAGE)
    count, last, dirty = 0, cursor, set[Mark]()
    async for document in query:
        count, last = count + 1, document.body["recordedAt"]
        dirty.update(events.marks_of(document.body))
    await marks.put(documents, dirty)
    if count < _PAGE:
        return Page(counters={"events": count})
    if last == cursor:  # more than a page of one millisecond: as many as that are marked, and it goes on
        last = clock.to_text(clock.parse(last) + timedelta(milliseconds=1))
    return Page(after=last, counters={"events": count})


async def fan_in(run: Run, totals: Totals) -> Mapping[str, int]:
    """Return nothing more: planning has counted. The next tick enqueues the marks."""
    return {}


async def compare_sample(documents: Documents) -> list[str]:
    """Return which of some rows differ from what the events, and the hours of a day, add up to."""
    different: list[str] = []
    seen: set[tuple[str, str, Bucket]] = set()
    for _ in range(SAMPLE):
        at = clock.now() - _SETTLED - random.random() * RECORDED_WITHIN
        where: list[Condition] = [("recordedAt", ">=", clock.to_text(at))]
        query = documents.query(USAGE_EVENTS, where=where, order_by="recordedAt", select=_MEMBERS, limit=1)
        async for document in query:
            body = document.body
            org, kind, hour = body["orgId"], body["kind"], bucket_of("hour", clock.parse(body["slice"]))
            is_made_of_children = hour.parent is not None and not hour.parent.children_may_expire(clock.now())
            if (org, kind, hour) not in seen and is_made_of_children:
                seen.add((org, kind, hour))
                different += await _differences(documents, org, kind, hour)
    return different


async def _differences(documents: Documents, org: str, kind: str, hour: Bucket) -> list[str]:
    """Return the buckets of an hour and its day whose rows differ, though nothing of that day is still to be done."""
    found = []
    day = hour.parent
    assert day is not None
    for bucket, counted in ((hour, rows.of_events), (day, rows.of_children)):
        row = await rows.get(documents, org, kind, bucket)
        truth, _ = named(await counted(documents, org, kind, bucket))
        if row != truth and await _is_settled(documents, org, kind, day):
            again = await rows.get(documents, org, kind, bucket)
            truth, _ = named(await counted(documents, org, kind, bucket))
            if again != truth and await _is_settled(documents, org, kind, day):
                _log.error(
                    "the roll-up %s of %s/%s differs from what it is made of", bucket.name, shown(org), shown(kind)
                )
                found.append(f"{org}/{kind} {bucket.name}")
    return found


async def _is_settled(documents: Documents, org: str, kind: str, day: Bucket) -> bool:
    """Return whether all that is known of a day is rolled up: nothing is marked, and nothing came just now."""
    mark = Mark(org, kind, "")
    where: list[Condition] = [
        ("orgId", "=", org),
        ("kind", "=", kind),
        ("mark", ">=", Bucket("leaf", day.start).key),
        ("mark", "<", Bucket("leaf", day.end).key),
    ]
    if await documents.count(ROLLUP_WORK, partition=mark.partition, where=where):
        return False
    fresh: list[Condition] = [
        ("recordedAt", ">=", clock.to_text(clock.now() - _SETTLED)),
        ("orgId", "=", org),
        ("kind", "=", kind),
    ]
    return await documents.count(USAGE_EVENTS, where=fresh) == 0


async def _tell(run: Run, different: list[str]) -> None:
    telemetry.event(_log, logging.INFO, "metrics compared", sampled=SAMPLE, different=len(different))
    verdict: Verdict = "breach" if different else "clear"
    reason = f"{len(different)} roll-ups differ from their events" if different else "roll-ups say what events say"

    def message_of(transition: Transition) -> AlertMessage:
        if not different:
            return AlertMessage("Roll-ups of metrics say again what their events say", reason, {})
        listed = "\n".join(different[:SAMPLE])
        text = f"{reason}. They are made anew now; that they differed is a defect.\n{listed}"
        return AlertMessage("Roll-ups of metrics differ from their events", text, {"different": different})

    evaluated = Evaluated(SYSTEM, NAME, "rows", clock.now(), verdict, reason, _POLICY, message_of)
    await apply(run.services.documents, evaluated, partial(sending.send, run.services))
