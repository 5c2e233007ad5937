"""Matching of mood names: which mean the same mood? Pure rules over vectors of names.

Within a run, names of one primary mood are brought together by single link at a cosine of 0.88. Against what is stored,
0.92 is the same mood, below 0.85 a new one, and what lies between has to be asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from processors.mood.found import RawMood
from processors.mood.links import linked
from shared.documents.port import Body
from shared.models.embeddings import decoded

SAME_IN_RUN = 0.88
SAME_AS_STORED = 0.92
MAYBE_STORED = 0.85


@dataclass(slots=True)
class Name:
    """One name of one primary mood: the raw moods that have it, their items, and its vector (None: it has none).

    `pending` is the stored mood of this name that couldn't be compared so far.
    """

    primary: str
    name: str
    raws: list[RawMood] = field(default_factory=list)
    items: set[str] = field(default_factory=set)
    vector: Any = None
    pending: Body | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Names that mean the same, the one with the most items first, then alphabetical."""

    names: tuple[Name, ...]

    @property
    def best(self) -> Name:
        """The name that stands for all."""
        return self.names[0]

    @property
    def raws(self) -> list[RawMood]:
        """The raw moods of all names, in an order that doesn't depend on when they came."""
        return sorted(
            (raw for name in self.names for raw in name.raws), key=lambda raw: (-len(raw.items), raw.name, raw.items)
        )

    @property
    def key_pieces(self) -> set[str]:
        """What the mood is worn as, by all its names."""
        mine = {piece for raw in self.raws for piece in raw.signals["keyPieces"]}
        return mine.union(*(set(name.pending["signals"]["keyPieces"]) for name in self.names if name.pending))


@dataclass(frozen=True, slots=True)
class Match:
    """The stored mood that is closest to a group, and how close (a cosine)."""

    stored: Body
    cosine: float


def groups_of(names: Sequence[Name]) -> list[Group]:
    """Return the groups of a run's names. A name without a vector is a group of its own."""
    import numpy as np

    groups = [Group((name,)) for name in names if name.vector is None]
    for primary in sorted({name.primary for name in names}):
        seen = sorted(
            (name for name in names if name.primary == primary and name.vector is not None), key=lambda name: name.name
        )
        if not seen:
            continue
        vectors = np.stack([name.vector for name in seen])
        for members in linked(vectors @ vectors.T >= SAME_IN_RUN):
            ranked = sorted((seen[index] for index in members), key=lambda name: (-len(name.items), name.name))
            groups.append(Group(tuple(ranked)))
    return sorted(groups, key=lambda group: (group.best.primary, group.best.name))


def matches(groups: Sequence[Group], stored: Sequence[Body]) -> list[Match | None]:
    """Return for each group the closest stored mood of its primary mood; None where there is none to compare with.

    `stored` are moods whose vectors the same model made as the groups'. One matrix product for each primary mood.
    """
    import numpy as np

    found: list[Match | None] = [None] * len(groups)
    by_primary: dict[str, list[Body]] = {}
    for body in stored:
        by_primary.setdefault(body["primaryMood"], []).append(body)
    for primary, bodies in by_primary.items():
        asked = [n for n, group in enumerate(groups) if group.best.primary == primary and group.best.vector is not None]
        if not asked:
            continue
        cosines = np.stack([groups[n].best.vector for n in asked]) @ decoded([body["embedding"] for body in bodies]).T
        closest = cosines.argmax(axis=1)
        for row, n in enumerate(asked):
            found[n] = Match(bodies[closest[row]], float(cosines[row, closest[row]]))
    return found
