"""Does what was asked last of a thing stand in the end, and never anything older over it?"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from shared.jobs.record import Record
from tests.chaos.toggles import thing_of

if TYPE_CHECKING:
    from tests.chaos.witness import Witness


class SignalsSeen:
    """What the witness knows of toggled things."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness
        self._stands: dict[str, dict[str, Any]] = {}
        self._seen: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._given: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._spoilt: set[str] = set()
        self._dead_letters: dict[str, str] = {}

    def given(self, job: str, asked: str) -> None:
        """A signal was put by a producer elsewhere, or one of ours was answered."""
        if (thing := thing_of(job)) is not None:
            self._given[thing].append((asked, job))

    def spoilt(self, *jobs: str) -> None:
        """Jobs were ended, or their messages deleted: what stands of their things then is nobody's promise."""
        self._spoilt |= {thing for job in jobs if (thing := thing_of(job)) is not None}

    def given_up(self, job: str, dead_letter: str) -> None:
        """The host gave up on a message of a signal, which may become a dead letter of that id."""
        self._dead_letters[job] = dead_letter

    def written(self, body: dict[str, Any]) -> None:
        """What stands of a thing is written."""
        before = self._stands.get(body["id"])
        if before is not None and before["asked"] > body["asked"]:
            self._witness.alarm("signal", f"{body['id']} goes back from {before['asked']} to {body['asked']}")
        self._stands[body["id"]] = body
        self._seen[body["id"]].append((body["asked"], body["job"]))

    def may_ask_anew(self, before: Record, after: Record) -> bool:
        """Return whether a completed signal may begin anew within its window: it was asked later, and undone since."""
        thing, job = thing_of(after.key.id), after.key.id
        if thing is None or before.payload is None or after.payload is None:
            return False
        undone = any(seen > (before.payload["asked"], job) for seen in self._seen[thing])
        return undone and bool(after.payload["asked"] > before.payload["asked"])

    def missing(self) -> list[str]:
        """Return what was asked last and doesn't stand."""
        lost = []
        for thing, given in self._given.items():
            asked, job = max(given)
            stands = self._stands.get(thing)
            if thing in self._spoilt or (stands is not None and stands["asked"] > asked):
                continue  # a later one: its producer died before it was answered
            if job in self._dead_letters and (
                (stands is not None and stands["job"] == job) or self._dead_letters[job] in self._witness.records
            ):
                continue
            if stands is None or (stands["asked"], stands["job"]) != (asked, job):
                lost.append(f"{job} was asked last, at {asked}, and what stands is {stands}")
        return lost
