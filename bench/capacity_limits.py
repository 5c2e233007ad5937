"""Limits of Azure and of the template: at how many users is each reached, and what can one client alone do?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench import capacity_parameters as given
from bench.capacity_model import KB_IN_GB, YEAR, Load, Rules, at_peak, charge, kept_gb, of_question, reached_at
from bench.capacity_parameters import PROFILE, Limit
from shared.documents.containers import ROLLUP_WORK, TASTE_EVIDENCE, USAGE_EVENTS
from shared.rollups.marks import WAYS
from shared.usage.places import PARTS

_SECONDS_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Reached:
    """A limit, where it is met, and at how many users."""

    users: float
    what: str
    where: str
    limit: float
    source: str


@dataclass(frozen=True, slots=True)
class Alone:
    """A limit that one client meets: `a_unit` is what each thing of its own takes, `says` how many that are."""

    what: str
    limit: float
    a_unit: float
    where: str
    says: str


def reached(units: Mapping[str, Load], counts: Mapping[str, Any], rules: Rules) -> list[Reached]:
    """Return the limits in the order in which they are reached."""
    fixed = at_peak(units, PROFILE, 0, rules)
    a_user = at_peak(units, PROFILE, 1, rules) + fixed * -1

    def one(limit: Limit, where: str, fixed: float, each: float) -> Reached:
        return Reached(reached_at(limit.number, fixed, each), limit.what, where, limit.number, limit.source)

    def found() -> Iterator[Reached]:
        containers, partitions = a_user.request_units, a_user.partitions
        for container in sorted(containers, key=lambda name: -containers[name])[:3]:
            base = fixed.request_units.get(container, 0)
            yield one(given.SERVERLESS, f"`{container}`", base, containers[container])
        most = max(containers, key=lambda name: containers[name])
        yield one(given.CONTAINER, f"`{most}`", fixed.request_units.get(most, 0), containers[most])
        for partition in _of_all(partitions):
            container, key = partition.replace("|", " ").split(" ", 1)
            yield one(given.PARTITION, f"`{container}`, `{key}`", _shared(fixed, partition), _shared(a_user, partition))
        for queue in sorted(a_user.messages, key=lambda name: -a_user.messages[name])[:3]:
            yield one(given.QUEUE, f"`{queue}`", fixed.messages.get(queue, 0), a_user.messages[queue])
        yield one(given.ACCOUNT, "queues and blobs", fixed.account_operations, a_user.account_operations)
        yield one(given.OUR_INSTANCES, "all workloads", fixed.instance_seconds, a_user.instance_seconds)
        yield one(given.INSTANCES, "all workloads", fixed.instance_seconds, a_user.instance_seconds)
        ours = {name: use for name, use in PROFILE.items() if name != "usage event" and use.a_day}
        asked = sum(use.a_day * use.questions for use in ours.values())
        of_models = asked * of_question(counts, rules).kept[USAGE_EVENTS.name] / KB_IN_GB
        of_jobs = kept_gb(units, ours, 1)[USAGE_EVENTS.name] - of_models
        where = f"`{USAGE_EVENTS.name}`, a place of `~app`"
        yield one(given.LOGICAL_GB, f"{where}: jobs", 0, of_jobs / PARTS)
        yield one(given.LOGICAL_GB, f"{where}: models", 0, of_models / PARTS)
        tokens = _SECONDS_A_MINUTE * (a_user.tokens_in + a_user.tokens_out)
        yield one(given.TOKENS, "all workloads", _SECONDS_A_MINUTE * (fixed.tokens_in + fixed.tokens_out), tokens)

    return sorted(found(), key=lambda reached: reached.users)


def alone(units: Mapping[str, Load], rules: Rules) -> list[Alone]:
    """Return what one client, organisation, merchant or user can do before a partition of its own is full."""
    run, mark = units["rule run"].partitions, charge("replace", 1, 1, 1, rules.charges)
    rule_jobs = max(run[name] for name in run if name.split()[0] in ("jobs", "alertRules", "alertStates"))
    second = given.PARTITION.number
    evidence = units["like"].kept[TASTE_EVIDENCE.name] / YEAR
    return [
        Alone(
            "one client's rules that are due in one minute", second * _SECONDS_A_MINUTE, rule_jobs, "request units",
            f"{int(second * _SECONDS_A_MINUTE / rule_jobs / 1000) * 1000:,} rules run in that minute, more take longer",
        ),
        Alone(
            "one organisation's events (the app's own are one organisation's)", second, mark, "request units",
            f"about {round(second / mark, -1):,.0f} writes of marks a second; events in hand of one process share one",
        ),
        Alone(
            "one user's documents of likes", given.LOGICAL_GB.number * KB_IN_GB, evidence, "KB",
            f"{int(given.LOGICAL_GB.number * KB_IN_GB / evidence / 1e5) / 10:,.1f} million likes",
        ),
    ]  # fmt: skip


def _of_all(partitions: Mapping[str, float]) -> list[str]:
    """Return the partitions that the work of all users meets, the hottest first: no client's own."""
    shared = [name for name in partitions if "~app" in name or "~run" in name or name.startswith("rollupWork")]
    return sorted(shared, key=lambda name: -partitions[name])[:2]


def _shared(load: Load, partition: str) -> float:
    """Return what a partition is asked: also by the organisations whose marks lie in it by a hash."""
    alone = load.partitions.get(partition, 0.0)
    if not partition.startswith(f"{ROLLUP_WORK.name} "):
        return alone
    pinned = sum(units for name, units in load.partitions.items() if name.startswith(f"{ROLLUP_WORK.name} "))
    return alone + (load.request_units.get(ROLLUP_WORK.name, 0.0) - pinned) / WAYS
