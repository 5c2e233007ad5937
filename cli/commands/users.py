"""`nightshift users`: what is kept of a user, and does the user want digests?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import operating, output, progress, session, whoami
from cli.options import Json, Yes, examples
from shared.errors import UsageError

if TYPE_CHECKING:
    from shared.config import Settings
    from shared.documents.port import Documents
    from shared.services import Services

app = typer.Typer(help="Users: their wishes, and all that is kept of them.", no_args_is_help=True)

User = Annotated[str, typer.Argument(metavar="USER")]


@app.command("opt-out", epilog=examples("nightshift users opt-out ada"))
def opt_out(user: User) -> None:
    """Make no more digests for a user."""
    _opt(user, wants=False)
    output.show(f"{output.plain(user)} gets no more digests.")


@app.command("opt-in", epilog=examples("nightshift users opt-in ada"))
def opt_in(user: User) -> None:
    """Make digests for a user again, with the next run."""
    _opt(user, wants=True)
    output.show(f"{output.plain(user)} gets digests, with the next run.")


@app.command(epilog=examples("nightshift users export ada", "nightshift users export ada --out ada.json"))
def export(
    user: User,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", dir_okay=False, help="Default: stdout.")] = None,
) -> None:
    """Give out all that is kept of a user, as JSON: documents, jobs, dead letters, addresses of blobs."""

    async def work(services: Services) -> dict[str, Any]:
        from processors.users import kept
        from shared import audit

        found = await kept.export(services, user)
        await audit.write(services.documents, "export user", by=whoami.operator(), user=_pseudonym(user))
        return found

    found = session.with_services(work)
    if out is None:
        output.print_json(found)
        return
    try:
        out.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out} can't be written: {error.strerror}.") from None
    count = sum(map(len, found["documents"].values()))
    output.note(f"{count} documents and {len(found['blobs'])} addresses of blobs are in {out}")


@app.command(epilog=examples("nightshift users forget ada", "nightshift users forget ada --yes --json"))
def forget(user: User, yes: Yes = False, as_json: Json = False) -> None:
    """Delete all that is kept of a user, for good. An audit line without the data stays."""

    async def work(services: Services) -> dict[str, int]:
        from processors.users import kept

        operating.confirm(f"Delete all that is kept of {user}? This can't be undone.", yes=yes)
        with progress.bar("Forgetting", None) as advance:
            return await kept.forget(services, user, by=whoami.operator(), told=lambda what: advance())

    counts = session.with_services(work)
    if as_json:
        output.print_json({"deleted": counts})
        return
    shown = ", ".join(f"{count} of {what}" for what, count in sorted(counts.items())) or "nothing was kept"
    output.show(f"Forgotten: {shown}.")
    output.note("Messages of the user that are still in a queue count as new when they come.")


def _opt(user: str, *, wants: bool) -> None:
    async def work(documents: Documents, _: Settings) -> None:
        from processors.digest import preferences

        await preferences.opt(documents, user, wants=wants)

    session.with_documents(work)


def _pseudonym(user: str) -> str:
    from processors.digest.inputs import pseudonym

    return pseudonym(user)
