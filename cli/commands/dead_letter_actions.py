"""`nightshift dead-letters replay|discard|purge`: acts on what failed for good."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import acting, output, session, whoami
from cli.commands.dead_letters import Cause, Class, Queue, Since, app, wanted
from cli.confirming import confirm
from cli.json_file import read_json
from cli.options import Json, UserFilter, Yes, examples
from shared.errors import UsageError

if TYPE_CHECKING:
    from operations.actor import Actor
    from operations.dead_letters import Choice
    from shared.jobs.bulk import Acted, Filter
    from shared.jobs.record_store import Held
    from shared.services import Services

    Act = Callable[[Services, Actor, Sequence[Held]], AsyncIterator[Acted]]

Ids = Annotated[
    list[str] | None, typer.Argument(metavar="[ID]...", help="Dead letters, or the beginnings of their ids.")
]
All = Annotated[bool, typer.Option("--all", help="Every dead letter.")]
AtMost = Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="At most N, the latest failed first.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only list the dead letters, change nothing.")]
Why = Annotated[str | None, typer.Option("--why", metavar="TEXT", help="Kept in the timeline and the audit line.")]


@app.command(
    epilog=examples(
        "nightshift dead-letters replay 5f2c9a",
        "nightshift dead-letters replay --cause 91ab02c4d5e6 --rate 20",
        "nightshift dead-letters replay 5f2c9a --edit corrected.json",
    )
)
def replay(
    ids: Ids = None,
    queue: Queue = None,
    error_class: Class = None,
    cause: Cause = None,
    since: Since = None,
    everything: All = False,
    user: UserFilter = None,
    limit: AtMost = None,
    rate: Annotated[float | None, typer.Option("--rate", min=0.01, metavar="N", help="At most N a second.")] = None,
    edit: Annotated[
        Path | None,
        typer.Option("--edit", metavar="FILE", exists=True, dir_okay=False, help="Send this JSON payload instead."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replay despite the loop guard or a closed gate.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list the dead letters, or what is refused.")] = False,
    as_json: Json = False,
) -> None:
    """Replay dead letters: send their messages again. An invalid payload is refused; correct it with --edit."""
    edited = _payload(edit) if edit else None
    if edited is not None and len(ids or ()) != 1:
        raise UsageError("--edit corrects one dead letter: name it by its ID.")
    choice = _choice(ids, _filter(queue, error_class, cause, since, everything), user, limit)
    from operations import dead_letters

    async def work(services: Services) -> acting.Tally:
        by = whoami.actor()
        letters = await _chosen(services, by, choice)
        if not dry_run:
            replaying = dead_letters.replay(services, by, letters, edited=edited, force=force, rate=rate)
            return await acting.tallied("Replaying", len(letters), replaying)
        checking = dead_letters.check_replay(services, by, letters, edited=edited, force=force)
        tally = await acting.tallied("Checking", len(letters), checking)
        _would("replay", letters, dict(tally.refused), as_json=as_json)
        if tally.stopped is not None:
            raise tally.stopped
        return tally

    tally = session.with_services(work)
    if not dry_run:
        acting.report("replayed", tally, as_json=as_json)
        return
    if tally.refused:
        raise typer.Exit(1)


@app.command(epilog=examples("nightshift dead-letters discard 5f2c9a --why 'the shop is gone'"))
def discard(
    ids: Ids = None,
    queue: Queue = None,
    error_class: Class = None,
    cause: Cause = None,
    since: Since = None,
    everything: All = False,
    user: UserFilter = None,
    limit: AtMost = None,
    why: Why = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """End dead letters without replaying them. Their records are kept for 14 days."""
    choice = _choice(ids, _filter(queue, error_class, cause, since, everything), user, limit)
    from operations import dead_letters

    _end(
        "discard", choice, ("dead",), lambda *asked: dead_letters.discard(*asked, why=why),
        ask="Discard {}?", dry_run=dry_run, yes=yes, as_json=as_json,
    )  # fmt: skip


@app.command(
    epilog=examples(
        "nightshift dead-letters purge --cause 91ab02c4d5e6 --dry-run", "nightshift dead-letters purge --all --yes"
    )
)
def purge(
    ids: Ids = None,
    queue: Queue = None,
    error_class: Class = None,
    cause: Cause = None,
    since: Since = None,
    everything: All = False,
    user: UserFilter = None,
    limit: AtMost = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Delete dead and discarded records with their payloads, for good. An audit line without the payload stays."""
    choice = _choice(ids, _filter(queue, error_class, cause, since, everything), user, limit)
    from operations import dead_letters

    _end(
        "purge", choice, ("dead", "discarded"), dead_letters.purge,
        ask="Delete {} with payload and history? This can't be undone.", dry_run=dry_run, yes=yes, as_json=as_json,
    )  # fmt: skip


