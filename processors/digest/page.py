"""HTML page of a digest, an e-mail too: one file, nothing fetched, light and dark, from 360 px up."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from processors.digest.model import Digest

if TYPE_CHECKING:
    from jinja2 import Template

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_NOT_ALLOWED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
"""Control characters but tab and line break, halves of surrogate pairs, and code points that are no characters."""
CHART_WIDTH, CHART_HEIGHT = 320, 72
_GAP = 8


def render(digest: Digest) -> str:
    """Return the digest as HTML. Every text is escaped; an address that isn't http(s) is no link.

    Characters that HTML and XML don't allow are left out.
    """
    chart = bars([week.wears for week in digest.wearsByWeek])
    page = _template().render(digest=digest, chart=chart, width=CHART_WIDTH, height=CHART_HEIGHT)
    return _NOT_ALLOWED.sub("", page)


def bars(counts: list[int]) -> list[dict[str, float]]:
    """Return the bars of the chart: x, y, width and height in pixels; a week without wears has a thin one."""
    most = max(counts, default=0) or 1
    wide = (CHART_WIDTH - _GAP * (len(counts) - 1)) / max(len(counts), 1)
    tall = [max(2.0, (CHART_HEIGHT - 2) * count / most) for count in counts]
    return [
        {
            "x": round(n * (wide + _GAP), 1),
            "y": round(CHART_HEIGHT - high, 1),
            "width": round(wide, 1),
            "height": round(high, 1),
        }
        for n, high in enumerate(tall)
    ]


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("processors.digest"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"money": _money, "usd": _usd, "link": _link, "colour": _colour, "percent": _percent}
    return environment.get_template("digest.html.j2")


def _money(micro: int, currency: str | None) -> str:
    return f"{micro / 1_000_000:,.2f} {currency or ''}".strip()


def _usd(micro: int) -> str:
    return f"${micro / 1_000_000:,.2f}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _link(url: Any) -> str:
    """Return an address that may be a link; empty for any other."""
    text = str(url or "")
    try:
        return text if urlsplit(text).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _colour(value: str) -> str:
    return value if _COLOUR.fullmatch(value) else "#888888"
