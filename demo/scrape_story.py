"""Sources are scraped, politely and once; what fails says so, and the others go on."""

from __future__ import annotations

from typing import Any

from demo import feeds
from demo.stage import Stage
from demo.terminal import ask, check, run, run_and_wait, say

_ITEMS = 13
"""Five of the shop, four of the magazine, three looks, one product."""


def tell(stage: Stage) -> None:
    """Show sources scraped twice. Raises DemoFailed when something isn't right."""
    stage.open_app()
    run(stage.environment, "sources", "test", stage.site.url("/p/linen-dress"), "--type", "page")
    for path, (source_type, name) in feeds.SOURCES.items():
        run(stage.environment, "sources", "add", stage.site.url(path), "--type", source_type, "--name", name)
    say("\nTwo of them fail: a feed that is cut off, and one that robots.txt keeps closed. The others go on.")
    run_and_wait(stage.environment, "run", "scraper", exits=1)
    run(stage.environment, "sources", "list")
    _check_first(stage)
    say("\nOnce more: nothing is added, and the magazine's server answers 304.")
    run_and_wait(stage.environment, "run", "scraper", "--force", exits=1)
    run(stage.environment, "sources", "list")
    _check_second(stage)


def _check_first(stage: Stage) -> None:
    sources = _sources(stage)
    new = sum(source["lastCounts"].get("new", 0) for source in sources.values())
    check(new == _ITEMS, f"{new} items were taken instead of {_ITEMS}")
    reasons = {path: source["lastError"]["code"] for path, source in sources.items() if source["lastError"]}
    check(reasons == feeds.REFUSED, f"the failures are {reasons}")
    check(not stage.site.asked("/members/feed.xml"), "an address was asked for that robots.txt forbids")
    robots = len(stage.site.asked("/robots.txt"))
    check(robots == 2, f"robots.txt was asked for {robots} times: once by the test, once by the run")


def _check_second(stage: Stage) -> None:
    new = sum(source["lastCounts"].get("new", 0) for source in _sources(stage).values())
    check(new == 0, f"the second scrape has added {new} items")
    statuses = [asked.status for asked in stage.site.asked(feeds.UNCHANGED)]
    check(statuses == [200, 304], f"the magazine's server answered {statuses}")


def _sources(stage: Stage) -> dict[str, dict[str, Any]]:
    """Return the sources by path."""
    found = ask(stage.environment, "sources", "list")["items"]
    return {source["url"].removeprefix(f"http://{stage.site.host}"): source for source in found}
