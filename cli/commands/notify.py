"""`nightshift notify`: does a channel reach anybody?"""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output, session, whoami
from cli.options import Json, examples

app = typer.Typer(name="notify", help="Channels that alerts are sent to.", no_args_is_help=True)


@app.callback()
def notify() -> None:
    """Channels that alerts are sent to."""


@app.command("test", epilog=examples("nightshift notify test slack", "nightshift notify test outbox --json"))
def try_(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="slack, webhook, pagerduty or outbox.")],
    as_json: Json = False,
) -> None:
    """Send a test message to a channel directly, without a queue."""
    from operations import alerts

    sent = session.with_services(lambda services: alerts.test_channel(services, whoami.actor(), channel))
    if as_json:
        output.print_json({"channel": channel, "id": sent, "sent": True})
    else:
        output.show(f"{channel} took it.")
