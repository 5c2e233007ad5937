"""Confirmation: asks before something that can't be undone."""

from __future__ import annotations

import sys

import typer

from cli.output import plain
from shared.errors import UsageError


def confirm(question: str, *, yes: bool) -> None:
    """Ask for confirmation unless `yes`. Raises UsageError without a terminal; a no aborts the command."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question} There is no terminal to confirm it on: add --yes.")
    if not typer.confirm(plain(question), err=True):
        raise typer.Abort
