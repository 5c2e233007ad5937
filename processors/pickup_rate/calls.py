"""Call attempts: what is one, and which of its versions is the newer? The one with the later updatedAt.

A call that doesn't say when it was updated counts with the time when it was received. An instant that is ahead of when
the call was received is clamped to that; what was given instead, the document says.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, StringConstraints

from shared import clock, skew
from shared.documents.port import Body
from shared.errors import UsageError

KEPT = timedelta(days=90)
_INSTANTS = ("initiatedAt", "endedAt", "updatedAt")


def _instant(text: str) -> str:
    return clock.to_text(clock.parse(text))


Id = Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=True)]
Instant = Annotated[str, StringConstraints(max_length=64), AfterValidator(_instant)]


class Call(BaseModel):
    """One attempt to call somebody."""

    model_config = ConfigDict(extra="ignore", frozen=True, title="Call", populate_by_name=True)

    call_id: Id = Field(validation_alias=AliasChoices("call_id", "id"))
    merchantId: Id  # noqa: N815 - the message's own names
    resellerId: Id | None = None  # noqa: N815
    requestId: Id | None = Field(default=None, description="The lead.")  # noqa: N815
    attempt: Annotated[int, Field(ge=0, le=10_000)] | None = None
    status: Literal["BACKLOG", "PROCESSING", "FINISHED", "RETRY"]
    outcome: Annotated[str, StringConstraints(max_length=200)] | None = None
    connectionStatus: (  # noqa: N815
        Literal["NOT_DIALED", "REJECTED", "NO_ANSWER", "BUSY", "FAILED", "CANCELED", "ANSWERED", "UNKNOWN"] | None
    ) = None
    executionMode: Literal["TELEPHONY", "TELEPHONY_TEST", "DAILY", "DAILY_TEST"] = "TELEPHONY"  # noqa: N815
    direction: Literal["OUTBOUND", "INBOUND"] = "OUTBOUND"
    provider: Annotated[str, StringConstraints(max_length=200)] | None = None
    initiatedAt: Instant | None = None  # noqa: N815
    endedAt: Instant | None = None  # noqa: N815
    cost: Annotated[float, Field(ge=0, le=1e9)] | None = None
    updatedAt: Instant | None = Field(  # noqa: N815
        default=None, description="The later one wins. Default: when the queue got the message."
    )


def order(body: Body) -> tuple[str, bool]:
    """Return what orders a call's versions: of two of the same time one that is FINISHED is the newer.

    Receivers' times are in whole seconds. One that is still to come (stored before they were clamped) is older.
    """
    return skew.believed(body["updatedAt"]), body["status"] == "FINISHED"


def received(call: Call, at: datetime) -> Call:
    """Return a call with its updatedAt: when it was received, unless it says another."""
    return call if call.updatedAt else call.model_copy(update={"updatedAt": clock.to_text(at)})


def of_file(call: Call) -> Call:
    """Return a call of a file with its updatedAt: unless it says one, its end or else its beginning.

    When a file is read says nothing of its calls: the same file may be read again later. Raises UsageError
    `call_undated` when there is none of the three.
    """
    at = call.updatedAt or call.endedAt or call.initiatedAt
    if at is None:
        raise UsageError("updatedAt: missing, and so are endedAt and initiatedAt", code="call_undated")
    return call.model_copy(update={"updatedAt": at})


def clamped(call: Call, received: datetime) -> dict[str, str]:
    """Return what a call that was received then gives of instants that can't be: they count as that one."""
    given = {name: at for name in _INSTANTS if (at := getattr(call, name)) is not None}
    return {name: at for name, at in given.items() if skew.is_ahead(clock.parse(at), received)}


def to_body(call: Call, received: datetime) -> Body:
    """Return the document of a call that was received then; its `clamped` says what was given otherwise."""
    said: dict[str, Any] = call.model_dump(mode="json", exclude={"call_id"}, exclude_none=True)
    if ahead := clamped(call, received):
        said |= {**dict.fromkeys(ahead, clock.to_text(received)), "clamped": ahead}
    return {"id": call.call_id, **said, "schemaVersion": 1, "ttl": int(KEPT.total_seconds())}
