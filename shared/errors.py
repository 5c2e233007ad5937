"""Error classes: what went wrong, and what follows from it?

Every failure gets its class once, at the edge where it is known, by (dependency, status). The class decides what the
queue runtime does. Nobody turns a failure into an empty result.

    NightshiftError
    ├── Transient            try again later; spends an attempt (time-outs, 408, 5xx, 429 of a content URL)
    │   └── Unavailable      a store or queue of ours can't be reached: spends no attempt, every job waits
    ├── RateLimited          wait as told; spends no attempt, closes the dependency's gate
    ├── Misconfigured        nobody's message is at fault; closes the dependency's gate, which is tried again by itself
    ├── Permanent            trying again can't help; the message becomes a dead letter now
    ├── Conflict             a document of this id is there already
    ├── PreconditionFailed   the document isn't the one that was read (or is gone)
    ├── UsageError           what was asked makes no sense as it was said
    ├── NotFound             what was asked about isn't there
    ├── Refused              what was asked is understood, and can't be done as things stand
    └── NotAllowed           whoever asked may not do it
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from shared.masking import masked


class NightshiftError(Exception):
    """Base of every error this product raises on purpose.

    The message says what is wrong, in terms of the thing; whoever shows it (a command line, an HTTP API) adds what to
    do about it there. `code` is a short stable word for filters, dashboards and such remedies (``blob_missing``);
    `fields` are the names and values that a remedy may speak of (``{"gate": "queue:mood-jobs"}``); `dependency` names
    what failed (``store``, ``queue``, ``blob``, ``model:<deployment>``, ``content``), so that no 403 is taken for
    another's. Secrets of addresses in the message are masked: errors are stored, logged and shown.
    """

    def __init__(
        self, message: str, *, code: str = "", dependency: str = "", fields: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(masked(message))
        self.code = code or type(self).__name__.lower()
        self.dependency = dependency
        self.fields = dict(fields or {})


class Transient(NightshiftError):
    """Trying again later may help; not before `retry_after`, when a server of others said so."""

    def __init__(
        self, message: str, *, code: str = "", dependency: str = "", retry_after: timedelta | None = None
    ) -> None:
        super().__init__(message, code=code, dependency=dependency)
        self.retry_after = retry_after


class Unavailable(Transient):
    """A store or queue of the product itself can't be reached or is throttling: nobody's attempt."""


class RateLimited(NightshiftError):
    """The dependency said how long to wait (`retry_after`; None when it did not say)."""

    def __init__(
        self, message: str, *, dependency: str, retry_after: timedelta | None = None, code: str = "rate_limited"
    ) -> None:
        super().__init__(message, code=code, dependency=dependency)
        self.retry_after = retry_after


class Misconfigured(NightshiftError):
    """A setting, key, role or quota is wrong. Holding the job and telling a person is all that helps."""


class Permanent(NightshiftError):
    """The same input will fail the same way."""


class Conflict(NightshiftError):
    """A document with this id and partition is there already."""


class PreconditionFailed(NightshiftError):
    """The document has another ETag than the one given, or is gone."""


class UsageError(NightshiftError):
    """What was asked makes no sense as it was said: a value that can't be, things that don't go together."""


class NotFound(NightshiftError):
    """What was asked about isn't there."""


class Refused(NightshiftError):
    """What was asked is understood, and can't be done as things stand."""


class NotAllowed(NightshiftError):
    """Whoever asked may not do it."""
