"""Signals: what does the app tell of its work beside its log, and to whom?

Spans of traces and metrics. Off, which is the default, they are nothing: `Signals` itself, whose methods do nothing.
What records them (recording.py) is imported and put in here by opening.py when the setting TELEMETRY asks for it. What
is told are names and numbers of the app's own: never a payload, an id that others chose, or the text of an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Literal, Protocol


class ModelCall(Protocol):
    """A question to a model under way."""

    def used(self, input_tokens: int, output_tokens: int, cost_micro_usd: int) -> None:
        """Tell the tokens and the cost of a model's answer."""


class StoreCall(Protocol):
    """A call of the store under way. It may be entered again and again, as a query goes on; `close` ends it."""

    def __enter__(self) -> object: ...
    def __exit__(self, _: object, error: BaseException | None, __: object) -> None: ...
    def close(self) -> None:
        """Tell what it took."""


class Delivery:
    """One delivery of one message, under way. `began` once, when its trace is known; `ended` once, when its end is.

    Leaving it without an end tells that it was cut off.
    """

    __slots__ = ()

    def __enter__(self) -> Delivery:
        return self

    def began(self, traceparent: str | None) -> None:
        """Go on with the trace of the message; what is told from now on is part of it."""

    def ended(
        self,
        outcome: str,
        *,
        attempt: int | None = None,
        generation: int | None = None,
        error_class: str | None = None,
        code: str | None = None,
    ) -> None:
        """Tell what came of it."""

    def __exit__(self, *_: object) -> None:
        return None


class _Nothing:
    """A call that nobody is told of."""

    __slots__ = ()

    def __enter__(self) -> _Nothing:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        return None

    def used(self, input_tokens: int, output_tokens: int, cost_micro_usd: int) -> None:
        """See ModelCall."""

    def close(self) -> None:
        """See StoreCall."""


_NOTHING = _Nothing()
UNTOLD = Delivery()
"""A delivery that nobody is told of."""
_NO_IDS: Mapping[str, str] = {}


class Signals:
    """Signals that are off; those of recording.py take its place."""

    is_on = False

    def delivery(self, kind: str, queue: str, message: str, put_at: datetime, count: int) -> Delivery:
        """Tell that a message of a kind of job is delivered, for the `count`th time; `put_at`: into its queue."""
        return UNTOLD

    def sending(self, queue: str, traceparent: str | None) -> AbstractContextManager[str | None]:
        """Tell that a message is sent; yields the traceparent to send with it.

        `traceparent` is the trace that its job has, if any; without one it is part of the trace under way.
        """
        return nullcontext(traceparent)

    def calling_model(self, operation: str, provider: str, model: str) -> AbstractContextManager[ModelCall]:
        """Tell that a model is asked: `operation` is ``chat`` or ``embeddings``."""
        return _NOTHING

    def calling_store(self, system: str, operation: str, container: str) -> StoreCall:
        """Tell that the document store is asked. What asks it is put around it only when signals are on."""
        return _NOTHING

    def spent(self, units: float) -> None:
        """Tell what the answer cost that the call of the store under way just got, in request units."""

    def notifying(self, channel: str, events: int) -> AbstractContextManager[object]:
        """Tell that a message with so many events goes to a channel."""
        return _NOTHING

    def ticking(self, timer: str) -> AbstractContextManager[object]:
        """Tell that a timer does its work."""
        return _NOTHING

    def answering(self, method: str, theirs: str | None, ours: str) -> AbstractContextManager[Answering]:
        """Tell that a request of the HTTP API is answered, in the trace that its caller gave, if any (`theirs`).

        `ours` is the traceparent of our part, where no span makes it one of its own.
        """
        return Answering(ours)

    def duplicate(self, kind: str) -> None:
        """Count a job that was asked for again, and not sent."""

    def run_ended(self, run: str, outcome: str, seconds: float | None) -> None:
        """Tell how long a run took."""

    def dispatched(self, what: str, lag: timedelta) -> None:
        """Tell how long after its slot a run (its name) or an alert rule was enqueued."""

    def misfired(self, what: str, became: Literal["caught up", "missed", "skipped"], count: int = 1) -> None:
        """Count slots that weren't dispatched in time, by what became of them."""

    def evaluated(self, verdict: str, took: timedelta) -> None:
        """Tell how long the evaluation of an alert rule took."""

    def ids(self) -> Mapping[str, str]:
        """Return trace and span under way, as fields of an event; none when off."""
        return _NO_IDS


class Answering:
    """A request of the API under way, whose `traceparent` is that of our part of its trace."""

    def __init__(self, traceparent: str) -> None:
        self.traceparent = traceparent

    def __enter__(self) -> Answering:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def answered(self, route: str, status: int | None) -> None:
        """Tell which route answered, and how."""


_current = Signals()


def current() -> Signals:
    """Return the process's signals."""
    return _current


def use(signals: Signals) -> Signals:
    """Let `signals` be the process's from now on; return those before."""
    global _current
    before, _current = _current, signals
    return before
