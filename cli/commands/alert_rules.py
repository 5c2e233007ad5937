"""`nightshift alerts create|list|show|update|delete|run|preview`: the alert rules that users define."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output, session, times, whoami
from cli.commands.alerts import app
from cli.confirming import confirm
from cli.json_file import read_json
from cli.options import Client, Json, Yes, examples, of_client
from shared.errors import UsageError

if TYPE_CHECKING:
    from operations.rules import RuleView

Which = Annotated[str, typer.Argument(metavar="RULE", help="Its id (or the beginning of it) or name.")]
File = Annotated[
    Path | None, typer.Option("--file", metavar="FILE", help="JSON file with the rule's members. Options win over it.")
]
Name = Annotated[str | None, typer.Option("--name", metavar="NAME", help="Name, shown in alerts.")]
Measure = Annotated[
    str | None,
    typer.Option("--measure", metavar="NAME", help="What is measured, such as llm_usage; of two, A/B, the ratio."),
]
Scope = Annotated[
    str | None,
    typer.Option("--scope", metavar="SCOPE", help="org:ID, project:ORG/ID, merchant:ID, reseller:ID or global."),
]
When = Annotated[
    str | None, typer.Option("--when", metavar="CONDITION", help="Such as '> 100', 'change < -20' or 'no data'.")
]
Window = Annotated[str | None, typer.Option("--window", metavar="TIME", help="Such as 1h or 24h. Default: 1h.")]
Sample = Annotated[int | None, typer.Option("--minimum-sample", metavar="N", help="No verdict with a smaller sample.")]
For = Annotated[int | None, typer.Option("--for", metavar="N", help="Fire after N breaches in a row. Default: 1.")]
Margin = Annotated[
    float | None, typer.Option("--margin", metavar="X", help="Clear only when better than the threshold by that.")
]
Cron = Annotated[str | None, typer.Option("--cron", metavar="FIELDS", help="Schedule, such as '0 9 * * 1-5'.")]
Daily = Annotated[
    str | None, typer.Option("--daily", metavar="HH:MM", help="Run once a day. Default: 00:00 in Los Angeles.")
]
Zone = Annotated[str | None, typer.Option("--timezone", metavar="ZONE", help="Such as Europe/Berlin.")]
Severity = Annotated[str | None, typer.Option("--severity", metavar="LEVEL", help="info, warning, error or critical.")]
Channel = Annotated[
    list[str] | None, typer.Option("--channel", metavar="NAME", help="Only by this channel. Can be repeated.")
]
Owner = Annotated[str | None, typer.Option("--owner", metavar="USER", help="Whom it concerns.")]
After = Annotated[
    list[str] | None, typer.Option("--after", metavar="RULE", help="Run after this rule (its id). Can be repeated.")
]
Active = Annotated[bool | None, typer.Option("--active/--inactive", help="Whether it runs.")]


@app.command(
    epilog=examples(
        "nightshift alerts create --name 'Model costs' --measure llm_usage --scope org:acme --when '> 100'",
        "nightshift alerts create --name 'Few pickups' --measure pickup_call_rate --scope global --when '< 40' "
        "--window 24h --daily 09:00 --timezone Europe/Berlin --minimum-sample 20 --margin 2",
        "nightshift alerts create --file rule.json",
    )
)
def create(
    file: File = None,
    name: Name = None,
    measure: Measure = None,
    scope: Scope = None,
    when: When = None,
    window: Window = None,
    minimum_sample: Sample = None,
    for_: For = None,
    margin: Margin = None,
    cron: Cron = None,
    daily: Daily = None,
    timezone: Zone = None,
    severity: Severity = None,
    channel: Channel = None,
    owner: Owner = None,
    after: After = None,
    active: Active = None,
    id: Annotated[str | None, typer.Option("--id", metavar="ID", help="Its id. Default: a new UUID.")] = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Create an alert rule. If anything in it is invalid, nothing is stored."""
    said = _read(file)
    given_id = id or said.pop("id", None)
    client = _whose(client, said)
    _lay_over(
        said,
        _members(name, severity, channel, owner, after, active),
        _condition(measure, scope, when, window, minimum_sample, for_, margin),
        _frequency(cron, daily, timezone),
    )
    from operations import rules

    made = session.with_services(
        lambda services: rules.create(services, whoami.actor(), said, id=given_id, **of_client(client))
    )
    _show_one(made, "created", as_json=as_json)


