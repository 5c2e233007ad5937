"""Table of containers: their names, partition keys and expiry.

The one table that adapters, the creation of what is missing and the infrastructure templates are made from;
docs/architecture.md says what each keeps. `expires` only allows documents to carry a ``ttl`` of their own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Container:
    """A container: its `name`, the body member that partitions it, and the members that get an index in SQLite.

    `ordered` are members by which one partition is read in order: SQLite's index of those begins with the partition.
    `counted` are members of which documents with one value are counted without reading their bodies; those named after
    the first may be asked whether they are there.
    `present` are pairs: documents of one partition that have the first member are read in the order of the second, and
    counted. Documents without the first are in no such index.
    `sorted_by` are pairs: documents whose first member has one value are read in the order of the second. Documents
    without the second are in no such index, and cost nothing.
    `queried` are those that queries name besides, which SQLite reads without an index. Cosmos DB indexes them all, and
    nothing else: each indexed path costs request units at every write. `expires` tells whether documents may carry a
    ``ttl``.
    """

    name: str
    partition_key: str
    expires: bool = False
    indexed: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()
    counted: tuple[tuple[str, ...], ...] = ()
    present: tuple[tuple[str, str], ...] = ()
    sorted_by: tuple[tuple[str, str], ...] = ()
    queried: tuple[str, ...] = ()

    @property
    def queried_members(self) -> tuple[str, ...]:
        """Every member that a query may filter or sort by, in alphabetical order; ``id`` needs no mention."""
        together = (member for several in (*self.counted, *self.present, *self.sorted_by) for member in several)
        named = {self.partition_key, *self.indexed, *self.ordered, *together, *self.queried}
        return tuple(sorted(named - {"id"}))


JOBS = Container(
    "jobs",
    "scope",
    expires=True,
    indexed=("id", "rescueAt", "updatedAt", "unfinishedSince"),
    counted=(("status", "raw"),),
    sorted_by=(("status", "lastFailedAt"), ("status", "reason.cause")),
    queried=(
        *("kind", "queue", "generationBegan", "endedAt"),
        *("reason.class", "reason.code", "payload.channel", "payload.signal"),
    ),
)
RUNS = Container(
    "runs",
    "name",
    expires=True,
    indexed=("id", "status", "slotAt"),
    ordered=("slotAt",),
    queried=("slot", "n", "forOne"),
)
GATES = Container("gates", "id")
HELD_MESSAGES = Container("heldMessages", "gate", expires=True, indexed=("jobId",), queried=("scope", "until"))
HEARTBEATS = Container("heartbeats", "id", queried=("at",))
SCHEDULER_STATE = Container("schedulerState", "id")
JOB_HEALTH = Container("jobHealth", "id")
USERS = Container("users", "bucket", ordered=("key",))
WARDROBE = Container("wardrobe", "userId")
WEAR_EVENTS = Container("wearEvents", "userId", ordered=("wornAt",), queried=("itemId",))
USER_PROFILES = Container("userProfiles", "userId")
TASTE_EVIDENCE = Container("tasteEvidence", "userId", ordered=("order",))
USAGE_EVENTS = Container(
    "usageEvents",
    "place",
    expires=True,
    indexed=("recordedAt",),
    ordered=("slice",),
    queried=("orgId", "kind"),
)
ROLLUPS = Container("rollups", "orgKind", expires=True, ordered=("bucketKey",), queried=("orgId",))
ROLLUP_WORK = Container("rollupWork", "bucket", indexed=("since",), queried=("orgId", "kind", "mark"))
SETTINGS = Container("settings", "id")
SCRAPER_SOURCES = Container("scraperSources", "sourceType", queried=("active",))
SCRAPED_ITEMS = Container(
    "scrapedItems",
    "sourceId",
    expires=True,
    indexed=("id", "contentHash", "scrapedAt", *(f"imageBands.b{n}" for n in range(5))),
    queried=("duplicateOf", "embedding", "imageUrl", "imageHash", "imageError"),
)
RAW_MOODS = Container("rawMoods", "runId", expires=True)
MOODS = Container("moods", "primaryMood")
DIGESTS = Container("digests", "userId", ordered=("week",))
DIGEST_FEEDBACK = Container("digestFeedback", "userId", expires=True)
DIGEST_OUTCOMES = Container("digestOutcomes", "group", expires=True, indexed=("userId",), queried=("outcome",))
CALLS = Container("calls", "merchantId", expires=True, indexed=("id", "initiatedAt"), ordered=("initiatedAt",))
CALL_LEADS = Container("callLeads", "bucket", expires=True)
CALL_ROLLUPS = Container("callRollups", "place", expires=True, ordered=("bucketKey",))
ALERT_RULES = Container("alertRules", "clientId", indexed=("nextDueAt", "leaving"), ordered=("updatedAt",))
ALERT_STATES = Container(
    "alertStates", "clientId", indexed=("unsent",), ordered=("rule",), present=(("state.firedAt", "rule"),)
)
ALERT_EVENTS = Container(
    "alertEvents", "clientId", expires=True, indexed=("at", "group"), ordered=("at",), queried=("scope", "rule")
)
ALERT_TASKS = Container(
    "alertTasks",
    "clientId",
    expires=True,
    indexed=("owner",),
    ordered=("rule", "firedAt"),
    counted=(("state",),),
    queried=("scope", "number"),
)
IDEMPOTENCY = Container("idempotency", "key", expires=True)
AUDIT = Container("audit", "day", expires=True, queried=("scope",))

CONTAINERS: tuple[Container, ...] = (
    JOBS,
    RUNS,
    GATES,
    HELD_MESSAGES,
    HEARTBEATS,
    SCHEDULER_STATE,
    JOB_HEALTH,
    USERS,
    WARDROBE,
    WEAR_EVENTS,
    USER_PROFILES,
    TASTE_EVIDENCE,
    USAGE_EVENTS,
    ROLLUPS,
    ROLLUP_WORK,
    SETTINGS,
    SCRAPER_SOURCES,
    SCRAPED_ITEMS,
    RAW_MOODS,
    MOODS,
    DIGESTS,
    DIGEST_FEEDBACK,
    DIGEST_OUTCOMES,
    CALLS,
    CALL_LEADS,
    CALL_ROLLUPS,
    ALERT_RULES,
    ALERT_STATES,
    ALERT_EVENTS,
    ALERT_TASKS,
    IDEMPOTENCY,
    AUDIT,
)
