"""Scraped items become moods, the same ones however often they are looked at."""

from __future__ import annotations

from demo.stage import Stage
from demo.terminal import ask, check, run, run_and_wait, say


def tell(stage: Stage) -> None:
    """Show the moods of the scraped items, found three times. Raises DemoFailed when something isn't right."""
    stage.open_app()
    run_and_wait(stage.environment, "run", "moods")
    run(stage.environment, "moods", "list")
    found = ask(stage.environment, "moods", "list")["items"]
    primaries = {mood["primaryMood"] for mood in found}
    check({"resort", "glamour", "edgy", "streetwear"} <= primaries, f"the primary moods are {sorted(primaries)}")
    check(all(mood["signals"]["palette"] for mood in found[:3]), "the first moods have no palette")
    run(stage.environment, "moods", "show", found[0]["name"])
    run(stage.environment, "moods", "trend")
    say("\nTwo more runs over the same items:")
    for _ in range(2):
        run_and_wait(stage.environment, "run", "moods", "--force")
    check(ask(stage.environment, "moods", "list")["items"] == found, "looking again has changed the moods or trends")
    say("They are what they were.")
