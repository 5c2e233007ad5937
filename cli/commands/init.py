"""`nightshift init`: what must be there before the first message?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli import output, session
from cli.options import Json

if TYPE_CHECKING:
    from shared.services import Services


def init(as_json: Json = False) -> None:
    """Create the queues and the blob container that the app works with. Doing it again changes nothing."""
    made = session.with_services(_create)
    if as_json:
        output.print_json(output.items(made))
        return
    for thing in made:
        state = "created" if thing["created"] else "was there"
        output.show(f"{state:9}  {thing['what']} {thing['name']}")


async def _create(services: Services) -> list[dict[str, Any]]:
    from processors.catalogue import registry
    from shared.blobs import CONTAINERS

    made = []
    for kind in registry(services.settings):
        for queue in (kind.queue, kind.poison_queue):
            made.append({"what": "queue", "name": queue, "created": await services.queues.ensure(queue)})
    for container in CONTAINERS:
        made.append({"what": "container", "name": container, "created": await services.blobs.ensure(container)})
    return made
