"""Names of rules: which one does an operator mean by its id, the beginning of it, or its name?"""

from __future__ import annotations

from collections.abc import Mapping

from shared.errors import NotFound, UsageError
from shared.suggestion import did_you_mean


def meant(text: str, names: Mapping[str, str]) -> str:
    """Return the id that is meant, of rules whose `names` are given by id. Raises NotFound, UsageError."""
    if text in names:
        return text
    found = [rule for rule, name in names.items() if text and (rule.startswith(text) or name == text)]
    if len(found) > 1:
        raise UsageError(f"{text!r} means several alert rules: {', '.join(sorted(found))}.", code="rule_ambiguous")
    if not found:
        raise NotFound(f"There is no alert rule {text!r}.{did_you_mean(text, names.values())}", code="rule_unknown")
    return found[0]
