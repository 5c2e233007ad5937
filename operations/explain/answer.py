"""Answer of an explanation: what a thing is, why it is where it is, and what happens next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

What = Literal["job", "message", "run", "rule", "source", "dead letter"]


@dataclass(frozen=True, slots=True)
class Attempts:
    """How many attempts have failed, and how many are left."""

    used: int
    left: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Why a thing is where it is: `code` for programs, `sentences` for people, their subject the thing itself.

    `next_at` is when something happens to it, as far as anybody can say; `gate` holds it back; about `ahead` messages
    are in front of it, and `rate_per_minute` jobs of its kind ended in the last ten minutes (None: unknown, or of no
    meaning for it). `fields` are what a remedy may speak of.
    """

    what: What
    id: str
    scope: str | None
    state: str
    code: str
    sentences: tuple[str, ...]
    next_at: datetime | None = None
    attempts: Attempts | None = None
    gate: str | None = None
    ahead: int | None = None
    rate_per_minute: float | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
