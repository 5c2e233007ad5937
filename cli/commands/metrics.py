"""`nightshift metrics`: records usage events, and says which metrics there are and how far their roll-ups are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import file_report, output, session, whoami
from cli.options import Json, examples

if TYPE_CHECKING:
    from operations.ports import Documents

app = typer.Typer(name="metrics", help="Usage events, and the metrics that they add up to.", no_args_is_help=True)
_WORDS = file_report.Words("event", "record", done="recorded", member="recorded")
_REQUIRED = ("event_id", "orgId", "kind", "occurredAt")


@app.command("list", epilog=examples("nightshift metrics list", "nightshift metrics list --json"))
def list_(as_json: Json = False) -> None:
    """List the metrics, and which usage events feed each."""
    from operations import metrics

    found = metrics.known(whoami.actor())
    if as_json:
        output.print_json(found)
        return
    shown = output.table("metric", "type", "unit", "events of kind", "that have", text="that have")
    for metric in found.items:
        needs = [f"type {' or '.join(metric.types)}"] if metric.types else []
        needs += [f"reason {' or '.join(metric.reasons)}"] if metric.reasons else []
        needs += [f"values.{metric.value.replace('_micro_usd', ' (US dollars)')}"] if metric.value else []
        shown.add_row(metric.metric, metric.type, metric.unit, metric.kind, ", ".join(needs))
    output.show(shown)


@app.command(epilog=examples("nightshift metrics record events.jsonl", "nightshift metrics record events.csv --json"))
def record(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl|FILE.csv", help="UTF-8; a CSV file has a header line.")],
    as_json: Json = False,
) -> None:
    """Record usage events from a file, in any order. Of those with the same orgId, kind and event_id the latest stands.

    Members: event_id, orgId, kind and occurredAt; as its kind needs them type, reason and values (in CSV columns such
    as values.pages); project, tag, void; updatedAt, or else it counts as updated when it occurred. A bad line is
    reported with its number, and the rest goes on. Recording a file again changes nothing.
    """
    report = session.with_documents(lambda documents, _: _record(documents, file))
    file_report.show(report, file, _WORDS, as_json=as_json)


@app.command(epilog=examples("nightshift metrics status", "nightshift metrics status --json"))
def status(as_json: Json = False) -> None:
    """Say up to when the roll-ups are complete, what waits to be rolled up, and what the last tick did."""
    from operations import metrics
    from shared import clock

    found = session.with_services(lambda services: metrics.state(services, whoami.actor()))
    if as_json:
        output.print_json(found)
        return
    tick = found.last_tick
    oldest = f", the oldest since {clock.to_text(found.oldest_mark)}" if found.oldest_mark else ""
    output.show(
        output.facts(
            {
                "complete up to": clock.to_text(found.complete_up_to),
                "events waiting": f"{found.waiting_events} messages",
                "to be rolled up": f"{found.marks} marks{oldest}",
                "roll-ups under way": f"{found.waiting_roll_ups} messages",
                "events too late": f"{found.too_late} dead letters" if found.too_late else None,
                "last tick": _told(tick) if tick else "none yet: AggregateMetrics runs by METRICS_SCHEDULE",
            }
        )
    )


def _told(tick: dict[str, Any]) -> str:
    if "marks" not in tick:
        return f"{tick['at']}, which hasn't ended"
    left = f"; {tick['left']} left to the next" if tick["left"] else ""
    return f"{tick['at']}: {tick['marks']} marks of {tick['organisations']} organisations{left}"


async def _record(documents: Documents, file: Path) -> dict[str, Any]:
    from cli.lines_file import lines
    from operations import usage_events

    recorded = usage_events.record(documents, whoami.actor(), lines(file, _REQUIRED))
    return await file_report.gather(recorded, _WORDS)
