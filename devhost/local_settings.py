"""Reader of local.settings.json: the settings that a laptop lays under the environment.

As with `func start`, a real environment variable wins over the file, and a file whose `IsEncrypted` is missing counts
as encrypted. The CLI reads the same file through this module.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path

from devhost import json_files
from devhost.errors import Refused

FILE_NAME = "local.settings.json"


def apply(root: Path, environ: MutableMapping[str, str] = os.environ) -> None:
    """Lay the file's values under `environ`, in place. Raises Refused."""
    for name, value in read(root).items():
        environ.setdefault(name, value)


def read(root: Path) -> dict[str, str]:
    """Return the `Values` of the file in folder `root`, or nothing when there is no file.

    Raises Refused when the file isn't JSON, is or counts as encrypted, or holds a value that isn't text.
    """
    path = root / FILE_NAME
    if not path.exists():
        return {}
    content = {key.casefold(): value for key, value in json_files.read_object(path).items()}
    if content.get("isencrypted", True) is not False:
        why = "is encrypted" if "isencrypted" in content else 'has no "IsEncrypted", which counts as true'
        raise Refused(f'{path} {why}. Write "IsEncrypted": false into it, with plain values.')
    values = content.get("values") or {}
    if not isinstance(values, dict):
        raise Refused(f'{path}: "Values" must be an object of names and texts.')
    return {name: _as_text(path, name, value) for name, value in values.items()}


def _as_text(path: Path, name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value)
    raise Refused(f'{path}: the value of "{name}" must be a text, not {type(value).__name__}.')
