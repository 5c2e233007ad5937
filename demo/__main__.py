"""Demo, `python -m demo`: what is shown, in which order. ./scripts/demo starts it, with an Azurite of its own."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from demo import chapters, past_story
from demo.chapters import Chapter
from demo.stage import STORAGE, Stage
from demo.terminal import DemoFailed, heading, out_of_sight, say


def main() -> int:
    """Tell the chapters; return the exit code: 0, or 1 when something wasn't as it should be."""
    options = _parser().parse_args()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda caught, _: sys.exit(128 + caught))
    began = time.monotonic()
    told = chapters.chosen(chapters.TOUR if options.tour else options.chapters)
    home = Path(os.environ["NIGHTSHIFT_HOME"])
    with Stage(home, os.environ[STORAGE], opens_pages=options.tour) as stage:
        try:
            _tell_before(stage, chapters.before(told))
            for number, chapter in enumerate(told, 1):
                heading(f"{number} of {len(told)}  {chapter.title}")
                chapter.tell(stage)
            say(f"\nAll of it was as it should be ({time.monotonic() - began:.0f} s).")
            if not (options.once or options.tour or options.chapters):
                _tell_the_past(stage)
            if options.screenshots:
                from demo import screenshots

                screenshots.take(stage)
                return 0
            _say_what_next(stage, once=options.once)
            if not options.once:
                stage.stay()
        except DemoFailed as failure:
            print(f"error: {failure}\n  What the hosts said is in {home}/*.log", file=sys.stderr)
            return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description="Started by ./scripts/demo.")
    parser.add_argument("--once", action="store_true", help="end when all has been shown")
    parser.add_argument("--tour", action="store_true", help="tell the laptop's story, and open the digest's page")
    parser.add_argument("--screenshots", action="store_true", help="make the console's pictures, and end")
    parser.add_argument("chapters", nargs="*", choices=[[], *(one.name for one in chapters.CHAPTERS)])
    return parser


def _tell_before(stage: Stage, needed: Sequence[Chapter]) -> None:
    """Tell, out of sight, what the chosen chapters build on."""
    if not needed:
        return
    log = stage.home / "before.log"
    say(f"First what this builds on: {', '.join(chapter.name for chapter in needed)}. What it says is in {log}")
    with out_of_sight(log):
        for chapter in needed:
            heading(chapter.title)
            chapter.tell(stage)


def _tell_the_past(stage: Stage) -> None:
    """Let there be more to see in the console than what was told."""
    log = stage.home / "past.log"
    say(f"The console gets a past of three weeks. What that says is in {log}")
    with out_of_sight(log):
        past_story.tell(stage)


def _say_what_next(stage: Stage, *, once: bool) -> None:
    heading("What to try next")
    if once:
        say("./scripts/demo          the same, and it stays, to be tried out, with the console in a browser")
        say("./scripts/demo digest   one chapter alone; ./scripts/demo --help names them")
        say("./scripts/start         the app on Azurite's usual ports, with your own data")
        say("./scripts/demo --clean  removes what this demo left in .local/demo")
        say("README.md               how to enqueue from any language; docs/ how it works and how to operate it")
        return
    say("In another terminal, here:")
    say(f"  export NIGHTSHIFT_SETTINGS={stage.home}")
    say("  .venv/bin/nightshift status")
    say("  .venv/bin/nightshift enqueue taste ada red-heels --signal none --wait")
    say("  .venv/bin/nightshift profile show ada")
    say("  .venv/bin/nightshift moods trend")
    say("  .venv/bin/nightshift digest show ada --open")
    say("  .venv/bin/nightshift analyse sample/wardrobe.csv --jsonl   (needs no host)")
    say("In a browser, the operator console:")
    say(f"  {stage.console}")
    say(f"  {stage.key}   (the key to sign in with)")
    say(f"Azurite  {stage.endpoints}")
    say(f"Logs     {stage.home}/*.log")
    say(f"Store    {stage.home}/nightshift.sqlite3")
    say("Stop     Ctrl-C")


if __name__ == "__main__":
    sys.exit(main())
