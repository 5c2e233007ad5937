"""Which parts of a command's answer are compared, and where were they written down?

What people read (sentences) and what no world can repeat (ids of messages, ports, folders, marks of writes) stands as
"…" or as a name in braces; the rest is compared as it is, the order of members included.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("json_answers.json")
SENTENCES = frozenset({"why", "message", "mend", "error", "refused", "stopped", "problem"})
"""Members that are sentences where they are texts."""
RANDOM = frozenset({"writeId", "token"})
MEASURED = frozenset({"here"})
"""What this machine's clock is, compared with a service's: no frozen time reaches it."""
WIDTH = 140
"""Characters of a line, as far as a part can be parted."""
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def comparable(answer: Any, places: Mapping[str, str]) -> Any:
    """Return an answer without sentences and chance; `places` are the texts of this machine by their names."""
    if isinstance(answer, dict):
        return {name: "…" if _is_exempt(name, value) else comparable(value, places) for name, value in answer.items()}
    if isinstance(answer, list):
        return [comparable(one, places) for one in answer]
    if isinstance(answer, str):
        for name, text in places.items():
            answer = answer.replace(text, f"{{{name}}}")
        return _GUID.sub("{guid}", answer)
    return answer


def read() -> dict[str, Any]:
    """Return what was written down: an answer by command."""
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found


def write(answers: Mapping[str, Any]) -> None:
    """Write down the answers."""
    FILE.write_text(as_text(answers), "utf-8")


def as_text(answer: Any) -> str:
    """Return an answer as it is written down: JSON whose parts stand on lines of their own where one is too short."""
    return f"{_laid_out(answer, 0)}\n"


def _laid_out(value: Any, depth: int) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + depth <= WIDTH or not isinstance(value, (dict, list)):
        return line
    if isinstance(value, dict):
        parts = [f"{json.dumps(name, ensure_ascii=False)}: {_laid_out(one, depth + 1)}" for name, one in value.items()]
    else:
        parts = [_laid_out(one, depth + 1) for one in value]
    first, last = "{}" if isinstance(value, dict) else "[]"
    joined = "".join(f"\n{' ' * (depth + 1)}{part}," for part in parts).rstrip(",")
    return f"{first}{joined}\n{' ' * depth}{last}"


def _is_exempt(name: str, value: Any) -> bool:
    return name in MEASURED or (isinstance(value, str) and name in SENTENCES | RANDOM)
