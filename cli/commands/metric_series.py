"""`nightshift metrics series`, `overview`, `summary`, `live`, `export`: what did metrics come to?"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session, times, whoami
from cli.commands.metrics import app
from cli.options import Json, examples

if TYPE_CHECKING:
    from operations.actor import Actor
    from processors.metrics.series import Question
    from shared.services import Services

    Read = Callable[[Services, Actor, Question], Awaitable[dict[str, Any]]]


class Format(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    OPENMETRICS = "openmetrics"
    PARQUET = "parquet"


Org = Annotated[str, typer.Option("--org", metavar="ORG", help="The organisation; ~app is the app itself.")]
Metric = Annotated[str | None, typer.Option("--metric", metavar="METRIC", help="Only this one. Default: all.")]
Project = Annotated[str | None, typer.Option("--project", metavar="PROJECT", help="Only of this project.")]
Tag = Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Only with this tag.")]
From = Annotated[str, typer.Option("--from", metavar="TIME", help="Such as 7d, 12h or 2026-11-01T00:00:00Z.")]
To = Annotated[str, typer.Option("--to", metavar="TIME", help="Likewise. Default: now.")]
Granularity = Annotated[
    str | None, typer.Option("--granularity", metavar="hour|day|month", help="One point each. Default: the source's.")
]
Source = Annotated[
    str,
    typer.Option(
        "--source", metavar="auto|hour|day|month", help="Which roll-ups: auto takes hours up to 7 d, days up to 90 d."
    ),
]
Timezone = Annotated[
    str, typer.Option("--timezone", metavar="ZONE", help="Labels; with hours kept also days, such as Europe/Berlin.")
]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV on stdout.")]


@app.command(
    epilog=examples(
        "nightshift metrics series --org acme --metric llm_calls --from 24h",
        "nightshift metrics series --org acme --from 90d --granularity month --csv",
    )
)
def series(
    org: Org,
    metric: Metric = None,
    project: Project = None,
    tag: Tag = None,
    since: From = "7d",
    until: To = "0s",
    granularity: Granularity = None,
    source: Source = "auto",
    timezone: Timezone = "UTC",
    as_csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Show metrics bucket by bucket, from roll-ups; of a single metric with its chart."""
    from operations import metrics

    question = _asked(org, metric, project, tag, since, until, granularity, source, timezone)
    answer = _answered(metrics.read, question)
    if as_csv:
        _print_csv(answer)
    elif as_json:
        output.print_json(answer)
    else:
        _show(answer, question, single=metric is not None)


@app.command(
    epilog=examples("nightshift metrics overview --org acme", "nightshift metrics overview --org '~app' --from 24h")
)
def overview(
    org: Org,
    project: Project = None,
    tag: Tag = None,
    since: From = "7d",
    until: To = "0s",
    granularity: Granularity = None,
    source: Source = "auto",
    as_json: Json = False,
) -> None:
    """Show what every metric came to, its trend, and how that compares with the time before, as long."""
    from operations import metrics

    question = _asked(org, None, project, tag, since, until, granularity, source, "UTC")
    answer = _answered(metrics.overview, question)
    if as_json:
        output.print_json(answer)
        return
    shown = output.table(
        *("metric", "total", "unit", "events", "before", "change", "trend"),
        right=("total", "events", "before", "change"),
        beneath=("trend",),
    )
    for one in answer["metrics"]:
        change = f"{one['change']:+.0%}" if one["change"] is not None else ""
        before = "" if one["previous_value"] is None else _number(one["previous_value"])
        told = (one["metric_name"], _number(one["total_value"]), one["unit"], str(one["total_events"]), before, change)
        shown.add_row(*told, _trend(one, question))
    output.show(_head(answer), shown, _foot(answer))


@app.command(
    epilog=examples("nightshift metrics summary --org acme --from 30d", "nightshift metrics summary --org acme --json")
)
def summary(
    org: Org,
    metric: Metric = None,
    project: Project = None,
    tag: Tag = None,
    since: From = "30d",
    until: To = "0s",
    source: Source = "auto",
    as_json: Json = False,
) -> None:
    """Show what metrics came to in all, and by their largest projects and tags."""
    from operations import metrics

    answer = _answered(metrics.summary, _asked(org, metric, project, tag, since, until, None, source, "UTC"))
    if as_json:
        output.print_json(answer)
        return
    shown = output.table(
        *("metric", "total", "unit", "events", "average", "largest projects"),
        right=("total", "events", "average"),
        text="largest projects",
    )
    for one in answer["metrics"]:
        projects = ", ".join(f"{part['name'] or '(none)'} {_number(part['sum'])}" for part in one["by_project"][:3])
        average = "" if one["average"] is None else _number(one["average"])
        told = (one["metric_name"], _number(one["total_value"]), one["unit"], str(one["total_events"]), average)
        shown.add_row(*told, output.plain(projects))
    output.show(_head(answer), shown, _foot(answer))