def _end(
    verb: str, choice: Choice, statuses: tuple[str, ...], act: Act,
    *, ask: str, dry_run: bool, yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Do `act` to the chosen letters after asking, or only say which they are, and report."""

    async def work(services: Services) -> acting.Tally | None:
        by = whoami.actor()
        letters = await _chosen(services, by, choice, statuses)
        if dry_run:
            _would(verb, letters, {}, as_json=as_json)
        if letters and (dry_run or not yes):
            output.note(await _still_replayable(services, by, letters))
        if dry_run:
            return None
        if letters:
            confirm(ask.format(acting.described(letters)), yes=yes)
        doing = f"{verb.removesuffix('e').capitalize()}ing"
        return await acting.tallied(doing, len(letters), act(services, by, letters))

    tally = session.with_services(work)
    if tally is not None:
        acting.report(f"{verb.removesuffix('e')}ed", tally, as_json=as_json)


async def _chosen(
    services: Services, by: Actor, choice: Choice, statuses: tuple[str, ...] = ("dead",)
) -> tuple[Held, ...]:
    """Return the letters of a choice. Raises UsageError also for a filter that names what there isn't."""
    from operations import dead_letters

    letters = await dead_letters.choose(services.documents, by, choice, statuses)
    if not letters and choice.wanted is not None:
        await dead_letters.check_filter(services.documents, services.settings, by, choice.wanted)
    return letters


async def _still_replayable(services: Services, by: Actor, letters: Sequence[Held]) -> str:
    """Return how many of the letters could be replayed instead: payload valid, dependencies well."""
    from operations import dead_letters

    dead = [letter for letter in letters if letter.record.status == "dead"]
    checking = dead_letters.check_replay(services, by, dead)
    tally = await acting.tallied("Checking", len(dead), checking)
    if tally.stopped is not None:
        return f"How many of them would replay can't be told now: {tally.stopped}"
    count = len(tally.done)
    if not count:
        return "None of them would replay now."
    return f"{count} of them would replay now (payload valid, dependencies well): nightshift dead-letters replay"


def _choice(ids: list[str] | None, wanted: Filter | None, user: str | None, limit: int | None) -> Choice:
    from operations.dead_letters import Choice

    return Choice(tuple(ids or ()), wanted, user, limit)


def _filter(
    queue: str | None, error_class: str | None, cause: str | None, since: str | None, everything: bool
) -> Filter | None:
    given = any(value is not None for value in (queue, error_class, cause, since))
    return wanted(queue, error_class, cause, since) if given or everything else None


def _payload(file: Path) -> dict[str, Any]:
    payload = read_json(file)
    if not isinstance(payload, dict):
        raise UsageError(
            f"{file} doesn't hold a JSON object; write the payload as nightshift dead-letters show has it."
        )
    return payload


def _would(verb: str, letters: Sequence[Held], refused: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        output.print_json(
            output.items(
                {"id": key.id, "scope": key.scope, "status": letter.record.status, "refused": refused.get(key.id)}
                for letter in letters
                for key in [letter.record.key]
            )
        )
        return
    columns = ("id", "of", "queue", "state", "why", *(("refused",) if refused else ()))
    shown = output.table(*columns, text=columns[-1], beneath=("why", "queue", "of") if refused else ("queue", "of"))
    ids = output.shortened(letter.record.key.id for letter in letters)
    for letter in letters:
        record = letter.record
        cells = [ids[record.key.id], record.key.scope, record.queue, record.status]
        cells.append(record.reason.message if record.reason else "")
        if refused:
            cells.append(refused.get(record.key.id, ""))
        shown.add_row(*map(output.plain, cells))
    count = f"Would {verb} {len(letters) - len(refused)}" + (f", refuse {len(refused)}" if refused else "")
    output.show(*([shown] if letters else []), f"{count}. Nothing was done.")
