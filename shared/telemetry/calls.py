"""Calls under way: how long does a call of the store, a model or a channel take, and what did it take?

Each is a span, if it has one, and numbers for the metrics at its end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar, Token

from opentelemetry.trace import Span, Status, StatusCode

from shared.telemetry import names

_EXPECTED = frozenset({"Conflict", "PreconditionFailed", "NoDocument"})
"""Answers of the store that the app's protocols ask for: no failures."""


def fail(span: Span, error: BaseException) -> str:
    """Mark a span by an error's class and code, never by its text; return the class."""
    name = type(error).__name__
    span.set_attribute(names.ERROR, name)
    code = getattr(error, "code", None)
    if isinstance(code, str):
        span.set_attribute(names.CODE, code)
    if name not in _EXPECTED:
        span.set_status(Status(StatusCode.ERROR))
    return name


class Call:
    """A call under way. Leaving it ends its span and tells `done`."""

    def __init__(self, span: Span | None, done: Callable[[Call], None]) -> None:
        self._span = span
        self._done = done
        self._began = 0.0
        self.seconds = 0.0
        self.error: str | None = None
        self.units = 0.0
        self.tokens: tuple[int, int] | None = None
        self.cost_micro_usd = 0

    def __enter__(self) -> Call:
        self._began = time.perf_counter()
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self._stop(error)
        self.close()

    def spent(self, units: float) -> None:
        """Add request units of the store."""
        self.units += units

    def used(self, input_tokens: int, output_tokens: int, cost_micro_usd: int) -> None:
        """Tell the tokens and the cost of a model's answer."""
        self.tokens, self.cost_micro_usd = (input_tokens, output_tokens), cost_micro_usd
        if self._span is not None:
            self._span.set_attribute(names.AI_INPUT_TOKENS, input_tokens)
            self._span.set_attribute(names.AI_OUTPUT_TOKENS, output_tokens)
            self._span.set_attribute(names.COST, cost_micro_usd)

    def close(self) -> None:
        """End the span, and tell what it took."""
        if self._span is not None:
            if self.units:
                self._span.set_attribute(names.REQUEST_CHARGE, round(self.units, 3))
            self._span.end()
        self._done(self)

    def _stop(self, error: BaseException | None) -> None:
        self.seconds += time.perf_counter() - self._began
        if error is None or isinstance(error, StopAsyncIteration | GeneratorExit):
            return
        self.error = fail(self._span, error) if self._span is not None else type(error).__name__


spending: ContextVar[Call | None] = ContextVar("telemetry_spending", default=None)
"""The call of the store that is being done now: what it costs is told to it."""


class StoreCall(Call):
    """A call of the store. It may be entered again and again, as a query goes on; `close` ends it."""

    _token: Token[Call | None]

    def __enter__(self) -> StoreCall:
        self._token = spending.set(self)
        super().__enter__()
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        spending.reset(self._token)
        self._stop(error)
