"""Rights: what may we do? Tried by doing it to a thing that nobody has, so that a yes changes nothing.

A service first asks whether we may, and then looks for the thing: "there is none" is a yes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from shared.errors import NightshiftError, PreconditionFailed
from shared.finding import Finding, fine, wrong
from shared.needs import refusals
from shared.needs.refusals import Refusal

CHECK = "rights"
NOBODY = "nightshift-doctor"
"""A document, a blob and a message that nobody has."""
_YES = ("blob_missing", "blob_empty", "container_missing", "queue_missing")


@dataclass(frozen=True, slots=True)
class Right:
    """Something that the app does: in words, and how it is tried."""

    what: str
    attempt: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Group:
    """The rights that one role gives; what it gives besides and isn't `untried` for a reason."""

    role: str
    rights: Sequence[Right]
    untried: str = ""


@dataclass(frozen=True, slots=True)
class Mends:
    """What to do about each sort of refusal: the commands of one service."""

    role: Callable[[Refusal], str]
    network: str
    credential: str
    keys: str

    def of(self, refusal: Refusal) -> str:
        """Return what to do about a refusal."""
        if refusal.why == "network":
            return f"Ask from inside its network; or let this address in: {self.network}"
        if refusal.why == "credential":
            return self.credential
        if refusal.why == "keys are off":
            return self.keys
        return f"{self.role(refusal)} (known everywhere after some minutes)"


async def tried(group: Group, mends: Mends) -> Finding:
    """Try every right of a role; return what came of it. Raises what is neither a yes nor a no."""
    refused: list[tuple[str, Refusal]] = []
    for right in group.rights:
        refusal = await refusal_of(right.attempt)
        if refusal is not None:
            refused.append((right.what, refusal))
    if not refused:
        untried = f" Not tried: {group.untried}." if group.untried else ""
        return fine(CHECK, group.role, f"may {_and(right.what for right in group.rights)}.{untried}")
    _, first = refused[0]
    return wrong(CHECK, group.role, f"refused ({_said(first)}) to {_and(what for what, _ in refused)}", mends.of(first))


async def refusal_of(attempt: Callable[[], Awaitable[object]]) -> Refusal | None:
    """Return how an attempt was refused; None when it wasn't. Raises what is neither a yes nor a no."""
    try:
        await attempt()
    except PreconditionFailed:
        return None
    except NightshiftError as error:
        refusal = refusals.read(error)
        if refusal is None and error.code not in _YES:
            raise
        return refusal
    return None


def _said(refusal: Refusal) -> str:
    named = f" for {refusal.action}" if refusal.action else ""
    return f"{refusal.word}{named}"


def _and(words: Iterator[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
