"""Shared options: those that several commands take, and how a command's examples are shown."""

from __future__ import annotations

from typing import Annotated

import typer


def _scope(text: str) -> str:
    from operations.scopes import meant

    return meant(text)


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking. Needed without a terminal.")]
UserFilter = Annotated[
    str | None,
    typer.Option("--user", metavar="USER", parser=_scope, help="Only this user's; or '~run|digest|2026-W48': a run's."),
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Show at most so many.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until every job has ended; exit 1 unless all completed.")]
Timeout = Annotated[float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="Wait at most so long.")]


def examples(*lines: str) -> str:
    """Return the epilog of a command's help: one example a line."""
    return "\n\n".join(("Examples:", *(f"$ {line}" for line in lines)))
