"""The page docs/capacity.md: what is assumed, what was counted, and what follows for three numbers of users."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from bench import capacity_parameters as given
from bench import capacity_text as text
from bench.capacity_limits import alone, reached
from bench.capacity_model import QUESTION, Load, Rules, at_peak, in_a_month, kept_gb, of_question, of_units
from bench.capacity_parameters import PRICES, PROFILE, USERS, WHY

_HOURS = 730


def page(counts: Mapping[str, Any], rules: Rules | None = None) -> str:
    """Return the page that follows from these counts."""
    rules = rules or Rules()
    units = of_units(counts, PROFILE, rules)
    parts = [
        text.HEAD,
        _first(units, counts, rules),
        _order(units, counts, rules),
        "## What to shard then\n\n" + table(["what gives", "then"], text.SHARDING, 2),
        _sizes(units, rules),
        _costs(units),
        _profile(rules),
        _units({**units, QUESTION: of_question(counts, rules)}, counts),
        _assumed(rules),
    ]
    return "\n".join(parts)


def number(value: float) -> str:
    """Return a number with three digits that count, grouped by thousands."""
    if math.isinf(value):
        return "–"
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    rounded = round(value, 2 - math.floor(math.log10(abs(value))))
    told = f"{rounded:,.{min(digits, 4)}f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: int) -> str:
    """Return a Markdown table whose columns from `right` on are numbers."""
    line = "|" + "|".join("---:" if n >= right else "---" for n in range(len(head))) + "|"
    return "\n".join(["| " + " | ".join(head) + " |", line, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def _first(units: Mapping[str, Load], counts: Mapping[str, Any], rules: Rules) -> str:
    first, *rest = [one for one in reached(units, counts, rules) if not math.isinf(one.users)]
    others = ", ".join(f"{one.what} ({one.where}) at {number(one.users)}" for one in rest[:3])
    return (
        f"**First come the {first.what}** ({first.where}), at {number(first.users)} users of the profile below; then, "
        f"where that is mended: {others}.\n"
    )


def _order(units: Mapping[str, Load], counts: Mapping[str, Any], rules: Rules) -> str:
    rows = [
        [number(one.users), one.what, one.where, number(one.limit), f"[source]({one.source})"]
        for one in reached(units, counts, rules)
    ]
    lonely = [
        [one.what, number(one.limit), f"{number(one.a_unit)} {one.where}", one.says] for one in alone(units, rules)
    ]
    return (
        "## Which limit is reached first\n\nIn the busiest second, in order; the quota "
        "of a model is assumed (yours is at its source), serverless is the template's default:\n\n"
        + table(["users", "limit", "where", "at most", ""], rows, 5)
        + "\nLimits that one client, organisation or user meets, however many others there are:\n\n"
        + table(["who", "at most", "each takes", "so"], lonely, 4)
    )


def _sizes(units: Mapping[str, Load], rules: Rules) -> str:
    loads = [at_peak(units, PROFILE, users, rules) for users in USERS]
    digests = [at_peak(units, {"digest": PROFILE["digest"]}, users, rules) for users in USERS]

    def row(name: str, values: Sequence[float]) -> list[str]:
        return [name, *map(number, values)]

    containers = max(loads[-1].request_units, key=lambda name: loads[-1].request_units[name])
    queue = max(loads[-1].messages, key=lambda name: loads[-1].messages[name])
    rows = [
        row("request units, all containers", [load.all_request_units for load in loads]),
        row(f"request units, `{containers}`", [load.request_units[containers] for load in loads]),
        row(f"messages, `{queue}`", [load.messages[queue] for load in loads]),
        row("queue operations (put, got, deleted)", [load.queue_operations for load in loads]),
        row("blobs read", [load.blobs_read for load in loads]),
        row("blobs written", [load.blobs_written for load in loads]),
        row("tokens of the model", [load.tokens_in + load.tokens_out for load in loads]),
        row("instances at work", [load.instance_seconds for load in loads]),
        row("digests", [load.units for load in digests]),
        row("their request units", [load.all_request_units for load in digests]),
        row("their instances", [load.instance_seconds for load in digests]),
    ]
    hours = USERS[-1] * units["digest"].instance_seconds / given.OUR_INSTANCES.number / 3600
    head = ["a second, at the peak", *(f"{number(users)} users" for users in USERS)]
    return (
        "## How much that is\n\nThe peak is Monday at 09:00: the day's busiest hour and the digests.\n\n"
        + table(head, rows, 1)
        + f"\nWith the template's {given.OUR_INSTANCES.number} instances and nothing else to do, the digests of "
        f"{number(USERS[-1])} users take {number(hours)} hours.\n"
    )


def _costs(units: Mapping[str, Load]) -> str:
    months = [in_a_month(units, PROFILE, users) for users in USERS]
    stored = [sum(kept_gb(units, PROFILE, users).values()) for users in USERS]
    bills = [bill(month, gb) for month, gb in zip(months, stored, strict=True)]
    rows = [
        ["request units", *(number(month.all_request_units) for month in months)],
        ["queue operations", *(number(month.queue_operations) for month in months)],
        ["tokens of the model", *(number(month.tokens_in + month.tokens_out) for month in months)],
        ["seconds of instances", *(number(month.instance_seconds) for month in months)],
        ["GB of documents, after a year", *map(number, stored)],
        *([f"USD: {name}", *(number(one[name]) for one in bills)] for name in bills[0]),
        ["**USD in all**", *(f"**{number(sum(one.values()))}**" for one in bills)],
        ["USD a user", *(number(sum(one.values()) / users) for one, users in zip(bills, USERS, strict=True))],
    ]
    head = ["a month", *(f"{number(users)} users" for users in USERS)]
    return (
        "## What it costs\n\n"
        + table(head, rows, 1)
        + (
            "\nServerless; with autoscale 100 RU/s cost USD "
            f"{number(PRICES['autoscale'].dollars * _HOURS)} a month where they are used all of it, a tenth where they "
            f"are idle: cheaper from {number(break_even())} % use on. Azure's logs, the network and the "
            "mailer are not in it.\n"
        )
    )


def bill(month: Load, gb: float) -> dict[str, float]:
    """Return dollars a month by what they are paid for."""

    def paid(price: str, amount: float) -> float:
        return amount * PRICES[price].dollars / PRICES[price].units

    messages = sum(month.messages.values())
    blobs = paid("blob_read", month.blobs_read) + paid("blob_write", month.blobs_written)
    return {
        "request units": paid("serverless", month.all_request_units),
        "documents kept": paid("document_gb", gb),
        "queues and blobs": paid("queue", month.queue_operations) + blobs,
        "instances": paid("gb_second", month.instance_seconds * given.INSTANCE_GB) + paid("execution", messages),
        "model": paid("tokens_in", month.tokens_in) + paid("tokens_out", month.tokens_out),
    }


def break_even() -> float:
    """Return from which share of the bought request units on, in percent, autoscale is cheaper than serverless."""
    used = 100 * 3600 * PRICES["serverless"].dollars / PRICES["serverless"].units
    return 100 * PRICES["autoscale"].dollars / used


def _profile(rules: Rules) -> str:
    rows = [
        [name, number(use.a_day or use.all_together), number(1000 * use.cpu), number(use.wait),
         f"{number(use.tokens[0])} / {number(use.tokens[1])}", WHY[name]]
        for name, use in PROFILE.items()
    ]  # fmt: skip
    head = ["unit", "a user and day", "CPU, ms", "waits, s", "tokens in / out", "why"]
    return (
        "## Who does how much\n\nAssumptions, not measurements, but for CPU where a benchmark is named:\n\n"
        + table(head, rows, 6)
        + f"\nThe busiest hour has {number(rules.peak)} times the mean of a day. An instance has one core, of which "
        f"{number(100 * rules.busy)} % are used, and has {number(rules.at_once)} messages in hand at once "
        "(`host.json`); scraped items are of all users together.\n"
    )


def _units(units: Mapping[str, Load], counts: Mapping[str, Any]) -> str:
    rows = []
    for name, load in units.items():
        asked = counts[name]["documents"]
        calls = sum(figures.get("calls", 0) for figures in asked.values())
        written = sum(figures.get("calls", 0) for what, figures in asked.items() if what.split()[0] not in _READING)
        documents = sum(figures.get("documents", 0) for what, figures in asked.items() if what.startswith("query"))
        most = max(load.request_units, key=lambda container: load.request_units[container])
        rows.append(
            [name, number(calls), number(written), number(documents), number(load.all_request_units),
             f"`{most}` {number(load.request_units[most])}", number(load.queue_operations),
             number(load.blobs_read + load.blobs_written)]
        )  # fmt: skip
    head = [
        "unit",
        "document calls",
        "of them writes",
        "documents queried",
        "request units",
        "most of them",
        "queue operations",
    ]
    return (
        "## What a unit of work asks\n\nCounted (in [bench/capacity_counts.json](../bench/capacity_counts.json) by "
        "operation, container and size): what one more asks beside many. A like is of a user who "
        "liked a hundred things before; a digest's user owns a dozen items; a call is one of two of its lead. "
        "All was done one after the other: what one process has in hand at once shares the writing of a mark, so a "
        "busy `rollupWork` is asked less than this. Reading (the API, the console, series of metrics), exports, "
        "forgetting, ticks that find nothing and the host's looks into empty queues are not in the profile. "
        "The request units of a like and a digest are with their question.\n\n"
        + table([*head, "blob operations"], rows, 1)
    )


_READING = ("get", "query", "count")


def _assumed(rules: Rules) -> str:
    prices = [
        [price.what, f"{price.dollars:f}".rstrip("0") + f" for {number(price.units)}", f"[page]({price.source})"]
        for price in PRICES.values()
    ]
    return (
        "## Request units and prices\n\n"
        + table(["request units of", "taken as", "by"], text.charges(rules.charges), 3)
        + "\n" + table(["USD for", "taken as", "to check at"], prices, 3)
    )  # fmt: skip
