"""What is found in a chunk of items: raw moods, before names that mean the same are brought together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

MAX_NAME_CHARACTERS = 40
MAX_DESCRIPTION_CHARACTERS = 280
MAX_OF_A_KIND = 6
MOST_OF_A_CHUNK = 6
PALETTE = "palette"
FACETS = (PALETTE, "patterns", "silhouettes", "fabrics", "keyPieces")


@dataclass(frozen=True, slots=True)
class Item:
    """What is known of an item when moods are looked for. `vector` is the row of its embedding, None without one."""

    id: str
    title: str
    text: str
    vector: Any = None


@dataclass(frozen=True, slots=True)
class RawMood:
    """A mood as one chunk shows it.

    `signals` has up to six values each of palette (``#rrggbb``), patterns, silhouettes, fabrics and keyPieces, the
    strongest first; `items` are the ids of those that support it.
    """

    primary: str
    name: str
    sub_moods: tuple[str, ...]
    description: str
    signals: dict[str, list[str]]
    items: tuple[str, ...]

    def to_body(self) -> dict[str, Any]:
        """Return it as a member of a document."""
        return asdict(self)


def from_body(body: dict[str, Any]) -> RawMood:
    """Return the raw mood that a member of a document holds."""
    return RawMood(**{**body, "sub_moods": tuple(body["sub_moods"]), "items": tuple(body["items"])})


def distinct(values: Iterable[str], most: int = MAX_OF_A_KIND) -> list[str]:
    """Return the first `most` different values, in their order."""
    return list(dict.fromkeys(values))[:most]
