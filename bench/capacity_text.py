"""Words of the page of capacity: what it is, what its request units are taken as, and what to shard."""

from __future__ import annotations

from bench import capacity_parameters as given
from bench.capacity_model import Charges
from shared.rollups.marks import WAYS

HEAD = """# Capacity

What the app costs and where it meets a limit, at 1 k, 100 k and 10 M users. Made by `python -m bench.capacity --write`;
don't edit by hand. The operations are counted in a test's process (`--count` counts them anew), the arithmetic is
[bench/capacity_model.py](../bench/capacity_model.py), everything assumed is in
[bench/capacity_parameters.py](../bench/capacity_parameters.py): put your own numbers there and make the page again.

**It is an estimate.** Nothing here was measured in Azure: request units follow from published charges and what the page
says it assumes. Prices in US dollars are those of East US around 2025, without free grants, and were not looked up at
the pages named beside them: check them there before you rely on them.
"""

SHARDING = (
    (
        "the tokens of a model",
        "ask Azure for more; a second deployment; or analysis by rules, which asks no model. Until then the gate of "
        "the model closes, and likes wait; nothing is lost",
    ),
    (
        "instances",
        "raise `maximumInstanceCount`; beyond the most of one app, a second app takes some of the queues",
    ),
    (
        "a serverless container",
        "an account with autoscale ([Deploying](deploy.md)), and `cosmosAutoscaleMaxThroughputs` for the container: "
        "without it one gets 1,000 request units a second at most, which is less than serverless gives",
    ),
    (
        "digests of Monday 09:00",
        "give them more hours: what is asked in a second falls as the window grows; or plan them by the "
        "users' time zones",
    ),
    (
        "marks of one organisation's events (`rollupWork`)",
        f"all marks of an organisation lie in one partition of {WAYS}, and the app's own events (one a job) are one "
        "organisation's. Let the partition be a hash of the organisation and the event's place, as the events have it "
        "([ADR 14](decisions/0014-usage-events-lie-by-a-hash.md))",
    ),
    (
        "the messages of one queue",
        "each workload has a queue of its own already; then several for one workload, by a hash of the user, with a "
        "trigger each",
    ),
    (
        "the storage account",
        "a second account for the busiest queue, and one for blobs; a trigger names its connection",
    ),
    (
        "one client's rules in one minute",
        "`jitterSeconds`; then a partition of client and a hash of the rule "
        "([ADR 15](decisions/0015-a-clients-rules-are-one-partition.md))",
    ),
    (
        "the app's own usage events: GB of a partition",
        "keep them for fewer days, or more than 16 places for the organisation `~app`",
    ),
    ("one user's documents", "nothing: a lifetime doesn't fill a partition"),
)


def charges(taken: Charges) -> list[tuple[str, str, str]]:
    """Return what request units are taken as, and by which source."""
    factors = f"[source]({given.READS_AND_WRITES})"
    return [
        (
            "a read or write by its document's size",
            "1 KB: 1 and 4.95; 4 KB: 1.14 and 6.67; 64 KB: 4.76 and 22.67",
            f"[table]({given.CHARGES}), on the line between two sizes, 1 KB at least",
        ),
        ("Strong consistency", f"{taken.strong:g} times as much for reads and queries", factors),
        ("a replacement", f"{taken.replacing:g} times the creation", "an assumption, rather high"),
        ("a query", f"{taken.query:g} and one read of the size of what it gives out", "an assumption"),
        ("a deletion", "as the creation", "an assumption"),
        ("indexed paths", "nothing besides: few members of a document are indexed", "an assumption"),
    ]
