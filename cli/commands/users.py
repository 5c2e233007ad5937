"""`nightshift users`: what is kept of a user, and does the user want digests?"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, progress, session, whoami
from cli.confirming import confirm
from cli.options import Json, Yes, examples
from shared.errors import UsageError

if TYPE_CHECKING:
    from shared.services import Services

app = typer.Typer(name="users", help="Users: digest opt-outs, data export and deletion.", no_args_is_help=True)

User = Annotated[str, typer.Argument(metavar="USER")]


@app.command("opt-out", epilog=examples("nightshift users opt-out ada"))
def opt_out(user: User) -> None:
    """Opt a user out of digests."""
    _opt(user, wants=False)
    output.show(f"{output.plain(user)} gets no more digests.")


@app.command("opt-in", epilog=examples("nightshift users opt-in ada"))
def opt_in(user: User) -> None:
    """Opt a user in to digests again, from the next run on."""
    _opt(user, wants=True)
    output.show(f"{output.plain(user)} gets digests, with the next run.")


@app.command(
    epilog=examples(
        "nightshift users describe ada --name Ada --locale en-GB",
        "nightshift users describe ada --email ada@example.com --consent",
    )
)
def describe(
    user: User,
    name: Annotated[str | None, typer.Option("--name", help="What digests call the user; '' for no name.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="Where digests may be sent; '' for nowhere.")] = None,
    consent: Annotated[
        bool | None, typer.Option("--consent/--no-consent", help="Whether the user wants digests by mail.")
    ] = None,
    locale: Annotated[str | None, typer.Option("--locale", help="Language and region, such as en-GB or ar.")] = None,
    as_json: Json = False,
) -> None:
    """Record a user's name, address, consent to mail, and locale. What isn't given stays as it is."""
    from dataclasses import asdict

    from operations import users

    said = session.with_documents(
        lambda documents, _: users.describe(
            documents, whoami.actor(), user, name=name, email=email, consent=consent, locale=locale
        )
    )
    if as_json:
        output.print_json(asdict(said))
        return
    mail = f"mail to {said.email}" if said.email and said.consent else "no mail"
    output.show(f"{output.plain(user)}: {output.plain(said.name or 'no name')}, {said.locale}, {mail}.")


@app.command(epilog=examples("nightshift users export ada", "nightshift users export ada --out ada.json"))
def export(
    user: User,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", dir_okay=False, help="Default: stdout.")] = None,
) -> None:
    """Export all data of a user as JSON: documents, jobs, dead letters, addresses of blobs."""
    from operations import users

    found = session.with_services(lambda services: users.export(services, whoami.actor(), user))
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
    """Delete all data of a user, for good. An audit line without the data stays."""
    from operations import users

    async def work(services: Services) -> Counter[str]:
        confirm(f"Delete all that is kept of {user}? This can't be undone.", yes=yes)
        deleted = Counter[str]()
        with progress.bar("Forgetting", None) as advance:
            async for what in users.forget(services, whoami.actor(), user):
                deleted[what] += 1
                advance()
        return deleted

    counts = session.with_services(work)
    if as_json:
        output.print_json({"deleted": counts})
        return
    shown = ", ".join(f"{count} of {what}" for what, count in sorted(counts.items())) or "nothing was kept"
    output.show(f"Forgotten: {shown}.")
    output.note("Messages of the user that are still in a queue count as new when they come.")


def _opt(user: str, *, wants: bool) -> None:
    from operations import users

    session.with_documents(lambda documents, _: users.want_digests(documents, whoami.actor(), user, wants=wants))
