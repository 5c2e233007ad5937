"""What does a command line answer on the recorded world, and what does it leave behind?

Each line has a copy of the world's store for itself. Queues and blobs are the storage account's: what a line does to
them is seen, and undone.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import BlobClient, BlobServiceClient
from azure.storage.queue import QueueServiceClient

from processors.catalogue import registry
from shared import clock
from shared.blobs.containers import DIGESTS, WARDROBE_IMAGES
from shared.config import Settings
from shared.documents.containers import AUDIT, CONTAINERS
from shared.documents.port import Body
from shared.documents.sqlite import SqliteDocuments
from tests.azurite import PROJECT, Azurite
from tests.integration.cli import answers
from tests.integration.cli.prompt import Said, settings_of, tokens_counted_out, typed
from tests.integration.cli.recorded_jobs import BROKEN, MISSING, cause_of
from tests.integration.cli.recorded_world import ADA, BEN, NOW, RecordedWorld, environment
from tests.integration.jobs.worlds import MovingClock

_EVENT = {"event_id": "e", "orgId": "acme", "kind": "llm", "occurredAt": "2026-11-23T09:20:00.000Z"}
_CALL = {"merchantId": "m1", "status": "FINISHED", "updatedAt": "2026-11-23T09:00:00Z"}
_LIKE = {"user_id": BEN, "item_id": "x", "image_url": "https://pictures.example/x.png"}
_PICKUPS = {"measure": "pickup_call_rate", "scope": "global", "operator": "<", "threshold": 90, "windowSeconds": 604800}
_COSTS = {"measure": "llm_usage", "scope": "org:acme", "operator": ">", "threshold": 250}
_RULES = [
    {"name": "Late", "condition": _COSTS, "after": ["Model costs"]},
    {"name": "Model costs", "condition": _COSTS, "after": ["pickups"], "owner": BEN},
    {
        "id": "pickups",
        "name": "Few pickups",
        "condition": _PICKUPS,
        "frequency": {"type": "daily", "time": "09:00", "timezone": "UTC"},
    },
]
FILES = {
    "rule.json": json.dumps({"id": "filed", "cron": "0 0 * * *", "name": "Filed", "condition": _COSTS}),
    "change.json": json.dumps({"condition": {"threshold": 300}, "owner": None}),
    "rules.json": json.dumps({"rules": _RULES}),
    "cycle.json": json.dumps([*_RULES[1:2], {**_RULES[2], "after": ["Model costs"]}]),
    "bad-rules.json": json.dumps([*_RULES, {"name": "Bad", "condition": {**_COSTS, "operator": "=>"}}]),
    "items.csv": "id,title,image\n1,Red Heels,{pictures}/red-heels.png\n2,T-shirt,{pictures}/breton-tee.png\n",
    "bad.csv": "id,title,image\n1,Red Heels,{pictures}/red-heels.png\n2,Gone,gone.png\n",
    "wardrobe.csv": "item_id,user_id,title,brand,category,tags,price,image\n"
    f"new,{ADA},New,,Caps,a;b,9.50,{{pictures}}/plum-cap.png\nred-heels,{ADA},Red,,,,,https://a.example/1.png\n"
    f"bad,{ADA},Bad,,,,many,https://a.example/2.png\n",
    "corrected.json": json.dumps({**_LIKE, "job_id": "dead-invalid"}),
    "likes.jsonl": f"{json.dumps(_LIKE)}\n{json.dumps({**_LIKE, 'job_id': 'job-held'})}\nnonsense\n",
    "broken.json": BROKEN,
    "calls.jsonl": f'{json.dumps({**_CALL, "call_id": "new"})}\n{{"call_id": "bad"}}\nnonsense\n',
    "events.jsonl": f"{json.dumps({**_EVENT, 'event_id': 'new'})}\n{json.dumps({**_EVENT, 'kind': 'lm'})}\nnonsense\n",
    "events.csv": "event_id,orgId,kind,occurredAt,values.pages\ndoc-1,acme,document,2026-11-23T08:10:00Z,12\n",
    "calls.csv": "call_id,merchantId,status,updatedAt\nm1-0.2-1,m1,FINISHED,2026-11-01T00:00:00Z\n",
}
"""The files that lines name, by name."""


class Account:
    """What the world has in the storage account: so many messages by queue, and blobs by container and name."""

    def __init__(self, connection: str, depths: dict[str, int]) -> None:
        self._queues = QueueServiceClient.from_connection_string(connection)
        self._blobs = BlobServiceClient.from_connection_string(connection)
        self._depths = depths
        for name in depths:
            with suppress(ResourceExistsError):  # built before in this session
                self._queues.create_queue(name)
            self._fill(name)
        self._contents = {blob: self._client(*blob).download_blob().readall() for blob in self._names()}

    def undone_changes(self) -> dict[str, Any]:
        """Bring queues and blobs back to what they were; return how many messages and which blobs had changed."""
        changes: dict[str, Any] = {}
        for name, depth in self._depths.items():
            if name.endswith("-poison"):
                continue  # the host's: no command puts anything there
            queue = self._queues.get_queue_client(name)
            if more := (queue.get_queue_properties().approximate_message_count or 0) - depth:
                changes[name] = more
                self._fill(name)
        there = self._names()
        for container, name in sorted(there ^ self._contents.keys()):
            changes[f"{container}/{name}"] = "new" if (container, name) in there else "gone"
            if (container, name) in there:
                self._client(container, name).delete_blob()
            else:
                self._client(container, name).upload_blob(self._contents[container, name])
        return changes

    def close(self) -> None:
        """Give the connections back."""
        self._queues.close()
        self._blobs.close()

    def _fill(self, name: str) -> None:
        queue = self._queues.get_queue_client(name)
        queue.clear_messages()
        for _ in range(self._depths[name]):
            queue.send_message("a message")

    def _client(self, container: str, name: str) -> BlobClient:
        return self._blobs.get_blob_client(container, name)

    def _names(self) -> set[tuple[str, str]]:
        return {
            (container, name)
            for container in (DIGESTS, WARDROBE_IMAGES)
            for name in self._blobs.get_container_client(container).list_blob_names(name_starts_with="recorded-")
        }


class Recording:
    """The recorded world, built in `folder`: its store, and beside it the files that lines name."""

    def __init__(self, folder: Path, azurite: Azurite) -> None:
        self._folder, self._azurite = folder, azurite
        settings = Settings.from_environment(environment(str(folder / "home"), azurite.connection_string))
        (folder / "home").mkdir()
        with tokens_counted_out():
            asyncio.run(_live(settings))
        self._before = _documents(folder / "home")
        for name, content in FILES.items():
            (folder / name).write_text(content.replace("{pictures}", f"{PROJECT}/sample/pictures"))
        depths = {name: 0 for kind in registry(settings) for name in (kind.queue, kind.poison_queue)}
        del depths[f"{settings.notification_queue}-poison"]  # one isn't there
        depths |= {settings.taste_queue: 2, f"{settings.taste_queue}-poison": 1}
        self._account = Account(azurite.connection_string, depths)

    def close(self) -> None:
        """Give the connections back."""
        self._account.close()

    def answer(self, words: list[str], folder: Path) -> dict[str, Any]:
        """Type a line on a copy of the world in `folder`; return its exit code and its answer."""
        said = self.typed(words, folder)
        return {"exit": said.code, "answer": self._comparable(said.json(), folder)}

    def answer_and_changes(self, words: list[str], folder: Path) -> dict[str, Any]:
        """Type such a line; return what it left behind as well: audit lines, documents, messages and blobs."""
        answered = self.answer(words, folder)
        _sort_what_is_done_at_once(answered["answer"])
        before, after = self._before, _documents(folder / "home")
        changed = {name: _change(before.get(name), after.get(name)) for name in sorted({*before, *after})}
        audit = [
            {member: value for member, value in body.items() if member != "id"}
            for name, body in after.items()
            if name.startswith(AUDIT.name) and name not in before
        ]
        return {
            **answered,
            "audit": self._comparable(sorted(audit, key=json.dumps), folder),
            "documents": {name: how for name, how in changed.items() if how and not name.startswith(AUDIT.name)},
            "storage": self._account.undone_changes(),
        }

    def typed(self, words: list[str], folder: Path) -> Said:
        """Type a line on a copy of the world in `folder`, which is made by the first; return what it said."""
        if not (folder / "home").exists():
            shutil.copytree(self._folder / "home", folder / "home")
        files = {"folder": str(self._folder), "ada": ADA, "ben": BEN, "missing": cause_of(MISSING)}
        environ = environment(str(folder / "home"), self._azurite.connection_string)
        with settings_of(environ, folder), tokens_counted_out():
            said = typed(*(word.format(**files) for word in words), at=NOW)
        assert "That is a defect" not in said.err, said.err
        return said

    def _comparable(self, answer: Any, folder: Path) -> Any:
        places = {"home": folder / "home", "folder": self._folder, "project": PROJECT}
        blobs, queues = self._azurite.blob_endpoint, self._azurite.queue_endpoint
        named = {**{name: str(path) for name, path in places.items()}, "blobs": blobs, "queues": queues}
        return answers.comparable(answer, named)


async def _live(settings: Settings) -> None:
    time = MovingClock()
    with clock.running_on(lambda: time.now):
        world = RecordedWorld(time, settings, SqliteDocuments(settings.home_folder / settings.sqlite))
        try:
            await world.live()
        finally:
            await world.close()


def _documents(home: Path) -> dict[str, Body]:
    async def read() -> dict[str, Body]:
        documents = SqliteDocuments(home / Settings().sqlite)
        try:
            return {
                f"{container.name}/{found.body[container.partition_key]}/{found.body['id']}": found.body
                for container in CONTAINERS
                async for found in documents.query(container)
            }
        finally:
            await documents.close()

    with clock.running_on(lambda: NOW):
        return asyncio.run(read())


def _sort_what_is_done_at_once(answer: Any) -> None:
    """Sort the members of a report that name letters in the order in which they happened to end."""
    for name in ("done", "refused"):
        if isinstance(answer, dict) and isinstance(answer.get(name), list):
            answer[name].sort(key=json.dumps)


def _change(before: Body | None, after: Body | None) -> str | None:
    if before == after:
        return None
    return "new" if before is None else "gone" if after is None else "changed"
