"""`nightshift enqueue`: asks for jobs by hand."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import output, progress, session, whoami
from cli.errors import Failed
from cli.explaining import still
from cli.options import Json, Timeout, Wait, examples
from cli.remedies import explained
from shared.errors import UsageError

if TYPE_CHECKING:
    from operations.enqueue import Ended, Enqueued
    from shared.services import Services

app = typer.Typer(name="enqueue", help="Enqueue jobs.", no_args_is_help=True)

Signal = Literal["up", "down", "none"]


@app.callback()
def jobs() -> None:
    """Enqueue jobs."""


@app.command(
    epilog=examples(
        "nightshift enqueue taste ada red-heels --wait",
        "nightshift enqueue taste ada hat --image hat.jpg --title 'Felt hat' --tags 'winter;wool'",
        "nightshift enqueue taste --file likes.jsonl --wait --timeout 60",
        "nightshift enqueue taste --raw broken.json",
    )
)
def taste(
    user: Annotated[str | None, typer.Argument(metavar="[USER]", help="The user who gave the signal.")] = None,
    item: Annotated[str | None, typer.Argument(metavar="[ITEM]", help="The item that the picture shows.")] = None,
    user_option: Annotated[str | None, typer.Option("--user", metavar="USER", hidden=True)] = None,
    item_option: Annotated[str | None, typer.Option("--item", metavar="ITEM", hidden=True)] = None,
    image: Annotated[
        str | None,
        typer.Option("--image", help="Address of the picture, or a local file to upload. Default: the wardrobe's."),
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="The item's title. Default: the wardrobe's.")] = None,
    tags: Annotated[str | None, typer.Option("--tags", help="Separated by ; or , Default: the wardrobe's.")] = None,
    signal: Annotated[Signal | None, typer.Option("--signal", help="none takes a like back. Default: up.")] = None,
    job_id: Annotated[str | None, typer.Option("--job-id", help="Id of the job. Default: a hash of the rest.")] = None,
    created_at: Annotated[
        str | None,
        typer.Option("--created-at", help="When the signal was given. Default: now. Such as 2026-11-23T09:00:00.000Z."),
    ] = None,
    gallery_index: Annotated[
        int | None, typer.Option("--gallery-index", help="Index of the picture in a gallery.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="JOBS.jsonl", help="One message a line; - is stdin.")
    ] = None,
    raw: Annotated[
        Path | None, typer.Option("--raw", metavar="FILE", help="Send this body as it is, unchecked; - is stdin.")
    ] = None,
    wait: Wait = False,
    timeout: Timeout = 120.0,
    as_json: Json = False,
) -> None:
    """Enqueue taste jobs: likes, dislikes and likes taken back.

    A repeat inside the job's windows is answered as duplicate. A bad line of --file is reported with its number, and
    the rest goes on.
    """
    one: dict[str, Any] = {
        "user_id": _either(user, user_option, "USER"),
        "item_id": _either(item, item_option, "ITEM"),
        "image_url": image,
        "title": title,
        "tags": tags,
        "signal": signal,
        "job_id": job_id,
        "createdAt": created_at,
        "gallery_image_index": gallery_index,
    }
    given = {name: value for name, value in one.items() if value is not None}
    _check(given, file, raw, wait)

    async def work(services: Services) -> tuple[list[Enqueued], list[Ended]]:
        from operations import enqueue

        if raw is not None:
            return [await enqueue.raw(services, whoami.actor(), _read(raw))], []
        done = await _lines(services, file) if file is not None else [await _one(services, given)]
        return done, await _until_ended(services, done, timeout) if wait else []

    done, ended = session.with_services(work)
    _report(done, ended, as_json=as_json)


async def _one(services: Services, given: dict[str, Any]) -> Enqueued:
    from cli import pictures
    from cli.wardrobe_file import tags_of
    from operations import enqueue
    from operations.pictures import MAX_BYTES, is_url

    members, picture = dict(given), None
    if "tags" in members:
        members["tags"] = list(tags_of(members["tags"]))
    if "image_url" in members and not is_url(members["image_url"]):
        path = Path(members.pop("image_url"))
        picture = await asyncio.to_thread(pictures.read, path, MAX_BYTES)
    return await enqueue.taste(services, whoami.actor(), members, picture=picture)


async def _lines(services: Services, file: Path) -> list[Enqueued]:
    from operations import enqueue

    lines = enqueue.lines_of(_read(file))
    if not lines:
        raise UsageError(f"{file} is empty. It takes one message a line, as a JSON object.")
    done: list[Enqueued] = []
    with progress.bar("Enqueuing", len(lines)) as advance:
        async for answer in enqueue.taste_lines(services, whoami.actor(), lines):
            done.append(answer)
            advance()
    return sorted(done, key=lambda answer: answer.line or 0)


async def _until_ended(services: Services, asked: list[Enqueued], limit_seconds: float) -> list[Ended]:
    from operations import enqueue

    found: list[Ended] = []
    with progress.bar("Waiting", len({answer.job for answer in asked if answer.job})) as advance:
        async for end in enqueue.ended(services, whoami.actor(), asked, limit_seconds):
            found.append(end)
            advance()
    return found


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.") from None


def _either(argument: str | None, option: str | None, what: str) -> str | None:
    """Return what was given in its place, or by the option that older scripts have."""
    if argument is not None and option is not None:
        raise UsageError(f"Give {what} once: in its place, without --{what.lower()}.")
    return option if argument is None else argument


def _check(given: dict[str, Any], file: Path | None, raw: Path | None, wait: bool) -> None:
    if sum((bool(given), file is not None, raw is not None)) != 1:
        raise UsageError("Give either USER and ITEM, or --file, or --raw. See: nightshift enqueue taste --help")
    if given and not {"user_id", "item_id"} <= given.keys():
        raise UsageError("A like takes USER and ITEM. See: nightshift enqueue taste --help")
    if raw is not None and wait:
        raise UsageError("--wait can't follow a raw body: it may be no job's. See: nightshift dead-letters list")


def _report(done: list[Enqueued], ended: list[Ended], *, as_json: bool) -> None:
    ends = {end.job: end for end in ended}
    if as_json:
        from operations.answers import to_json

        answers = []
        for answer in done:
            end = ends.get(answer.job) if answer.job else None
            answers.append({**to_json(answer), **({"status": end.status, "reason": end.reason} if end else {})})
        output.print_json(output.items(answers))
    else:
        _show(done, ends)
    for answer in done:
        if answer.clamped:
            output.note(f"{', '.join(answer.clamped)} of job {answer.id} is still to come: it counts as now.")
        if answer.error is not None:
            told = explained(answer.error)
            output.note(f"line {answer.line}: {told}" if answer.line else told)
    bad = sum(answer.error is not None for answer in done)
    if bad:
        lines = output.counted(bad, "line")
        output.note(f"{lines} couldn't be enqueued. Correct and enqueue the file again: duplicates are told apart.")
    missed = [end for end in ended if end.status != "completed"]
    for end in missed:
        output.note(_told(end))
    if bad or missed:
        raise Failed(f"{bad} not enqueued, {len(missed)} not completed, of {len(done)}.")


def _told(end: Ended) -> str:
    """Return what happened to a job and what to do next, in one line."""
    if end.timed_out:
        what = still(f"job {end.job.id}", end.status, end.explanation)
        return f"{what} Look at it: nightshift jobs show {end.job.id}"
    reason = (end.reason or "no reason given").rstrip(".")
    return f"job {end.job.id} is {end.status}: {reason}. See: nightshift dead-letters list"


def _show(done: list[Enqueued], ends: dict[Any, Ended]) -> None:
    if len(done) == 1 and done[0].error is None:
        answer = done[0]
        end = ends.get(answer.job) if answer.job else None
        what = "job" if answer.job else "message"
        output.show(f"{answer.answer}  {what} {answer.id}  {end.status if end else answer.status}")
        return
    accepted = sum(answer.answer == "accepted" for answer in done)
    duplicates = sum(answer.answer == "duplicate" for answer in done)
    text = f"accepted {accepted}, duplicates {duplicates}"
    if ends:
        text += f"; completed {sum(end.status == 'completed' for end in ends.values())} of {len(ends)} jobs"
    output.show(text)
