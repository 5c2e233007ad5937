"""`nightshift alerts apply|export`: alert rules in files, as people keep them in git."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, progress, session, whoami
from cli.commands.alerts import app
from cli.confirming import confirm
from cli.json_file import read_json
from cli.options import Client, Json, Yes, examples, of_client

if TYPE_CHECKING:
    from operations.rule_files import Plan

_SIGNS = {"create": "+", "change": "~", "delete": "-"}
_DONE = {"create": "created", "change": "changed", "delete": "deleted"}


@app.command(
    epilog=examples(
        "nightshift alerts apply rules.json --dry-run",
        "nightshift alerts apply rules.json --yes",
        "nightshift alerts apply rules.json --client acme --prune",
    )
)
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON file with a list of rules, or - for stdin.")],
    client: Client = None,
    prune: Annotated[bool, typer.Option("--prune", help="Also delete the rules that the file doesn't have.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Bring a file of alert rules into the store, after a look at what changes.

    The file holds all that is wanted: a member that it leaves out has its default. A rule is found by its id, or
    without one by its name. If anything in the file is invalid, nothing is stored. Doing it again changes nothing.
    """
    said = read_json(file)
    from operations import rule_files

    plan = session.with_services(
        lambda services: rule_files.plan(services, whoami.actor(), said, prune=prune, **of_client(client))
    )
    if not as_json:
        _show(plan)
    if plan.changes and not dry_run:
        confirm(f"Make {output.counted(len(plan.changes), 'change')}?", yes=yes)

        async def applied(services: Any) -> None:
            with progress.bar("Applying", len(plan.changes)) as advance:
                async for _ in rule_files.apply(services, whoami.actor(), plan, **of_client(client)):
                    advance()

        session.with_services(applied)
    if as_json:
        output.print_json(
            {
                "changes": plan.changes,
                "unchanged": plan.unchanged,
                "notInFile": plan.not_in_file,
                "applied": not dry_run,
            }
        )
    elif plan.changes and not dry_run:
        output.note(f"Applied: {_counts(plan)}.")


@app.command(
    epilog=examples("nightshift alerts export > rules.json", "nightshift alerts export --client acme > acme.json")
)
def export(client: Client = None) -> None:
    """Print the alert rules as a file that alerts apply takes."""
    from operations import rule_files

    output.print_json(
        session.with_documents(lambda documents, _: rule_files.exported(documents, whoami.actor(), **of_client(client)))
    )


def _show(plan: Plan) -> None:
    for change in plan.changes:
        output.show(f"{_SIGNS[change.what]} {change.name} ({change.id})")
        if change.what == "change":
            for one in change.differences:
                output.show(f"    {one.member}: {_told(one.before)} → {_told(one.after)}")
    if not plan.changes:
        output.note(f"Nothing to change: {output.counted(plan.unchanged, 'rule')} as in the file.")
    if plan.not_in_file:
        left = output.counted(len(plan.not_in_file), "rule")
        output.note(f"Not in the file and left alone: {left} ({', '.join(plan.not_in_file)}). --prune deletes them.")


def _counts(plan: Plan) -> str:
    def of(what: str) -> int:
        return sum(change.what == what for change in plan.changes)

    parts = [f"{of(what)} {done}" for what, done in _DONE.items() if of(what)]
    return ", ".join([*parts, f"{plan.unchanged} as before"] if plan.unchanged else parts)


def _told(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
