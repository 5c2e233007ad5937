"""Steps of the demo on a terminal: how is a step shown, and how is it checked?

Commands print for themselves, as for a person; a check asks the same command for JSON. What is checked is what came of
it, never how long it took: limits only end what would never come.
"""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from demo import commands

PATIENCE_SECONDS = 300.0
"""How long is waited for anything. Generous: other work may keep the machine busy."""
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 1.0

_log: Path | None = None


class DemoFailed(Exception):
    """Something wasn't as it should be. The message says what."""


@contextmanager
def out_of_sight(log: Path) -> Iterator[None]:
    """Write what is shown inside the block at the end of file `log`, instead of on the terminal."""
    global _log
    _log = log
    try:
        yield
    finally:
        _log = None


def say(text: str = "") -> None:
    """Print a line of the story."""
    if _log is None:
        print(text, flush=True)
        return
    with _log.open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")


def heading(text: str) -> None:
    """Print the title of a part."""
    say(f"\n{_bold(text)}\n{'─' * len(text)}")


def run(environment: Mapping[str, str], *arguments: str, exits: int = 0) -> None:
    """Show and run a `nightshift` command. Raises DemoFailed when its exit code isn't `exits`."""
    say(f"\n{_bold('$ nightshift ' + shlex.join(arguments))}")
    code = commands.run(arguments, environment, _log)
    check(code == exits, f"`nightshift {shlex.join(arguments)}` exited {code} instead of {exits}")


def run_and_wait(environment: Mapping[str, str], *arguments: str, exits: int = 0) -> None:
    """Show and run a command that waits for what it has asked for, as `run` does."""
    run(environment, *arguments, "--wait", "--timeout", f"{PATIENCE_SECONDS:.0f}", exits=exits)


def ask(environment: Mapping[str, str], *arguments: str) -> Any:
    """Return what a `nightshift` command prints with --json. Raises DemoFailed when it fails."""
    answer = commands.ask([*arguments, "--json"], environment)
    check(answer.code == 0, f"`nightshift {shlex.join(arguments)} --json` failed: {answer.err.decode().strip()}")
    return json.loads(answer.out)


def check(is_right: bool, otherwise: str) -> None:
    """Raise DemoFailed that says `otherwise` unless it is right."""
    if not is_right:
        raise DemoFailed(otherwise)


def wait_until(happened: Callable[[], bool], otherwise: str) -> None:
    """Look again and again until it `happened`. Raises DemoFailed that says `otherwise` when it never does."""
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, _FIRST_PAUSE_SECONDS
    while not happened():
        check(time.monotonic() < deadline, f"{otherwise} in {PATIENCE_SECONDS:.0f} s")
        time.sleep(pause)
        pause = min(_LONGEST_PAUSE_SECONDS, pause * 1.5)


def _bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() and _log is None else text
