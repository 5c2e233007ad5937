"""Kinds of job: what is particular to each?

A workload gives a `Kind` (message model, handler, policy), and processors/catalogue.py lists it; docs/architecture.md
says where else a workload is entered. Retries, waits, dead letters, replay and rescue come with the runtime.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.errors import Misconfigured, UsageError
from shared.suggestion import did_you_mean

if TYPE_CHECKING:
    from pydantic import BaseModel

    from shared.documents.port import Condition, Documents
    from shared.jobs.latest import Latest
    from shared.jobs.record import JobKey, Record
    from shared.services import Services


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers of a kind (docs/protocol.md: Endings, Suspects, From outside). All times are durations."""

    max_attempts: int = 5
    """Handlings that may fail as Transient; the last of them is the end."""
    redelivery_max: timedelta = timedelta(seconds=300)
    """Longest wait between two attempts."""
    dedupe_window: timedelta = timedelta(seconds=180)
    """From a generation's begin, while it hasn't ended: a repeat is a duplicate."""
    completed_window: timedelta = timedelta(seconds=3600)
    """From a completion: a repeat is a duplicate."""
    claim: timedelta = timedelta(seconds=60)
    """How long a claim lasts unless renewed (at a third of it)."""
    deadline: timedelta = timedelta(minutes=4)
    """Longest handling of one delivery; functionTimeout is 10 min."""
    crash_limit: int = 6
    """The crash that ends a job: it kills its worker."""
    plain_deliveries: int = 200
    """Deliveries of a plain message before it becomes a dead letter."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a handler is told about the job it works on."""

    key: JobKey
    generation: int
    attempt: int
    """The number of this attempt, from 1."""
    first_seen: datetime
    """When the record was created."""
    services: Services
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """A handler's answer "look again": its effect stands, the job goes on as its next generation after `after`."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Skipped:
    """A handler's answer "there is nothing to do any more": it did nothing, and the job ends as cancelled."""

    why: str


Ending = Next | Skipped | None
"""What a handler returns; None: its effect stands, the job is completed."""
Handler = Callable[[Job, Any], Awaitable[Ending]]
Aftermath = Callable[["Documents", "Record"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Needs:
    """What single jobs of a kind need: `member` of the payload, a text, tells which of the kind's dependencies.

    `of` gives them for values of the member. A job with another value, or without one, needs all dependencies.
    """

    member: str
    of: Mapping[str, tuple[str, ...]]


def loaded_by_its_first_job(load: Callable[[], Handler]) -> Handler:
    """Return the handler that `load` imports, once: who only asks which kinds there are has no need of it."""
    found: list[Handler] = []

    async def handle(job: Job, payload: Any) -> Ending:
        if not found:
            found.append(load())
        return await found[0](job, payload)

    return handle


def _as_it_is(payload: Any, put_at: datetime) -> Any:
    return payload


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job.

    `identify` names the job a payload speaks of; it is absent for a *plain* kind (an idempotent upsert that needs no
    record). `settle` fills in what the sender left open, given when the queue got the message, so that every later
    message of the job says the same; it raises BadMessage for what can't be asked for yet. `upcast` brings a payload of
    an older schema version to the present one.
    `dependencies` are the gates that its handler may close, beside ``queue:<name>``. They hold all its jobs, unless
    `needs` says of some that they do without: those wait for nobody whom they don't ask. `aftermath` writes what
    follows when a job ended otherwise than by its handler's return (aftermath.py); it may be called again. `latest` is
    there when several of its jobs speak of one thing and what was asked last counts (latest.py).

    A handler's effect is keyed deterministically and written only over something older; a handler that finds the effect
    of its generation standing skips the work and returns that effect's ending.
    """

    name: str
    queue: str
    model: type[BaseModel]
    handler: Handler
    policy: Policy = field(default_factory=Policy)
    identify: Callable[[Any], JobKey] | None = None
    settle: Callable[[Any, datetime], Any] = _as_it_is
    schema_version: int = 1
    upcast: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    needs: Needs | None = None
    aftermath: Aftermath | None = None
    latest: Latest | None = None

    @property
    def recorded(self) -> bool:
        """Whether each job of this kind has a record."""
        return self.identify is not None

    @property
    def gates(self) -> tuple[str, ...]:
        """The names of all gates that hold jobs of this kind; the queue's own is the first."""
        return (f"queue:{self.queue}", *self.dependencies)

    def gates_of(self, payload: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the names of the gates that hold the job with this payload (its members)."""
        if self.needs is None:
            return self.gates
        needed = self.needs.of.get(payload.get(self.needs.member, ""))
        return self.gates if needed is None else (self.gates[0], *needed)

    def free_of(self, shut: Set[str]) -> Sequence[Condition] | None:
        """Return what records of this kind's jobs have that none of the `shut` gates holds; None when all are held."""
        if shut.isdisjoint(self.gates):
            return []
        if self.needs is None or self.gates[0] in shut:
            return None
        free = [value for value, needed in self.needs.of.items() if shut.isdisjoint(needed)]
        return [(f"payload.{self.needs.member}", "in", free)] if free else None

    @property
    def poison_queue(self) -> str:
        """Where the host puts what it gave up on."""
        return f"{self.queue}-poison"

    def key_of(self, payload: Any) -> JobKey:
        """Return which job a validated payload speaks of. Only recorded kinds have one."""
        if self.identify is None:
            raise UsageError(f"Jobs of kind {self.name!r} have no record", code="kind_plain")
        return self.identify(payload)


class Registry:
    """The kinds of an app, by name."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        """Take in the kinds. Raises ValueError when two have the same name, Misconfigured when they share a queue."""
        self._by_name: dict[str, Kind] = {}
        readers: dict[str, str] = {}
        for kind in kinds:
            if kind.name in self._by_name:
                raise ValueError(f"Two kinds of job are called {kind.name!r}")
            self._by_name[kind.name] = kind
            for queue in (kind.queue, kind.poison_queue):
                if queue in readers:
                    raise Misconfigured(
                        f"Kinds {readers[queue]!r} and {kind.name!r} share the queue {queue!r}; each needs its own.",
                        code="queue_shared",
                    )
                readers[queue] = kind.name

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._by_name.values())

    def get(self, name: str) -> Kind | None:
        """Return the kind called `name`; None for one that this version of the app doesn't have."""
        return self._by_name.get(name)

    def named(self, name: str) -> Kind:
        """Return the kind called `name`. Raises UsageError that lists the known ones."""
        if name not in self._by_name:
            known = ", ".join(sorted(self._by_name))
            meant = did_you_mean(name, self._by_name)
            raise UsageError(f"There is no kind {name!r}.{meant} Known are: {known}.", code="kind_unknown")
        return self._by_name[name]
