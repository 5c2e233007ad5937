"""Parameters of the page of capacity: who does how much, Azure's limits, and list prices, each with its source."""

from __future__ import annotations

from dataclasses import dataclass

from bench.capacity_model import Use

USERS = (1_000, 100_000, 10_000_000)
DIGEST_HOURS = 3

_LEARN = "https://learn.microsoft.com/azure"
_PRICES = "https://azure.microsoft.com/pricing/details"
CHARGES = f"{_LEARN}/cosmos-db/understand-request-unit-consumption"
READS_AND_WRITES = f"{_LEARN}/cosmos-db/optimize-cost-reads-writes"

PROFILE: dict[str, Use] = {
    "like": Use(a_day=0.5, cpu=0.04, wait=2.0, tokens=(1_000, 100), questions=1),
    "wear": Use(a_day=0.3, cpu=0.002),
    "digest": Use(a_day=1 / 7, within=DIGEST_HOURS * 3600, cpu=0.0051, wait=3.0, tokens=(900, 250), questions=1),
    "usage event": Use(a_day=3.0, cpu=0.0006),
    "organisation rolled up": Use(a_day=0.4, cpu=0.0041),
    "call": Use(a_day=0.02, cpu=0.002),
    "alert told": Use(a_day=0.001, cpu=0.005),
    "rule run": Use(a_day=0.48, cpu=0.0022),
    "scraped item": Use(all_together=5_000, cpu=0.0012, tokens=(100, 16), questions=1 / 25),
}
WHY = {
    "like": "a user likes something every other day; 40 ms of CPU for its picture, one question to the model of 2 s",
    "wear": "about two a week, over the API",
    "digest": f"one a week, all within {DIGEST_HOURS} hours from Monday 09:00; CPU as in `digest`, one question",
    "usage event": "of other apps, by queue; CPU as in benchmark `metrics`",
    "organisation rolled up": "100 users an organisation, 40 quarters of an hour a day with news; CPU as in `metrics`",
    "call": "one user in 50 is called a day, and each merchant is called for twice",
    "alert told": "one user in 1,000 a day",
    "rule run": "one user in 50 has a rule that runs each hour; CPU as in benchmark `rules` and a job",
    "scraped item": "5,000 new ones a day whatever the number of users; looked at for moods by 25 in one question",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A published limit: its `number` a second unless `what` says otherwise, and the page that says so."""

    what: str
    number: float
    source: str


QUEUE = Limit("messages of one queue", 2_000, f"{_LEARN}/storage/queues/scalability-targets")
ACCOUNT = Limit("operations of the storage account", 20_000, f"{_LEARN}/storage/queues/scalability-targets")
SERVERLESS = Limit(
    "request units of a serverless container",
    5_000,
    f"{_LEARN}/cosmos-db/serverless-performance",
)
PARTITION = Limit("request units of one partition", 10_000, f"{_LEARN}/cosmos-db/concepts-limits")
CONTAINER = Limit("request units of an autoscale container", 1_000_000, f"{_LEARN}/cosmos-db/concepts-limits")
LOGICAL_GB = Limit("GB of one logical partition", 20, f"{_LEARN}/cosmos-db/concepts-limits")
OUR_INSTANCES = Limit("instances that `infra/main.bicep` allows", 40, "../infra/main.bicep")
INSTANCES = Limit("instances of one Flex Consumption app", 1_000, f"{_LEARN}/azure-functions/flex-consumption-plan")
TOKENS = Limit(
    "tokens a minute of a model's deployment",
    2_000_000,
    f"{_LEARN}/ai-services/openai/quotas-limits",
)


@dataclass(frozen=True, slots=True)
class Price:
    """A list price in US dollars for `units` of something."""

    what: str
    dollars: float
    units: float
    source: str


PRICES = {
    "serverless": Price("request units, serverless", 0.25, 1e6, f"{_PRICES}/cosmos-db/"),
    "autoscale": Price("hours of 100 RU/s, autoscale", 0.012, 1, f"{_PRICES}/cosmos-db/"),
    "document_gb": Price("GB of documents a month", 0.25, 1, f"{_PRICES}/cosmos-db/"),
    "gb_second": Price("GB-seconds of Flex Consumption", 0.000026, 1, f"{_PRICES}/functions/"),
    "execution": Price("executions", 0.40, 1e6, f"{_PRICES}/functions/"),
    "queue": Price("queue operations", 0.004, 1e4, f"{_PRICES}/storage/queues/"),
    "blob_read": Price("blob reads", 0.004, 1e4, f"{_PRICES}/storage/blobs/"),
    "blob_write": Price("blob writes", 0.05, 1e4, f"{_PRICES}/storage/blobs/"),
    "tokens_in": Price("tokens into gpt-4o-mini", 0.15, 1e6, "settings.md"),
    "tokens_out": Price("tokens out of gpt-4o-mini", 0.60, 1e6, "settings.md"),
}
INSTANCE_GB = 2
