"""Do rows end as one full recompute has them, whatever is told in whatever order, and whoever dies?

METRICS_EXAMPLES sets how many histories are tried, of other ones each time (default: the same few).
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Coroutine
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared import clock
from shared.documents.containers import ROLLUPS, USAGE_EVENTS, Container
from shared.documents.port import Body
from shared.usage.places import part_of
from tests.integration.jobs.worlds import Killed, MovingClock
from tests.integration.metrics import oracle
from tests.integration.metrics.stores import When
from tests.integration.metrics.turns import Turns
from tests.integration.metrics.worlds import EVENTS, ROLL_UPS, Keys, World, buckets, said_by

GIVEN = os.environ.get("METRICS_EXAMPLES")
ORGANISATIONS = ("acme", "globex")
IDS = ("e1", "e3", "e14")
"""The last two lie in the same part."""
VERSIONS = 7
UPDATED = clock.parse("2026-11-20T00:00:00Z")
START = clock.parse("2026-11-23T09:00:00Z")
INSTANTS = (
    "2026-11-23T08:07:12.000Z",
    "2026-11-23T08:09:59.999Z",
    "2026-11-23T08:12:00.000Z",
    "2026-11-23T05:00:00.000Z",
    "2026-11-22T23:59:59.999Z",
    "2026-11-16T09:00:00.000Z",
    "2026-11-01T00:00:00.000Z",
    "2026-10-31T23:59:59.999Z",
    "2026-10-24T09:01:00.000Z",
    "2026-09-10T12:00:00.000Z",
)
DEATHS = st.none() | st.none() | st.tuples(st.integers(1, 16), st.sampled_from(["before", "after"]))
Death = tuple[int, When] | None
Version = tuple[str, str, int, int, bool, str, str]
VERSION: st.SearchStrategy[Version] = st.tuples(
    st.sampled_from([ORGANISATIONS[0], *ORGANISATIONS]),
    st.sampled_from(IDS),
    st.integers(0, VERSIONS - 1),
    st.integers(0, 3) | st.integers(0, 99),
    st.sampled_from([False, False, False, True]),
    st.sampled_from(["", "", "a"]),
    st.sampled_from(["extraction", "challenge"]),
)
"""Organisation, id, number of the version, place in time, whether it is void, project and reason."""


def few_histories(examples: int, steps: int) -> settings:
    """Return the settings of a machine: as many examples by default, of so many steps each."""
    return settings(
        max_examples=int(GIVEN or examples),
        stateful_step_count=steps,
        derandomize=GIVEN is None,
        phases=[Phase.generate] if GIVEN is None else [Phase.generate, Phase.shrink],
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


class Told(RuleBasedStateMachine):
    """Events that are told, taken in and rolled up; each version has a bit of its own in a row's sum of costs."""

    instants: tuple[str, ...] = INSTANTS
    organisations: tuple[str, ...] = ORGANISATIONS
    begins = START

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda loop, context: None)  # what nobody waits for any more died with others
        self.time = MovingClock()
        self.time.now = self.begins
        self._open.enter_context(clock.running_on(lambda: self.time.now))
        self.of = self.alive(World(self.time))
        self.versions: dict[tuple[str, str, int], dict[str, Any]] = {}
        self.said: dict[tuple[str, str], int] = {}
        self.faults: list[str] = []

    def alive(self, of: World) -> World:
        """Return a process whose writes are looked at."""
        of.documents.seen = self.look
        return of

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do some work to its end."""
        return self._loop.run_until_complete(work)

    def replace_if_dead(self, of: World, death: Death) -> None:
        """Let another process take the place of one that was to die."""
        if death is not None:
            self.run(asyncio.sleep(0))
            self.of = self.alive(of.another())

    async def look(self, container: Container, body: Body) -> None:
        """Note when a row loses what it said, and what events still say."""
        if container is not ROLLUPS:
            return
        row, says = (body["orgId"], body["id"]), bits(said_by(body))
        standing = sum(1 << self.bit_of(event) for event in await self.standing_in(*row))
        lost = self.said.get(row, 0) & standing & ~says
        if lost:
            self.faults.append(f"{row} loses {lost:b}, which events still say: it said {self.said[row]:b}")
        self.said[row] = says

    async def standing_in(self, org: str, bucket: str) -> list[Body]:
        """Return the events that stand in a bucket."""
        found = [document.body async for document in self.of.store.query(USAGE_EVENTS, where=[("orgId", "=", org)])]
        return [
            event
            for event in found
            if not event.get("void") and bucket in (oracle.leaf(named(event)), *buckets(event["occurredAt"]))
        ]

    def bit_of(self, event: Body) -> int:
        """Return the bit of what stands of an event."""
        return int(event["values"]["cost_micro_usd"]).bit_length() - 1

    @rule(version=VERSION)
    def tell(self, version: Version) -> None:
        """An event, a correction, a move or a void is told, or what was told is repeated."""
        org, event_id, number, place, void, project, reason = version
        org = org if org in self.organisations else self.organisations[0]
        message = self.versions.setdefault(
            (org, event_id, number),
            {
                "event_id": event_id,
                "orgId": org,
                "kind": "llm",
                "occurredAt": self.instants[place % len(self.instants)],
                "updatedAt": clock.to_text(UPDATED + number * timedelta(minutes=1)),
                "void": void,
                "project": project,
                "reason": reason,
                "values": {"cost": 2 ** len(self.versions) / 1_000_000},
            },
        )
        self.of.put(**message)

    @rule(death=DEATHS)
    def take_in(self, death: Death) -> None:
        """An event is taken in."""
        self.deliver(EVENTS, death)

    @rule()
    def take_all_in(self) -> None:
        """All events are taken in."""
        self.run(self.of.take_in())

    @rule(death=DEATHS)
    def tick(self, death: Death) -> None:
        """The marks are enqueued."""
        if death is not None:
            self.of.documents.die(*death)
        self.run(self.survived(self.of.plan()))
        self.replace_if_dead(self.of, death)

    @rule(death=DEATHS)
    def work(self, death: Death) -> None:
        """A message of marks is worked off."""
        self.deliver(ROLL_UPS, death)

    @rule(seed=st.integers(0, 2**32), before=VERSION, meanwhile=VERSION, death=DEATHS, settles=st.booleans())
    def work_at_once(self, seed: int, before: Version, meanwhile: Version, death: Death, settles: bool) -> None:
        """An event is taken in while two workers are at it, one of them after another tick."""
        self.tell(before)
        self.run(self.of.take_in())
        self.run(self.of.plan())
        self.tell(meanwhile)
        processes = [self.alive(self.of.another()) for _ in range(3)]
        turns = Turns(seed)
        for number, process in enumerate(processes):
            process.documents.turn = turns.of(number)
        if death is not None:
            processes[seed % len(processes)].documents.die(*death)
        taker, worker, planner = processes
        works = [taker.deliver(EVENTS), worker.deliver(ROLL_UPS), self.survived(self.planned_and_worked_off(planner))]
        self.run(turns.run(*works))
        if settles:
            self.settle()

    async def planned_and_worked_off(self, of: World) -> None:
        """Let a process do a tick, and work off all that there is then."""
        await of.plan()
        await of.work()

    @precondition(lambda self: self.time.now < self.begins + timedelta(days=100))
    @rule(hours=st.sampled_from([0.2, 0.2, 1, 24, 24 * 8, 24 * 28.5, 24 * 31]))
    def let_time_pass(self, hours: float) -> None:
        """Time passes: leaves and hours expire."""
        self.time.now += timedelta(hours=hours)

    @rule()
    def settle(self) -> None:
        """All there is to do is done: the rows say what was told."""
        self.run(self.of.settle())
        now = self.time.now
        expected = oracle.recomputed(self.counted(), now)
        assert self.run(self.all_rows()) == expected

    @invariant()
    def no_row_shrinks(self) -> None:
        """No row has lost what it said, and what events still say."""
        assert self.faults == []

    def teardown(self) -> None:
        """Let all be done, then compare."""
        try:
            if not self.faults:
                self.settle()
        finally:
            self.run(self.of.documents.close())
            self._loop.close()
            self._open.close()

    def counted(self) -> list[dict[str, Any]]:
        """Return the messages that count."""
        return list(self.versions.values())

    def deliver(self, kind: Any, death: Death) -> Any:
        """Deliver the next message to a process that may die."""
        if death is not None:
            self.of.documents.die(*death)
        outcome = self.run(self.of.deliver(kind))
        self.replace_if_dead(self.of, death)
        return outcome

    async def survived(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do work whose process may die."""
        try:
            await work
        except Killed:
            return
        except BaseExceptionGroup as errors:
            if errors.split(Killed)[1] is not None:
                raise

    async def all_rows(self) -> dict[tuple[str, str], Keys]:
        """Return what all rows say, without the hidden ones."""
        return {(org, name): row for org in self.organisations for name, row in (await self.of.rows(org)).items()}


