"""Asking before something that can't be undone."""

from __future__ import annotations

import sys

import typer

from cli.output import plain
from shared.errors import UsageError


def confirm(question: str, *, yes: bool) -> None:
    """Ask unless `yes`. Without a terminal nobody can be asked: it takes --yes. Raises UsageError, or aborts."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Without a terminal nobody can be asked: add --yes.")
    if not typer.confirm(plain(question), err=True):
        raise typer.Abort
