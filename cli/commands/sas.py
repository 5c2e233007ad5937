"""`nightshift sas`: an address that may only add messages to a queue."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output, session, times, whoami
from cli.options import Json, examples

app = typer.Typer()


@app.command(epilog=examples("nightshift sas taste-analysis-jobs", "nightshift sas call-events --for 7d --json"))
def sas(
    queue: Annotated[str, typer.Argument(metavar="QUEUE", help="Such as taste-analysis-jobs.")],
    length: Annotated[str, typer.Option("--for", metavar="TIME", help="Such as 30m, 2h or 7d, the longest.")] = "1h",
    as_json: Json = False,
) -> None:
    """Print an address to which messages of a queue are posted. Who has it can add messages and nothing else.

    A message is <QueueMessage><MessageText>JSON</MessageText></QueueMessage>. SDKs take the address of the queue: url
    of --json. On a laptop it is signed by the account's key, in Azure by a user delegation key of your identity.
    """
    from operations import queues

    lasting = times.duration(length)
    made = session.with_services(lambda services: queues.add_only(services, whoami.actor(), queue, lasting))
    if as_json:
        output.print_json(made)
        return
    output.show(made.messages_url)
    signer = "the account's key" if made.signed_by == "key" else "a user delegation key"
    output.note(f"It may only add messages, until {times.short(made.until)} (UTC); signed by {signer}.")
