"""Rendering: the templates' environment, and the filters by which they show instants, lengths and money.

Whatever a template is given is escaped: titles, reasons, names and ids come from outside.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.console import PREFIX, chart, palette, sparkline
from api.console.assets import Assets
from api.console.visit import link
from api.ids import encoded
from shared import clock, lengths
from shared.printable import printable

_FOLDER = Path(__file__).parent / "templates"


def environment_of(assets: Assets) -> Environment:
    """Return the environment of the console's templates."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.globals |= {"asset": assets.address, "link": link, "prefix": PREFIX, "sparkline": sparkline.drawn}
    made.globals |= {"swatches": palette.swatches, "trend": palette.trend, "chart": chart.drawn}
    made.filters |= {
        "instant": instant,
        "time": time,
        "machine": machine,
        "local": local,
        "duration": duration,
        "usd": usd,
        "sentences": sentences,
        "pretty": pretty,
        "part": encoded,
        "plain": printable,
    }
    return made


def instant(of: datetime | str | None) -> str:
    """Return an instant (UTC) for people: to the second."""
    found = _read(of)
    return "–" if found is None else found.isoformat(" ", "seconds")[:19]


def machine(of: datetime | str | None) -> str:
    """Return an instant for programs."""
    found = _read(of)
    return "" if found is None else clock.to_text(found)


def local(of: datetime | str | None) -> str:
    """Return an instant in this machine's zone, for who has no script that says it in the reader's."""
    found = _read(of)
    return "–" if found is None else found.astimezone().strftime("%a %H:%M %Z")


def time(of: datetime | str | None) -> Markup:
    """Return how long ago an instant is, or when it will be; the instant itself is its title.

    Not a macro: lists have two of them a row, and this takes a third of the time.
    """
    found = _read(of)
    if found is None:
        return Markup("–")
    at = f'<time datetime="{clock.to_text(found)}" title="{instant(found)} UTC">{_ago(found)}</time>'
    return Markup(at)  # digits and signs of our own


def _ago(at: datetime) -> str:
    since = clock.now() - at
    return f"{lengths.length(since)} ago" if since >= timedelta() else f"in {lengths.length(-since)}"


def duration(seconds: float) -> str:
    """Return a length of time for people."""
    return lengths.length(timedelta(seconds=seconds))


def usd(micro_usd: int) -> str:
    """Return micro-USD as dollars."""
    return f"${micro_usd / 1_000_000:,.2f}"


def sentences(of: Sequence[str]) -> str:
    """Return what is told of a thing as sentences: the first goes on after the thing's name."""
    first, *others = of
    return " ".join(f"{one}." for one in (first, *(f"{one[:1].upper()}{one[1:]}" for one in others)))


def pretty(value: Any) -> str:
    """Return JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=False)


def _read(of: datetime | str | None) -> datetime | None:
    if not of:
        return None
    return clock.parse(of) if isinstance(of, str) else of
