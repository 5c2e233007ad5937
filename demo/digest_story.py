"""A week's digest is made of all that went before: the taste profile, what was worn, the scraped items, the moods."""

from __future__ import annotations

from demo.stage import Stage
from demo.terminal import ask, check, run, run_and_wait, say

_USER = "ada"
_WEARS = {
    "breton-tee": ("1d", "4d", "9d", "16d", "23d"),
    "straight-jeans": ("2d", "9d", "30d"),
    "summer-dress": ("90d",),
}


def tell(stage: Stage) -> None:
    """Show a digest from wears to its page. Raises DemoFailed when something isn't right."""
    stage.open_app()
    say("\nAda wears some of what she owns; ben wants no digest.")
    for item, days in _WEARS.items():
        for ago in days:
            ask(stage.environment, "wardrobe", "wear", _USER, item, "--at", ago)
    run(stage.environment, "wardrobe", "list", _USER)
    run(stage.environment, "users", "opt-out", "ben")
    run(stage.environment, "users", "describe", _USER, "--name", "Ada", "--locale", "en-GB")
    run_and_wait(stage.environment, "run", "digest")
    run(stage.environment, "runs", "show", "digest")
    folder = stage.home / "digest"
    run(stage.environment, "digest", "show", _USER, "--save", str(folder), *(["--open"] if stage.opens_pages else []))
    digest = ask(stage.environment, "digest", "show", _USER)
    (page,) = folder.rglob("*.html")
    say(f"\nThe digest's page: {page}")
    _check(stage, digest, page.read_text(encoding="utf-8"))
    unwanted = digest["suggestions"][0]
    run(stage.environment, "digest", "feedback", _USER, "down", unwanted["item"])
    run_and_wait(stage.environment, "run", "digest", "--force")
    again = [one["item"] for one in ask(stage.environment, "digest", "show", _USER)["suggestions"]]
    check(unwanted["item"] not in again, "what isn't wanted was suggested again")
    say(f"A new version of it suggests {unwanted['title']!r} no more; the first one is kept.")


def _check(stage: Stage, digest: dict[str, list[dict[str, str]]], page: str) -> None:
    check(3 <= len(digest["suggestions"]) <= 5, f"there are {len(digest['suggestions'])} suggestions")
    check([one["item"] for one in digest["worn"]][:1] == ["breton-tee"], "the most worn item isn't the breton tee")
    scraped = [one for one in [*digest["suggestions"], *digest["finds"]] if not one.get("owned") and one["url"]]
    check(bool(digest["moods"]) and bool(scraped), "no mood or no scraped item suits the profile")
    owned = {item["id"] for item in ask(stage.environment, "wardrobe", "list", _USER)["items"]}
    found = {one["item"] for one in scraped}
    strange = {one["item"] for one in digest["suggestions"]} - owned - found
    check(not strange, f"neither owned nor scraped are {strange}")
    check("Your week in clothes" in page, "the page isn't the digest")
    check("Good morning, Ada!" in page, "the page doesn't know Ada's name")
    counters = ask(stage.environment, "runs", "show", "digest")["counters"]
    check(counters["skipped_opt_out"] == 1, f"the run counts {counters}")
