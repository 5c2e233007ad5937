"""What goes wrong in a simulation, and how often?

A seed draws its weather first: some seeds only kill, some only lose answers, some do everything at once. Shares are per
call of a service, rates are per virtual minute.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

Fault = Literal["killed before", "killed after", "fails", "answer lost", "slow", "stands still"]


@dataclass(frozen=True, slots=True)
class Weather:
    """The climate of one seed."""

    faults: tuple[tuple[Fault, float], ...]
    """Share of the calls that meet each fault, summed up in this order."""
    outages: float
    stalls: float
    """A process stands still for some time, then goes on as if nothing had been: a zombie."""
    zombies: float
    """Share of the handlings in which that happens just before the effect is written."""
    jumps: float
    """Time moves for everybody."""
    clocks: float
    """The clock of one process is set wrong, until the next time that it is compared: for 5 minutes at most."""
    kills: float
    reveals: float
    """A message becomes visible while a worker has it."""
    clears: float
    gates: float
    refusals: bool
    """Whether the model refuses anybody: each refusal holds all jobs for a while."""
    operators: float
    strays: float
    """Share of other producers' messages that have a generation nobody gave."""
    large: float
    """Share of other producers' messages that are as large as is taken."""
    toggles: int
    """Things that somebody likes and unlikes."""
    rescue: bool
    """Without Rescue nothing may be lost all the same, unless a queue is cleared."""
    max_dequeue_count: int
    workers: int
    at_once: int
    restart_seconds: float
    slow_seconds: float
    skew_seconds: float
    """Clocks of processes differ by up to so much from the true time."""

    @classmethod
    def of(cls, dice: random.Random) -> Weather:
        """Draw a weather."""

        def sometimes(share: float, most: float) -> float:
            return dice.uniform(0, most) if dice.random() < share else 0.0

        rescue = dice.random() < 0.7
        return cls(
            faults=(
                ("killed before", sometimes(0.5, 0.02)),
                ("killed after", sometimes(0.5, 0.02)),
                ("fails", sometimes(0.5, 0.04)),
                ("answer lost", sometimes(0.6, 0.06)),
                ("slow", sometimes(0.4, 0.04)),
                ("stands still", sometimes(0.5, 0.03)),
            ),
            outages=sometimes(0.4, 0.1),
            stalls=sometimes(0.5, 0.2),
            zombies=sometimes(0.4, 0.6),
            jumps=sometimes(0.2, 0.1),
            clocks=sometimes(0.2, 0.2),
            kills=sometimes(0.4, 0.3),
            reveals=sometimes(0.5, 0.5),
            clears=sometimes(0.6, 0.1) if rescue else 0.0,
            gates=sometimes(0.35, 1.5),
            refusals=dice.random() < 0.5,
            operators=sometimes(0.7, 1.0),
            strays=sometimes(0.4, 0.5),
            large=sometimes(0.3, 0.5),
            toggles=dice.choice((0, 0, 1, 2)),
            rescue=rescue,
            max_dequeue_count=dice.randint(6, 12) if dice.random() < 0.2 else 1000,
            workers=dice.choice((1, 2, 2, 3)),
            at_once=dice.randint(2, 5),
            restart_seconds=1800.0 if dice.random() < 0.1 else 30.0,
            slow_seconds=dice.choice((5.0, 30.0, 90.0)),
            skew_seconds=dice.choice((0.0, 0.9)),
        )

    def fault(self, dice: random.Random) -> Fault | None:
        """Draw what one call meets."""
        roll = dice.random()
        for name, share in self.faults:
            if roll < share:
                return name
            roll -= share
        return None
