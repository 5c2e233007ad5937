"""Shared options: those that several commands take, and how a command's examples are shown."""

from __future__ import annotations

from typing import Annotated, Any

import typer


def _scope(text: str) -> str:
    from operations.scopes import meant

    return meant(text)


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask for confirmation. Required without a terminal.")]
UserFilter = Annotated[
    str | None,
    typer.Option(
        "--user", metavar="USER", parser=_scope, help="Only jobs of this user; or of a run: '~run|digest|2026-W48'."
    ),
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, metavar="N", help="Show at most N.")]
Client = Annotated[
    str | None, typer.Option("--client", metavar="CLIENT", help="Client whose alerts they are. Default: the app's own.")
]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until every job has ended; exit 1 unless all completed.")]
Timeout = Annotated[float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="Longest wait.")]


def of_client(client: str | None) -> dict[str, Any]:
    """Return what an operation is told of --client: nothing without it."""
    return {} if client is None else {"client": client}


def examples(*lines: str) -> str:
    """Return the epilog of a command's help: one example a line."""
    return "\n\n".join(("Examples:", *(f"$ {line}" for line in lines)))
