"""`nightshift notify`: does a channel reach anybody?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.options import Json, examples

if TYPE_CHECKING:
    from shared.services import Services

app = typer.Typer(help="Channels that alerts go to.", no_args_is_help=True)


@app.callback()
def notify() -> None:
    """Channels that alerts go to."""


@app.command("test", epilog=examples("nightshift notify test slack", "nightshift notify test outbox --json"))
def try_(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="slack, webhook or outbox.")], as_json: Json = False
) -> None:
    """Send a test message to a channel, now and without a queue."""

    async def work(services: Services) -> str:
        from shared import clock
        from shared.notify import Notice, open_channel

        at = clock.text_now()
        notice = Notice(f"test|{at}", "test", at, "A test of nightshift", "Alerts reach this channel.", {})
        to = open_channel(channel, services.settings, services.fetcher, services.blobs)
        await to.send(notice.id, [notice])
        return notice.id

    sent = session.with_services(work)
    if as_json:
        output.print_json({"channel": channel, "id": sent, "sent": True})
    else:
        output.show(f"{channel} took it.")
