"""`nightshift pickup-rate`: how often are calls picked up, and which alerting rules apply?"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli import output, session, times, whoami
from cli.options import Json, examples
from shared.errors import UsageError

app = typer.Typer(name="pickup-rate", help="Pickup rates of outbound calls.", no_args_is_help=True)
config = typer.Typer(help="Alert rules: threshold, window and interval of each scope.", no_args_is_help=True)
app.add_typer(config, name="config")

Scope = Annotated[str, typer.Option("--scope", metavar="SCOPE", help="global, reseller:ID or merchant:ID.")]


@app.command(
    epilog=examples(
        "nightshift pickup-rate show",
        "nightshift pickup-rate show --scope merchant:m1 --lookback 6h --at 2026-11-23T09:00:00Z --json",
        "nightshift pickup-rate show --exact",
    )
)
def show(
    scope: Scope = "global",
    lookback: Annotated[
        str | None, typer.Option("--lookback", metavar="TIME", help="Such as 45m or 24h. Default: the scope's.")
    ] = None,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="End of the window. Default: now.")] = "0s",
    exact: Annotated[
        bool, typer.Option("--exact", help="Count each call of the window, to the instant, instead of roll-ups.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show a scope's rates now, or at another time. Stores nothing and sends no alert.

    Rates are added up from roll-ups: the window ends at the last 5-minute edge, and a lookback is rounded up to whole 5
    minutes.
    """
    from operations import pickup_rate
    from shared import clock

    end = times.since(at)
    seconds = round(times.duration(lookback).total_seconds()) if lookback is not None else None
    found = session.with_documents(
        lambda documents, settings: pickup_rate.rates(
            documents, settings, whoami.actor(), scope, lookback_seconds=seconds, at=end, exact=exact
        )
    )
    lacking = clock.to_text(found.lacking_since) if found.lacking_since else None
    if as_json:
        output.print_json({**found.facts, "lackingSince": lacking})
        return
    output.show(output.plain(f"{scope}: {found.verdict}"), *map(output.plain, found.lines))
    if seconds is not None and not exact and seconds != found.lookback_seconds:
        output.note(f"{lookback} counts as {found.lookback_seconds // 60} min: rates are added up from 5 minutes.")
    if lacking is not None:
        output.note(
            f"Calls that came in from {lacking} on may be missing: they aren't rolled up yet. With them: --exact"
        )


@app.command(epilog=examples("nightshift pickup-rate check", "nightshift pickup-rate check --json"))
def check(as_json: Json = False) -> None:
    """Evaluate every scope that is due and send alerts, as the timer does."""
    from operations import pickup_rate

    verdicts = session.with_services(lambda services: pickup_rate.evaluate(services, whoami.actor()))
    if as_json:
        output.print_json({"verdicts": verdicts})
    elif not verdicts:
        output.note("No scope is due. The rules: nightshift pickup-rate config get")
    for scope, verdict in sorted(verdicts.items()) if not as_json else ():
        output.show(output.plain(f"{scope}: {verdict}"))


@config.command(
    "get", epilog=examples("nightshift pickup-rate config get", "nightshift pickup-rate config get --scope merchant:m1")
)
def get(scope: Annotated[str | None, typer.Option("--scope", metavar="SCOPE")] = None, as_json: Json = False) -> None:
    """Show the alert rule of every scope (or of one), inherited values included."""
    from operations import pickup_rate

    found = session.with_documents(
        lambda documents, settings: pickup_rate.numbers(documents, settings, whoami.actor(), scope=scope)
    )
    if as_json:
        output.print_json(output.items({"scope": one.scope, **one.numbers, "own": one.own} for one in found.items))
        return
    for one in found.items:
        pairs = {name: f"{value}{' (own)' if name in one.own else ''}" for name, value in one.numbers.items()}
        output.show(output.facts({"scope": one.scope, **pairs}), "")


@config.command(
    "set",
    epilog=examples(
        "nightshift pickup-rate config set enabled=true threshold=45",
        "nightshift pickup-rate config set --scope merchant:m1 evaluation=wilson interval_seconds=3600 reseller=r1",
        "nightshift pickup-rate config set --scope merchant:m1 threshold=null",
    ),
)
def set_(
    numbers: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE…", help="Such as threshold=45; null: inherit the value again.")
    ],
    scope: Scope = "global",
    as_json: Json = False,
) -> None:
    """Change a scope's alert rule. It takes effect at once. If a value is invalid, nothing is changed."""
    said = dict(_pair(one) for one in numbers)
    from operations import pickup_rate

    own = session.with_documents(lambda documents, _: pickup_rate.set_numbers(documents, whoami.actor(), scope, said))
    if as_json:
        output.print_json({"scope": scope, "own": own})
    else:
        output.show(f"{scope}: {', '.join(f'{name}={value}' for name, value in own.items()) or 'all inherited'}")
        given, kept = said.get("lookback_seconds"), own.get("lookback_seconds")
        if given is not None and str(kept) != given:
            output.note(f"lookback_seconds={given} counts as {kept}: rates are added up from 5 minutes.")


def _pair(text: str) -> tuple[str, Any]:
    name, is_one, value = text.partition("=")
    if not is_one:
        raise UsageError(f"{text!r} isn't NAME=VALUE, such as threshold=45.")
    return name.strip(), None if value.strip() == "null" else value.strip()
