"""Notification jobs: one per alert and channel, which gathers the alike events of one minute into a message.

The job's id comes from the events' group, so that sending an event twice asks for the same job. It waits for the
minute's end, claims the group's events that no other message has, and sends all that it has claimed: again after a
crash, never another's. Receivers tell repeats apart by the events' ids. A channel that says "wait" holds its own
messages alone.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from pydantic import BaseModel, Field

from shared import clock, skew
from shared.alerts import links
from shared.alerts.channels import registry
from shared.alerts.channels.port import Channel, Notice
from shared.alerts.standing import send_standing
from shared.alerts.states import SYSTEM, jobs_of
from shared.config import Settings
from shared.documents.compare_and_set import change
from shared.documents.containers import ALERT_EVENTS
from shared.documents.ids import Own, compound
from shared.documents.port import Body, Condition, Documents
from shared.jobs.kinds import Job, Kind, Needs, Next, Policy
from shared.jobs.producer import Producer
from shared.jobs.record import JobKey
from shared.jobs.record_store import Records
from shared.services import Services
from shared.telemetry import signals

MAX_ATTEMPTS = 12
"""With waits of up to 5 min: a channel that is down for half an hour loses nothing."""
_PARTS = 50
_GATHERED = timedelta(minutes=1)
_WILL_LOOK = ("queued", "waiting")
"""States of a job that has yet to read which events there are."""


class NotificationJob(BaseModel):
    """A message to one channel: of which client and group of events. `part` tells later messages of a group apart.

    Without a client it is the app's own: no client can be called like it.
    """

    client: str | None = Field(default=None, min_length=1)
    group: str = Field(min_length=1)
    channel: str = Field(min_length=1)
    part: int = Field(default=1, ge=1)


@lru_cache(maxsize=1)
def notification_kind(settings: Settings) -> Kind:
    """Return the kind `notification` as the settings have it."""
    return Kind(
        name="notification",
        queue=settings.notification_queue,
        model=NotificationJob,
        handler=handle,
        identify=key_of,
        policy=Policy(max_attempts=MAX_ATTEMPTS, completed_window=timedelta(days=400)),
        dependencies=("blob", *registry.gates()),
        needs=Needs("channel", registry.needs()),
    )


def key_of(payload: NotificationJob) -> JobKey:
    """Return which job a payload speaks of."""
    return JobKey(jobs_of(_client_of(payload)), compound(payload.group, payload.channel, str(payload.part)))


async def send(services: Services, event: Body) -> None:
    """See to it that an event is sent to each of its channels; to all that are set up when it names none.

    Doing it twice sends it once.
    """
    kind = notification_kind(services.settings)
    producer = Producer(Records(services.documents), services.queues)
    for channel in event.get("channels") or registry.channel_names(services.settings):
        members = {"group": event["group"], "channel": channel}
        if not isinstance(event["clientId"], Own):
            members["client"] = event["clientId"]
        for part in range(1, _PARTS + 1):
            answer = await producer.enqueue(kind, {**members, "part": part}, by=event["rule"], only_new=True)
            if answer.what == "accepted" or answer.status in _WILL_LOOK:
                break
            held = await services.documents.get(ALERT_EVENTS, event["clientId"], event["id"])
            if held is None or channel in held.body["sent"]:
                break


async def handle(job: Job, payload: NotificationJob) -> Next | None:
    """Send the group's events to the channel. Raises the failure's class."""
    services, me = job.services, job.key.id
    of_group: list[Condition] = [("group", "=", payload.group)]
    query = services.documents.query(ALERT_EVENTS, partition=_client_of(payload), where=of_group)
    events = sorted([document.body async for document in query], key=lambda body: str(body["id"]))
    mine = [event for event in events if event["sent"].get(payload.channel, me) == me]
    if not mine:
        return None
    gathered = clock.parse(mine[0]["at"]).replace(second=0, microsecond=0) + _GATHERED
    if clock.now() < gathered <= clock.now() + _GATHERED + skew.MAX_APART:  # later: a wrong clock's; it goes at once
        return Next(gathered - clock.now())
    claimed = [event for event in mine if await _claim(services.documents, event, payload.channel, me)]
    if claimed:
        channel = registry.open_channel(payload.channel, services.settings, services.fetcher, services.blobs)
        # Two clients' messages have the same job id, each in its partition; what receivers see tells them apart.
        group = me if payload.client is None else f"{me}|{payload.client}"
        await _tell(services, channel, group, claimed)
    return None


def _client_of(payload: NotificationJob) -> str:
    return SYSTEM if payload.client is None else payload.client


async def _tell(services: Services, channel: Channel, group: str, events: list[Body]) -> None:
    async def send(*told: Body) -> None:
        with signals.current().notifying(channel.name, len(told)):
            await channel.send(group, [_notice(event, services.settings) for event in told])

    if not registry.keeps_alerts(channel.name):
        await send(*events)
        return
    for event in events:
        await send_standing(services.documents, event, channel.name, send)


async def _claim(documents: Documents, event: Body, channel: str, me: str) -> bool:
    """Mark an event as this message's; return whether it is."""

    def made(standing: Body | None) -> Body | None:
        if standing is None or channel in standing["sent"]:
            return None
        return {**standing, "sent": {**standing["sent"], channel: me}}

    claimed = await change(documents, ALERT_EVENTS, event["clientId"], event["id"], made)
    return claimed is not None and claimed["sent"][channel] == me


def _notice(event: Body, settings: Settings) -> Notice:
    client, facts = event["clientId"], event["facts"]
    link = links.page_of(settings, client, event["scope"], facts)
    if link is not None:
        facts = {**facts, "link": link}
    return Notice(
        event["id"], event["kind"], event["at"], event["title"], event["text"], facts, event["rule"], event["scope"],
        None if isinstance(client, Own) else client, facts.get("severity"),
    )  # fmt: skip
