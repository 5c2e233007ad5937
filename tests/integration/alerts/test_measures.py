"""Do the measures of calls give the rates that counting by hand gives, each with what it rests on?"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from processors.pickup_rate.calls import Call
from processors.pickup_rate.measures import CALL_RATE, CONNECTION_RATE, LEAD_RATE, MEASURES
from processors.pickup_rate.rates import Rate, Tally
from processors.pickup_rate.taking_in import take_in
from shared import clock
from shared.config import PROJECT_FOLDER
from shared.documents.containers import CALLS
from shared.documents.sqlite import SqliteDocuments
from shared.errors import Unavailable, UsageError
from shared.measures import Ask, Measured, NoData, Period, Reading, read
from tests.integration.alerts.worlds import AlertWorld
from tests.integration.jobs.worlds import WatchedDocuments

HOUR = timedelta(hours=1)


def last_hour() -> Period:
    """Return the hour that ends now."""
    now = clock.now()
    return Period(now - HOUR, now)


@dataclass(frozen=True)
class ByHand:
    """Counts each thing that is asked for by itself, from all the calls there are."""

    calls: list[dict[str, Any]]

    def rate(self, ask: Ask) -> Rate:
        """Return the rate that an ask is answered with."""
        tally = Tally()
        for call in self.calls:
            scopes = ("global", f"merchant:{call['merchantId']}", f"reseller:{call.get('resellerId')}")
            if ask.scope in scopes and ask.window.begin <= clock.parse(call["initiatedAt"]) < ask.window.end:
                tally.add(call, tests=ask.options.get("tests", False), inbound=ask.options.get("inbound", False))
        of = {"pickup_call_rate": tally.calls, "pickup_lead_rate": tally.leads_rate}
        return of.get(ask.measure.name, tally.connected)


def rate_of(reading: Reading) -> Rate:
    return Rate(reading.counts["picked"], reading.counts["total"]) if isinstance(reading, Measured) else Rate(0, 0)


async def some_calls(world: AlertWorld, chance: random.Random, count: int, now: datetime) -> None:
    """Let there have been calls of all sorts in the last three hours."""
    for n in range(count):
        at = clock.to_text(now - timedelta(minutes=chance.randrange(1, 180)))
        said = {
            "call_id": f"c{n}", "merchantId": f"m{chance.randrange(3)}",
            "resellerId": chance.choice(["r0", "r1", None]), "requestId": chance.choice(["l0", "l1", "l2", None]),
            "status": chance.choice(["FINISHED", "RETRY"]), "outcome": chance.choice(["NO_ANSWER", "CONFIRM", None]),
            "initiatedAt": at, "updatedAt": at, "direction": chance.choice(["OUTBOUND", "INBOUND"]),
            "connectionStatus": chance.choice(["ANSWERED", "BUSY", "REJECTED", None]),
            "executionMode": chance.choice(["TELEPHONY", "TELEPHONY_TEST"]),
        }  # fmt: skip
        await take_in(world.documents, Call.model_validate(said))


async def test_each_rate_of_a_batch_is_what_counting_it_by_itself_gives(world: AlertWorld) -> None:
    now = clock.now()
    await some_calls(world, random.Random(17), 200, now)
    hours = (Period(now - HOUR, now), Period(now - 2 * HOUR, now - HOUR), Period(now - 2 * HOUR, now))
    wishes: tuple[dict[str, bool], ...] = ({}, {"tests": True}, {"inbound": True}, {"tests": True, "inbound": True})
    asks = [
        Ask(measure, scope, hour, options)
        for scope in ("global", "merchant:m0", "merchant:m1", "reseller:r0")
        for hour in hours
        for options in wishes
        for measure in MEASURES
    ]

    found = await read(world.services, asks)

    by_hand = ByHand(await world.all(CALLS))
    wanted = [by_hand.rate(ask) for ask in asks]
    assert [rate_of(reading) for reading in found] == wanted
    assert len(set(wanted)) > 40  # else many would be alike


async def test_a_rate_has_its_value_unrounded_with_its_sample_counts_and_facts(world: AlertWorld) -> None:
    await world.calls(2, 3, connectionStatus="ANSWERED")
    await world.calls(1, 1, executionMode="TELEPHONY_TEST")
    asks = [Ask(measure, "merchant:m1", last_hour()) for measure in (CALL_RATE, LEAD_RATE, CONNECTION_RATE)]

    calls, leads, connections = await read(world.services, asks)

    of_each = {"leftOut": 1, "undated": 0}
    worst = [{"merchant": "m1", "percent": 200 / 3, "picked": 2, "total": 3}]
    assert calls == Measured(200 / 3, "%", 3, {"picked": 2, "total": 3}, {**of_each, "worst": worst})
    assert leads == Measured(200 / 3, "%", 3, {"picked": 2, "total": 3}, {**of_each, "unfinishedLeads": 0})
    human = {"percent": 100.0, "picked": 3, "total": 3}
    assert connections == Measured(100.0, "%", 3, {"picked": 3, "total": 3}, {**of_each, "human": human})


async def test_without_calls_there_is_no_data_and_what_is_known_is_told(world: AlertWorld) -> None:
    await world.calls(1, 1, status="RETRY", requestId="lead")
    asks = [Ask(measure, "global", last_hour()) for measure in MEASURES]

    found = await read(world.services, asks)

    assert [reading.reason for reading in found if isinstance(reading, NoData)] == [
        "no finished calls",
        "no leads with a finished attempt",
        "no dialled calls",
    ]
    assert found[1].facts["unfinishedLeads"] == 1


@pytest.mark.parametrize(
    ("scope", "options", "code", "says"),
    [
        ("project:p1", {}, "scope_invalid", "'project:p1' is no scope"),
        ("global", {"test": True}, "measure_option_invalid", "test of pickup_lead_rate can't be True"),
        ("global", {"tests": "yes"}, "measure_option_invalid", "Known are: tests, inbound"),
    ],
)
async def test_a_scope_or_option_that_there_is_not_is_refused(
    world: AlertWorld, scope: str, options: dict[str, Any], code: str, says: str
) -> None:
    with pytest.raises(UsageError) as refused:
        await read(world.services, [Ask(LEAD_RATE, scope, last_hour(), options)])

    assert refused.value.code == code
    assert says in str(refused.value)


async def test_calls_that_can_not_be_read_are_a_failure_and_never_no_data(new_world: Any) -> None:
    store = WatchedDocuments(SqliteDocuments(":memory:"), [])
    world = new_world(documents=store)
    store.fail("query callRollups")

    with pytest.raises(Unavailable):
        await read(world.services, [Ask(CALL_RATE, "global", last_hour())])


async def test_the_example_of_the_architecture_page_reads_measures(world: AlertWorld) -> None:
    await world.calls(1, 4)
    page = (PROJECT_FOLDER / "docs" / "architecture.md").read_text(encoding="utf-8")
    (example,) = [block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "lead_rates" in block]
    defined: dict[str, Any] = {}
    exec(example, defined)

    found = await defined["lead_rates"](world.services, ["m1", "m2"])

    assert found == [25.0, "no leads with a finished attempt"]
