"""Who acts in a simulation, and in which process?

A process can be killed or stand still; everything it does to the world goes through its wires (wires.py), so a killed
one does nothing more. An actor is one errand of a process: one delivery, one producer's request, one operator's action.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

from shared.queues.port import Delivery
from shared.skew import MAX_OFF

Role = Literal["worker", "poison", "producer", "operator", "rescue", "world"]


class Killed(BaseException):
    """Raised in a killed process wherever it waits: nothing of it goes on. No handler of the app catches it."""


@dataclass(eq=False, slots=True)
class Process:
    """A process: `stalled_until` is in the loop's time, `skew_seconds` is what its clock is ahead."""

    name: str
    skew_seconds: float = 0.0
    alive: bool = True
    stalled_until: float = 0.0
    actors: list[Actor] = field(default_factory=list)
    handling: list[Actor] = field(default_factory=list)
    """Those of them whose handler runs."""

    def kill(self, by: Actor | None = None) -> None:
        """End it. A delivery that is killed by a neighbour (`by`) counts as hit, unless the suspect slot should have
        kept the two apart."""
        self.alive = False
        for actor in self.actors:
            if by is None or (actor is not by and not (actor.is_suspect and by.is_suspect)):
                actor.hits += 1

    def hit(self) -> None:
        """Note that whatever it does now meets a fault."""
        for actor in self.actors:
            actor.hits += 1


@dataclass(eq=False, slots=True)
class Actor:
    """One errand of a process; `began` is in the loop's time."""

    role: Role
    name: str
    process: Process
    began: float = 0.0
    delivery: Delivery | None = None
    job: str = ""
    generation: int | None = None
    """The message's, None when it has none."""
    hits: int = 0
    """Faults it met."""
    looked_at: float = 0.0
    """When it last read its job's record, at first when it began."""
    is_suspect: bool = False
    probes: dict[str, float] = field(default_factory=dict)
    """Gates it probes, and until when (the loop's time)."""
    was_misled: bool = False

    @property
    def is_misled(self) -> bool:
        """Whether its process's clock is, or was meanwhile, far from the others'."""
        return self.was_misled or abs(self.process.skew_seconds) > MAX_OFF.total_seconds()

    def __post_init__(self) -> None:
        self.looked_at = self.began

    def __str__(self) -> str:
        return self.name


NOBODY = Actor("world", "world", Process("world"))
ACTOR: ContextVar[Actor] = ContextVar("actor", default=NOBODY)
