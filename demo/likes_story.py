"""Likes of a wardrobe's items become taste profiles."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from demo.stage import PROJECT_FOLDER, Stage
from demo.terminal import ask, check, run, run_and_wait, say

WARDROBE = Path("sample/wardrobe.csv")


def tell(stage: Stage) -> None:
    """Show the taste job from a wardrobe file to a profile. Raises DemoFailed when something isn't right."""
    stage.open_app()
    run(stage.environment, "wardrobe", "import", str(WARDROBE))
    likes = _likes()
    file = stage.home / "likes.jsonl"
    file.write_text("".join(json.dumps(like) + "\n" for like in [*likes, likes[0]]))
    say(f"\n{file.name} holds a like of every item, ben's dislike of one, and the first like once more.")
    run_and_wait(stage.environment, "enqueue", "taste", "--file", str(file))
    run(stage.environment, "profile", "show", "ada", "--evidence")
    _check_profiles(stage, likes)


def _likes() -> list[dict[str, Any]]:
    with (PROJECT_FOLDER / WARDROBE).open(newline="") as file:
        likes: list[dict[str, Any]] = [
            {"user_id": row["user_id"], "item_id": row["item_id"]} for row in csv.DictReader(file)
        ]
    likes[-1]["signal"] = "down"
    return likes


def _check_profiles(stage: Stage, likes: list[dict[str, Any]]) -> None:
    ada, ben = (ask(stage.environment, "profile", "show", user, "--evidence") for user in ("ada", "ben"))
    for profile in (ada, ben):
        user = profile["userId"]
        count = sum(like["user_id"] == user for like in likes)
        check(profile["evidences"] == count == len(profile["evidence"]), f"{user}'s profile isn't of {count} likes")
    _check_terms(ada, "colors", {"red", "blue"})
    _check_terms(ada, "garments", {"t-shirts", "jeans", "dresses", "heels", "watches"})
    _check_terms(ada, "brands", {"Harbour Lane", "Corso Nove"})
    disliked = [term["name"] for term in ben["garments"] if term["weight"] < 0]
    check(disliked == ["caps"], f"ben dislikes {disliked} instead of caps")


def _check_terms(profile: dict[str, Any], facet: str, expected: set[str]) -> None:
    missing = expected - {term["name"] for term in profile[facet]}
    check(not missing, f"{profile['userId']}'s {facet} lack {', '.join(sorted(missing))}")
