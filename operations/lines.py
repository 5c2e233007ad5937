"""Lines of files that people give: one thing each, by number, or what is wrong with the line."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from shared.errors import UsageError


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of many: its line's number, and its members or what is wrong with it."""

    number: int
    members: dict[str, object] | None = None
    problem: str = ""


def invalid(error: ValidationError, code: str) -> UsageError:
    """Return the error of a line that isn't what it should be: the first thing that is wrong, and where."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(map(str, first["loc"]))
    problem = first["msg"].removeprefix("Value error, ")
    return UsageError(f"{place}: {problem}" if place else problem, code=code)
