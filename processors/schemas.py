"""The published JSON Schemas, made from the models.

``python -m processors.schemas`` prints them; with ``--write`` it writes them to docs/schemas.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from processors.alerts.rule import Definition
from processors.digest.model import Digest
from processors.metrics.kind import Event
from processors.pickup_rate.calls import Call
from processors.taste.model import TasteJob
from processors.taste.profile import TasteProfile
from shared.config import PROJECT_FOLDER
from shared.jobs.messages import MAX_GENERATION

FOLDER = PROJECT_FOLDER / "docs" / "schemas"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ENVELOPE: dict[str, dict[str, Any]] = {
    "generation": {
        "type": "integer",
        "minimum": 0,
        "maximum": MAX_GENERATION,
        "description": "Which round of the job the message belongs to. Set by the app; leave it out.",
    },
    "schema_version": {
        "type": "integer",
        "const": 1,
        "default": 1,
        "description": "Version of this schema that the message follows.",
    },
    "traceparent": {"type": "string", "description": "W3C trace context of whoever asks; anything else is left out."},
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schemas by file name."""
    job = TasteJob.model_json_schema()
    job["properties"].update(_ENVELOPE)
    job["description"] = f"A message of the taste queue. {job['description']} Members not listed are ignored."
    call = Call.model_json_schema()
    call["properties"].update(_ENVELOPE)
    call["description"] = f"A message of queue call-events. {call['description']} Members not listed are ignored."
    event = Event.model_json_schema()
    event["properties"].update(_ENVELOPE)
    event["description"] = f"A message of queue usage-events. {event['description']} Members not listed are ignored."
    rule = Definition.model_json_schema()
    rule["properties"] = {"id": {"type": "string", "description": "Default: a new one."}, **rule["properties"]}
    return {
        "alert-rule.schema.json": {"$schema": _DIALECT, **rule},
        "taste-job.schema.json": {"$schema": _DIALECT, **job},
        "taste-profile.schema.json": {"$schema": _DIALECT, **TasteProfile.model_json_schema(mode="serialization")},
        "call.schema.json": {"$schema": _DIALECT, **call},
        "usage-event.schema.json": {"$schema": _DIALECT, **event},
        "digest.schema.json": {"$schema": _DIALECT, **Digest.model_json_schema(mode="serialization")},
    }


def text_of(schema: dict[str, Any]) -> str:
    """Return a schema as its file has it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path = FOLDER) -> None:
    """Write every schema to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / name).write_text(text_of(schema), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the schemas, or write them with --write."""
    parser = argparse.ArgumentParser(prog="python -m processors.schemas", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--write", action="store_true", help=f"write them to {FOLDER.relative_to(PROJECT_FOLDER)}")
    if parser.parse_args(arguments).write:
        write()
    else:
        print(text_of(schemas()), end="")


if __name__ == "__main__":
    main()
