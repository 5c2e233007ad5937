"""Check of the installation: do this Python and its packages agree with the lock?"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from shared.finding import Finding, fine, wrong

PYTHONS = ((3, 11), (3, 12), (3, 13))

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(;)?", re.MULTILINE)
_SETUP = "Run ./scripts/setup"


def check(lock: Path, python: tuple[int, int] = sys.version_info[:2]) -> Iterator[Finding]:
    """Yield a finding for Python, and one for each package of `lock` that is missing or of another version."""
    shown = ".".join(map(str, python))
    if python in PYTHONS:
        yield fine("python", shown, sys.executable)
    else:
        yield wrong("python", shown, "the app runs on 3.11 to 3.13", f"Install one of them. {_SETUP}")
    try:
        pins = _PIN.findall(lock.read_text(encoding="utf-8"))
    except OSError as error:
        yield wrong("packages", lock.name, f"can't be read: {error.strerror}", "Take it back from the repository.")
        return
    yield from _packages(lock.name, pins)


def _packages(lock: str, pins: list[tuple[str, str, str]]) -> Iterator[Finding]:
    wanted: dict[str, set[str]] = {}
    everywhere = {name for name, _, condition in pins if not condition}
    for name, pinned, _ in pins:  # a package may have one version for each Python
        wanted.setdefault(name, set()).add(pinned)
    flaws = 0
    for name, versions in wanted.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            if name not in everywhere:
                continue
            found = "missing"
        if found not in versions:
            flaws += 1
            yield wrong("packages", name, f"{found} instead of {' or '.join(sorted(versions))}", _SETUP)
    if not flaws:
        yield fine("packages", lock, f"{len(wanted)} packages as it says")
