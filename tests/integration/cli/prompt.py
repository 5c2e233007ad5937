"""How does a test type a command in its own process, at an instant and in a time zone that it chooses?"""

from __future__ import annotations

import io
import itertools
import json
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

import cli.main
from cli import session
from shared import clock, config, settings_reference

ZONE = "CET-1CEST,M3.5.0,M10.5.0/3"
"""Central Europe, in a form that needs no time zone database."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return the one JSON document on stdout; None when stdout is empty or for people."""
        return json.loads(self.out) if self.out.startswith("{") else None


@contextmanager
def settings_of(environ: Mapping[str, str], folder: Path) -> Iterator[None]:
    """Let the process have these settings alone inside the block; no local.settings.json but one in `folder`."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            for setting in settings_reference.describe():
                patch.delenv(setting.name, raising=False)
            given = {**environ, "NIGHTSHIFT_SETTINGS": str(folder), "LOGNAME": "tester", "TZ": ZONE}
            for name, value in given.items():
                patch.setenv(name, value)
            patch.setattr(session, "_settings_folder", folder)
            _forget_settings()
            yield
    finally:
        _forget_settings()


@contextmanager
def tokens_counted_out() -> Iterator[None]:
    """Let random tokens be 1, 2, 3 … inside the block."""
    numbers = itertools.count(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "token_hex", lambda size=32: next(numbers).to_bytes(size, "big").hex())
        yield


def typed(*arguments: str, at: datetime) -> Said:
    """Type a command at that instant, and return what it said."""
    out, err = io.StringIO(), io.StringIO()
    code: Any = 0
    with (
        pytest.MonkeyPatch.context() as patch,
        clock.running_on(lambda: at),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        patch.setattr(sys, "argv", ["nightshift", *arguments])
        patch.setattr(cli.main, "app", _app())
        try:
            cli.main.main()
        except SystemExit as end:
            code = end.code
    return Said(int(code or 0), out.getvalue(), err.getvalue())


@cache
def _app() -> Any:
    """Return the commands, put together once: that takes longer than most of them."""
    return typer.main.get_command(cli.main.app)


def _forget_settings() -> None:
    time.tzset()
    session.settings.cache_clear()
    config.settings.cache_clear()