def bits(row: Keys) -> int:
    """Return the versions that a row counts, as the bits of its sum of costs."""
    return sum(total for (metric, _, _), (total, *_) in row.items() if metric == "llm_usage")


def named(event: Body) -> dict[str, Any]:
    """Return an event's document as its message has it."""
    return {"event_id": event["id"], "occurredAt": event["occurredAt"]}


class Closing(Told):
    """The same while a month closes: what comes too late doesn't count, and nothing that counted is lost.

    The month of the first two instants takes events for two hours more, and is recomputed for a day after that. Its
    first events expire a day later still: until then a version that was updated before knows what it is older than.
    """

    instants = (
        "2026-11-01T00:00:00.000Z",
        "2026-11-30T23:59:59.999Z",
        "2026-12-01T00:00:00.000Z",
        "2026-12-09T09:00:00.000Z",
    )
    organisations = ("acme",)
    begins = clock.parse("2027-12-03T22:00:00Z")
    for_good = timedelta(hours=26)

    @precondition(lambda self: (self.time.now - self.begins) % self.for_good < timedelta(hours=18))
    @rule(hours=st.sampled_from([0.1, 0.2, 1, 3]))
    def let_time_pass(self, hours: float) -> None:
        """Time passes: the month closes for events."""
        self.time.now += timedelta(hours=hours)

    @precondition(lambda self: self.time.now < self.begins + self.for_good)
    @rule()
    def close_for_good(self) -> None:
        """What there was to do was done in time, and the month is recomputed no more."""
        self.settle()
        self.time.now = self.begins + self.for_good

    def counted(self) -> list[dict[str, Any]]:
        """Return the messages that didn't come too late."""
        letters = self.run(self.of.dead_letters())
        assert {letter["reason"]["code"] for letter in letters} <= {"too_late"}
        late = [json.loads(base64.b64decode(letter["raw"])) for letter in letters]
        return [version for version in self.versions.values() if version not in late]


TestAnyOrder = Told.TestCase
TestAnyOrder.settings = few_histories(30, 30)
TestClosing = Closing.TestCase
TestClosing.settings = few_histories(15, 25)


def test_ids_share_a_part_and_have_parts_of_their_own() -> None:
    assert part_of(IDS[0]) != part_of(IDS[1]) == part_of(IDS[2])
