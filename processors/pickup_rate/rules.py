"""Alert rules: which scopes are watched, with which threshold, window and interval. Stored, and changed at run time.

A scope is ``global``, ``reseller:ID`` or ``merchant:ID``. What a scope doesn't say it inherits: a merchant from its
reseller if it names one, then from global, then from the settings.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from shared import clock
from shared.alerts.machine import AlertPolicy
from shared.config import Settings
from shared.documents import compare_and_set
from shared.documents.containers import SETTINGS
from shared.documents.port import Body, Documents
from shared.errors import Refused, UsageError
from shared.rollups.buckets import SLICE
from shared.suggestion import did_you_mean

DOCUMENT = "pickup-rate"
RULE = "pickup-rate"
GLOBAL = "global"
_SLICE_SECONDS = int(SLICE.total_seconds())
_SCOPE = re.compile(r"global|(?:reseller|merchant):\S{1,200}")


def whole_slices(seconds: int) -> int:
    """Return a lookback rounded up to whole 5 minutes: windows are added up from those."""
    return -(-seconds // _SLICE_SECONDS) * _SLICE_SECONDS


class Numbers(BaseModel):
    """What one scope says; None inherits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool | None = None
    interval_seconds: Annotated[int, Field(ge=60, le=31 * 86_400)] | None = None
    threshold: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    lookback_seconds: Annotated[int, Field(ge=60, le=31 * 86_400), AfterValidator(whole_slices)] | None = None
    alert_type: Literal["CALL_BASED", "LEAD_BASED", "BOTH"] | None = None
    definition: Literal["outcome", "connection"] | None = None
    minimum_sample: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    breaches_to_fire: Annotated[int, Field(ge=1, le=100)] | None = None
    passes_to_clear: Annotated[int, Field(ge=1, le=100)] | None = None
    margin: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    evaluation: Literal["threshold", "wilson"] | None = None
    remind_seconds: Annotated[int, Field(ge=0, le=365 * 86_400)] | None = None
    include_tests: bool | None = None
    include_inbound: bool | None = None
    reseller: str | None = None


class Rule(BaseModel):
    """The numbers of a scope, all of them said."""

    model_config = ConfigDict(frozen=True)

    enabled: bool
    interval_seconds: int
    threshold: float
    lookback_seconds: int = 86_400
    alert_type: Literal["CALL_BASED", "LEAD_BASED", "BOTH"] = "BOTH"
    definition: Literal["outcome", "connection"] = "outcome"
    minimum_sample: int = 20
    breaches_to_fire: int = 1
    passes_to_clear: int = 1
    margin: float = 2.0
    evaluation: Literal["threshold", "wilson"] = "threshold"
    remind_seconds: int = 0
    include_tests: bool = False
    include_inbound: bool = False

    @property
    def lookback(self) -> timedelta:
        """The length of the window."""
        return timedelta(seconds=self.lookback_seconds)

    @property
    def policy(self) -> AlertPolicy:
        """The alert's numbers. Nothing is told twice of windows that overlap."""
        return AlertPolicy(
            window=self.lookback,
            breaches_to_fire=self.breaches_to_fire,
            passes_to_clear=self.passes_to_clear,
            remind_every=timedelta(seconds=self.remind_seconds) if self.remind_seconds else None,
        )


class Rules:
    """The numbers of all scopes, as the store has them over the settings."""

    def __init__(self, settings: Settings, scopes: dict[str, Numbers]) -> None:
        self.scopes = scopes
        self._settings = settings

    def of(self, scope: str) -> Rule:
        """Return a scope's rule."""
        said: dict[str, Any] = {
            "enabled": self._settings.enable_pickup_rate_alert,
            "interval_seconds": self._settings.pickup_rate_interval_seconds,
            "threshold": self._settings.pickup_rate_threshold,
        }
        own = self.scopes.get(scope, Numbers())
        reseller = self.scopes.get(f"reseller:{own.reseller}", Numbers()) if own.reseller else Numbers()
        for numbers in (self.scopes.get(GLOBAL, Numbers()), reseller, own):
            said |= numbers.model_dump(exclude_none=True, exclude={"reseller"})
        return Rule(**said)

    def watched(self) -> dict[str, Rule]:
        """Return the enabled scopes: global, and each that says anything of itself."""
        found = {scope: self.of(scope) for scope in sorted({GLOBAL, *self.scopes})}
        return {scope: rule for scope, rule in found.items() if rule.enabled}


async def read(documents: Documents, settings: Settings) -> Rules:
    """Return the rules as they are now."""
    held = await documents.get(SETTINGS, DOCUMENT, DOCUMENT)
    scopes = held.body["scopes"] if held else {}
    return Rules(settings, {scope: Numbers.model_validate(said) for scope, said in scopes.items()})


def checked_scope(scope: str) -> str:
    """Return a scope's name. Raises UsageError for what is none."""
    if not _SCOPE.fullmatch(scope):
        raise UsageError(f"{scope!r} is no scope. Write global, reseller:ID or merchant:ID.", code="scope_invalid")
    return scope


async def change(
    documents: Documents, scope: str, said: dict[str, Any], *, by: str, expected: dict[str, Any] | None = None
) -> Numbers:
    """Change some of a scope's numbers (None: inherit again) and return them all.

    Raises UsageError for a value that can't be, Refused when the scope's own aren't the `expected` ones any more; what
    was there stays.
    """
    _, after = await exchange(documents, scope, said, by=by, expected=expected)
    return after


async def exchange(
    documents: Documents, scope: str, said: dict[str, Any], *, by: str, expected: dict[str, Any] | None = None
) -> tuple[Numbers, Numbers]:
    """Do what `change` does, and return a scope's numbers from before, and those that it has now."""
    checked_scope(scope)
    before: dict[str, Any] = {}

    def made(standing: Body | None) -> Body:
        nonlocal before
        scopes = dict(standing["scopes"]) if standing else {}
        before = scopes.get(scope, {})
        if expected is not None and scopes.get(scope, {}) != expected:
            raise Refused(f"The numbers of {scope} have changed since they were read.", code="etag_differs")
        merged = {**scopes.get(scope, {}), **said}
        numbers = validated(scope, {name: value for name, value in merged.items() if value is not None})
        scopes[scope] = numbers.model_dump(exclude_none=True)
        return {"id": DOCUMENT, "scopes": scopes, "updatedAt": clock.text_now(), "by": by, "schemaVersion": 1}

    body = await compare_and_set.change(documents, SETTINGS, DOCUMENT, DOCUMENT, made)
    assert body is not None  # `made` always makes one
    return Numbers.model_validate(before), Numbers.model_validate(body["scopes"][scope])


def validated(scope: str, said: dict[str, Any]) -> Numbers:
    """Return a scope's numbers. Raises UsageError for what can't be."""
    try:
        return Numbers.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"])) or "the whole"
        known = ", ".join(Numbers.model_fields)
        if name not in Numbers.model_fields:
            what = f"There is no {name!r}.{did_you_mean(name, Numbers.model_fields)} Known are: {known}."
        else:
            what = f"{name} of {scope} can't be {first.get('input')!r}: {first['msg']}."
        raise UsageError(f"{what} Nothing was changed.", code="numbers_invalid") from None
