"""Do the figures that are added up from roll-ups equal those of the calls themselves, whatever the calls?"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.pickup_rate import adding_up, reading
from processors.pickup_rate.calls import Call
from processors.pickup_rate.chains import LONGEST
from processors.pickup_rate.evaluation import Counts
from processors.pickup_rate.reading import Wanted
from processors.pickup_rate.rollups import CALL_SOURCE, KINDS
from processors.pickup_rate.taking_in import take_in
from shared import clock
from shared.documents.port import Documents
from shared.documents.sqlite import SqliteDocuments
from shared.measures import Period
from shared.rollups import marks
from shared.rollups.buckets import SLICE, slice_of
from shared.rollups.rolling_up import roll_up_standing
from tests.integration.jobs.worlds import MovingClock

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SCOPES = ("global", "merchant:m1", "merchant:m2", "reseller:r1", "reseller:r2")
EDGES = [
    timedelta(0), timedelta(minutes=5), timedelta(minutes=55), timedelta(hours=1), timedelta(hours=9),
    timedelta(hours=9, minutes=5), timedelta(days=1, hours=9), timedelta(days=2, hours=1, minutes=35),
    timedelta(days=15), timedelta(days=31), timedelta(days=31, minutes=5), timedelta(days=40), timedelta(days=61),
    timedelta(days=62),
]  # fmt: skip
"""How long before now calls and windows begin: at the edges of slices, hours, days and of the longest window."""

OFFSETS = [timedelta(milliseconds=n) for n in (0, 1, 299_999, 300_000, 420_000)]
OPTIONS = [(tests, inbound) for tests in (False, True) for inbound in (False, True)]

instants = st.builds(lambda edge, off: NOW - edge - off, st.sampled_from(EDGES), st.sampled_from(OFFSETS))


@dataclass(frozen=True, slots=True)
class History:
    """Versions of calls in the order in which they come, round by round, and the windows that are looked at."""

    rounds: list[list[dict[str, Any]]]
    windows: list[Period]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Return calls that begin at few instants, and windows with edges around those: so they meet."""
    few = draw(st.lists(instants, min_size=2, max_size=4, unique=True))
    begins = st.sampled_from([clock.to_text(one) for one in few])
    version = st.fixed_dictionaries(
        {
            "call_id": st.sampled_from([f"c{n}" for n in range(8)]),
            "merchantId": st.sampled_from(["m1", "m2"]),
            "resellerId": st.sampled_from([None, "r1", "r1", "r2"]),
            "requestId": st.sampled_from([None, "lead-1", "lead-1", "lead-1", "lead-2"]),
            "status": st.sampled_from(["FINISHED", "FINISHED", "RETRY"]),
            "outcome": st.sampled_from(["NO_ANSWER", "CONFIRM", "VOICEMAIL", None]),
            "connectionStatus": st.sampled_from([None, "ANSWERED", "NOT_DIALED", "BUSY"]),
            "executionMode": st.sampled_from(["TELEPHONY", "TELEPHONY", "TELEPHONY", "DAILY_TEST"]),
            "direction": st.sampled_from(["OUTBOUND", "OUTBOUND", "OUTBOUND", "INBOUND"]),
            "initiatedAt": st.one_of(begins, begins, begins, begins, st.none()),
            "updatedAt": st.sampled_from([f"2026-11-23T08:00:0{n}Z" for n in range(8)]),
        }
    )
    rounds = draw(st.lists(st.lists(version, min_size=2, max_size=6), min_size=2, max_size=3))
    edges = sorted({NOW, *(slice_of(one) + n * SLICE for one in few for n in (0, 1))})
    pairs = [Period(begin, end) for begin, end in combinations(edges, 2) if end - begin <= LONGEST]
    longest = [Period(end - LONGEST, end) for end in edges if end - LONGEST >= NOW - 2 * LONGEST]
    return History(rounds, pairs + longest)


async def rolled_up(documents: Documents) -> None:
    """Recompute all that is marked."""
    for kind in KINDS:
        await roll_up_standing(documents, CALL_SOURCE, kind, 10_000)
    assert await marks.count(documents, KINDS) == 0


def figures(counts: Counts) -> dict[str, Any]:
    """Return all that is told of a scope in a window."""
    return {
        "calls": counts.calls,
        "leads": counts.leads_rate,
        "unfinished": counts.unfinished_leads,
        "connected": counts.connected,
        "human": counts.human,
        "left out": counts.left_out,
        "worst": counts.worst(),
    }


