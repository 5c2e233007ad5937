"""Cosmos DB errors: which class of failure does each become?

Known by status and sub-status, as the service documents them. Its own throttling (429), conflicts of replication (449),
time-outs, moves and failures are `Unavailable`: nobody's attempt. A refusal (401, 403) is `Misconfigured`.
"""

from __future__ import annotations

from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.cosmos.exceptions import CosmosHttpResponseError

from shared.errors import (
    Conflict,
    Misconfigured,
    NightshiftError,
    Permanent,
    PreconditionFailed,
    Unavailable,
)

RETRY_AFTER_HEADER = "x-ms-retry-after-ms"

_SESSION_NOT_THERE_YET, _OWNER_MISSING = 1002, 1003
"""Sub-statuses of a 404: a replica lags behind; the container or database is missing, not the document."""
_FAILING_OVER = frozenset({3, 1008})
"""Sub-statuses of a 403: the region takes no writes any more; the account is moving away from it."""


class NoDocument(PreconditionFailed):
    """The store has no such document."""


def classed(error: AzureError, what: str) -> NightshiftError:
    """Return what `error`, which met `what` (``'job-1' in jobs``), means to a caller of the port."""
    if isinstance(error, ClientAuthenticationError):
        return _refused(what, "no credential was accepted")
    if not isinstance(error, CosmosHttpResponseError):
        return Unavailable(f"The document store can't be reached for {what}: {error}", dependency="store")
    status, sub_status = int(error.status_code or 0), error.sub_status or 0
    if status == 404 and sub_status == _OWNER_MISSING:
        return container_missing(what)
    if status == 404 and sub_status != _SESSION_NOT_THERE_YET:
        return NoDocument(f"There is no {what}.", dependency="store")
    if status == 409:
        return Conflict(f"{what} is taken.", dependency="store")
    if status == 412:
        return PreconditionFailed(f"{what} isn't the version that was read.", dependency="store")
    if status == 413:
        return Permanent(
            f"{what} is too large for the store. Put what is big into a blob.",
            code="document_too_large",
            dependency="store",
        )
    if status == 401 or (status == 403 and sub_status not in _FAILING_OVER):
        return _refused(what, str(status))
    if status == 400:
        return Permanent(
            f"The document store refused the request for {what}: {error.http_error_message}",
            code="store_refused",
            dependency="store",
        )
    return _unavailable(error, what, status, sub_status)


def container_missing(what: str) -> Misconfigured:
    """Return the error of a container, or a whole database, that isn't there for `what`."""
    return Misconfigured(
        f"There is no container for {what}.",
        code="store_missing",
        dependency="store",
    )


def _refused(what: str, why: str) -> Misconfigured:
    return Misconfigured(
        f"The document store refused us at {what} ({why}). Check COSMOS_KEY, or give the app's identity the role "
        "'Cosmos DB Built-in Data Contributor'; check the account's network rules.",
        code="store_denied",
        dependency="store",
    )


def _unavailable(error: CosmosHttpResponseError, what: str, status: int, sub_status: int) -> Unavailable:
    if status == 429:
        wait = error.headers.get(RETRY_AFTER_HEADER)
        asked = f"; it asked to wait {wait} ms" if wait else ""
        return Unavailable(
            f"The document store throttles us at {what} (429){asked}.", code="store_throttled", dependency="store"
        )
    return Unavailable(f"The document store failed at {what} ({status}, sub-status {sub_status}).", dependency="store")
