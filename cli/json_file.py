"""A JSON file that a command takes; - is stdin."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from shared.errors import UsageError


def read_json(file: Path) -> Any:
    """Return what a file holds. Raises UsageError that says where it isn't JSON."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
        return json.loads(text)
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} isn't UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file} isn't JSON: {error}.") from None