@app.command(
    epilog=examples(
        "nightshift alerts update 'Model costs' --when '> 200'", "nightshift alerts update 5f2c9a --inactive"
    )
)
def update(
    rule: Which,
    file: File = None,
    name: Name = None,
    measure: Measure = None,
    scope: Scope = None,
    when: When = None,
    window: Window = None,
    minimum_sample: Sample = None,
    for_: For = None,
    margin: Margin = None,
    cron: Cron = None,
    daily: Daily = None,
    timezone: Zone = None,
    severity: Severity = None,
    channel: Channel = None,
    owner: Owner = None,
    after: After = None,
    active: Active = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Change an alert rule; what isn't given stays. A change of its schedule takes effect a minute later."""
    said = _read(file)
    _lay_over(
        said,
        _members(name, severity, channel, owner, after, active),
        _condition(measure, scope, when, window, minimum_sample, for_, margin),
        _frequency(cron, daily, timezone),
    )
    if not said:
        raise UsageError("Say what is to change, such as --when '> 200' or --inactive.")
    from operations import rules

    made = session.with_services(
        lambda services: rules.update(services, whoami.actor(), rule, said, **of_client(client))
    )
    _show_one(made, "changed", as_json=as_json)


@app.command("list", epilog=examples("nightshift alerts list", "nightshift alerts list --client acme --json"))
def list_(client: Client = None, as_json: Json = False) -> None:
    """List the alert rules: what each watches, its schedule, and when it runs next."""
    from operations import rules

    found = session.with_documents(lambda documents, _: rules.all_rules(documents, whoami.actor(), **of_client(client)))
    if as_json:
        output.print_json(found)
        return
    if not found.items:
        output.note("There are no alert rules. Create one: nightshift alerts create --help")
        return
    ids = output.shortened(one.id for one in found.items)
    shown = output.table(
        *("id", "name", "watches", "schedule", "zone", "next", "last"), text="watches", beneath=("zone", "last")
    )
    for one in found.items:
        following = times.short(one.next_due_at) if one.active else "inactive"
        zone = one.frequency["timezone"]
        cells = [ids[one.id], one.name, _told(one), one.cron, zone, following, times.short(one.last_slot)]
        shown.add_row(*map(output.plain, cells))
    output.show(shown)


@app.command(epilog=examples("nightshift alerts show 'Model costs'", "nightshift alerts show 5f2c9a --json"))
def show(rule: Which, client: Client = None, as_json: Json = False) -> None:
    """Show an alert rule. With --json its members are as --file takes them."""
    from operations import rules

    found = session.with_documents(
        lambda documents, _: rules.show(documents, whoami.actor(), rule, **of_client(client))
    )
    _show_one(found, None, as_json=as_json)


@app.command(epilog=examples("nightshift alerts delete 'Model costs'"))
def delete(rule: Which, client: Client = None, yes: Yes = False) -> None:
    """Delete an alert rule. An alert of it that fires is told to be over."""
    confirm(f"Delete the alert rule {rule!r}?", yes=yes)
    from operations import rules

    gone = session.with_services(lambda services: rules.delete(services, whoami.actor(), rule, **of_client(client)))
    output.show(output.plain(f"{gone.name} ({gone.id}) is deleted."))


@app.command(epilog=examples("nightshift alerts run 'Model costs'"))
def run(rule: Which, client: Client = None, as_json: Json = False) -> None:
    """Evaluate an alert rule now, beside its schedule: a queue job does it, and waits for no other rule."""
    from operations import rules

    asked = session.with_services(lambda services: rules.run_now(services, whoami.actor(), rule, **of_client(client)))
    if as_json:
        output.print_json(asked)
        return
    output.show(output.plain(f"Enqueued: {asked.job}"))
    output.note("What came of it: nightshift alerts states")


@app.command(
    epilog=examples(
        "nightshift alerts preview 'Model costs' --count 10",
        "nightshift alerts preview --cron '*/30 9-17 * * 1-5' --timezone Australia/Lord_Howe",
    )
)
def preview(
    rule: Annotated[str | None, typer.Argument(metavar="[RULE]", help="Its id or name.")] = None,
    cron: Cron = None,
    daily: Daily = None,
    timezone: Zone = None,
    count: Annotated[int, typer.Option("--count", min=1, max=1000, metavar="N", help="How many.")] = 5,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Show the next times at which a rule runs, or at which a schedule would, with their offsets from UTC."""
    frequency = _frequency(cron, daily, timezone)
    if (rule is None) == (not frequency):
        raise UsageError("Name a rule, or give a schedule with --cron or --daily.")
    from operations import rules

    if rule is None:
        found = rules.preview_frequency(frequency, count=count)
    else:
        found = session.with_documents(
            lambda documents, _: rules.preview(documents, whoami.actor(), rule, count=count, **of_client(client))
        )
    if as_json:
        output.print_json(found)
        return
    if not found.items:
        output.note("It doesn't run any more: it is inactive, or its schedule has no further time.")
    shown = output.table("utc", "local")
    for one in found.items:
        shown.add_row(f"{one.at:%Y-%m-%dT%H:%M:%SZ}", one.local)
    if found.items:
        output.show(shown)


def _read(file: Path | None) -> dict[str, Any]:
    said = read_json(file) if file is not None else {}
    if not isinstance(said, dict):
        raise UsageError(f"{file} holds no JSON object.")
    return said


def _whose(client: str | None, said: dict[str, Any]) -> str | None:
    """Return whose rule is meant: what an option says, else a file. Raises UsageError when they differ."""
    of_file = said.get("clientId")
    if client is not None and of_file not in (None, client):
        raise UsageError(f"The file's rule is of the client {of_file!r}, and --client says {client!r}.")
    return client or of_file


def _lay_over(
    said: dict[str, Any], members: dict[str, Any], condition: dict[str, Any], frequency: dict[str, Any]
) -> None:
    said.update(members)
    if condition:
        said["condition"] = {**said.get("condition", {}), **condition}
    if frequency:
        said["frequency"] = frequency


def _members(
    name: str | None,
    severity: str | None,
    channels: list[str] | None,
    owner: str | None,
    after: list[str] | None,
    active: bool | None,
) -> dict[str, Any]:
    given = {"name": name, "severity": severity, "channels": channels, "owner": owner, "after": after, "active": active}
    return {member: value for member, value in given.items() if value not in (None, [])}


def _condition(
    measure: str | None,
    scope: str | None,
    when: str | None,
    window: str | None,
    minimum_sample: int | None,
    breaches: int | None,
    margin: float | None,
) -> dict[str, Any]:
    given: dict[str, Any] = {"scope": scope, "minimumSample": minimum_sample, "for": breaches, "margin": margin}
    said = {member: value for member, value in given.items() if value is not None}
    if measure is not None:
        of, slash, to = measure.partition("/")
        said |= {"ratio": [of.strip(), to.strip()], "measure": None} if slash else {"measure": measure, "ratio": None}
    if window is not None:
        said["windowSeconds"] = round(times.duration(window).total_seconds())
    return said | (_comparison(when) if when is not None else {})


def _comparison(text: str) -> dict[str, Any]:
    words = text.replace("%", " ").split()
    if [word.lower() for word in words] == ["no", "data"]:
        return {"type": "no_data", "operator": None, "threshold": None}
    kind = "threshold"
    if words and words[0].lower() == "change":
        kind, words = "change_percent", words[1:]
    try:
        operator, number = words
        return {"type": kind, "operator": operator, "threshold": float(number)}
    except ValueError:
        raise UsageError(f"{text!r} is no condition. Write '> 100', 'change < -20' or 'no data'.") from None


def _frequency(cron: str | None, daily: str | None, timezone: str | None) -> dict[str, Any]:
    if cron is not None and daily is not None:
        raise UsageError("Give either --cron or --daily.")
    said: dict[str, Any] = {"timezone": timezone} if timezone is not None else {}
    if cron is not None:
        return {"type": "cron", "expression": cron, **said}
    return {"type": "daily", "time": daily, **said} if daily is not None else said


def _show_one(rule: RuleView, what: str | None, *, as_json: bool) -> None:
    if as_json:
        output.print_json(rule)
        return
    shown = {
        "id": rule.id,
        "name": rule.name,
        "active": "yes" if rule.active else "no",
        "severity": rule.severity,
        "watches": _told(rule),
        "schedule": f"{rule.cron} ({rule.frequency['timezone']})",
        "next": times.short(rule.next_due_at) if rule.active else "",
        "last": times.short(rule.last_slot),
        "channels": ", ".join(rule.channels) or "all that are set up",
        "owner": rule.owner or "",
        "after": ", ".join(rule.after),
        "version": str(rule.version),
    }
    if what is not None:
        output.note(f"{rule.name} is {what}.")
    output.show(output.facts({name: value for name, value in shown.items() if value}))


def _told(rule: RuleView) -> str:
    said = rule.condition
    subject = said.get("measure") or " ÷ ".join(said["ratio"])
    if said["type"] == "no_data":
        how = "no data"
    else:
        change = "change " if said["type"] == "change_percent" else ""
        percent = " %" if change else ""
        how = f"{change}{said['operator']} {said['threshold']:g}{percent}"
    return f"{subject} of {said['scope']}: {how}"
