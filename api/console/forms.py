"""Forms: what a page's form, or the query of its address, says. Every field may come several times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from api.problems import Problem, Stop

TYPE = "application/x-www-form-urlencoded"
_MOST_FIELDS = 2_000
_NOT_A_FORM = Problem(415, "media_type_unsupported", f"A form comes as {TYPE}.")
_UNREADABLE = Problem(400, "request_invalid", "The form can't be read.")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields by their names."""

    values: Mapping[str, list[str]]

    def get(self, name: str) -> str | None:
        """Return a field, without blanks around it; None for one that is empty or isn't there."""
        found = self.values.get(name)
        return (found[-1].strip() or None) if found else None

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field that isn't empty."""
        return tuple(value for value in self.values.get(name, []) if value)

    def number(self, name: str) -> int:
        """Return a field that is a whole number of at most nine digits; 0 for another."""
        text = self.get(name) or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def of_query(query: bytes) -> Fields:
    """Return the fields of an address. Raises Stop for a query that isn't one."""
    return _parsed(query)


def of_body(body: bytes, media_type: str | None) -> Fields:
    """Return the fields of a form. Raises Stop for a body that isn't one."""
    if (media_type or "").partition(";")[0].strip().lower() != TYPE:
        raise Stop(_NOT_A_FORM)
    return _parsed(body)


def _parsed(text: bytes) -> Fields:
    try:
        found = parse_qs(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Stop(_UNREADABLE) from None
    return Fields(found)
