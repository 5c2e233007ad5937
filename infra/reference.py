"""Reference of the code for the templates: ``python -m infra.reference --write``.

It writes infra/generated/app.json. Names of queues, containers, settings, functions and schedules stand in the code
alone; the templates load them from that file (loadJsonContent), and a test compares the two.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import fields
from typing import Any

from shared import settings_reference
from shared.blobs.containers import CONTAINERS as BLOB_CONTAINERS
from shared.config import PROJECT_FOLDER, Settings
from shared.documents import cosmos_index
from shared.documents.containers import CONTAINERS, Container

FILE = PROJECT_FOLDER / "infra/generated/app.json"
_NOT_OF_THE_VAULT = (
    "AzureWebJobsStorage",
    "COSMOS_KEY",
    "CONSOLE_ENTRA_CLIENT_SECRET",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
)
"""Secrets that the identity takes the place of in Azure; and Application Insights' address, which the templates set."""


def content() -> str:
    """Return the file that the code gives."""
    return json.dumps(reference(), indent=2) + "\n"


def reference() -> dict[str, Any]:
    """Return everything the templates load."""
    queues = settings_reference.queues()
    return {
        "containers": [_container(one) for one in CONTAINERS],
        "queues": [{"setting": setting, "name": name} for setting, name in queues.items()],
        "poisonQueues": [f"{name}-poison" for name in queues.values()],
        "blobContainers": list(BLOB_CONTAINERS),
        "triggerSettings": settings_reference.named_by_triggers(),
        "settings": [one.name for one in settings_reference.describe()],
        "secretSettings": [
            {"setting": name, "secret": name.replace("_", "-").lower()}
            for name in _secrets()
            if name not in _NOT_OF_THE_VAULT
        ],
        "functions": functions(),
    }


def functions() -> dict[str, str]:
    """Return (name: what triggers it) of each function: the queue's name, the timer's schedule or the route.

    A setting that gives it stands between %.
    """
    from function_app import app

    return {str(one.get_function_name()): _trigger(one.get_trigger()) for one in app.get_functions()}


def _container(container: Container) -> dict[str, Any]:
    return {
        "name": container.name,
        "partitionKey": container.partition_key,
        "expires": container.expires,
        "indexPaths": cosmos_index.paths(container),
    }


def _secrets() -> list[str]:
    return [f.metadata["name"] for f in fields(Settings) if f.metadata["secret"]]


def _trigger(trigger: Any) -> str:
    declared = trigger.get_dict_repr()
    return str(declared.get("queueName") or declared.get("schedule") or f"/{declared.get('route')}")


if __name__ == "__main__":
    os.environ.update(AzureWebJobsStorage="UseDevelopmentStorage=true")  # a machine of Azure's own may run this too
    if "--write" in sys.argv:
        FILE.write_text(content(), encoding="utf-8")
    else:
        sys.stdout.write(content())
