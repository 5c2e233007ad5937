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
    `expires` tells whether documents may carry a ``ttl``. Cosmos DB indexes every member by itself.
    """

    name: str
    partition_key: str
    expires: bool = False
    indexed: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()
    counted: tuple[tuple[str, ...], ...] = ()
    present: tuple[tuple[str, str], ...] = ()
    sorted_by: tuple[tuple[str, str], ...] = ()


JOBS = Container(
    "jobs",
    "scope",
    expires=True,
    indexed=("id", "rescueAt", "updatedAt", "unfinishedSince"),
    counted=(("status", "raw"),),
    sorted_by=(("status", "lastFailedAt"), ("status", "reason.cause")),
)
RUNS = Container("runs", "name", expires=True, indexed=("id", "status", "slotAt"), ordered=("slotAt",))
GATES = Container("gates", "id")
HELD_MESSAGES = Container("heldMessages", "gate", expires=True, indexed=("jobId",))
HEARTBEATS = Container("heartbeats", "id")
SCHEDULER_STATE = Container("schedulerState", "id")
JOB_HEALTH = Container("jobHealth", "id")
USERS = Container("users", "bucket", ordered=("key",))
WARDROBE = Container("wardrobe", "userId")
WEAR_EVENTS = Container("wearEvents", "userId", ordered=("wornAt",))
USER_PROFILES = Container("userProfiles", "userId")
TASTE_EVIDENCE = Container("tasteEvidence", "userId", ordered=("order",))
USAGE_EVENTS = Container("usageEvents", "place", expires=True, indexed=("recordedAt",), ordered=("slice",))
ROLLUPS = Container("rollups", "orgKind", expires=True, ordered=("bucketKey",))
ROLLUP_WORK = Container("rollupWork", "bucket", indexed=("since",))
SETTINGS = Container("settings", "id")
SCRAPER_SOURCES = Container("scraperSources", "sourceType")
SCRAPED_ITEMS = Container(
    "scrapedItems",
    "sourceId",
    expires=True,
    indexed=("id", "contentHash", "scrapedAt", *(f"imageBands.b{n}" for n in range(5))),
)
RAW_MOODS = Container("rawMoods", "runId", expires=True)
MOODS = Container("moods", "primaryMood")
DIGESTS = Container("digests", "userId", ordered=("week",))
DIGEST_FEEDBACK = Container("digestFeedback", "userId", expires=True)
DIGEST_OUTCOMES = Container("digestOutcomes", "group", expires=True, indexed=("userId",))
CALLS = Container("calls", "merchantId", expires=True, indexed=("id", "initiatedAt"), ordered=("initiatedAt",))
CALL_LEADS = Container("callLeads", "bucket", expires=True)
CALL_ROLLUPS = Container("callRollups", "place", expires=True, ordered=("bucketKey",))
ALERT_RULES = Container("alertRules", "clientId", indexed=("nextDueAt", "leaving"), ordered=("updatedAt",))
ALERT_STATES = Container(
    "alertStates", "clientId", indexed=("unsent",), ordered=("rule",), present=(("state.firedAt", "rule"),)
)
ALERT_EVENTS = Container("alertEvents", "clientId", expires=True, indexed=("at", "group"), ordered=("at",))
ALERT_TASKS = Container(
    "alertTasks", "clientId", expires=True, indexed=("owner",), ordered=("rule", "firedAt"), counted=(("state",),)
)
IDEMPOTENCY = Container("idempotency", "key", expires=True)
AUDIT = Container("audit", "day", expires=True)

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
