"""Reader of host.json and local.settings.json: JSON that may hold comments, trailing commas and a BOM."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from devhost.errors import Refused

_STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_STRING_OR_TRAILING_COMMA = re.compile(r'"(?:\\.|[^"\\])*"|,(?=\s*[}\]])', re.DOTALL)


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in `path`. Raises Refused, naming file and place, when there is none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror}.") from None
    text = _STRING_OR_COMMENT.sub(_keep_strings, text)
    text = _STRING_OR_TRAILING_COMMA.sub(_keep_strings, text)
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Refused(f"{path} isn't JSON: {error}.") from None
    if not isinstance(value, dict):
        raise Refused(f"{path} must hold a JSON object, not {type(value).__name__}.")
    return value


def _keep_strings(match: re.Match[str]) -> str:
    token = match.group()
    # A comment leaves its line breaks, so that the parser's line numbers are the file's.
    return token if token.startswith('"') else "\n" * token.count("\n")
