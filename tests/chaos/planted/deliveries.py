"""What if a rule of deliveries, claims or counts were broken?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from shared.errors import PreconditionFailed
from shared.jobs import decide, runtime, transitions
from shared.jobs import record_store as records
from tests.chaos import toggles
from tests.chaos.planted.plant import bug, deciding, transition


@bug
def live_claim_taken() -> Iterator[None]:
    """A claim that isn't over is no reason to wait."""
    with deciding(lambda original, record, **rest: original(record and replace(record, claim=None), **rest)):
        yield


@bug
def older_message_run() -> Iterator[None]:
    """A message of an older generation starts that generation again."""

    def run_it(original: Any, record: Any, **rest: Any) -> Any:
        number = rest["generation"]
        if record is not None and number is not None and number < record.generation and record.claim is None:
            return decide.ClaimIt(number, True, 0, ())
        return original(record, **rest)

    with deciding(run_it):
        yield


@bug
def ended_message_run() -> Iterator[None]:
    """A message of an ended job runs it again."""

    def run_it(original: Any, record: Any, **rest: Any) -> Any:
        decision = original(record, **rest)
        if isinstance(decision, decide.End) and decision.why.startswith("already"):
            return decide.ClaimIt(record.generation, True, 0, ())
        return decision

    with deciding(run_it):
        yield


@bug
def asks_anew_at_any_time() -> Iterator[None]:
    """A message without generation asks anew though it was put before the end."""
    with patch.object(decide, "_asks_anew", lambda record, put_at, policy: True):
        yield


@bug
def not_due_run() -> Iterator[None]:
    """A waiting job is claimed before it is due."""
    with deciding(lambda original, record, **rest: original(record and replace(record, due=None), **rest)):
        yield


@bug
def token_unchecked() -> Iterator[None]:
    """An ending is written over whatever the record says by then."""

    async def unchecked(self: Any, held: Any, token: str, change: Any) -> Any:
        while True:
            try:
                return await self.replace(held, change(held.record))
            except PreconditionFailed:
                held = await self.get(held.record.key)

    renewed = transitions.renewed
    keep = lambda record, until: renewed(record, until) if record.claim else record  # noqa: E731
    with patch.object(records.Records, "change_claimed", unchecked), patch.object(transitions, "renewed", keep):
        yield


@bug
def attempts_forgotten() -> Iterator[None]:
    """A claim starts counting anew."""
    with transition("claimed", lambda record, *_: replace(record, attempts=0)):
        yield


@bug
def crashes_not_counted() -> Iterator[None]:
    """A claim found over without an ending counts for nothing."""
    with transition("claimed", lambda record, *_: replace(record, crashes=0)):
        yield


@bug
def crashes_forgotten_by_a_429() -> Iterator[None]:
    """RateLimited sets crashes to 0, as an orderly ending does."""
    with transition("held", lambda record, *_: replace(record, crashes=0)):
        yield


@bug
def no_suspect_slot() -> Iterator[None]:
    """Suspects run beside each other."""

    class Door(asyncio.Lock):
        def locked(self) -> bool:
            return False

        async def acquire(self) -> Any:
            return True

        def release(self) -> None:
            pass

    made = runtime.Runtime.__init__

    def make(self: Any, services: Any) -> None:
        made(self, services)
        self._suspect_slot = Door()

    with patch.object(runtime.Runtime, "__init__", make):
        yield


@bug
def stray_generation_taken() -> Iterator[None]:
    """A job takes whatever generation a message has."""
    with patch.object(decide, "is_known", lambda generation, record: True):
        yield


@bug
def stray_generation_dropped() -> Iterator[None]:
    """A message of a generation that nobody gave is ended, and leaves no trace."""

    def end_it(original: Any, record: Any, **rest: Any) -> Any:
        decision = original(record, **rest)
        return decide.End("unknown") if isinstance(decision, decide.Refuse) else decision

    with deciding(end_it):
        yield


@bug
def creation_passes_a_closed_gate() -> Iterator[None]:
    """A message without generation creates its record whatever the gates say."""

    def create_it(original: Any, record: Any, **rest: Any) -> Any:
        return original(record, **{**rest, "gates": ()} if record is None and rest["generation"] is None else rest)

    with deciding(create_it):
        yield


@bug
def conflict_ends_the_message() -> Iterator[None]:
    """A creation that meets a record ends the message without a look at it."""
    claim_and_handle = runtime.Runtime._claim_and_handle

    async def end_it(self: Any, arrival: Any, held: Any, decision: Any) -> Any:
        outcome = await claim_and_handle(self, arrival, held, decision)
        return outcome or (arrival.outcome("ended", arrival.met) if arrival.met else None)

    with patch.object(runtime.Runtime, "_claim_and_handle", end_it):
        yield


@bug
def later_asking_ends_as_a_duplicate() -> Iterator[None]:
    """The message of a completed job is ended, whatever stands."""

    def end_it(original: Any, record: Any, **rest: Any) -> Any:
        return original(record, **{**rest, "asked": None})

    with deciding(end_it):
        yield


@bug
def later_asking_leaves_a_live_record_as_it_is() -> Iterator[None]:
    """A claim by a message that asks later doesn't move the record's instant up."""
    with patch.object(runtime.Runtime, "_record_of", lambda self, arrival, held, decision: held.record):
        yield


@bug
def own_effect_is_not_moved_up() -> Iterator[None]:
    """What a job left keeps its instant though it is asked for again."""

    async def leave_it(*what: Any) -> None:
        pass

    with patch.object(toggles, "LATEST", replace(toggles.LATEST, move_up=leave_it)):
        yield