@app.command(
    epilog=examples(
        "nightshift metrics live --org acme --from 1h",
        "nightshift metrics live --org acme --metric llm_usage",
    )
)
def live(
    org: Org,
    metric: Metric = None,
    project: Project = None,
    tag: Tag = None,
    since: From = "1h",
    until: To = "0s",
    granularity: Granularity = None,
    timezone: Timezone = "UTC",
    as_csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Show metrics by the events themselves, what isn't rolled up yet included. Costs what there is of events."""
    from operations import metrics

    question = _asked(org, metric, project, tag, since, until, granularity, "auto", timezone)
    answer = _answered(metrics.read_live, question)
    if as_csv:
        _print_csv(answer)
    elif as_json:
        output.print_json(answer)
    else:
        _show(answer, question, single=metric is not None)
    for error in answer["partial_errors"]:
        output.note(f"{error['metric_name']} can't be read now: {error['error']}")


@app.command(
    epilog=examples(
        "nightshift metrics export --org acme --from 30d --format openmetrics > acme.om",
        "nightshift metrics export --org acme --from 365d --format parquet --out acme.parquet",
    )
)
def export(
    org: Org,
    metric: Metric = None,
    project: Project = None,
    tag: Tag = None,
    since: From = "30d",
    until: To = "0s",
    source: Source = "auto",
    form: Annotated[Format, typer.Option("--format", help="openmetrics: gauges with times.")] = Format.CSV,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Default: stdout.")] = None,
) -> None:
    """Export roll-ups, one row per metric, project, tag and bucket: what came in that bucket."""
    from operations import metrics_export as exports
    from shared.errors import UsageError

    if form is Format.PARQUET and out is None:
        raise UsageError("A Parquet file isn't for a terminal: name it with --out FILE.")
    rows = _exported(_asked(org, metric, project, tag, since, until, None, source, "UTC"))
    if form is Format.PARQUET:
        assert out is not None
        count = exports.write_parquet(rows, out)
        output.note(f"{output.counted(count, 'row')} in {out}.")
        return
    text = (
        exports.open_metrics(rows) if form is Format.OPENMETRICS else "".join(exports.csv_text(r.cells for r in rows))
    )
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
        output.note(f"{output.counted(len(rows), 'row')} in {out}.")


def _asked(
    org: str,
    metric: str | None,
    project: str | None,
    tag: str | None,
    since: str,
    until: str,
    granularity: str | None,
    source: str,
    timezone: str,
) -> Question:
    from processors.metrics.series import asked

    return asked(
        org,
        times.since(since),
        times.since(until),
        metric=metric,
        project=project,
        tag=tag,
        granularity=granularity,
        source=source,
        timezone=timezone,
    )


def _answered(read: Read, question: Question) -> dict[str, Any]:
    return session.with_services(lambda services: read(services, whoami.actor(), question))


def _exported(question: Question) -> list[Any]:
    from operations import metrics
    from operations.metrics_export import Exported

    async def read(services: Services) -> list[Exported]:
        rows = metrics.rows(services, whoami.actor(), question)
        return [Exported(question.org, metric, found) async for metric, found in rows]

    return session.with_services(read)


def _show(answer: dict[str, Any], question: Question, *, single: bool) -> None:
    from cli import charts
    from processors.metrics.series import spans

    output.show(_head(answer))
    if single:
        (one,) = answer["metrics"]
        sums = {point["bucket"]: point["sum"] for point in one["data"]}
        starts = [_shown(start) for start in spans(question)]
        title = f"{one['metric_name']} by {answer['granularity']} ({one['unit']})"
        labels = [_label(start, question) for start in starts]
        output.show(charts.columns(title, labels, [sums.get(start, 0) for start in starts], output.width()))
        average = "" if one.get("average") is None else f", {_number(one['average'])} each on average"
        output.show(f"{_number(one['total_value'])} {one['unit']} by {one.get('total_events', 0)} events{average}")
    else:
        shown = output.table(
            *("metric", "total", "unit", "events", "trend"), right=("total", "events"), beneath=("trend",)
        )
        for one in answer["metrics"]:
            events = str(one.get("total_events", one.get("error")))
            told = (one["metric_name"], _number(one["total_value"]), one["unit"], events)
            shown.add_row(*told, _trend(one, question))
        output.show(shown)
    output.show(_foot(answer))


def _print_csv(answer: dict[str, Any]) -> None:
    from operations.metrics_export import csv_text

    columns = ("bucket", "metric", "type", "unit", "sum", "events", "average", "min", "max")
    rows = (
        (point["bucket"], one["metric_name"], one["metric_type"], one["unit"], *(point[name] for name in columns[4:]))
        for one in answer["metrics"]
        for point in one["data"]
    )
    for line in csv_text(rows, columns):
        sys.stdout.write(line)


def _trend(one: dict[str, Any], question: Question) -> str:
    from cli import charts
    from processors.metrics.series import spans

    sums = {point["bucket"]: point["sum"] for point in one["data"]}
    return charts.sparkline([sums.get(_shown(start), 0) for start in spans(question)][-60:]) if sums else ""


def _shown(start: Any) -> str:
    from operations.metrics import bucket_text

    return bucket_text(start)


def _label(start: str, question: Question) -> str:
    """Return what stands below a column: the hour, the day, or the month."""
    if question.granularity == "hour":
        return start[11:16] if (question.end - question.begin).days < 2 else start[5:13].replace("T", " ") + "h"
    return start[:10] if question.granularity == "day" else start[:7]


def _head(answer: dict[str, Any]) -> str:
    narrowed = [f"{name} {answer[name]}" for name in ("project", "tag") if answer[name] is not None]
    return output.plain(f"{', '.join([answer['org'], *narrowed])}: {answer['from']} to {answer['to']}")


def _foot(answer: dict[str, Any]) -> str:
    by = "events" if answer["source"] == "events" else f"{answer['source']}s in UTC"
    return f"From {by}; roll-ups are complete up to {answer['complete_up_to']}."


def _number(value: float) -> str:
    return f"{value:,.6f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
