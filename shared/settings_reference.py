"""Reference of settings: which are there, for pages, checks and deployments that list them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields

from shared.config import Settings


@dataclass(frozen=True, slots=True)
class Described:
    """A setting as the reference lists it: its section, name, default as text, and what it is for."""

    section: str
    name: str
    default: str
    about: str


def describe() -> Iterator[Described]:
    """Yield every setting, section by section; what it is for ends with its older names."""
    section = ""
    for f in fields(Settings):
        section = f.metadata["section"] or section
        default = "" if f.default is MISSING else str(f.default).lower() if f.default is False else str(f.default)
        older = "".join(f" Formerly {name}, which is still read." for name in f.metadata["formerly"])
        yield Described(section, f.metadata["name"], default, f.metadata["about"] + older)


def queues() -> dict[str, str]:
    """Return (name: default) of every setting that names a queue."""
    return {f.metadata["name"]: str(f.default) for f in fields(Settings) if f.metadata["queue"]}


def named_by_triggers() -> dict[str, str]:
    """Return (name: default) of every setting that a trigger names: those of queues, and a timer's schedule.

    The host that resolves the name knows none of these defaults.
    """
    return {f.metadata["name"]: str(f.default) for f in fields(Settings) if f.metadata["trigger"]}
