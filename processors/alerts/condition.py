"""Condition of a rule: what is measured, and when is that a breach? Stored as people write it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.alerts.machine import AlertPolicy
from shared.documents.shapes import camel_case

Name = Annotated[str, Field(min_length=1, max_length=100)]
Number = Annotated[float, Field(allow_inf_nan=False)]

_DAY = 86_400


class Condition(BaseModel):
    """A condition: a measure, or the ratio of two, of a scope over a window.

    ``threshold`` compares the value, ``change_percent`` how much it changed since the window before, and ``no_data``
    is a breach when the window has none. `for` evaluations in a row must breach before it fires, `clearFor` must pass
    by `margin` (in the unit of what is compared) before it is over. With a smaller sample than `minimumSample` there
    is no verdict.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=camel_case, populate_by_name=True)

    type: Literal["threshold", "change_percent", "no_data"] = "threshold"
    measure: Name | None = None
    ratio: tuple[Name, Name] | None = None
    scope: Annotated[str, Field(min_length=1, max_length=300)]
    options: dict[str, Any] = Field(default_factory=dict)
    window_seconds: Annotated[int, Field(ge=300, le=31 * _DAY)] = 3600
    operator: Literal["<", "<=", ">", ">=", "=="] | None = None
    threshold: Number | None = None
    minimum_sample: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    for_: Annotated[int, Field(ge=1, le=100, alias="for")] = 1
    clear_for: Annotated[int, Field(ge=1, le=100)] = 1
    margin: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    remind_seconds: Annotated[int, Field(ge=0, le=365 * _DAY)] = 0

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.measure is None) == (self.ratio is None):
            raise ValueError("give either measure or ratio (two measures: the first is divided by the second)")
        compares = self.type != "no_data"
        for name, value in (("operator", self.operator), ("threshold", self.threshold)):
            if compares and value is None:
                raise ValueError(f"{name} is missing: type {self.type} compares with a threshold")
            if not compares and value is not None:
                raise ValueError(f"{name} has no meaning with type no_data: leave it out")
        for name, number in (("margin", self.margin), ("minimumSample", self.minimum_sample)):
            if not compares and number:
                raise ValueError(f"{name} has no meaning with type no_data: leave it out")
        return self

    @property
    def window(self) -> timedelta:
        """The length of the window."""
        return timedelta(seconds=self.window_seconds)

    @property
    def measures(self) -> tuple[str, ...]:
        """The names of what is measured."""
        return self.ratio if self.ratio is not None else (self.measure or "",)

    @property
    def subject(self) -> str:
        """What is compared, in words."""
        return " ÷ ".join(self.measures)

    @property
    def policy(self) -> AlertPolicy:
        """The numbers of the alert. Windows that overlap tell nothing twice."""
        return AlertPolicy(
            window=self.window,
            breaches_to_fire=self.for_,
            passes_to_clear=self.clear_for,
            remind_every=timedelta(seconds=self.remind_seconds) if self.remind_seconds else None,
        )


MEMBERS = tuple(field.alias or name for name, field in Condition.model_fields.items())
"""The members of a condition as people write them."""
