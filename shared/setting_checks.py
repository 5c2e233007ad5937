"""Setting checks: do settings agree with each other? Each raises Misconfigured with the names and the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.errors import Misconfigured


def check_documents(documents: str, of_azure: Sequence[str]) -> None:
    """Raise Misconfigured for a document store that an instance in Azure would lose with its disk.

    `of_azure` are the settings by which Azure says that this is one; empty elsewhere.
    """
    if of_azure and documents != "cosmos":
        raise Misconfigured(
            "Setting DOCUMENTS is 'sqlite', but in Azure the disk of an instance goes with it. Set DOCUMENTS=cosmos. "
            f"(That this is Azure, one of {', '.join(of_azure)} says; a laptop has its storage on itself: "
            "AzureWebJobsStorage=UseDevelopmentStorage=true.)",
            code="setting_invalid",
        )


def check_telemetry(telemetry: str, insights: str) -> None:
    """Raise Misconfigured for traces that go to Application Insights, when its address isn't given."""
    if telemetry == "azure-monitor" and not insights:
        raise Misconfigured(
            "Setting TELEMETRY is 'azure-monitor', but APPLICATIONINSIGHTS_CONNECTION_STRING isn't set. Set it to the "
            "connection string of the Application Insights resource, or TELEMETRY=off.",
            code="setting_missing",
        )


def check_poison_queue(given: str, queue: str) -> None:
    """Raise Misconfigured for a `given` poison queue into which the host never puts what it gives up on."""
    poison = f"{queue}-poison"
    if given and given != poison:
        raise Misconfigured(
            f"Setting TASTE_JOB_DEAD_LETTER_QUEUE_NAME is {given!r}, but the Functions host puts the messages it gives "
            f"up on into {poison!r} (always <queue>-poison), so nobody would read them. Leave it out, or set it to "
            f"{poison!r}.",
            code="setting_invalid",
        )


def check_queues(queues: Mapping[str, str]) -> None:
    """Raise Misconfigured for two settings (their names, with the queue of each) that share a queue."""
    readers: dict[str, str] = {}
    for name, queue in queues.items():
        for read in (queue, f"{queue}-poison"):
            if read in readers:
                raise Misconfigured(
                    f"Settings {readers[read]} and {name} share the queue {read!r}: each would take the other's "
                    "messages for broken ones. Each needs a queue of its own.",
                    code="queue_shared",
                )
            readers[read] = name
