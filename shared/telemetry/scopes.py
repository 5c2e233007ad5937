"""Scopes: what is under way as a whole (a delivery, a tick, a request), and how many calls may it tell of?

A run that reads ten thousand documents isn't ten thousand spans: after some, the calls of the store are only counted
and measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token

from opentelemetry import context as contexts
from opentelemetry.context import Context
from opentelemetry.trace import Span, set_span_in_context

from shared.telemetry import names

MOST_STORE_SPANS = 64
"""Of one scope."""


class _Scope:
    __slots__ = ("left", "left_out")

    def __init__(self) -> None:
        self.left = MOST_STORE_SPANS
        self.left_out = 0


_scope: ContextVar[_Scope | None] = ContextVar("telemetry_scope", default=None)


def take_one() -> bool:
    """Return whether a call of the store may have a span: within a scope, as long as it has not had too many."""
    scope = _scope.get()
    if scope is None:
        return False
    if scope.left:
        scope.left -= 1
        return True
    scope.left_out += 1
    return False


class Entered:
    """A scope around what is done from `enter` to `leave`, in one task and what it starts."""

    __slots__ = ("_context", "_scope", "_span", "_token")

    def __init__(self) -> None:
        self._span: Span | None = None

    def enter(self, span: Span) -> None:
        """Let `span` be under way."""
        self._span = span
        self._scope = _Scope()
        self._token: Token[_Scope | None] = _scope.set(self._scope)
        self._context: Token[Context] = contexts.attach(set_span_in_context(span))

    def leave(self) -> None:
        """Let what was under way before be so again. The span is not ended."""
        if self._span is None:
            return
        contexts.detach(self._context)
        _scope.reset(self._token)
        if self._scope.left_out:
            self._span.set_attribute(names.LEFT_OUT, self._scope.left_out)


@contextmanager
def within(span: Span) -> Iterator[None]:
    """Let `span` be under way in the block, and end it."""
    entered = Entered()
    entered.enter(span)
    try:
        yield
    finally:
        entered.leave()
        span.end()
