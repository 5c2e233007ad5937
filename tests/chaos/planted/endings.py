"""What if a rule of endings or of their effects were broken?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from shared.documents.port import Document
from shared.errors import Conflict, PreconditionFailed
from shared.jobs import endings, intake
from shared.jobs import record_store as records
from shared.jobs.outcome import Outcome
from tests.chaos import errands
from tests.chaos.planted.plant import bug, sending_after_the_record, transition, with_parts


@bug
def effect_after_the_record() -> Iterator[None]:
    """The handler's effect is written when the record is completed already."""
    late: dict[Any, Any] = {}
    write, succeed = errands.write_over_older, endings.Endings.succeed

    async def keep(documents: Any, container: Any, body: Any, order: Any) -> Document:
        late[body["id"]] = (documents, container, body, order)
        return Document(body, "")

    async def end_first(self: Any, kind: Any, claimed: Any, result: Any) -> Outcome:
        outcome = await succeed(self, kind, claimed, result)
        if effect := late.pop(claimed.record.key.id, None):
            await write(*effect)
        return outcome

    with patch.object(errands, "write_over_older", keep), patch.object(endings.Endings, "succeed", end_first):
        yield


@bug
def effect_written_blindly() -> Iterator[None]:
    """The effect is written whatever stands."""

    async def blind(documents: Any, container: Any, body: Any, order: Any) -> Document:
        while True:
            standing = await documents.get(container, body[container.partition_key], body["id"])
            try:
                if standing is None:
                    return await documents.create(container, body)  # type: ignore[no-any-return]
                return await documents.replace(container, body, standing.etag)  # type: ignore[no-any-return]
            except (Conflict, PreconditionFailed):
                continue

    with patch.object(errands, "write_over_older", blind):
        yield


@bug
def next_record_before_its_message() -> Iterator[None]:
    """Next writes its record first, then sends."""
    with sending_after_the_record(endings.Endings, "succeed"):
        yield


@bug
def death_keeps_its_generation() -> Iterator[None]:
    """A dead record doesn't take the next generation."""
    with transition("dead", lambda dead, *_: replace(dead, generation=dead.generation - 1)):
        yield


@bug
def cancel_keeps_its_generation() -> Iterator[None]:
    """A cancelled record doesn't take the next generation."""
    with transition("ended_by", lambda ended, before, *_: replace(ended, generation=before.generation)):
        yield


@bug
def poison_kills_beside_a_live_claim() -> Iterator[None]:
    """The host's copy ends a job that a worker has claimed."""
    give_up = intake.Intake.host_gave_up

    class Unclaimed(records.Records):
        async def get(self, key: Any) -> Any:
            held = await super().get(key)
            return held and replace(held, record=replace(held.record, claim=None))

    async def ignoring_claims(self: Any, kind: Any, delivery: Any) -> Outcome:
        return await give_up(with_parts(self, _records=Unclaimed(self._records.documents)), kind, delivery)

    with patch.object(intake.Intake, "host_gave_up", ignoring_claims):
        yield
