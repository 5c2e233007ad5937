"""`nightshift doctor`: is everything here that jobs need, and if not, how is it mended?"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session, whoami
from cli.errors import Failed
from cli.options import Json, examples
from cli.remedies import REMEDIES
from shared.config import PROJECT_FOLDER
from shared.errors import Misconfigured

if TYPE_CHECKING:
    from shared.finding import Finding

app = typer.Typer()

_OF_THE_APP = ("AzureWebJobsDisableHomepage",)
"""Settings that only the host reads: this shell needs none, and the app looks at its own."""
_STYLES = {"ok": "green", "warning": "yellow", "wrong": "bold red"}


@app.command(epilog=examples("nightshift doctor", "nightshift doctor --json", "nightshift doctor --azure --all"))
def doctor(
    everything: Annotated[bool, typer.Option("--all", help="Show what is well too. --json always does.")] = False,
    azure: Annotated[
        bool,
        typer.Option(
            "--azure",
            help="Check a deployment: what is there, what your identity may do, keys, and what the app itself found.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Check settings, document store, queues, blobs, model, clock, Python, packages and host.json.

    Says what is wrong, causes first, and how to mend it. Asks no model. Exits 1 when something is wrong. With --azure,
    rights are tried by doing what changes nothing; --all says what was tried, and what was not.
    """
    environment = dict(os.environ)
    findings = [one for one in _unplugged(environment) if not (azure and one.name in _OF_THE_APP)]
    if not any(finding.state == "wrong" and finding.check == "setting" for finding in findings):
        findings += asyncio.run(_deployment(environment) if azure else _services())
    count = sum(finding.state == "wrong" for finding in findings)
    if as_json:
        output.print_json({"ok": not count, "findings": map(_members, findings)})
    else:
        _show(findings, everything=everything, all_of="nightshift doctor --azure" if azure else "nightshift doctor")
    if count:
        raise Failed(f"{output.counted(count, 'check')} failed. The column mend says what to do.")


async def _services() -> list[Finding]:
    from operations.health import services

    return await services.check(session.settings(), whoami.actor())


async def _deployment(environment: Mapping[str, str]) -> list[Finding]:
    from operations.health import azure

    return await azure.check(session.settings(), environment, whoami.actor())


def _unplugged(environment: Mapping[str, str]) -> list[Finding]:
    """What can be seen without any service."""
    from cli.doctor import given_settings, host_file, installed
    from shared.finding import wrong

    try:
        file = session.file_settings()
        findings = list(given_settings.check(environment, file))
    except Misconfigured as error:
        file = {}
        findings = [wrong(given_settings.CHECK, given_settings.FILE, str(error))]
    findings += host_file.check(PROJECT_FOLDER / "host.json", {**file, **environment})
    findings += installed.check(PROJECT_FOLDER / "requirements.txt")
    return findings


def _mend(finding: Finding) -> str | None:
    return finding.mend or REMEDIES.get(finding.code)


def _members(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "name": finding.name,
        "state": finding.state,
        "found": finding.found,
        "mend": _mend(finding),
        "source": finding.source,
    }


def _show(findings: list[Finding], *, everything: bool, all_of: str) -> None:
    """Show the problems, the wrong ones first and in the order of causes, and count what is well.

    `all_of` is the command whose ``--all`` shows that too.
    """
    from rich.text import Text

    problems = sorted((one for one in findings if one.state != "ok"), key=lambda one: one.state != "wrong")
    well = [one for one in findings if one.state == "ok"]
    listed = [*problems, *(well if everything else [])]
    if listed:
        shown = output.table("check", "", "state", "found", "mend", text="found", beneath=("mend",))
        for finding in listed:
            found = f"{finding.found} ({finding.source})".lstrip() if finding.source else finding.found
            state = Text(finding.state, style=_STYLES[finding.state])
            shown.add_row(finding.check, finding.name, state, output.plain(found), output.plain(_mend(finding)))
        output.show(shown)
    hint = "" if everything else f" They are shown by: {all_of} --all"
    if problems:
        output.show(f"{output.counted(len(well), 'other check')} found nothing wrong.{hint}")
    else:
        output.show(f"All is well: {output.counted(len(well), 'check')} found nothing wrong.{hint}")
