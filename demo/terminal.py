"""Steps of the demo on a terminal: how is a step shown, and how is it checked?

Commands are run as a person would run them and print for themselves; a check asks the same command for JSON.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

NIGHTSHIFT = Path(sys.executable).with_name("nightshift")
_PAUSE_SECONDS = 0.2


class DemoFailed(Exception):
    """Something wasn't as it should be. The message says what."""


def say(text: str = "") -> None:
    """Print a line of the story."""
    print(text, flush=True)


def heading(text: str) -> None:
    """Print the title of a part."""
    say(f"\n{_bold(text)}\n{'─' * len(text)}")


def run(environment: Mapping[str, str], *arguments: str, exits: int = 0) -> None:
    """Show and run a `nightshift` command. Raises DemoFailed when its exit code isn't `exits`."""
    say(f"\n{_bold('$ nightshift ' + shlex.join(arguments))}")
    code = subprocess.run([NIGHTSHIFT, *arguments], env=environment, check=False).returncode
    check(code == exits, f"`nightshift {shlex.join(arguments)}` exited {code} instead of {exits}")


def ask(environment: Mapping[str, str], *arguments: str) -> Any:
    """Return what a `nightshift` command prints with --json. Raises DemoFailed when it fails."""
    asked = [str(NIGHTSHIFT), *arguments, "--json"]
    answer = subprocess.run(asked, env=environment, check=False, capture_output=True, text=True)
    check(answer.returncode == 0, f"`{shlex.join(asked)}` failed: {answer.stderr.strip()}")
    return json.loads(answer.stdout)


def check(is_right: bool, otherwise: str) -> None:
    """Raise DemoFailed that says `otherwise` unless it is right."""
    if not is_right:
        raise DemoFailed(otherwise)


def wait_until(happened: Callable[[], bool], otherwise: str, limit_seconds: float) -> None:
    """Look again and again until it `happened`. Raises DemoFailed that says `otherwise` when the time is up."""
    deadline = time.monotonic() + limit_seconds
    while not happened():
        check(time.monotonic() < deadline, otherwise)
        time.sleep(_PAUSE_SECONDS)


def _bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text
