"""Host id: the name under which a host keeps its locks and timers' statuses. Hosts of one app share it."""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path

from devhost.app_settings import AppSettings

SETTING = "AzureFunctionsWebHost__hostid"
_LONGEST = 32


def of(root: Path, settings: AppSettings) -> str:
    """Return the id of hosts that run the app in folder `root`: the setting's, or one of this machine and folder."""
    if given := settings.get(SETTING):
        return given.lower()[:_LONGEST]
    machine = "".join(letter for letter in socket.gethostname().lower() if letter.isascii() and letter.isalnum())
    number = int.from_bytes(hashlib.sha256(str(root).encode()).digest()[:4], "big")
    return f"{machine[: _LONGEST - 11]}-{number}"