async def differences(documents: Documents, windows: Iterable[Period]) -> list[Any]:
    """Return where the roll-ups say something else than the calls do: in any scope, with any options."""
    wanted = [Wanted(scope, window, *options) for scope in SCOPES for window in windows for options in OPTIONS]
    added = (await adding_up.counted(documents, wanted)).tallies
    counted = (await reading.counted(documents, wanted)).tallies
    return [
        (one, figures(added[one]), figures(counted[one]))
        for one in wanted
        if figures(added[one]) != figures(counted[one])
    ]


async def world_after(*rounds: list[dict[str, Any]]) -> SqliteDocuments:
    """Return a store after calls came in, round by round, each of them rolled up before the next."""
    documents = SqliteDocuments(":memory:")
    for calls in rounds:
        for said in calls:
            await take_in(documents, Call.model_validate({**A_CALL, **said}), NOW)
        await rolled_up(documents)
    return documents


def ago(**span: float) -> str:
    """Return the instant so long before now."""
    return clock.to_text(NOW - timedelta(**span))


A_CALL = {
    "call_id": "c1", "merchantId": "m1", "requestId": "lead-1", "status": "FINISHED",
    "initiatedAt": "2026-11-23T08:57:00Z", "updatedAt": "2026-11-23T08:00:00Z",
}  # fmt: skip
LATER = "2026-11-23T08:30:00Z"


@pytest.mark.parametrize(
    ("rounds", "leads"),
    [
        pytest.param(
            [[{"initiatedAt": ago(minutes=7)}], [{"call_id": "c2", "initiatedAt": ago(days=1)}]], 1,
            id="an-earlier-attempt-comes-later",
        ),
        pytest.param(
            [
                [{"initiatedAt": ago(days=3)}, {"call_id": "c2", "initiatedAt": ago(minutes=7)}],
                [{"initiatedAt": ago(minutes=2), "updatedAt": LATER}],
            ], 1,
            id="the-first-attempt-moves-behind-the-second",
        ),
        pytest.param(
            [[{}, {"call_id": "c2", "initiatedAt": ago(hours=5)}], [{"requestId": "lead-2", "updatedAt": LATER}]], 2,
            id="an-attempt-changes-its-lead",
        ),
        pytest.param(
            [[{}, {"call_id": "c2"}], [{"requestId": "lead-2", "updatedAt": LATER}], [{"call_id": "c2"}]], 2,
            id="an-attempt-leaves-a-lead-whose-other-attempt-comes-again",
        ),
        pytest.param(
            [[{}, {"call_id": "c2", "initiatedAt": ago(days=2)}], [{"merchantId": "m2", "updatedAt": LATER}]], 1,
            id="an-attempt-changes-its-merchant",
        ),
        pytest.param(
            [[{"merchantId": "m2"}], [{"call_id": "c2"}]], 1,
            id="two-merchants-have-a-lead-in-the-same-slice",
        ),
        pytest.param(
            [[{"merchantId": "m2"}, {"call_id": "c2"}], [{"call_id": "c2", "status": "RETRY", "updatedAt": LATER}]], 1,
            id="the-merchant-that-counted-a-lead-has-it-no-more",
        ),
        pytest.param(
            [[{"initiatedAt": ago(days=31)}, {"call_id": "c2", "initiatedAt": ago(minutes=5)}]], 1,
            id="attempts-at-both-ends-of-the-longest-window",
        ),
        pytest.param(
            [[{}], [{"initiatedAt": None, "updatedAt": LATER}]], 0,
            id="an-attempt-says-no-more-when-it-began",
        ),
    ],
)  # fmt: skip
async def test_a_lead_counts_once_in_a_window(
    time: MovingClock, rounds: list[list[dict[str, Any]]], leads: int
) -> None:
    documents = await world_after(*rounds)
    month = Period(NOW - LONGEST, NOW)

    counted = (await adding_up.counted(documents, [Wanted("global", month)])).tallies

    assert counted[Wanted("global", month)].leads_rate.total == leads
    windows = [Period(NOW - begin, NOW - end) for begin, end in combinations(sorted(EDGES, reverse=True), 2)]
    assert await differences(documents, [window for window in windows if window.end - window.begin <= LONGEST]) == []
    await documents.close()


@settings(max_examples=25, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_rates_from_roll_ups_equal_those_from_calls(history: History, chance: random.Random) -> None:
    async def tried() -> None:
        documents = SqliteDocuments(":memory:")
        for versions in history.rounds:
            calls = [Call.model_validate({k: v for k, v in one.items() if v is not None}) for one in versions]
            calls += [call for call in calls if chance.random() < 0.2]
            await asyncio.gather(*(take_in(documents, call, NOW) for call in calls))
            await rolled_up(documents)
            assert await differences(documents, history.windows) == []
        await documents.close()

    with clock.running_on(lambda: NOW):
        asyncio.run(tried())
