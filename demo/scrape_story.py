"""Sources are scraped, politely and once; what they show becomes moods, the same ones however often it is looked at.

The sites are doubles on this machine, which FETCH_ALLOWED_LOCAL lets in. The host is one of the app itself, on queues
of its own.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from demo import feeds
from demo.feeds_double import Site, serving
from demo.stage import PROJECT_FOLDER, Stage
from demo.terminal import ask, check, heading, run, say

_DELAY_SECONDS = 0.3
_ITEMS = 13
"""Five of the shop, four of the magazine, three looks, one product."""


def tell(stage: Stage) -> dict[str, str]:
    """Show sources scraped twice and their moods found three times. Raises DemoFailed when something isn't right.

    Returns the environment of commands beside the host that did it.
    """
    heading("Sources are scraped: politely, once, and what fails says so")
    with serving(feeds.shows()) as site:
        environment = _host(stage, site)
        run(environment, "sources", "test", site.url("/p/linen-dress"), "--type", "page")
        for path, (source_type, name) in feeds.SOURCES.items():
            run(environment, "sources", "add", site.url(path), "--type", source_type, "--name", name)
        say("\nTwo of them fail: a feed that is cut off, and one that robots.txt keeps closed. The others go on.")
        run(environment, "run", "scraper", "--wait", "--timeout", "120", exits=1)
        run(environment, "sources", "list")
        _check_first(environment, site)
        say("\nOnce more: nothing is added, and the magazine's server answers 304.")
        run(environment, "run", "scraper", "--force", "--wait", "--timeout", "120", exits=1)
        run(environment, "sources", "list")
        _check_second(environment, site)

    heading("Their items become moods, the same ones however often")
    run(environment, "run", "moods", "--wait", "--timeout", "120")
    run(environment, "moods", "list")
    found = ask(environment, "moods", "list")["items"]
    run(environment, "moods", "show", found[0]["name"])
    run(environment, "moods", "trend")
    say("\nTwo more runs over the same items:")
    for _ in range(2):
        run(environment, "run", "moods", "--force", "--wait", "--timeout", "120")
    check(ask(environment, "moods", "list")["items"] == found, "looking again has changed the moods or their trends")
    primaries = {mood["primaryMood"] for mood in found}
    check({"resort", "glamour", "edgy", "streetwear"} <= primaries, f"the primary moods are {sorted(primaries)}")
    check(all(mood["signals"]["palette"] for mood in found[:3]), "the first moods have no palette")
    say("They are what they were.")
    return environment


def _host(stage: Stage, site: Site) -> dict[str, str]:
    """Start a host that may reach the site; return the environment of commands beside it."""
    settings = {
        "RUN_QUEUE_NAME": "scrape-story-runs",
        "SCRAPE_QUEUE_NAME": "scrape-story-sources",
        "MOOD_QUEUE_NAME": "scrape-story-moods",
        "DIGEST_QUEUE_NAME": "scrape-story-digests",
        "PICKUP_RATE_QUEUE_NAME": "scrape-story-rates",
        "CALL_EVENTS_QUEUE_NAME": "scrape-story-calls",
        "NOTIFICATION_QUEUE_NAME": "scrape-story-notices",
        "TASTE_JOB_QUEUE_NAME": "scrape-story-taste",
        "FETCH_ALLOWED_LOCAL": site.host,
        "SCRAPER_HOST_DELAY_SECONDS": str(_DELAY_SECONDS),
        "RUN_LOOK_SECONDS": "0.5",
    }
    environment = {**stage.environment, **settings}
    run(environment, "init")
    stage.start_host("scraper", PROJECT_FOLDER, **settings)
    return environment


def _sources(environment: dict[str, str], site: Site) -> dict[str, dict[str, Any]]:
    """Return the sources by path."""
    found = ask(environment, "sources", "list")["items"]
    return {source["url"].removeprefix(f"http://{site.host}"): source for source in found}


def _check_first(environment: dict[str, str], site: Site) -> None:
    sources = _sources(environment, site)
    new = sum(source["lastCounts"].get("new", 0) for source in sources.values())
    check(new == _ITEMS, f"{new} items were taken instead of {_ITEMS}")
    reasons = {path: source["lastError"]["code"] for path, source in sources.items() if source["lastError"]}
    check(reasons == feeds.REFUSED, f"the failures are {reasons}")
    check(not site.asked("/members/feed.xml"), "an address was asked for that robots.txt forbids")
    check(
        len(site.asked("/robots.txt")) == 2,
        f"robots.txt was asked for {len(site.asked('/robots.txt'))} times: once by the test, once by the run",
    )
    since_test = sorted(asked.at for asked in site.log)[2:]
    closest = min(later - earlier for earlier, later in pairwise(since_test))
    check(closest > _DELAY_SECONDS / 2, f"two requests came within {closest:.2f} s")


def _check_second(environment: dict[str, str], site: Site) -> None:
    sources = _sources(environment, site)
    new = sum(source["lastCounts"].get("new", 0) for source in sources.values())
    check(new == 0, f"the second scrape has added {new} items")
    statuses = [asked.status for asked in site.asked(feeds.UNCHANGED)]
    check(statuses == [200, 304], f"the magazine's server answered {statuses}")
