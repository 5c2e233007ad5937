"""Definition of a run: what does a workload say about its scheduled job?

One `RunDefinition`, listed in processors/catalogue.py: when it runs, how its work is parted into
shards, and what is done when all of them have ended.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from shared.errors import UsageError
from shared.jobs.runs.slots import Slot, SlotForm, Slots
from shared.schedules import Schedule
from shared.suggestion import did_you_mean

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.jobs.kinds import Kind
    from shared.services import Services

CatchUp = Literal["last", "once", "none"]
"""What is done about missed slots: ``last`` runs the last of them; ``once`` lets one run stand for all of them, be it a
later slot's that ran anyway; ``none`` runs none. All that aren't run are recorded as missed."""

KEPT = timedelta(days=400)
KEPT_OF_TICKS = timedelta(days=7)
"""How long the ledger keeps a run, and a run of a schedule that fires each hour or more often."""

DEADLINE = timedelta(hours=1)
TOLERANCE = timedelta(seconds=30)
TOLERANCE_OF_MINUTES = timedelta(seconds=5)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Run:
    """The run that a plan or a fan-in is asked for. `n` is a forced run's number.

    `only` is the key of the one user whom it is for; None: it is for all.
    """

    id: str
    name: str
    slot: Slot
    n: int | None
    trigger: str
    by: str
    services: Services
    only: str | None = None


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of a run: its `id`, the same whenever it is planned, and what its payload says beside run and shard."""

    id: str
    members: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """One step of a plan: some shards (some hundreds), and the cursor of the next step; None when this was the last.

    `counters` are of what planning itself did in this step; the ledger adds them up.
    """

    shards: Iterable[Shard] = ()
    after: str | None = None
    counters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Totals:
    """How the shards of a run ended."""

    by_state: Mapping[str, int]

    @property
    def completed(self) -> int:
        """How many completed."""
        return self.by_state.get("completed", 0)

    @property
    def failed(self) -> int:
        """How many ended otherwise."""
        return sum(self.by_state.values()) - self.completed


Plan = Callable[[Run, str | None], Awaitable[Page]]
FanIn = Callable[[Run, Totals], Awaitable[Mapping[str, int]]]


@dataclass(frozen=True, slots=True)
class RunDefinition:
    """A scheduled job, or one that is only asked for: then `schedule` and `timer` are None, and `read_slot` reads what
    it is asked for.

    `timer` is the function that opens it, `schedule` its NCRONTAB. `plan` returns one page of shards after another;
    it is asked again for the same cursor after a failure. `shard_kind` is the recorded kind that shards are jobs of
    (shards.py makes one); None for a run that does all its work while it plans. `fan_in` is called when all shards have
    ended, maybe more than once; it returns counters by outcome for the ledger; one called ``failed`` makes the run one
    that completed with failures, as failed shards do. `tolerance` is how early a timer may fire (default: 30 s, of
    minute ticks 5 s, or a late one would open the next). `by_user` says that its plan heeds `Run.only`. `deadline`
    is how long after its slot a run is to be completed: later, the watch over jobs tells of it.
    """

    name: str
    timer: str | None
    schedule: Schedule | None
    slot_form: SlotForm
    plan: Plan
    shard_kind: Callable[[Settings], Kind] | None
    fan_in: FanIn
    about: str = ""
    catch_up: CatchUp = "none"
    tolerance: timedelta | None = None
    read_slot: Callable[[str], Slot] | None = None
    by_user: bool = False
    deadline: timedelta = DEADLINE

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"A run is named by letters, digits, - and _, not {self.name!r}")
        if (self.schedule is None) != (self.read_slot is not None) or (self.schedule is None) != (self.timer is None):
            raise ValueError(f"Run {self.name!r} has a schedule and its timer, or a reader of slots")

    @property
    def slots(self) -> Slots:
        """The slots of a run that has a schedule."""
        if self.schedule is None:
            raise ValueError(f"Run {self.name!r} has no schedule")
        return Slots(self.schedule, self.slot_form)

    def read(self, text: str) -> Slot:
        """Return the slot that a text names, also one of an earlier schedule. Raises UsageError for any other text."""
        return self.slots.read(text) if self.read_slot is None else self.read_slot(text)

    @property
    def kept(self) -> timedelta:
        """How long the ledger keeps one of its runs."""
        return KEPT_OF_TICKS if self._shortest_gap() <= timedelta(hours=1) else KEPT

    def slot_at(self, now: datetime) -> Slot:
        """Return the slot that a timer that fires at `now` opens the run of."""
        return self.slots.latest(now, self.earliness)

    def is_due(self, slot: Slot, now: datetime) -> bool:
        """Return whether a slot may be run at `now`: when it has come, or as early as its timer may fire."""
        return slot.at <= now + self.earliness

    @property
    def earliness(self) -> timedelta:
        """How early its timer may fire."""
        if self.tolerance is not None:
            return self.tolerance
        return TOLERANCE_OF_MINUTES if self._shortest_gap() <= timedelta(minutes=1) else TOLERANCE

    def _shortest_gap(self) -> timedelta:
        return timedelta.max if self.schedule is None else self.schedule.shortest_gap()


async def _no_counts(run: Run, totals: Totals) -> Mapping[str, int]:
    return {}


def asked_for(
    name: str, plan: Plan, read_slot: Callable[[str], Slot], about: str, fan_in: FanIn = _no_counts
) -> RunDefinition:
    """Return a run without a schedule that does all its work while it plans, for what it is asked for."""
    return RunDefinition(
        name=name,
        timer=None,
        schedule=None,
        slot_form="day",
        plan=plan,
        shard_kind=None,
        fan_in=fan_in,
        about=about,
        read_slot=read_slot,
    )


class RunDefinitions:
    """The runs of an app, by name."""

    def __init__(self, definitions: Iterable[RunDefinition] = ()) -> None:
        """Take in the definitions. Raises ValueError when two have the same name."""
        self._by_name: dict[str, RunDefinition] = {}
        for definition in definitions:
            if definition.name in self._by_name:
                raise ValueError(f"Two runs are called {definition.name!r}")
            self._by_name[definition.name] = definition

    def __iter__(self) -> Iterator[RunDefinition]:
        return iter(self._by_name.values())

    def scheduled(self) -> list[RunDefinition]:
        """Return those that a timer opens."""
        return [one for one in self if one.schedule is not None]

    def shard_kinds(self, settings: Settings) -> list[Kind]:
        """Return the kinds of their shards."""
        return [one.shard_kind(settings) for one in self if one.shard_kind is not None]

    def get(self, name: str) -> RunDefinition | None:
        """Return the definition called `name`; None for one that this version of the app doesn't have."""
        return self._by_name.get(name)

    def named(self, name: str) -> RunDefinition:
        """Return the definition called `name`. Raises UsageError that lists the known ones."""
        if name not in self._by_name:
            known, meant = ", ".join(sorted(self._by_name)), did_you_mean(name, self._by_name)
            raise UsageError(
                f"There is no run {name!r}.{meant} {f'Known are: {known}.' if known else 'There are none yet.'}",
                code="run_unknown",
            )
        return self._by_name[name]
